"""Understanding one message: every fact that it surely states, and what may be meant where it is not sure.

In this order: the phrases of the message, the longest at each place (a word that nobody knows may be a slip of one
that is known); what turns of speech make of them (denied, wished for, lived in); and for the question that was asked,
what the whole message is like. `understand` and `Reading` are what the dialogue knows; the inside may be replaced.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from flows.session import Option
from flows.understanding.apart import answers, scattered
from flows.understanding.hints import fuller, hints, likenesses, nearest
from flows.understanding.lexicon import Lexicon
from flows.understanding.nearness import LONG_ENOUGH, SURE
from flows.understanding.normalise import normalise
from flows.understanding.phrases import GUIDE, Found, covered, phrases
from flows.understanding.spellings import spellings, written_apart
from flows.understanding.tongue import spoken
from flows.understanding.transliterate import in_cyrillic
from flows.understanding.turns import told, turned

CLEARLY: Final = 4.0
"""By how much the nearest value must beat the next one."""
ANSWER: Final = 60
"""Characters: a longer message is no answer that is only misspelt."""
MANY_WORDS: Final = 60
"""Words of a message whose slips and scattered phrases are looked for: in more, enough is known."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message states.

    Example: "Krankenschwester aus Syrien" →
    `Reading(facts={"profession": "nurse", "origin": "SY"}, whole=True)`.

    `unsure`: facts with two or more values that may be meant; `several` if the person named them all.
    `nearest`: for the question asked, where nothing was understood. `hints`: values that a fact may have, for when it
    is asked for. `whole`: every word was part of something.
    `languages`: those that it may be written in, where it tells. `foreign`: in letters of none of ours.
    """

    facts: Mapping[str, str]
    unsure: Mapping[str, tuple[Option, ...]]
    several: bool = False
    nearest: tuple[Option, ...] = ()
    hints: Mapping[str, tuple[Option, ...]] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)
    topics: tuple[str, ...] = ()
    crisis: frozenset[str] = frozenset()
    whole: bool = False
    languages: tuple[str, ...] = ()
    foreign: bool = False


def understand(text: str, asked: str | None, lexicon: Lexicon) -> Reading:
    """Everything that a message surely states, read as an answer to `asked` where it is one.

    `others` holds what is not a fact of the guide: `yes_no`, `unknown`, `commands`, `greetings`, `language`.
    """
    message = normalise(text)
    words, found = _read(message, asked, lexicon)
    crisis = frozenset(_alarms(words, found, lexicon))
    if covered(found) < len(words) <= MANY_WORDS:
        for cyrillic, others in _in_cyrillic(text, message, asked, lexicon):
            crisis |= frozenset(_alarms(*others, lexicon))
            # More of it must be known so than as it is written, and more than a quarter (a word counts two).
            if covered(others[1]) > max(covered(found), len(words) // 2):
                message, (words, found) = cyrillic, others
    values = told(words, found, asked, lexicon)
    likely: tuple[Option, ...] = ()
    if asked and not values and not turned(found):
        taken, likely = _like(message, asked, lexicon)
        if taken is not None:
            values[asked] = {taken.value: taken}
            found, likely = [Found(0, len(words), ())], ()
    near = likenesses(words, found, values, lexicon) if len(words) <= MANY_WORDS else {}
    if "profession" in values and (more := fuller(near.get("profession", ()), words, found)):
        values["profession"] = {more.value: more}
    hinted = hints(near, values)
    if asked and not values:
        likely = nearest((*hinted.get(asked, ()), *likely))
    languages, foreign = spoken(text, words, lexicon)
    return _reading(values, found, words, crisis, likely, hinted, languages, foreign)


def _in_cyrillic(
    text: str, message: str, asked: str | None, lexicon: Lexicon
) -> Iterator[tuple[str, tuple[list[str], list[Found]]]]:
    """The message in Cyrillic, in each way, as it is spelt there; last in the likeliest way, misspelt words too."""
    ways = {way: phrases(way.split(), {}, asked, lexicon) for way in in_cyrillic(text, message, lexicon)}
    yield from ((way, (way.split(), found)) for way, found in ways.items())
    if ways:
        likeliest = max(ways, key=lambda way: covered(ways[way]))
        yield likeliest, _read(likeliest, asked, lexicon)


def _read(message: str, asked: str | None, lexicon: Lexicon) -> tuple[list[str], list[Found]]:
    """The words of a normalised message, and its phrases: the whole, where it is one."""
    words = written_apart(message.split(), lexicon)
    whole = tuple(m for m in lexicon.of(message) if m.sure or m.fact == asked or m.fact not in GUIDE)
    if whole:
        return words, [Found(0, len(words), whole)]
    if len(words) > MANY_WORDS:
        return words, phrases(words, {}, asked, lexicon)
    known = spellings(words, asked, lexicon)
    found = phrases(words, known, asked, lexicon)
    weak = answers(words, found, known, asked, lexicon)
    return words, [*found, *weak, *scattered(words, found, known, lexicon)]


def _alarms(words: list[str], found: list[Found], lexicon: Lexicon) -> Iterator[str]:
    """Alarms anywhere, also across the ends of other phrases; a longer phrase around one explains it away."""
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + lexicon.longest_from(words[start])) + 1):
            whole = end - start == len(words)
            meanings = lexicon.of(" ".join(words[start:end]))
            alarms = [m.option.value for m in meanings if m.fact == "crisis" and (m.sure or whole)]
            if alarms and not any(_explains(f, start, end) for f in found):
                yield from alarms


def _explains(f: Found, start: int, end: int) -> bool:
    """Whether a longer phrase around an alarm says what else it is; a guess does not, nor another alarm."""
    around = f.start <= start and end <= f.end and f.end - f.start > end - start
    return around and not (f.slips or f.apart or f.tells(("crisis",)))


def _like(message: str, asked: str, lexicon: Lexicon) -> tuple[Option | None, tuple[Option, ...]]:
    """The value that the message surely is, written otherwise; or else those that are near, the nearest first."""
    if not message or len(message) > ANSWER:
        return None, ()
    ranked = lexicon.near.phrases(message, asked)
    near_enough = len(message) >= LONG_ENOUGH and bool(ranked) and ranked[0].score >= SURE
    if near_enough and (len(ranked) == 1 or ranked[0].score - ranked[1].score >= CLEARLY):
        return ranked[0].option, ()
    return None, tuple(near.option for near in ranked)


def _reading(
    values: dict[str, dict[str, Option]],
    found: list[Found],
    words: list[str],
    crisis: frozenset[str],
    likely: tuple[Option, ...],
    hinted: dict[str, tuple[Option, ...]],
    languages: tuple[str, ...],
    foreign: bool,
) -> Reading:
    said = {i for f in found for i in range(f.start, f.end)}
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
        nearest=likely,
        hints={**hinted, **unsure},
        others={k: next(iter(v)) for k, v in values.items() if k not in (*GUIDE, "papers", "topic", "crisis")},
        topics=tuple(values.get("topic", {})),
        crisis=crisis,
        whole=bool(words) and len(said) == len(words),
        languages=languages,
        foreign=foreign,
    )
