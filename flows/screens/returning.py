"""Somebody comes back after days: go on, or start again?"""

from flows.guide import Guide
from flows.screens.buttons import CONTINUE, HUMAN, RESTART
from flows.session import Session
from flows.texts import Message, Paragraph, _


def returning(guide: Guide, session: Session) -> tuple[Message, ...]:
    text = _("Willkommen zurück! Möchten Sie weitermachen oder neu anfangen?")
    return (Message((Paragraph(text),), (CONTINUE, RESTART, HUMAN)),)
