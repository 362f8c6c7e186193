"""The buttons that many screens have, and the order in which a screen shows its choices."""

from typing import Final

from flows.catalogue import Catalogue, Entry
from flows.session import Session
from flows.texts import Choice, Text, _

BACK: Final = Choice("back", _("Zurück"))
CHANGE: Final = Choice("change", _("Eine Antwort ändern"))
CONTINUE: Final = Choice("continue", _("Weiter"))
HELP: Final = Choice("help", _("Hilfe"))
HUMAN: Final = Choice("human", _("Mit einem Menschen sprechen"))
LANGUAGE: Final = Choice("language", _("Sprache ändern"))
RESTART: Final = Choice("restart", _("Neu anfangen"))
UNKNOWN: Final = Choice("unknown", _("Weiß ich nicht / möchte ich nicht sagen"))

COMMON: Final = (BACK, CHANGE, CONTINUE, HELP, HUMAN, LANGUAGE, RESTART, UNKNOWN)


def change(catalogue: Catalogue, fact: str) -> Choice:
    return Choice(f"change:{fact}", _("Ändern: {answer}", answer=Text(catalogue.questions[fact].name)))


def show(entry: Entry) -> Choice:
    return Choice(f"show:{entry.id}", Text(entry.title))


def asked(session: Session, *values: Choice, skippable: bool = True) -> tuple[Choice, ...]:
    """A question's choices: its values, "don't know", back where there is a way back, a human."""
    unknown = (UNKNOWN,) if skippable else ()
    back = (BACK,) if session.history else ()
    return (*values, *unknown, *back, HUMAN)


def every(catalogue: Catalogue) -> tuple[Choice, ...]:
    """Every button whose label is always the same, so that its label can be typed as well."""
    choices = [*COMMON, *(show(entry) for entry in catalogue.entries.values())]
    for fact, question in catalogue.questions.items():
        choices.append(change(catalogue, fact))
        choices += [Choice(c.value, Text(c.label)) for c in question.choices]
        choices += [Choice(value, catalogue.label(fact, value)) for value in question.common]
    return tuple(choices)
