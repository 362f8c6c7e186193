"""The phrases of a message: the longest at each place, misspelt ones too."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from flows.understanding.lexicon import Lexicon, Meaning
from flows.understanding.nearness import LONG, LONG_ENOUGH
from flows.understanding.spellings import FEW_WORDS, Spelling, Spellings, spelt

GUIDE: Final = ("concern", "profession", "field", "place", "degree", "origin", "notice", "eu_citizen", "german")
WHOLE: Final = ("others_before", "name_before")
"""Turns whose words are theirs alone."""
WISHES: Final = ("want_before", "want_after", "wish_before", "wish_after")
HIGHER: Final = ("vocational", "academic")
"""Degrees above school."""
FORMED: Final = ("profession",)
"""Facts whose names are looked for in other forms of known words."""
PROFESSION: Final = ("profession",)
SUBJECT: Final = ("subject",)
JOINED: Final = ("profession", "place")
"""Names that people write apart: Bus Fahrer."""
TELLING: Final = 6
"""Characters from which on a word that only answers a question counts inside a longer answer."""
SHORT_TELLING: Final = 4
"""The same in an answer of few words."""


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase of the message: words `start` to `end`, and what it stands for. `slips`: words that were corrected."""

    start: int
    end: int
    meanings: tuple[Meaning, ...]
    slips: int = 0
    apart: bool = False
    """Other words stand between those of the phrase."""
    weak: bool = False
    """It answers another question than was asked: it counts only where a turn of speech lets it."""

    @property
    def is_turn(self) -> bool:
        return all(m.fact == "turns" for m in self.meanings)

    @property
    def shares(self) -> bool:
        """Whether what stands in it may go on behind it: not what names somebody else (my sister)."""
        return self.is_turn and not any(m.option.value in WHOLE for m in self.meanings)

    @property
    def turns(self) -> set[str]:
        """The turns of speech that it stands for, without their side."""
        return {m.option.value.partition("_")[0] for m in self.meanings if m.fact == "turns"}

    def tells(self, facts: Iterable[str]) -> bool:
        return any(m.fact in facts for m in self.meanings)

    def tells_of(self, fact: str, value: str) -> bool:
        return any((m.fact, m.option.value) == (fact, value) for m in self.meanings)

    def says(self, *turns: str) -> bool:
        return any(m.fact == "turns" and m.option.value in turns for m in self.meanings)


def covered(found: Iterable[Found]) -> int:
    """How many words say something; a slip is half of one."""
    return sum(2 * (f.end - f.start) - f.slips for f in found)


def phrases(words: list[str], known: Spellings, asked: str | None, lexicon: Lexicon) -> list[Found]:
    """The phrases of a sentence from left to right, the longest at each place, none inside another.

    A turn of speech may share its last words with what it turns: "em làm" and "làm nail". Of two professions that
    overlap the longer one counts, else the one that goes on: "inginer mecanic" in "sunt inginer mecanic".
    """
    found: list[Found] = []
    start = taken = 0
    while start < len(words):
        here = _longest(words, start, known, asked, lexicon)
        if here is not None and here.tells(PROFESSION):
            here = _going_on(words, here, known, asked, lexicon)
        start += 1
        if here is not None and here.end > taken:
            found += [here, *_wishes(words, here, lexicon)]
            taken = here.end
            start = start if here.shares else taken
    # A slip is only a guess: it counts where nothing is written plainly.
    plain = {m.fact for f in found if not f.slips for m in f.meanings} - {"turns"}
    return [f for f in found if not (f.slips and all(m.fact in plain for m in f.meanings))]


def _going_on(words: list[str], here: Found, known: Spellings, asked: str | None, lexicon: Lexicon) -> Found:
    """Another profession that begins inside this one, ends behind it and is no shorter; else this one."""
    for start in range(here.start + 1, here.end):
        other = _longest(words, start, known, asked, lexicon)
        if other and other.end - start >= here.end - here.start and other.end > here.end and other.tells(PROFESSION):
            return other
    return here


def _wishes(words: list[str], f: Found, lexicon: Lexicon) -> Iterator[Found]:
    """Wishes inside another phrase: "how do I get recognised" is one, and what is said of it is wished for too."""
    if not f.is_turn and f.tells(("concern",)):
        for start in range(f.start, f.end):
            for end in range(start + 1, f.end + (start > f.start)):
                meanings = tuple(m for m in lexicon.of(" ".join(words[start:end])) if m.option.value in WISHES)
                if meanings:
                    yield Found(start, end, meanings)


def _longest(words: list[str], start: int, known: Spellings, asked: str | None, lexicon: Lexicon) -> Found | None:
    """The longest phrase that begins here; among equally long ones a fact before a subject (стоматологи: no
    dentistry), then the one with the fewest slips."""
    least = SHORT_TELLING if len(words) <= FEW_WORDS else TELLING
    best: Found | None = None
    for first in (Spelling(words[start]), *known.get(start, ())):
        for end in range(min(len(words), start + lexicon.longest_from(first.word)), start + first.form, -1):
            if best is not None and end < best.end + (not best.tells(SUBJECT)):
                break
            for read in spelt(words, start, end, first, known):
                told = tuple(m for m in lexicon.of(read.word) if _counts(m, read, asked, words[start], least))
                here = Found(start, end, told, read.slips)
                if told and (best is None or end > best.end or not here.tells(SUBJECT)):
                    best = here
                    break
    if best is None or best.end == start + 1:
        together = "".join(words[start : start + 2])
        told = tuple(m for m in lexicon.of(together) if m.sure and m.fact in JOINED)
        if told and len(words) > start + 1:
            return Found(start, start + 2, told)
    return best


def _counts(meaning: Meaning, phrase: Spelling, asked: str | None, word: str, least: int) -> bool:
    """Whether a phrase inside a sentence is taken: a sure one is; one that only answers a question, where that was
    asked and it is no short word; a slip, where it answers the question or the word is long. Never a slip in an alarm.
    """
    if phrase.form and meaning.fact not in FORMED:
        return False
    if not meaning.sure:
        return meaning.fact == asked and not phrase.slips and len(phrase.word) >= least
    if not phrase.slips:
        return True
    if meaning.fact in ("turns", "former"):
        return True
    if meaning.fact in ("place", "origin") and meaning.fact != asked:
        return len(word) > LONG_ENOUGH and phrase.word[:3] == word[:3]
    return meaning.fact in GUIDE and (meaning.fact == asked or len(word) >= LONG)
