"""Understanding one message: exact phrases first, longest first, then near ones for the question that was asked.

A later version may replace everything inside; `understand` and `Reading` stay.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from rapidfuzz import fuzz, process

from flows.session import Option
from flows.understanding.lexicon import LONGEST_PHRASE, Lexicon, Meaning
from flows.understanding.normalise import normalise

SURE: Final = 88.0
"""From this similarity (0 to 100) on, a misspelt answer is taken for the value, if no other value is as near."""
CLEARLY: Final = 4.0
"""By how much the nearest value must beat the next one."""
NEAR: Final = 55.0
"""From this similarity on, a value is offered as "did you mean"."""
LONG_ENOUGH: Final = 5
"""Shorter words have too many neighbours to be corrected."""
NEAREST: Final = 3
GUIDE: Final = ("concern", "profession", "field", "place", "degree", "origin", "notice", "eu_citizen")
HERE_MEANS_NOTHING: Final = (("origin", "DE"),)
"""Where it was not asked for: whoever says "Germany" mostly lives there, and learned elsewhere."""
DENIABLE: Final = ("profession", "place", "origin")
NEGATIONS: Final = frozenset(
    "nicht kein keine keinen not no never isnt не ні нет ليس لست ليست مو مش ما".split()  # noqa: SIM905
)
"""Normalised; before what they deny, by at most two words."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message states.

    Example: "Krankenschwester aus Syrien" →
    `Reading(facts={"profession": "nurse", "origin": "SY"}, whole=True)`.

    `unsure`: facts with two or more values that may be meant; `several` if the person named them all.
    `nearest`: for the question asked, where nothing was understood. `whole`: every word was part of something.
    """

    facts: Mapping[str, str]
    unsure: Mapping[str, tuple[Option, ...]]
    several: bool = False
    nearest: tuple[Option, ...] = ()
    others: Mapping[str, str] = field(default_factory=dict)
    topics: tuple[str, ...] = ()
    crisis: frozenset[str] = frozenset()
    whole: bool = False

    def is_empty(self) -> bool:
        return not (self.facts or self.unsure or self.topics)


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    meanings: tuple[Meaning, ...]


def understand(text: str, asked: str | None, lexicon: Lexicon) -> Reading:
    """Everything that a message surely states, read as an answer to `asked` where it is one.

    `others` holds what is not a fact of the guide: `yes_no`, `unknown`, `commands`, `greetings`, `language`.
    """
    message = normalise(text)
    words = message.split()
    found = list(_phrases(words, lexicon))
    as_answer = [m for m in lexicon.of(message) if m.sure or m.fact == asked or m.fact not in GUIDE]
    if as_answer:
        found = [_Found(0, len(words), tuple(as_answer))]
    crisis = frozenset(_alarms(words, found, lexicon))
    values: dict[str, dict[str, Option]] = {}
    for f in found:
        if _negated(words, f):
            continue
        for m in _most_fitting(f.meanings, asked):
            values.setdefault(m.fact, {}).setdefault(m.option.value, m.option)
    _add_postcode(words, asked, lexicon, values)
    if asked and asked not in values and not values:
        near = _near(message, asked, lexicon)
        if near.sure:
            values[asked] = {near.options[0].value: near.options[0]}
            found = [_Found(0, len(words), ())]
        elif not near.sure:
            return _reading(values, found, words, crisis, near.options)
    return _reading(values, found, words, crisis)


def _phrases(words: list[str], lexicon: Lexicon) -> Iterator[_Found]:
    """The sure phrases of a sentence from left to right, the longest at each place, none inside another."""
    start = 0
    while start < len(words):
        for end in range(min(len(words), start + LONGEST_PHRASE), start, -1):
            meanings = tuple(m for m in lexicon.of(" ".join(words[start:end])) if m.sure)
            if meanings:
                yield _Found(start, end, meanings)
                start = end - 1
                break
        start += 1


def _alarms(words: list[str], found: list[_Found], lexicon: Lexicon) -> Iterator[str]:
    """Alarms anywhere, also across the ends of other phrases; a longer phrase around one explains it away."""
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + LONGEST_PHRASE) + 1):
            whole = end - start == len(words)
            meanings = lexicon.of(" ".join(words[start:end]))
            alarms = [m.option.value for m in meanings if m.fact == "crisis" and (m.sure or whole)]
            if alarms and not any(f.start <= start and end <= f.end and f.end - f.start > end - start for f in found):
                yield from alarms


def _most_fitting(meanings: tuple[Meaning, ...], asked: str | None) -> tuple[Meaning, ...]:
    """Where a phrase may mean several facts, the one that was asked for."""
    answering = tuple(m for m in meanings if m.fact == asked)
    if answering:
        return answering
    return tuple(m for m in meanings if (m.fact, m.option.value) not in HERE_MEANS_NOTHING)


def _negated(words: list[str], found: _Found) -> bool:
    """ "keine Krankenschwester", "not a nurse": what is denied is not told; phrases of concern deny by themselves."""
    told = {m.fact for m in found.meanings}
    before = words[max(0, found.start - 2) : found.start]
    return bool(told & set(DENIABLE)) and not NEGATIONS.isdisjoint(before)


def _add_postcode(words: list[str], asked: str | None, lexicon: Lexicon, values: dict[str, dict[str, Option]]) -> None:
    if "place" in values and asked != "place":
        return
    for word in words:
        for district in sorted(lexicon.postcodes.get(word, ())):
            values.setdefault("place", {}).setdefault(district, Option(district))


@dataclass(frozen=True, slots=True)
class _Near:
    sure: bool
    options: tuple[Option, ...]


def _near(message: str, asked: str, lexicon: Lexicon) -> _Near:
    """The values whose phrases are most like the message; sure if one is very near and clearly nearest."""
    strings = lexicon.strings(asked)
    if not message or len(message) > 60:
        return _Near(False, ())
    hits = process.extract(message, strings.keys(), scorer=fuzz.ratio, limit=40, score_cutoff=NEAR)
    best: dict[str, tuple[float, Option]] = {}
    for phrase, score, _ in hits:
        option = strings[phrase]
        if score > best.get(option.value, (0.0, option))[0]:
            best[option.value] = (score, option)
    ranked = sorted(best.values(), key=lambda hit: -hit[0])
    sure = (
        len(message) >= LONG_ENOUGH
        and bool(ranked)
        and ranked[0][0] >= SURE
        and (len(ranked) == 1 or ranked[0][0] - ranked[1][0] >= CLEARLY)
    )
    return _Near(sure, tuple(option for _, option in ranked[:NEAREST]))


def _reading(
    values: dict[str, dict[str, Option]],
    found: list[_Found],
    words: list[str],
    crisis: frozenset[str],
    nearest: tuple[Option, ...] = (),
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
    several = "profession" in unsure and len(named) > 1
    return Reading(
        facts=facts,
        unsure=unsure,
        several=several,
        nearest=nearest,
        others={k: next(iter(v)) for k, v in values.items() if k not in (*GUIDE, "papers", "topic", "crisis")},
        topics=tuple(values.get("topic", {})),
        crisis=crisis,
        whole=bool(words) and len(covered) == len(words),
    )
