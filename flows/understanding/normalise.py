"""Normalising: the same words written differently become the same string.

>>> normalise("  KRANKENSCHWESTER, Güstrow! ")
'krankenschwester gustrow'
"""

import re
import unicodedata
from typing import Final

LONGEST: Final = 2000
"""Characters of a message that are looked at: nobody answers a question in more."""

_ARABIC: Final = str.maketrans(
    {
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه", "ۀ": "ه",
        "ک": "ك", "ہ": "ه", "ە": "ه", "ـ": None, "ء": None, "\u200c": " ",
    }
)  # fmt: skip
_LETTERS: Final = str.maketrans({"ß": "ss", "ł": "l", "đ": "d", "ø": "o", "æ": "ae", "ı": "i", "ґ": "г", "ё": "е"})
_APOSTROPHES: Final = re.compile(r"['’ʼ`´ʹ‘]")
_NOT_A_WORD: Final = re.compile(r"[^\w]+|_")


def clean(text: str) -> str:
    """The text as it may be kept and shown: no control characters, direction overrides or lone surrogates.

    >>> clean("Koch\\u202e\\x00 und\\nBäcker\\ud800")
    'Koch und Bäcker'
    """
    kept = "".join(
        " " if c in "\n\r\t\u2028\u2029" else c
        for c in text[:LONGEST]
        if c in "\n\r\t\u2028\u2029\u200c\u200d" or unicodedata.category(c)[0] != "C"
    )
    return " ".join(kept.split())


def normalise(text: str) -> str:
    """Case, diacritics, letter forms, digits and apostrophes made equal; words parted by one space."""
    text = unicodedata.normalize("NFKC", clean(text)).casefold().translate(_LETTERS).translate(_ARABIC)
    text = _APOSTROPHES.sub("", text)
    decomposed = unicodedata.normalize("NFD", text.replace("й", "\ue000").replace("ї", "\ue001"))
    text = "".join(c for c in decomposed if unicodedata.category(c) != "Mn")
    text = text.replace("\ue000", "й").replace("\ue001", "ї").translate(_ARABIC)
    text = "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in text)
    return " ".join(_NOT_A_WORD.sub(" ", text).split())
