"""What stands apart in a sentence: the words of one phrase with others between, and answers beside "I learned"."""

from collections.abc import Iterator, Set
from typing import Final

from flows.understanding.lexicon import Lexicon, Meaning
from flows.understanding.phrases import TELLING, Found
from flows.understanding.spellings import Spelling, Spellings

ANY_ORDER: Final = ("profession",)
IN_ORDER: Final = ("degree", "notice", "concern")
"""Facts whose phrases may have other words between theirs."""
TAKE_BACK: Final = (("degree", "none"), ("degree", "missing"))
"""What is said of a degree that was told before: never finished, lost."""
NOT_OURS: Final = ("others_before", "name_before", "aside", "seeks_before", "seeks_after", "wish_before", "not_before")
"""Turns whose words are no part of a phrase."""
NEAR: Final = 2
GAP: Final = 3
"""So many at most: between those in any order, and between those in order."""


def scattered(words: list[str], found: list[Found], known: Spellings, lexicon: Lexicon) -> Iterator[Found]:
    """Phrases whose words stand apart: "медсестра, операційна", "papers … burned"."""
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
    """A profession's words may stand the other way round; they count where they say more than what was found there,
    and where no other profession stands between ("бухгалтером" in "worked … in a warehouse"). Other facts' stand in
    their order, and count where nothing else tells the fact. A turn's words are no part of it.
    """
    start, end = min(places), max(places) + 1
    turns = [f for f in found if f.tells(("turns",)) and any(f.start <= p < f.end for p in places)]
    if m.fact in ANY_ORDER:
        there = [f for f in found if f.start < end and start < f.end and f.tells(ANY_ORDER)]
        more = all(f.end - f.start < len(places) and any(f.start <= p < f.end for p in places) for f in there)
        return more and not turns and end - start <= len(places) + NEAR
    if m.fact not in IN_ORDER or places != sorted(places) or end - start > len(places) + GAP:
        return False
    denied = any(start - 2 < f.end <= end and f.says("not_before") for f in found)
    told = any(f.tells((m.fact,)) for f in found) and (m.fact, m.option.value) not in TAKE_BACK
    return not denied and not told and not any(f.says(*NOT_OURS) for f in turns)


def answers(
    words: list[str], found: list[Found], known: Spellings, asked: str | None, lexicon: Lexicon
) -> Iterator[Found]:
    """Answers to questions that were not asked, in the rest of a sentence that tells of them: university, beside a word
    of having learned; rejected, beside recognition."""
    facts = {"degree"} if any(f.says("learned_before", "learned_after") for f in found) else set()
    facts |= {"notice"} if any(f.tells_of("concern", "recognition") for f in found) else set()
    start = 0 if facts - {asked} else len(words)
    while start < len(words):
        here = next(_answers_from(words, start, found, known, facts - {asked}, lexicon), None)
        start = here.end if here else start + 1
        if here:
            yield here


def _answers_from(
    words: list[str], start: int, found: list[Found], known: Spellings, facts: Set[str | None], lexicon: Lexicon
) -> Iterator[Found]:
    for first in (Spelling(words[start]), *known.get(start, ())):
        for end in range(min(len(words), start + lexicon.longest_from(first.word)), start, -1):
            phrase = " ".join([first.word, *words[start + 1 : end]])
            told = tuple(m for m in lexicon.of(phrase) if m.fact in facts and not m.sure)
            if told and len(phrase) >= TELLING and not any(f.start < end and start < f.end for f in found):
                yield Found(start, end, told, weak=True)
