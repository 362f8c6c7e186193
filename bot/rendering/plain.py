"""A message as plain text: what a terminal shows, and what Matrix's `body` and Telegram's text are made of."""

import re
from typing import Final, assert_never

from bot.translation.speaker import Speaker
from flows.texts import Attachment, Block, Contact, GermanSentence, Heading, Listing, Message, Paragraph, _

SAY_ON_PHONE = _("Sagen Sie am Telefon:")
COMMAND: Final = re.compile(r"(?<![\w/.])/(help|human|language|mydata|delete|privacy|restart|back)\b")
"""A command that a text names: channels show it as what it is there."""


def render(message: Message, speaker: Speaker) -> str:
    """The blocks, one after another; what belongs together stands on neighbouring lines."""
    text = ""
    for block in message.blocks:
        text += ("\n" if is_close(block) else "\n\n") if text else ""
        text += block_text(block, speaker)
    return text


def is_close(block: Block) -> bool:
    """Whether a block belongs to the one before it, without a blank line between them."""
    return isinstance(block, Contact) or (isinstance(block, Paragraph) and block.close)


def block_text(block: Block, speaker: Speaker) -> str:
    """One block as plain text."""
    match block:
        case Heading(text) | Paragraph(text):
            return speaker.say(text)
        case Listing(lead, items, "bullets"):
            return "\n".join([speaker.say(lead), *(f"• {speaker.say(item)}" for item in items)])
        case Listing(lead, items):
            return f"{speaker.say(lead)} " + " · ".join(speaker.say(item) for item in items)
        case GermanSentence(sentence):
            return _german_sentence(sentence, speaker)
        case Contact():
            return _contact(block, speaker)
        case Attachment(_name, content):
            return content
        case _:
            assert_never(block)


def _german_sentence(sentence: str, speaker: Speaker) -> str:
    lines = [speaker.say(SAY_ON_PHONE), speaker.isolated(f"„{sentence}“")]
    if pronounced := speaker.pronounced(sentence):
        lines.append(f"[{pronounced}]")
    if meaning := speaker.meaning(sentence):
        lines.append(f"({meaning})")
    return "\n".join(lines)


def _contact(contact: Contact, speaker: Speaker) -> str:
    ways = (
        speaker.isolated(contact.name),
        speaker.say(_("Telefon: {number}", number=contact.phone)) if contact.phone else "",
        speaker.say(_("E-Mail: {address}", address=contact.email)) if contact.email else "",
        speaker.say(_("Webseite: {address}", address=contact.web)) if contact.web else "",
        speaker.isolated(contact.address),
    )
    return "\n".join(way for way in ways if way)
