"""A message as Matrix shows it: a `body` that stands alone, the same as HTML, in pieces that fit; choices are numbered.

Of HTML only what every client shows: no `tel:` links, no `dir`; directions are set by isolates in the text itself.
"""

from collections.abc import Iterator
from html import escape
from typing import Final, NamedTuple

from bot.rendering.plain import COMMAND, block_text, is_close
from bot.translation.speaker import Speaker
from flows.texts import Attachment, Block, Choice, Contact, Heading, Listing, Message, _

FIT: Final = 36_000
"""Bytes that a piece's texts may be as JSON: encrypted and in its envelope that stays below 65,536."""
PART: Final = 1_000
"""Characters of a part, where one paragraph alone is too long."""
HOW: Final = _("Antworten Sie mit der Nummer oder mit Ihren Worten.")
HOW_BY_TAP: Final = _(
    "Sie können auch auf eine Zahl unter der Nachricht tippen. Diese Reaktionen sind nicht verschlüsselt."
)


class Piece(NamedTuple):
    """One event's texts."""

    body: str
    html: str


def pieces(message: Message, speaker: Speaker, *, by_tap: bool = False) -> list[Piece]:
    """The texts of a message's events, split between blocks where they are longer than an event may be."""
    found: list[Piece] = []
    size = 0
    for gap, part in _parts(message, speaker, by_tap):
        more = _bytes(part)
        if found and size + more <= FIT:
            found[-1] = Piece(found[-1].body + gap + part.body, found[-1].html + part.html)
            size += more
        else:
            found.append(part)
            size = more
    return found


def _bytes(piece: Piece) -> int:
    """What a piece takes as nio writes it: every letter outside ASCII is an escape of six."""
    return sum(len(text) if text.isascii() else 6 * len(text.encode("utf-16-le")) // 2 for text in piece)


def _parts(message: Message, speaker: Speaker, by_tap: bool) -> Iterator[tuple[str, Piece]]:
    """What a message is made of, each with what stands before it in `body`."""
    for block in message.blocks:
        if not isinstance(block, Attachment):
            for part in _block(block, speaker):
                yield ("\n" if is_close(block) else "\n\n"), part
    if message.choices:
        yield "\n\n", numbered(message.choices, speaker)
        for hint in (HOW, HOW_BY_TAP) if by_tap else (HOW,):
            yield "\n\n", _paragraph(speaker.say(hint))


def _block(block: Block, speaker: Speaker) -> Iterator[Piece]:
    text = COMMAND.sub(r"!\1", block_text(block, speaker))
    if len(text) > PART * 4:
        yield from (_paragraph(text[i : i + PART]) for i in range(0, len(text), PART))
    elif isinstance(block, Heading):
        yield Piece(text, f"<p><strong>{escape(text)}</strong></p>")
    elif isinstance(block, Listing) and block.style == "bullets":
        lead, *items = text.split("\n")
        listed = "".join(f"<li>{escape(item.removeprefix('• '))}</li>" for item in items)
        yield Piece(text, f"<p>{escape(lead)}</p><ul>{listed}</ul>")
    elif isinstance(block, Contact):
        yield Piece(text, _with_links(_paragraph(text).html, block))
    else:
        yield _paragraph(text)


def _paragraph(text: str) -> Piece:
    return Piece(text, f"<p>{escape(text).replace(chr(10), '<br>')}</p>")


def _with_links(html: str, contact: Contact) -> str:
    """The page and the address to write to can be opened; a number is called by the phone's own means."""
    web = contact.web if contact.web.startswith(("https://", "http://")) else f"https://{contact.web}"
    for shown, href in ((contact.web, web), (contact.email, f"mailto:{contact.email}")):
        if shown:
            html = html.replace(escape(shown), f'<a href="{escape(href)}">{escape(shown)}</a>', 1)
    return html


def numbered(choices: tuple[Choice, ...], speaker: Speaker) -> Piece:
    """The choices in their order: what a number means is what the session has noted of this very message."""
    labels = [COMMAND.sub(r"!\1", speaker.say(choice.label)) for choice in choices]
    body = "\n".join(f"{number}. {label}" for number, label in enumerate(labels, 1))
    return Piece(body, f"<ol>{''.join(f'<li>{escape(label)}</li>' for label in labels)}</ol>")
