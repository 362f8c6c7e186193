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
    """A known word, and whether it takes a slip to be the one that is written: another form of it is none.

    `form`: what is written is a known word too; then this one counts only inside a longer phrase (Physik, Physiker).
    """

    word: str
    slips: int = 0
    form: bool = False


Spellings = Mapping[int, tuple[Spelling, ...]]
"""Place in the message → the words that the unknown one there may be, the likeliest first."""


def spellings(words: list[str], asked: str | None, lexicon: Lexicon) -> Spellings:
    """What each unknown word may be."""
    shortest = LONG_ENOUGH if len(words) <= FEW_WORDS else LONG_ENOUGH + 1
    found: dict[int, tuple[Spelling, ...]] = {}
    for i, word in enumerate(words):
        if lexicon.knows(word):
            stems = () if lexicon.of(word) else tuple(Spelling(known) for known in _without_turkish(word, lexicon))
            forms = lexicon.near.forms(word) if len(word) > LONG_ENOUGH else ()
            found[i] = (*stems, *(Spelling(other, form=True) for other in forms))
        else:
            bare = (Spelling(known) for known in _bare(word, lexicon))
            near = lexicon.near.words(word, answering=asked is not None) if len(word) >= shortest else ()
            found[i] = (*bare, *(Spelling(known, int(not is_form(word, known))) for known in near))
    return {i: spelt for i, spelt in found.items() if spelt}


def spelt(words: list[str], start: int, end: int, first: Spelling, known: Spellings) -> Iterator[Spelling]:
    """The words from `start` (read as `first`) to `end`: as they are written, and with what unknown ones may be."""
    yield first._replace(word=" ".join([first.word, *words[start + 1 : end]]))
    if any(i in known for i in range(start + 1, end)):
        ways = (known.get(i, (Spelling(words[i]),)) for i in range(start + 1, end))
        for way in islice(product([first], *ways), WAYS):
            yield Spelling(" ".join(s.word for s in way), sum(s.slips for s in way), any(s.form for s in way))


_I_AM_IN: Final = re.compile(r"(?P<place>[a-z]{4,})[dt][ae]y[iu](?P<who>[mz])")


def written_apart(words: list[str], lexicon: Lexicon) -> list[str]:
    """The same words, but Turkish "I am in", "we are in" is one of its own: turkiye | deyim ("dayim" is an uncle)."""
    apart: list[str] = []
    for word in words:
        found = None if lexicon.knows(word) else _I_AM_IN.fullmatch(word)
        apart += [found["place"], f"deyi{found['who']}"] if found and lexicon.knows(found["place"]) else [word]
    return apart


_PREFIXES: Final = ("وال", "بال", "كال", "فال", "لل", "ال", "و", "ب", "ل", "ك", "ف")
"""Arabic: and, in, like, so, to, the; written together with the word."""
_SUFFIXES: Final = ("ام", "يم", "م", "ه")
"""Persian: I am, we are, is."""
_TURKISH: Final = re.compile(r"(?:[dt][ae](?:n|y[iu]m|yiz|ki)?|l[iu](?:y[iu]m)?|n[iu]n|y[iu]m|[iu]m|s[iu]y[iu]m)")
"""Turkish: in, from, of, I am."""
_PERSIAN: Final = re.compile(r"(?P<word>[a-z]{4,})(?:am|em|im)")
"""Persian in Latin letters: I am, we are."""


def _bare(word: str, lexicon: Lexicon) -> Iterator[str]:
    """A known word without what Arabic, Persian and Turkish write together with it."""
    rests = [word[len(p) :] for p in _PREFIXES if word.startswith(p)]
    rests += [word[: -len(s)] for s in _SUFFIXES if word.endswith(s)]
    rests += [found["word"]] if (found := _PERSIAN.fullmatch(word)) else []
    yield from (rest for rest in rests if len(rest) > 2 and lexicon.knows(rest))
    yield from _without_turkish(word, lexicon)


def _without_turkish(word: str, lexicon: Lexicon) -> Iterator[str]:
    """A known word of four letters or more, without what Turkish writes together with it: the longest first."""
    rests = (word[:-n] for n in range(2, len(word) - 3) if _TURKISH.fullmatch(word[-n:]))
    yield from filter(lexicon.knows, rests)
