"""Which language a message is in, as far as it tells: by its letters, and by the words that only one language has."""

import unicodedata
from collections import Counter
from functools import lru_cache
from typing import Final

from flows.understanding.lexicon import Lexicon

_SCRIPTS: Final = {
    "LATIN": ("de", "en", "es", "fr", "pl", "ro", "tr", "vi"),
    "CYRILLIC": ("bg", "ru", "uk"),
    "ARABIC": ("ar", "fa"),
}
"""The letters that our languages are written in."""
_ONLY: Final = {
    "uk": "іїєґ", "ru": "ыэё", "fa": "پچژگی", "ar": "ةىيكأإؤئ", "pl": "ąęłńśźż", "ro": "ășțşţ", "tr": "ğış",
    "vi": "ăạảấầẩẫậắằẳẵặẹẻẽếềểễệịỉĩọỏốồổỗộớờởỡợụủũứừửữựỳỵỷỹđơư", "es": "ñ¿¡", "fr": "çœèêàù", "de": "äß",
}  # fmt: skip
"""Letters that among the languages of the same script only this one has (or this one mostly)."""
_WHOSE: Final = {
    letter: tuple(code for code, letters in _ONLY.items() if letter in letters) for letter in "".join(_ONLY.values())
}
TELLING: Final = 2.0
"""Words of one language alone (a letter of one alone counts as two) that it takes to tell languages of one script."""
CLEAR: Final = 1.5
"""By how much the likeliest language must beat another that then is none of them."""
MOST: Final = 400
"""Characters that are looked at."""


def spoken(text: str, words: list[str], lexicon: Lexicon) -> tuple[tuple[str, ...], bool]:
    """The languages that a message may be in, likeliest first (empty: it does not tell), and whether it is in letters
    of none of ours."""
    scripts = Counter(script for c in text[:MOST] if (script := _script(c)))
    if not scripts:
        return (), False
    script, _number = scripts.most_common(1)[0]
    if script not in _SCRIPTS:
        return (), True
    candidates = _SCRIPTS[script]
    marks = Counter(code for c in text[:MOST].lower() for code in _WHOSE.get(c, ()))
    scores: dict[str, float] = {code: 2.0 * number for code, number in marks.items() if code in candidates}
    possible = frozenset(candidates)
    for word in words[:60]:
        known = lexicon.languages_of(word) & possible
        for code in known:
            scores[code] = scores.get(code, 0.0) + 1 / len(known)
    ranked = sorted(scores, key=lambda code: -scores[code])
    if script == "LATIN" and (not ranked or scores[ranked[0]] < TELLING):
        return (), False
    if not ranked:
        return candidates, False
    return tuple(code for code in ranked if scores[code] * CLEAR > scores[ranked[0]]), False


@lru_cache(maxsize=4096)
def _script(character: str) -> str:
    """The script of a letter, as its Unicode name begins; "" for anything else."""
    return unicodedata.name(character, "").partition(" ")[0] if character.isalpha() else ""
