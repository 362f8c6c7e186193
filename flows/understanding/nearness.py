"""Nearness: what a misspelt or inflected word may be, and which phrases are like a whole answer.

Comparing with everything is slow (rapidfuzz: 30 ms for 30,000 phrases). So a shortlist comes first: words by their
first letter and length, phrases by the trigrams that they share; only the shortlist is compared.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import accumulate, islice
from typing import Any, Final, NamedTuple

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA, Prefix

from flows.session import Option
from flows.understanding.packed import Listed, Packed

LONG_ENOUGH: Final = 5
"""Letters: shorter words have too many neighbours to be corrected."""
LONG: Final = 9
"""Letters from which on two slips are forgiven, else one; in an answer, where less else can be meant, one fewer."""
ENDING: Final = 3
"""Letters at the end by which two forms of a word may differ."""
LAST: Final = chr(0x10FFFF)
"""Behind every letter in the order of words."""
SURE: Final = 88.0
"""From this similarity (0 to 100) on, a misspelt answer is taken for the value, if no other value is as near."""
NEAR: Final = 55.0
"""From this similarity on a phrase is offered as "did you mean"."""
ALIKE: Final = 78.0
"""The same for a part of a message, where a person named no such thing by itself."""
SHORTLIST: Final = 160
SHORTLIST_OF_PARTS: Final = 100
RAREST: Final = 8
"""Trigrams of an answer that are looked up: the rarest tell most."""
COUNTED: Final = 6000
"""How often the trigrams of all parts of a message may occur: the rarest are looked up, many of a misspelt word."""


class Near(NamedTuple):
    """A value that may be meant, the phrase that is near, how near (0 to 100), and what of the message is near it."""

    option: Option
    phrase: str
    score: float
    part: str


class Nearness:
    """Shortlists over the phrases of each fact, which stand side by side, each with a number in `names`.

    An index holds places, four bytes each, where the phrases themselves would take tens of megabytes.
    """

    def __init__(self, phrases: Mapping[str, Mapping[str, Option]], names: Packed[Any]) -> None:
        together = [phrase for of_fact in phrases.values() for phrase in of_fact]
        self._names = names
        self._numbers = array("I", map(names.number, together))
        self._options = [option for of_fact in phrases.values() for option in of_fact.values()]
        ends = list(accumulate(len(of_fact) for of_fact in phrases.values()))
        self._place = {
            fact: (end - len(of_fact), end) for (fact, of_fact), end in zip(phrases.items(), ends, strict=True)
        }
        self._trigrams = _index(together)
        self._sorted = sorted({w for p in together for w in p.split() if len(w) >= LONG_ENOUGH - 1})
        self._words = _by_length(self._sorted)

    def words(self, word: str, *, answering: bool = False) -> tuple[str, ...]:
        """The known words that this one may be: with a slip or two, or with another ending; the nearest first."""
        if len(word) < LONG_ENOUGH or not word.isalpha():
            return ()
        slips = 1 if len(word) < LONG - answering else 2
        found: dict[str, float] = {}
        for key in (word[0], f"?{word[1:3]}"):
            for length in range(len(word) - slips, len(word) + slips + 1):
                candidates = self._words.get((key, length), ())
                hits = process.extract(word, candidates, scorer=OSA.distance, score_cutoff=slips, limit=4)
                found.update((w, float(d)) for w, d, _ in hits)
        found.update((w, slips + 0.5) for w in self._forms(word) if w not in found)
        return tuple(sorted(found, key=lambda w: (found[w], -Prefix.similarity(w, word), w)))[:4]

    def forms(self, word: str) -> list[str]:
        """Other forms of a known word, with other endings: the likest first."""
        return sorted(self._forms(word), key=lambda w: (-Prefix.similarity(w, word), w))[:4]

    def _forms(self, word: str) -> Iterator[str]:
        stem = word[:LONG_ENOUGH]
        like = self._sorted[bisect_left(self._sorted, stem) : bisect_left(self._sorted, stem + LAST)]
        return (w for w in like if w != word and abs(len(w) - len(word)) <= ENDING and _same_stem(word, w))

    def phrases(self, message: str, fact: str) -> list[Near]:
        """The values of a fact whose phrases are most like the whole message, each once, the nearest first."""
        best: dict[str, Near] = {}
        near = {place: self._names.key(self._numbers[place]) for place in self._shortlist(message, fact)}
        hits = process.extract(message, near, scorer=fuzz.ratio, limit=40, score_cutoff=NEAR)
        for phrase, score, place in hits:
            option = self._options[place]
            if option.value not in best:
                best[option.value] = Near(option, phrase, score, message)
        return sorted(best.values(), key=lambda near: -near.score)

    def parts(self, parts: Collection[str], facts: Iterable[str]) -> dict[str, list[Near]]:
        """The values of these facts whose phrases are much like one of these parts of a message, each once."""
        shortlist = self._shared(parts, [(fact, *self._place[fact]) for fact in facts if fact in self._place])
        near = {place: self._names.key(self._numbers[place]) for place in shortlist}
        found: dict[str, dict[str, Near]] = defaultdict(dict)
        for part in parts:
            for phrase, score, place in process.extract(part, near, scorer=fuzz.ratio, limit=9, score_cutoff=ALIKE):
                option, of_fact = self._options[place], found[shortlist[place]]
                if option.value not in of_fact or of_fact[option.value].score < score:
                    of_fact[option.value] = Near(option, phrase, score, part)
        return {fact: list(of_fact.values()) for fact, of_fact in found.items()}

    def _shared(self, parts: Iterable[str], places: Collection[tuple[str, int, int]]) -> dict[int, str]:
        """The places (→ their facts) of the phrases that share most of the rarest trigrams of all parts together."""
        having = map(self._trigrams.get, {trigram for part in parts for trigram in _trigrams(part)})
        rarest = sorted(filter(None, having), key=len)
        most = _most(rarest[: bisect_right(list(accumulate(map(len, rarest))), COUNTED)])
        found = ((number, fact) for number in most for fact, first, end in places if first <= number < end)
        return dict(islice(found, SHORTLIST_OF_PARTS))

    def _shortlist(self, message: str, fact: str) -> list[int]:
        """The places of the phrases of this fact that share most of the message's rarest trigrams."""
        first, end = self._place.get(fact, (0, 0))
        having = map(self._trigrams.get, set(_trigrams(message)))
        of_fact = (numbers[bisect_left(numbers, first) : bisect_left(numbers, end)] for numbers in having)
        return _most(sorted(filter(None, of_fact), key=len)[:RAREST])[:SHORTLIST]


