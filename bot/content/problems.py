"""What is wrong with a file, in words that staff understand, from pydantic's errors."""

from collections.abc import Iterator
from typing import Final

from pydantic import ValidationError

from bot.content.yaml import Where

_WORDS: Final = {
    "missing": "das Feld fehlt; bitte ergänzen",
    "extra_forbidden": "dieses Feld gibt es nicht; ist es ein Schreibfehler?",
    "literal_error": "erlaubt ist hier nur: {expected}",
    "string_type": "hier muss ein Text stehen (in Anführungszeichen)",
    "string_too_short": "hier fehlt ein Text",
    "list_type": "hier muss eine Liste stehen",
    "dict_type": "hier müssen Felder mit Doppelpunkt stehen",
    "model_type": "hier müssen Felder mit Doppelpunkt stehen",
    "too_short": "die Liste ist leer",
    "bool_type": "hier muss true oder false stehen",
    "bool_parsing": "hier muss true oder false stehen",
    "int_parsing": "hier muss eine ganze Zahl stehen",
    "int_type": "hier muss eine ganze Zahl stehen",
}
_DATES: Final = ("date_from_datetime_parsing", "date_parsing", "date_type", "date_from_datetime_inexact")
_FIELDS_OF_DAYS: Final = ("checked", "valid_from", "valid_until")


def explained(error: ValidationError) -> Iterator[tuple[Where, str]]:
    """Each fault as (place in the file, sentence)."""
    told = set()
    for fault in error.errors():
        where = tuple(p for p in fault["loc"] if not (isinstance(p, str) and p.startswith(("list[", "str"))))
        name = str(where[-1]) if where else "Datei"
        if fault["type"] in _DATES or (fault["type"] == "string_pattern_mismatch" and name in _FIELDS_OF_DAYS):
            text = f"{fault['input']!r} ist kein Datum; bitte 2026-11-23 schreiben"
            text += " (oder 2026-11 oder 2026)" if name == "checked" else ""
        elif fault["type"] == "string_pattern_mismatch":
            text = f"{fault['input']!r} passt nicht; erlaubt ist {fault['ctx']['pattern']}"
        else:
            text = _WORDS.get(fault["type"], fault["msg"]).format(**fault.get("ctx", {}))
        if (where, text) not in told:
            told.add((where, text))
            yield where, f"{name}: {text}"
