"""One entry in full, asked for from the result."""

from flows.guide import Guide
from flows.screens.buttons import CONTINUE, HUMAN
from flows.screens.entry import whom_to_ask
from flows.session import Session
from flows.texts import Block, Heading, Listing, Message, Paragraph, Text, _


def details(guide: Guide, session: Session) -> tuple[Message, ...]:
    entry = guide.router.entries[session.detail or ""]
    blocks: list[Block] = [Heading(Text(entry.title)), Paragraph(Text(entry.summary))]
    open_ = next((r.clarify for r in guide.router.recommend(session.facts) if r.id == entry.id), None)
    if open_:
        blocks.append(Paragraph(_("Noch zu klären: {what}", what=Text(open_))))
    blocks.append(Listing(_("Das können Sie tun:"), tuple(Text(s) for s in entry.steps), style="bullets"))
    if "digital" in entry.format:
        blocks.append(Paragraph(_("Sie können auch online teilnehmen.")))
    return (Message(tuple(blocks)), whom_to_ask(guide, entry, CONTINUE, HUMAN))
