"""Understanding one message: every fact that it surely states, and what may be meant where it is not sure.

In this order: the phrases of the message, the longest at each place (a word that nobody knows may be a slip of one
that is known); what turns of speech make of them (denied, wished for, lived in); and for the question that was asked,
what the whole message is like. `understand` and `Reading` are what the dialogue knows; the inside may be replaced.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from flows.session import Option
from flows.understanding.lexicon import Lexicon, Meaning
from flows.understanding.nearness import LONG, LONG_ENOUGH, is_form
from flows.understanding.normalise import normalise
from flows.understanding.tongue import spoken
from flows.understanding.transliterate import in_cyrillic

SURE: Final = 88.0
"""From this similarity (0 to 100) on, a misspelt answer is taken for the value, if no other value is as near."""
CLEARLY: Final = 4.0
"""By how much the nearest value must beat the next one."""
ANSWER: Final = 60
"""Characters: a longer message is no answer that is only misspelt."""
FEW_WORDS: Final = 4
"""In so few words even a short one may be misspelt; in more, too many are like something."""
MANY_WORDS: Final = 60
"""Words of a message whose slips are looked for: in so many, enough is known."""
NEAREST: Final = 3
GUIDE: Final = ("concern", "profession", "field", "place", "degree", "origin", "notice", "eu_citizen", "german")
HERE_MEANS_NOTHING: Final = (("origin", "DE"),)
"""Where it was not asked for: whoever says "Germany" mostly lives there, and learned elsewhere."""
DENIABLE: Final = ("profession", "place", "origin")
REACH: Final = 3
"""Up to so many words (less one) may stand between a turn of speech and what it turns."""
REACHES: Final = {"seeks": 2, "others": 6, "name": 2, "learned": 4}
FAR: Final = ("others",)
"""Turns that reach beyond other phrases: my sister | is a nurse | in Berlin."""
APART: Final = ("profession",)
IN_ORDER: Final = ("degree", "notice", "concern")
"""Facts whose phrases may have other words between theirs."""
GAP: Final = 3
"""So many at most."""
JOINED: Final = ("profession", "place")
"""Names that people write apart: Bus Fahrer."""
TELLING: Final = 6
"""Characters from which on a word that only answers a question counts inside a longer answer."""
_LEVEL: Final = re.compile(r"[abc][12]")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message states.

    Example: "Krankenschwester aus Syrien" →
    `Reading(facts={"profession": "nurse", "origin": "SY"}, whole=True)`.

    `unsure`: facts with two or more values that may be meant; `several` if the person named them all.
    `nearest`: for the question asked, where nothing was understood. `whole`: every word was part of something.
    `languages`: those that it may be written in, where it tells. `foreign`: in letters of none of ours.
    """

    facts: Mapping[str, str]
    unsure: Mapping[str, tuple[Option, ...]]
    several: bool = False
    nearest: tuple[Option, ...] = ()
    others: Mapping[str, str] = field(default_factory=dict)
    topics: tuple[str, ...] = ()
    crisis: frozenset[str] = frozenset()
    whole: bool = False
    languages: tuple[str, ...] = ()
    foreign: bool = False

    def is_empty(self) -> bool:
        return not (self.facts or self.unsure or self.topics)


@dataclass(frozen=True, slots=True)
class _Found:
    """A phrase of the message: words `start` to `end`, and what it stands for. `slips`: words that were corrected."""

    start: int
    end: int
    meanings: tuple[Meaning, ...]
    slips: int = 0
    apart: bool = False
    """Other words stand between those of the phrase."""

    def tells(self, facts: Iterable[str]) -> bool:
        return any(m.fact in facts for m in self.meanings)


