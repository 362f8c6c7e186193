"""The lexicon: every phrase that stands for something, normalised once, in all languages together."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple

from flows.catalogue import Catalogue
from flows.session import Option
from flows.understanding.nearness import Nearness
from flows.understanding.normalise import normalise_all
from flows.understanding.packed import Listed, Packed

NamesByLanguage = Mapping[str, Mapping[str, Iterable[str]]]
"""Language → value → its names in that language."""

Meanings = Mapping[str, tuple["Meaning", ...]]
"""Phrase → what it stands for."""

LONGEST_PHRASE: Final = 8
"""Words in the longest phrase that is looked for inside a sentence."""
LANGUAGES: Final = 32
"""Bits for the languages of a word: more than we shall ever speak."""
SPOKEN: Final = (1 << LANGUAGES) - 1
SHORT_NAME: Final = 3
"""A country's name of so few letters may be any word (vi Mỹ, Anh, Ý): it counts as a whole answer only."""
CORRECTED: Final = ("profession", "origin", "former", "place", "degree", "notice", "concern", "field", "turns")
"""Facts whose words are recognised when they are misspelt. An alarm is not: nobody is alarmed by a slip."""
SCATTERED: Final = ("profession", "degree", "notice", "concern")
"""Facts whose phrases are recognised when other words stand between theirs."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase stands for. `sure`: wherever it occurs; else only as the whole answer to this question."""

    fact: str
    option: Option
    sure: bool


