"""Cyrillic that was typed in Latin letters ("ya medsestra z Kharkova"), written back: Russian, Ukrainian, Bulgarian.

There are many ways to type it and none is exact: what comes out is read like a misspelt message.
"""

import re
from collections.abc import Iterator
from typing import Final

from flows.understanding.lexicon import Lexicon

_BOTH: Final = {
    "shch": "щ", "sch": "щ", "zh": "ж", "kh": "х", "ts": "ц", "ch": "ч", "sh": "ш", "yu": "ю", "ya": "я", "ju": "ю",
    "ja": "я", "a": "а", "b": "б", "c": "ц", "d": "д", "e": "е", "f": "ф", "j": "й", "k": "к", "l": "л", "m": "м",
    "n": "н", "o": "о", "p": "п", "q": "я", "r": "р", "s": "с", "t": "т", "u": "у", "v": "в", "w": "в", "x": "х",
    "z": "з", "4": "ч",
}  # fmt: skip
_RUSSIAN: Final = {**_BOTH, "yo": "е", "ye": "е", "iy": "ий", "yj": "ый", "y": "ы", "i": "и", "h": "х", "g": "г"}
_UKRAINIAN: Final = {**_BOTH, "ye": "є", "je": "є", "yi": "ї", "ji": "ї", "y": "и", "i": "і", "h": "г", "g": "г"}
_BULGARIAN: Final = {**_BOTH, "sht": "щ", "y": "й", "i": "и", "h": "х", "g": "г", "x": "х"}
_WAYS: Final = tuple(
    (re.compile("|".join(sorted(map(re.escape, way), key=len, reverse=True))), way)
    for way in (_RUSSIAN, _UKRAINIAN, _BULGARIAN)
)
KEPT: Final = ("place", "origin", "notice", "concern")
"""Words of these are often written as they are in German: v Schwerin, za Anerkennung."""


def in_cyrillic(text: str, message: str, lexicon: Lexicon) -> Iterator[str]:
    """A normalised message, in each of the three ways, if its text was in plain Latin letters: ł and ă are not ours."""
    if not any(c.isalpha() and not c.isascii() for c in text):
        words = message.split()
        kept = {word for word in words if any(m.sure and m.fact in KEPT for m in lexicon.of(word))}
        for letters, way in _WAYS:
            yield " ".join(w if w in kept else letters.sub(lambda found, way=way: way[found[0]], w) for w in words)  # type: ignore[misc]