def understand(text: str, asked: str | None, lexicon: Lexicon) -> Reading:
    """Everything that a message surely states, read as an answer to `asked` where it is one.

    `others` holds what is not a fact of the guide: `yes_no`, `unknown`, `commands`, `greetings`, `language`.
    """
    message = normalise(text)
    words = message.split()
    found = _phrases(words, asked, lexicon)
    for cyrillic in in_cyrillic(message, len(words), _covered(found), MANY_WORDS):
        other = _phrases(cyrillic.split(), asked, lexicon)
        if _covered(other) > _covered(found):
            message, words, found = cyrillic, cyrillic.split(), other
    as_answer = [m for m in lexicon.of(message) if m.sure or m.fact == asked or m.fact not in GUIDE]
    if as_answer:
        found = [_Found(0, len(words), tuple(as_answer))]
    crisis = frozenset(_alarms(words, found, lexicon))
    values = _values(words, found, asked, lexicon)
    nearest: tuple[Option, ...] = ()
    if asked and not values and not _turned(found):
        taken, nearest = _like(message, asked, lexicon)
        if taken is not None:
            values[asked] = {taken.value: taken}
            found, nearest = [_Found(0, len(words), ())], ()
    languages, foreign = spoken(text, words, lexicon)
    return _reading(values, found, words, crisis, nearest, languages, foreign)


def _covered(found: Iterable[_Found]) -> int:
    """How many words say something; a slip is half of one."""
    return sum(2 * (f.end - f.start) - f.slips for f in found)


# The phrases of a message.


def _phrases(words: list[str], asked: str | None, lexicon: Lexicon) -> list[_Found]:
    """The phrases of a sentence from left to right, the longest at each place, none inside another."""
    corrected = _corrected(words, asked, lexicon) if len(words) <= MANY_WORDS else {}
    found, start = [], 0
    while start < len(words):
        here = _longest(words, start, corrected, asked, lexicon)
        if here is not None and all(m.option.value == "aside" for m in here.meanings):
            within = (_longest(words, s, corrected, asked, lexicon) for s in range(start + 1, here.end))
            here = next((other for other in within if other is not None and other.end > here.end), here)
        start += 1
        if here is not None:
            found.append(here)
            start = here.end
    # A slip is only a guess: it counts where nothing is written plainly.
    plain = {m.fact for f in found if not f.slips for m in f.meanings} - {"turns"}
    guessed = [f for f in found if f.slips and all(m.fact in plain for m in f.meanings)]
    kept = [f for f in found if f not in guessed]
    return [*kept, *_scattered(words, kept, corrected, lexicon)]


def _corrected(words: list[str], asked: str | None, lexicon: Lexicon) -> dict[int, tuple[str, ...]]:
    """Place → the words that an unknown one may be."""
    shortest = LONG_ENOUGH if len(words) <= FEW_WORDS else LONG_ENOUGH + 1
    unknown = [i for i, word in enumerate(words) if len(word) >= shortest and not lexicon.knows(word)]
    answering = asked is not None
    near = {i: (*_bare(words[i], lexicon), *lexicon.near.words(words[i], answering=answering)) for i in unknown}
    return {i: known for i, known in near.items() if known}


def _longest(
    words: list[str], start: int, corrected: Mapping[int, tuple[str, ...]], asked: str | None, lexicon: Lexicon
) -> _Found | None:
    """The longest phrase that begins here; among equally long ones the one with the fewest slips."""
    best: _Found | None = None
    for first in (words[start], *corrected.get(start, ())):
        for end in range(min(len(words), start + lexicon.longest_from(first)), start, -1):
            if best is not None and end <= best.end:
                break
            for phrase, slips in _spelt(words, start, end, first, corrected):
                told = tuple(m for m in lexicon.of(phrase) if _counts(m, phrase, slips, asked, words[start]))
                if told:
                    best = _Found(start, end, told, slips)
                    break
    if best is None or best.end == start + 1:
        together = "".join(words[start : start + 2])
        told = tuple(m for m in lexicon.of(together) if m.sure and m.fact in JOINED)
        if told and len(words) > start + 1:
            return _Found(start, start + 2, told)
    return best


