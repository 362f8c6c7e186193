"""A human: the coordination's contact, with the German sentence to say there."""

from flows.guide import Guide
from flows.screens.buttons import CONTINUE
from flows.session import Session
from flows.texts import Block, GermanSentence, Heading, Message, Paragraph, _


def human(guide: Guide, session: Session) -> tuple[Message, ...]:
    coordination = guide.catalogue.coordination
    blocks: list[Block] = [
        Heading(_("Mit einem Menschen sprechen")),
        Paragraph(_("Rufen Sie an oder schreiben Sie eine E-Mail.")),
        guide.catalogue.contact_of(coordination),
    ]
    if coordination.say:
        blocks.append(GermanSentence(coordination.say))
    blocks.append(Paragraph(_("Ihre Antworten hier bleiben. Sie können danach weitermachen.")))
    return (Message(tuple(blocks), (CONTINUE,)),)
