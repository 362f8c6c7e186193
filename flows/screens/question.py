"""Asking for a fact: the question itself, asked again, "which of these?", and which kind of lost papers."""

from typing import Final

from flows.guide import Guide
from flows.screens.buttons import asked
from flows.session import Option, Session
from flows.texts import Block, Choice, Message, Paragraph, Text, _

MEANT: Final = _("Meinen Sie eine von diesen Antworten? Sonst schreiben Sie es bitte anders.")


def question(guide: Guide, session: Session) -> tuple[Message, ...]:
    """What the person's words may have meant stands first."""
    asking = guide.catalogue.questions[session.asked]
    hints = _hints(guide, session)
    below = MEANT if hints and asking.common else Text(asking.hint) if asking.hint else None
    return _with_likely(guide, session, Text(asking.text), below, hints)


def again(guide: Guide, session: Session) -> tuple[Message, ...]:
    """Not understood: the nearest values, or the question's own where nothing is near."""
    asking = guide.catalogue.questions[session.asked]
    return _with_likely(guide, session, Text(asking.again), MEANT if session.options else None, session.options)


def _with_likely(
    guide: Guide, session: Session, said: Text, below: Text | None, likely: tuple[Option, ...]
) -> tuple[Message, ...]:
    """A question with its likely answers first; beside them the frequent ones of a long list say nothing."""
    fact = session.asked
    first = tuple(_choice(guide, fact, option) for option in likely)
    offered = {c.id for c in first}
    usual = () if first and guide.catalogue.questions[fact].common else guide.catalogue.choices(fact)
    blocks: list[Block] = [Paragraph(said), *([Paragraph(below, close=True)] if below else [])]
    return (Message(tuple(blocks), asked(session, *first, *(c for c in usual if c.id not in offered))),)


def _hints(guide: Guide, session: Session) -> tuple[Option, ...]:
    """Without what is answered already, and what content/ has no more."""
    fact = session.asked
    hints = session.hints.get(fact, ())
    return tuple(o for o in hints if guide.catalogue.is_value(fact, o.value) and o.value != session.facts.get(fact))


def which(guide: Guide, session: Session) -> tuple[Message, ...]:
    """Several values were named, or a word may mean several."""
    fact = session.asked
    asking = guide.catalogue.questions[fact]
    text = Text(asking.several) if asking.several else _("Das kann Verschiedenes heißen. Was meinen Sie?")
    if {o.value for o in session.options} in [set(now) for now in guide.catalogue.former.values()]:
        text = _("Wie heißt das Land heute?")
    choices = tuple(_choice(guide, fact, option) for option in session.options)
    return (Message((Paragraph(text),), asked(session, *choices)),)


def papers(guide: Guide, session: Session) -> tuple[Message, ...]:
    """Learned, but the papers are missing: there is a way; which kind was it?"""
    blocks = (
        Paragraph(_("Auch ohne Zeugnisse kann es einen Weg geben. Fragen Sie die Beratung danach.")),
        Paragraph(_("Haben Sie eine Ausbildung oder ein Studium abgeschlossen?"), close=True),
    )
    choices = (c for c in guide.catalogue.choices("degree") if c.id != "missing")
    return (Message(blocks, asked(session, *choices)),)


def _choice(guide: Guide, fact: str, option: Option) -> Choice:
    label = guide.catalogue.label(fact, option.value)
    if option.words:
        label = _("{place} ({district})", place=option.words, district=label)
    return Choice(option.value, label)