def _spelt(
    words: list[str], start: int, end: int, first: str, corrected: Mapping[int, tuple[str, ...]]
) -> Iterator[tuple[str, int]]:
    """The words from `start` to `end` as they are written, and with the likeliest correction of each unknown one."""
    slip = int(not is_form(words[start], first))
    yield " ".join([first, *words[start + 1 : end]]), slip
    others = [i for i in range(start + 1, end) if i in corrected]
    if others:
        mended = [corrected[i][0] if i in corrected else words[i] for i in range(start + 1, end)]
        yield " ".join([first, *mended]), slip + sum(not is_form(words[i], corrected[i][0]) for i in others)


def _counts(meaning: Meaning, phrase: str, slips: int, asked: str | None, word: str) -> bool:
    """Whether a phrase inside a sentence is taken: a sure one is; one that only answers a question, where that was
    asked and it is no short word; a slip, where it answers the question or the word is long. Never a slip in an alarm.
    """
    if not meaning.sure:
        return meaning.fact == asked and not slips and len(phrase) >= TELLING
    if not slips:
        return True
    if meaning.fact in ("turns", "former"):
        return True
    if meaning.fact in ("place", "origin") and meaning.fact != asked:
        return len(word) > LONG_ENOUGH and phrase[:4] == word[:4]
    return meaning.fact in GUIDE and (meaning.fact == asked or len(word) >= LONG)


_PREFIXES: Final = ("وال", "بال", "كال", "فال", "لل", "ال", "و", "ب", "ل", "ك", "ف")
"""Arabic: and, in, like, so, to, the; written together with the word."""
_SUFFIXES: Final = ("ام", "يم", "م", "ه")
"""Persian: I am, we are, is."""
_TURKISH: Final = re.compile(
    r"(?P<word>[a-z]{4,}?)(?:[dt][ae](?:n|y[iu]m|yiz|ki)?|l[iu](?:y[iu]m)?|n[iu]n|y[iu]m|[iu]m|s[iu]y[iu]m)"
)
"""Turkish: in, from, of, I am."""


def _bare(word: str, lexicon: Lexicon) -> Iterator[str]:
    """A known word without what Arabic, Persian and Turkish write together with it."""
    rests = [word[len(p) :] for p in _PREFIXES if word.startswith(p)]
    rests += [word[: -len(s)] for s in _SUFFIXES if word.endswith(s)]
    rests += [found["word"]] if (found := _TURKISH.fullmatch(word)) else []
    yield from (rest for rest in rests if len(rest) > 2 and lexicon.knows(rest))


def _scattered(
    words: list[str], found: list[_Found], corrected: Mapping[int, tuple[str, ...]], lexicon: Lexicon
) -> list[_Found]:
    """Phrases whose words stand apart: "медсестра, операційна", "papers … burned".

    A profession's words may stand the other way round, and count where they say more than what was found there. Other
    facts' stand in their order, and count where nothing else tells the fact.
    """
    if len(words) > MANY_WORDS:
        return []
    at: dict[str, int] = {}
    for i, word in enumerate(words):
        for spelt in (word, *corrected.get(i, ())[:1]):
            at.setdefault(spelt, i)
    told = {m.fact for f in found for m in f.meanings}
    loose = []
    for phrase in dict.fromkeys(p for word in at for p in lexicon.scattered(word)):
        places = [at[w] for w in phrase if w in at]
        if len({*places}) < len(phrase):
            continue
        start, end = min(places), max(places) + 1
        covering = [f for f in found if f.start < end and start < f.end]
        if any(f.tells(("turns",)) and any(f.start <= p < f.end for p in places) for f in covering):
            continue
        denied = any(start - 2 < f.end <= end and _says(f, "not_before") for f in found)
        meanings = tuple(
            m
            for m in lexicon.of(" ".join(phrase))
            if m.sure
            and (
                (m.fact in APART and end - start <= len(phrase) + 2
                 and not any(f.tells((m.fact,)) and f.end - f.start >= len(phrase) for f in covering))
                or (m.fact in IN_ORDER and not denied and places == sorted(places) and end - start <= len(phrase) + GAP
                    and (m.fact not in told or (m.fact == "degree" and m.option.value in ("none", "missing"))))
            )
        )  # fmt: skip
        if meanings:
            loose.append(_Found(start, end, meanings, apart=True))
    return loose


