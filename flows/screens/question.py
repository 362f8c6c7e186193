"""Asking for a fact: the question itself, asked again, "which of these?", and which kind of lost papers."""

from flows.guide import Guide
from flows.screens.buttons import asked
from flows.session import Option, Session
from flows.texts import Block, Choice, Message, Paragraph, Text, _


def question(guide: Guide, session: Session) -> tuple[Message, ...]:
    asking = guide.catalogue.questions[session.asked]
    blocks: list[Block] = [Paragraph(Text(asking.text))]
    if asking.hint:
        blocks.append(Paragraph(Text(asking.hint), close=True))
    return (Message(tuple(blocks), asked(session, *guide.catalogue.choices(asking.fact))),)


def again(guide: Guide, session: Session) -> tuple[Message, ...]:
    """Not understood: the nearest values, or the question's own where nothing is near."""
    fact = session.asked
    asking = guide.catalogue.questions[fact]
    nearest = tuple(_choice(guide, fact, option) for option in session.options)
    offered = {c.id for c in nearest}
    usual = () if nearest and asking.common else guide.catalogue.choices(fact)
    choices = asked(session, *nearest, *(c for c in usual if c.id not in offered))
    blocks: list[Block] = [Paragraph(Text(asking.again))]
    if nearest:
        blocks.append(
            Paragraph(_("Meinen Sie eine von diesen Antworten? Sonst schreiben Sie es bitte anders."), close=True)
        )
    return (Message(tuple(blocks), choices),)


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