@dataclass(frozen=True, slots=True)
class Names:
    """What the shell knows and content/ does not: names of countries and languages (CLDR), the words of our texts."""

    countries: NamesByLanguage = field(default_factory=dict)
    languages: NamesByLanguage = field(default_factory=dict)
    everyday: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Language → normalised words that occur in what we say: known, and never a slip of another word."""


class _Named(NamedTuple):
    """A name, and what it stands for. `sure` None: wherever it occurs, unless it may be any word."""

    fact: str
    option: Option
    name: str
    sure: bool | None = True
    language: str = ""


def _words(catalogue: Catalogue) -> Iterator[_Named]:
    topics = [("topic", t.id, t.phrases, t.answers) for t in catalogue.topics.values()]
    files = [(f.fact, v, p.phrases, p.answers) for f in catalogue.words.values() for v, p in f.values.items()]
    for fact, value, phrases, answers in (*files, *topics):
        kind = "former" if fact == "origin" and value in catalogue.former else fact
        option = Option(value)
        # What is an answer only is told first: the same name from elsewhere (CLDR) is not sure then either.
        for by_language, sure in ((answers, False), (phrases, True)):
            for language, written in by_language.items():
                yield from (_Named(kind, option, name, sure, language) for name in written)


def _professions(catalogue: Catalogue) -> Iterator[_Named]:
    for profession in catalogue.professions.values():
        option = Option(profession.id)
        for language, names in profession.names.items():
            yield from (_Named("profession", option, name, True, language) for name in names)
        for language, title in profession.title.items():
            yield _Named("profession", option, title, True, language)


def _countries(names: Names) -> Iterator[_Named]:
    for language, names_of in names.countries.items():
        for code, written in names_of.items():
            yield from (_Named("origin", Option(code), name, None, language) for name in written)
    for names_of in names.languages.values():
        for code, written in names_of.items():
            yield from (_Named("language", Option(code), name, False) for name in written)


def _places(catalogue: Catalogue) -> Iterator[_Named]:
    for place in catalogue.places:
        option = Option(place.district, place.name)
        for name in (place.name, *place.spellings):
            yield _Named("place", option, name, name not in place.answers)
        yield from (_Named("place", option, postcode, False) for postcode in place.postcodes)


def _entries(catalogue: Catalogue, names: Names) -> Iterator[_Named]:
    yield from _words(catalogue)
    yield from _professions(catalogue)
    yield from _countries(names)
    yield from _places(catalogue)


def every_name(catalogue: Catalogue, names: Names) -> Iterator[tuple[str, str, str]]:
    """Everything that is known by a name: fact, value, and the name as it is written in content/ or CLDR."""
    yield from ((entry.fact, entry.option.value, entry.name) for entry in _entries(catalogue, names))


class Lexicon:
    """Phrases → meanings. The dictionary is made (or read) when it is first needed, or by `prepare`.

    Besides the guide's facts it knows `yes_no`, `unknown`, `commands`, `greetings`, `crisis`, `topic`, `language`, and
    `turns` of speech (content/words/turns.yaml): denials, wishes, "I live in".
    """

    def __init__(self, make: Callable[[], "Dictionary"]) -> None:
        self._make = make

    def prepare(self) -> None:
        """Make everything now, so that nobody waits for it later."""
        self.knows("")

    @property
    def is_ready(self) -> bool:
        """Whether the dictionary is there: else the next word waits for it."""
        return "_made" in self.__dict__

    @cached_property
    def _made(self) -> "Dictionary":
        return self._make()

    @property
    def former(self) -> Mapping[str, Iterable[str]]:
        """A country that no longer exists → what it is today."""
        return self._made.former

    def districts(self, postcode: str) -> tuple[str, ...]:
        """The districts that a postcode serves."""
        return self._made.districts.get(postcode, ())

    def of(self, phrase: str) -> tuple[Meaning, ...]:
        """What exactly this normalised phrase stands for."""
        return self._made.meanings.get(phrase) or ()

    def longest_from(self, word: str) -> int:
        """How many words the longest phrase has that begins with this one; 0: there is none."""
        return min(LONGEST_PHRASE, (self._made.words.get(word) or 0) >> LANGUAGES)

    def knows(self, word: str) -> bool:
        """Whether this word stands in some phrase or in our texts: then it is not misspelt."""
        return bool((self._made.words.get(word) or 0) & SPOKEN) or word in self._made.meanings

    def languages_of(self, word: str) -> frozenset[str]:
        """The languages that have this word."""
        marks = self._made.words.get(word) or 0
        return frozenset(code for i, code in enumerate(self._made.codes) if marks >> i & 1)

    def scattered(self, word: str) -> Iterable[tuple[str, ...]]:
        """The phrases of two or three words that have this one: their words may stand apart in a sentence."""
        return (tuple(self._made.meanings.key(number).split()) for number in self._made.scattered.get(word))

    @property
    def near(self) -> Nearness:
        """What is like a misspelt word, or like a whole answer."""
        return self._made.near


class Dictionary:
    """All names, normalised.

    `meanings`: phrase → what it stands for; `words`: word → the languages that have it (a bit each), and above these
    bits the number of words in the longest phrase that begins with it; `scattered`: the longest word of a phrase → the
    numbers of such phrases.
    """

    def __init__(self, catalogue: Catalogue, names: Names) -> None:
        self.former = dict(catalogue.former)
        self.districts = _districts(catalogue)
        self.codes = tuple(names.everyday)
        taken = _Taken(catalogue, names)
        self.meanings = Packed(taken.meanings)
        self.words = Packed(taken.words)
        self.scattered = _scattered(taken.meanings, self.meanings)
        self.near = Nearness(_corrected(taken.meanings), self.meanings)


def _scattered(meanings: Meanings, names: Packed[tuple[Meaning, ...]]) -> Listed:
    """Word → the numbers of the phrases whose longest it is: that is the rarest."""
    found: dict[str, list[int]] = defaultdict(list)
    for phrase, stands_for in meanings.items():
        words = phrase.split()
        if len(words) in (2, 3) and any(m.sure and m.fact in SCATTERED for m in stands_for):
            found[max(words, key=len)].append(names.number(phrase))
    return Listed(found)


def _corrected(meanings: Meanings) -> dict[str, dict[str, Option]]:
    """Fact → phrase → value, of what is recognised when it is misspelt."""
    by_fact: dict[str, dict[str, Option]] = {fact: {} for fact in CORRECTED}
    for phrase, stands_for in meanings.items():
        for m in stands_for:
            if m.fact in by_fact and not phrase.isdecimal():
                by_fact[m.fact].setdefault(phrase, m.option)
    return by_fact


class _Taken:
    """Names as they are taken in, one after the other."""

    def __init__(self, catalogue: Catalogue, names: Names) -> None:
        self.meanings: dict[str, tuple[Meaning, ...]] = {}
        self.words: dict[str, int] = {}
        self._codes = tuple(names.everyday)
        for language, words in names.everyday.items():
            self._speak(language, words)
        everyday = frozenset[str]().union(*names.everyday.values())
        self._take(list(_entries(catalogue, names)), everyday)

    def _take(self, entries: list[_Named], everyday: frozenset[str]) -> None:
        """Put names in, in their order; all are normalised in one go."""
        known: dict[Meaning, tuple[Meaning]] = {}
        for entry, phrase in zip(entries, normalise_all(e.name for e in entries), strict=True):
            if not phrase:
                continue
            meaning = Meaning(entry.fact, entry.option, self._is_sure(entry, phrase, everyday))
            words = phrase.split()
            self._speak(entry.language, words)
            self._begins(words[0], len(words))
            before = self.meanings.get(phrase)
            if before is None:
                self.meanings[phrase] = known.setdefault(meaning, (meaning,))
            elif not any(
                m.fact == meaning.fact and m.option.value == meaning.option.value and m.sure == meaning.sure
                for m in before
            ):
                self.meanings[phrase] = (*before, meaning)

    def _is_sure(self, entry: _Named, phrase: str, everyday: frozenset[str]) -> bool:
        """A name of a country that may be any word is not; nor one that is said to be an answer only."""
        if entry.sure is not None:
            return entry.sure
        said_unsure = Meaning(entry.fact, entry.option, False) in self.meanings.get(phrase, ())
        return not said_unsure and len(phrase) > SHORT_NAME and phrase not in everyday

    def _speak(self, language: str, words: Iterable[str]) -> None:
        mark = 1 << self._codes.index(language) if language in self._codes else 0
        for word in words if mark else ():
            self.words[word] = self.words.get(word, 0) | mark

    def _begins(self, word: str, length: int) -> None:
        """A phrase of so many words begins with this one."""
        known = self.words.get(word, 0)
        if length > known >> LANGUAGES:
            self.words[word] = known & SPOKEN | length << LANGUAGES


def _districts(catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = defaultdict(set)
    for place in catalogue.places:
        for postcode in place.postcodes:
            found[postcode].add(place.district)
    return {postcode: tuple(sorted(districts)) for postcode, districts in found.items()}