def _says(f: _Found, turn: str) -> bool:
    return any(m.fact == "turns" and m.option.value == turn for m in f.meanings)


def _alarms(words: list[str], found: list[_Found], lexicon: Lexicon) -> Iterator[str]:
    """Alarms anywhere, also across the ends of other phrases; a longer phrase around one explains it away."""
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + lexicon.longest_from(words[start])) + 1):
            whole = end - start == len(words)
            meanings = lexicon.of(" ".join(words[start:end]))
            alarms = [m.option.value for m in meanings if m.fact == "crisis" and (m.sure or whole)]
            if alarms and not any(
                not (f.slips or f.apart) and f.start <= start and end <= f.end and f.end - f.start > end - start
                for f in found
            ):
                yield from alarms


# What turns of speech make of them.


def _values(words: list[str], found: list[_Found], asked: str | None, lexicon: Lexicon) -> dict[str, dict[str, Option]]:
    """Fact → the values that are told."""
    told: dict[int, dict[str, dict[str, Option]]] = {LEARNED: {}, PLAIN: {}, ELSEWHERE: {}}
    advised = any(o.tells(("topic", "concern")) for o in found)
    for f in found:
        turns = _turns(f, found)
        of_others = "others" in turns and not advised and (not asked or f.tells(DENIABLE))
        denied = f.tells(DENIABLE) and turns & {"not", "wish", "name"}
        if of_others or denied or (f.tells(("profession",)) and "seeks" in turns) or _is_general(f, found):
            continue
        for m in _most_fitting(f.meanings, asked):
            fact, option = m.fact, m.option
            if fact == "origin" and asked != "origin" and "lives" in turns:
                if option.value == "DE":
                    continue
                fact, option = "place", Option("abroad")
            rank = PLAIN
            if fact in ("profession", "origin"):
                rank = LEARNED if "learned" in turns else ELSEWHERE if "works" in turns else PLAIN
            if fact != "turns":
                told[rank].setdefault(fact, {}).setdefault(option.value, option)
    # What was learned counts; where somebody works, and as what, only where nothing else is told.
    values: dict[str, dict[str, Option]] = {}
    for rank in (LEARNED, PLAIN, ELSEWHERE):
        for fact, options in told[rank].items():
            values.setdefault(fact, options)
    _add_former(values, lexicon)
    _add_postcode(words, asked, lexicon, values)
    _add_german(words, found, values)
    return values


TURNS: Final = ("not", "wish", "lives", "works", "learned", "name", "others", "seeks")
LEARNED, PLAIN, ELSEWHERE = range(3)


def _is_general(f: _Found, found: list[_Found]) -> bool:
    """Whether another profession's name holds this one: "nurse" in "nurse … intensive care"."""
    return f.tells(("profession",)) and any(
        o.tells(("profession",)) and o.start <= f.start and f.end <= o.end and o.end - o.start > f.end - f.start
        for o in found
    )


def _turns(f: _Found, found: list[_Found]) -> set[str]:
    """What is said of a phrase: turns that stand shortly before or after it, with no other phrase of a fact between."""
    said = set()
    for other in found:
        for m in other.meanings:
            turn, _, side = m.option.value.partition("_")
            if m.fact != "turns" or not side:
                continue
            gap = range(other.end, f.start) if side == "before" else range(f.end, other.start)
            fits = other.end <= f.start if side == "before" else other.start >= f.end
            between = [o for o in found if o.start in gap]
            speaks = any(m.option.value == "self" for o in between for m in o.meanings)
            free = not speaks if turn in FAR else not any(o.tells(GUIDE) for o in between)
            if fits and free and len(gap) < REACHES.get(turn, REACH):
                said.add(turn)
    return said


