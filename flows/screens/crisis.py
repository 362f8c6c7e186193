"""The screen that interrupts everything. Nothing of it is stored: the session stays as it was."""

from flows.guide import Guide
from flows.screens.buttons import CONTINUE, HUMAN
from flows.session import Session
from flows.texts import Block, Heading, Listing, Message, Paragraph, Text, Verbatim, _


def crisis(guide: Guide, session: Session) -> tuple[Message, ...]:
    return (_message(guide, ()),)


def forced(guide: Guide, session: Session) -> tuple[Message, ...]:
    content = guide.catalogue.crisis
    contact = guide.catalogue.contact_of(guide.catalogue.entries[content.forced_contact])
    return (_message(guide, (Paragraph(Text(content.forced)), contact)),)


def _message(guide: Guide, more: tuple[Block, ...]) -> Message:
    content = guide.catalogue.crisis
    lines = tuple(
        _("{who}: {phone}", who=Text(h.name), phone=Verbatim(h.phone))
        for h in content.helplines
        if h.status == "confirmed"
    )
    blocks = (
        Heading(Text(content.heading)),
        Paragraph(Text(content.text)),
        Listing(_("Hier hilft man Ihnen sofort:"), lines, style="bullets"),
        *more,
        Paragraph(_("Ich speichere nichts davon. Wenn Sie möchten, machen wir danach weiter.")),
    )
    return Message(blocks, (CONTINUE, HUMAN))
