"""Which answer to change."""

from flows.guide import Guide
from flows.screens import buttons
from flows.screens.result import answered
from flows.session import Session
from flows.texts import Message, Paragraph, _


def change(guide: Guide, session: Session) -> tuple[Message, ...]:
    facts = answered(session)
    if not facts:
        text = _("Sie haben noch keine Frage beantwortet.")
        return (Message((Paragraph(text),), (buttons.CONTINUE,)),)
    choices = tuple(buttons.change(guide.catalogue, fact) for fact in facts)
    text = _("Welche Antwort möchten Sie ändern? Die anderen bleiben.")
    return (Message((Paragraph(text),), (*choices, buttons.CONTINUE)),)
