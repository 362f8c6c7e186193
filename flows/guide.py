"""What the dialogue knows while it runs, put together once by the shell and given to every step."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flows.catalogue import Catalogue
from flows.routing import Router
from flows.texts import Choice, Text
from flows.understanding import Lexicon

Labels = Mapping[str, Mapping[str, frozenset[str]]]
"""Language → normalised label of a button → the ids of the buttons that are called so."""


@dataclass(frozen=True)
class Guide:
    """The catalogue in force on one day, its router, its lexicon and the languages that it speaks."""

    catalogue: Catalogue
    router: Router
    lexicon: Lexicon
    labels: Labels
    languages: tuple[str, ...]
    today: date


def static_choices(catalogue: Catalogue) -> tuple[Choice, ...]:
    """Every button whose label is always the same, so that its label can be typed as well."""
    from flows.screens.buttons import COMMON, change, show

    choices = list(COMMON)
    choices += [change(catalogue, fact) for fact in catalogue.questions]
    choices += [show(entry) for entry in catalogue.entries.values()]
    for fact, question in catalogue.questions.items():
        choices += [Choice(c.value, Text(c.label)) for c in question.choices]
        choices += [Choice(v, catalogue.label(fact, v)) for v in question.common]
    return tuple(choices)
