"""What stands apart in a sentence: the words of one phrase with others between, and answers beside "I learned"."""

from collections.abc import Iterator
from typing import Final

from flows.understanding.lexicon import Lexicon, Meaning
from flows.understanding.phrases import SHORT_TELLING, TELLING, Found
from flows.understanding.spellings import Spelling, Spellings

ANY_ORDER: Final = ("profession",)
IN_ORDER: Final = ("degree", "notice", "concern")
"""Facts whose phrases may have other words between theirs."""
TAKE_BACK: Final = (("degree", "none"), ("degree", "missing"))
"""What is said of a degree that was told before: never finished, lost."""
NOT_OURS: Final = ("others_before", "name_before", "aside", "seeks_before", "seeks_after", "wish_before", "not_before")
"""Turns whose words are no part of a phrase."""
HAD: Final = ("learned_before", "learned_after", "has_before", "has_after")
"""Turns beside which a degree was had."""
QUALIFIED: Final = ("profession", "origin")
"""Facts beside which a school is one that was finished."""
LEAST: Final = {"place": SHORT_TELLING, "degree": 3}
"""Characters from which on an answer to another question counts in a sentence: BTS, Uni, Waren; else TELLING."""
NEAR: Final = 2
GAP: Final = 3
"""So many at most: between those in any order, and between those in order."""


def scattered(words: list[str], found: list[Found], known: Spellings, lexicon: Lexicon) -> Iterator[Found]:
    """Phrases whose words stand apart: "медсестра, операційна", "papers … burned".

    A profession's may stand the other way round; other facts' stand in their order, and count where nothing else
    surely tells the fact.
    """
    at: dict[str, int] = {}
    for i, word in enumerate(words):
        for read in (Spelling(word), *known.get(i, ())[:1]):
            at.setdefault(read.word, i)
    for phrase in dict.fromkeys(p for word in at for p in lexicon.scattered(word)):
        places = [at[w] for w in phrase if w in at]
        if len({*places}) == len(phrase):
            meanings = tuple(m for m in lexicon.of(" ".join(phrase)) if m.sure and _counts(m, places, found))
            if meanings:
                yield Found(min(places), max(places) + 1, meanings, apart=True)


def _counts(m: Meaning, places: list[int], found: list[Found]) -> bool:
    if m.fact in ANY_ORDER:
        return _says_more(places, found)
    if m.fact not in IN_ORDER or places != sorted(places) or places[-1] - places[0] >= len(places) + GAP:
        return False
    told = any(o.fact == m.fact and o.sure for f in found for o in f.meanings)
    if told and (m.fact, m.option.value) not in TAKE_BACK:
        return False
    # What is denied or somebody else's is not so; but people complain of what is denied (boss, no contract).
    denied = any(places[0] - 2 < f.end <= places[-1] + 1 and f.says("not_before") for f in found)
    ours = not any(f.says(*NOT_OURS) and any(f.start <= p < f.end for p in places) for f in found)
    return m.fact == "concern" or (ours and not denied)


def _says_more(places: list[int], found: list[Found]) -> bool:
    """A profession's words, in any order, count where they say all that was found there and more ("kế toán" is no part
    of "cử nhân toán"; "бухгалтером" stands in "worked … in a warehouse"), and none belongs to a turn of speech."""
    start, end = min(places), max(places) + 1
    there = [f for f in found if f.start < end and start < f.end and (f.is_turn or f.tells(ANY_ORDER))]
    within = [f for f in there if any(f.start <= p < f.end for p in places)]
    more = all({*range(f.start, f.end)} < {*places} for f in there if not f.is_turn)
    ours = not any(f.is_turn for f in within) and not any(f.says(*NOT_OURS) for f in there)
    return more and ours and end - start <= len(places) + NEAR


def answers(
    words: list[str], found: list[Found], known: Spellings, asked: str | None, lexicon: Lexicon
) -> Iterator[Found]:
    """Answers to questions that were not asked, in the rest of a sentence that tells of them: university, beside a word
    of having learned, a profession or a country; rejected, beside recognition; Waren, beside "I live in"."""
    facts: set[str | None] = {"degree"} if any(f.says(*HAD) or f.tells(QUALIFIED) for f in found) else set()
    facts |= {"notice"} if any(f.tells_of("concern", "recognition") for f in found) else set()
    facts |= {"place"} if any(f.says("lives_before", "lives_after") for f in found) else set()
    facts -= {asked}
    start = 0 if facts else len(words)
    while start < len(words):
        here = next(_answers_from(words, start, found, known, facts, lexicon), None)
        start = here.end if here else start + 1
        if here:
            yield here


def _answers_from(
    words: list[str], start: int, found: list[Found], known: Spellings, facts: set[str | None], lexicon: Lexicon
) -> Iterator[Found]:
    for first in (Spelling(words[start]), *known.get(start, ())):
        for end in range(min(len(words), start + lexicon.longest_from(first.word)), start + first.form, -1):
            phrase = " ".join([first.word, *words[start + 1 : end]])
            told = tuple(m for m in lexicon.of(phrase) if m.fact in facts)
            if not told or len(phrase) < min(LEAST.get(m.fact, TELLING) for m in told):
                continue
            if all(f.end <= start or end <= f.start or _leaves(f, start, end) for f in found):
                yield Found(start, end, told, weak=True)


def _leaves(f: Found, start: int, end: int) -> bool:
    """Whether a phrase leaves an answer that stands in it, or partly so: a turn of speech a longer one and a school, a
    country or a subject the school that names it (đại học Huế)."""
    if f.is_turn:
        return end - start > f.end - f.start or f.says("school")
    return f.tells(("origin", "subject")) and f.start <= start and end <= f.end
