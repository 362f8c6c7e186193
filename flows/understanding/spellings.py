"""Which known words the unknown ones of a message may be: without what is written together with them, or misspelt."""

import re
from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import Final, NamedTuple

from flows.understanding.lexicon import Lexicon
from flows.understanding.nearness import LONG_ENOUGH, is_form

FEW_WORDS: Final = 4
"""In so few words even a short one may be misspelt; in more, too many are like something."""
WAYS: Final = 8
"""Spellings of a phrase that are tried."""


class Spelling(NamedTuple):
    """A known word, and whether it takes a slip to be the one that is written: another form of it is none."""

    word: str
    slips: int = 0


Spellings = Mapping[int, tuple[Spelling, ...]]
"""Place in the message → the words that the unknown one there may be, the likeliest first."""


def spellings(words: list[str], asked: str | None, lexicon: Lexicon) -> Spellings:
    """What each unknown word may be."""
    shortest = LONG_ENOUGH if len(words) <= FEW_WORDS else LONG_ENOUGH + 1
    found: dict[int, tuple[Spelling, ...]] = {}
    for i, word in enumerate(words):
        if not lexicon.knows(word):
            bare = (Spelling(known) for known in _bare(word, lexicon))
            near = lexicon.near.words(word, answering=asked is not None) if len(word) >= shortest else ()
            found[i] = (*bare, *(Spelling(known, int(not is_form(word, known))) for known in near))
    return {i: spelt for i, spelt in found.items() if spelt}


def spelt(words: list[str], start: int, end: int, first: Spelling, known: Spellings) -> Iterator[Spelling]:
    """The words from `start` (read as `first`) to `end`: as they are written, and with what unknown ones may be."""
    yield Spelling(" ".join([first.word, *words[start + 1 : end]]), first.slips)
    if any(i in known for i in range(start + 1, end)):
        ways = (known.get(i, (Spelling(words[i]),)) for i in range(start + 1, end))
        for way in islice(product(*ways), WAYS):
            yield Spelling(" ".join([first.word, *(s.word for s in way)]), first.slips + sum(s.slips for s in way))


_PREFIXES: Final = ("وال", "بال", "كال", "فال", "لل", "ال", "و", "ب", "ل", "ك", "ف")
"""Arabic: and, in, like, so, to, the; written together with the word."""
_SUFFIXES: Final = ("ام", "يم", "م", "ه")
"""Persian: I am, we are, is."""
_TURKISH: Final = re.compile(
    r"(?P<word>[a-z]{4,}?)(?:[dt][ae](?:n|y[iu]m|yiz|ki)?|l[iu](?:y[iu]m)?|n[iu]n|y[iu]m|[iu]m|s[iu]y[iu]m)"
)
"""Turkish: in, from, of, I am."""
_PERSIAN: Final = re.compile(r"(?P<word>[a-z]{4,})(?:am|em|im)")
"""Persian in Latin letters: I am, we are."""


def _bare(word: str, lexicon: Lexicon) -> Iterator[str]:
    """A known word without what Arabic, Persian and Turkish write together with it."""
    rests = [word[len(p) :] for p in _PREFIXES if word.startswith(p)]
    rests += [word[: -len(s)] for s in _SUFFIXES if word.endswith(s)]
    rests += [found["word"] for written in (_TURKISH, _PERSIAN) if (found := written.fullmatch(word))]
    yield from (rest for rest in rests if len(rest) > 2 and lexicon.knows(rest))
