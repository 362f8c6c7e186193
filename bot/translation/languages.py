"""The languages, and how their names, countries and dates are written: everything from CLDR."""

from datetime import date as day
from functools import cache
from typing import Final

from babel import Locale
from babel.dates import format_date, format_skeleton

SOURCE: Final = "de"
"""The language of the msgids."""


_OF_DATES: Final = {"ar": "ar_SY"}
"""Whose months are meant where a language has several: most who read Arabic here say كانون الثاني, not يناير."""


@cache
def is_rtl(language: str) -> bool:
    """Whether a language is written from right to left."""
    return Locale(language).text_direction == "rtl"


@cache
def as_of(date: str, language: str) -> str:
    """A date as precise as it is known, written out.

    >>> as_of("2023-01", "de"), as_of("2026", "de")
    ('Januar 2023', '2026')
    """
    if len(date) == 4:
        return date
    if len(date) == 7:
        return format_skeleton("yMMMM", day.fromisoformat(f"{date}-01"), locale=_OF_DATES.get(language, language))
    return format_date(day.fromisoformat(date), "long", locale=_OF_DATES.get(language, language))