def _turned(found: list[_Found]) -> bool:
    """Whether something is denied or wished for: then a likeness to the whole message says nothing."""
    turning = {"not_before", "not_after", "wish_before", "wish_after", "name_before"}
    return any(m.option.value in turning for f in found for m in f.meanings if m.fact == "turns")


def _most_fitting(meanings: tuple[Meaning, ...], asked: str | None) -> tuple[Meaning, ...]:
    """Where a phrase may mean several facts, the one that was asked for."""
    answering = tuple(m for m in meanings if m.fact == asked)
    if answering:
        return answering
    here = () if asked == "eu_citizen" else HERE_MEANS_NOTHING
    return tuple(m for m in meanings if (m.fact, m.option.value) not in here)


def _add_former(values: dict[str, dict[str, Option]], lexicon: Lexicon) -> None:
    """A country that no longer exists: what it is today is asked, where no place or country of today tells."""
    for former in values.pop("former", {}):
        today = {code: Option(code) for code in lexicon.former[former]}
        told = values.get("origin", {})
        values["origin"] = {code: o for code, o in told.items() if code in today} or told or today


def _add_postcode(words: list[str], asked: str | None, lexicon: Lexicon, values: dict[str, dict[str, Option]]) -> None:
    if "place" in values and asked != "place":
        return
    for word in words:
        for district in lexicon.districts(word):
            values.setdefault("place", {}).setdefault(district, Option(district))


def _add_german(words: list[str], found: list[_Found], values: dict[str, dict[str, Option]]) -> None:
    """A level (B1) counts where the German language, or a level, is named; alone it may be a driving licence."""
    named = any(m.option.value == "german" for f in found for m in f.meanings if m.fact == "turns")
    levels = [w for w in words if _LEVEL.fullmatch(w)]
    if named and levels:
        values["german"] = {levels[-1]: Option(levels[-1])}


# What a whole answer is like.


def _like(message: str, asked: str, lexicon: Lexicon) -> tuple[Option | None, tuple[Option, ...]]:
    """The value that the message surely is, written otherwise; or else the nearest ones."""
    if not message or len(message) > ANSWER:
        return None, ()
    ranked = lexicon.near.phrases(message, asked)
    near_enough = len(message) >= LONG_ENOUGH and bool(ranked) and ranked[0].score >= SURE
    if near_enough and (len(ranked) == 1 or ranked[0].score - ranked[1].score >= CLEARLY):
        return ranked[0].option, ()
    return None, tuple(near.option for near in ranked[:NEAREST])


def _reading(
    values: dict[str, dict[str, Option]],
    found: list[_Found],
    words: list[str],
    crisis: frozenset[str],
    nearest: tuple[Option, ...],
    languages: tuple[str, ...],
    foreign: bool,
) -> Reading:
    covered = {i for f in found for i in range(f.start, f.end)}
    facts: dict[str, str] = {}
    unsure: dict[str, tuple[Option, ...]] = {}
    for fact in (*GUIDE, "papers"):
        options = tuple(values.get(fact, {}).values())
        if len(options) == 1:
            facts[fact] = options[0].value
        elif options:
            unsure[fact] = options
    if facts.get("degree") == "missing" or any(o.value == "missing" for o in unsure.get("degree", ())):
        facts["papers"] = "missing"
        facts.pop("degree", None)
        left = tuple(o for o in unsure.pop("degree", ()) if o.value != "missing")
        if len(left) == 1:
            facts["degree"] = left[0].value
    named = [f for f in found if any(m.fact == "profession" for m in f.meanings)]
    return Reading(
        facts=facts,
        unsure=unsure,
        several="profession" in unsure and len(named) > 1,
        nearest=nearest,
        others={k: next(iter(v)) for k, v in values.items() if k not in (*GUIDE, "papers", "topic", "crisis")},
        topics=tuple(values.get("topic", {})),
        crisis=crisis,
        whole=bool(words) and len(covered) == len(words),
        languages=languages,
        foreign=foreign,
    )