def is_form(word: str, known: str) -> bool:
    """Whether a word is another form of a known one, no slip: written as it should be."""
    return word == known or _same_stem(word, known)


_ENDINGS: Final = frozenset({
    "", "a", "e", "i", "o", "u", "y", "n", "s", "r", "m", "en", "em", "er", "es", "in", "innen", "as", "os", "us", "is",
    "ul", "ului", "ei", "ii", "le", "lor", "om", "ami", "ach", "owi", "ow", "ie", "ka", "ki", "ke", "ko", "ek", "kom",
    "а", "у", "ю", "я", "ы", "и", "і", "е", "є", "о", "ом", "ем", "ой", "ою", "ей", "ею", "ям", "ам", "ами", "ями",
    "ах", "ях", "ов", "ев", "ів", "їв", "ка", "ку", "ки", "ці", "кой", "кою", "кам", "ец", "ца", "цем", "ът", "та",
    "то", "те", "ия",
})  # fmt: skip
"""Endings of forms of one word in our inflecting languages; Turkish, Arabic and Persian are looked at apart."""


def _same_stem(word: str, known: str) -> bool:
    """Forms of one word: all but their endings alike (сиделка, сиделкой; Krankenschwester, Krankenschwestern)."""
    stem = Prefix.similarity(word, known)
    return stem >= LONG_ENOUGH and word[stem:] in _ENDINGS and known[stem:] in _ENDINGS


def _trigrams(text: str) -> Iterator[str]:
    padded = f" {text} "
    return (padded[i : i + 3] for i in range(len(padded) - 2))


def _most(lists: Iterable["array[int]"]) -> list[int]:
    """The numbers that stand in two of the lists or more, those in most of them first."""
    counted = Counter[int]()
    for numbers in lists:
        counted.update(numbers)
    return sorted((n for n, times in counted.items() if times > 1), key=counted.__getitem__, reverse=True)


def _index(phrases: list[str]) -> Listed:
    """Trigram → the places of the phrases that have it."""
    index: dict[str, array[int]] = {}
    for number, phrase in enumerate(phrases):
        for trigram in set(_trigrams(phrase)):
            index.setdefault(trigram, array("I")).append(number)
    return Listed(index)


def _by_length(words: Collection[str]) -> dict[tuple[str, int], list[str]]:
    """Words by their first letter, and by their second and third, each with their length."""
    found: dict[tuple[str, int], list[str]] = defaultdict(list)
    for word in words:
        found[word[0], len(word)].append(word)
        found[f"?{word[1:3]}", len(word)].append(word)
    return dict(found)
