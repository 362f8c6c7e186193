"""What the dialogue knows while it runs, put together once by the shell and given to every step."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from flows.catalogue import Catalogue
from flows.routing import Router
from flows.understanding import Lexicon

Labels = Callable[[str], Mapping[str, frozenset[str]]]
"""Of a language: normalised label of a button → the ids of the buttons that are called so."""


@dataclass(frozen=True)
class Guide:
    """The catalogue in force on one day, its router, its lexicon and the languages that it speaks."""

    catalogue: Catalogue
    router: Router
    lexicon: Lexicon
    labels: Labels
    languages: tuple[str, ...]
    today: date
    controller: str = ""
    """The body that is legally responsible; empty where the program is only tried out."""
