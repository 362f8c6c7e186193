"""Countries from CLDR: ISO 3166-1 alpha-2 codes, and their names in the bot's languages."""

from functools import cache
from typing import Final

from babel import Locale

# CLDR lists more than states: groups of countries, pseudo-accents, and codes that ISO 3166-1 has not assigned.
_NOT_A_COUNTRY: Final = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})


@cache
def country_codes() -> tuple[str, ...]:
    """All ISO 3166-1 alpha-2 codes (and XK, Kosovo), sorted."""
    codes = [str(c) for c in Locale("de").territories]
    return tuple(sorted(c for c in codes if len(c) == 2 and c.isalpha() and c not in _NOT_A_COUNTRY))


@cache
def country_names(language: str) -> dict[str, str]:
    """Code → name in a language, as CLDR has it."""
    territories = Locale(language).territories
    return {code: territories[code] for code in country_codes() if code in territories}


@cache
def language_name(language: str) -> str:
    """A language's own name, e.g. `українська`, written as at the start of a line."""
    name = Locale(language).get_display_name(language) or language
    return name[:1].upper() + name[1:]
