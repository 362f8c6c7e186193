"""Where a turn's messages go, in the turn's own transaction: to the outbox, or to the page that is read here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import outbox, transcript
from bot.store.codec import encode
from bot.store.database import Database
from bot.store.outbox import Draft
from bot.store.transcript import Line, own_line
from flows.events import Chose, Event, Said
from flows.texts import Attachment, Message

READ_HERE: Final = "web:"
"""Addresses of people who come to us to read: nothing is sent, so nothing can be lost on the way."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a person did, for their own page to show it again. `lasts` False: an alarm, of which nothing is kept."""

    address: str
    event_id: str
    event: Event
    language: str
    lasts: bool = True


async def put(
    database: Database, connection: AsyncConnection, heard: Sequence[Heard], drafts: Sequence[Draft], now: float
) -> bool:
    """Write what people did and what they are told, each where it belongs; gives whether something was erased."""
    await outbox.put(database, connection, [d for d in drafts if not d.address.startswith(READ_HERE)], now)
    lines = [line for h in heard if h.address.startswith(READ_HERE) and (line := _own(h)) is not None]
    lines += [_line(d) for d in drafts if d.address.startswith(READ_HERE) and not d.last_trace]
    readers = [h.address for h in heard if h.address.startswith(READ_HERE)]
    return bool(readers or lines) and await transcript.add(connection, lines, readers, now)


def _own(heard: Heard) -> Line | None:
    match heard.event:
        case Chose(choice, _at, turn) if heard.lasts:
            return own_line(heard.address, heard.event_id, turn or 0, heard.language, choice)
        case Said(text) if heard.lasts and not text.lstrip().startswith("/"):
            return own_line(heard.address, heard.event_id, 0, heard.language, None)
    return None


def _line(draft: Draft) -> Line:
    body = encode(_without_contents(draft.message))
    return Line(draft.address, False, draft.turn, draft.language, draft.screen, body, draft.fleeting)


def _without_contents(message: Message) -> Message:
    """A file is given when it is asked for: its content does not stay in what it tells of."""
    blocks = tuple(replace(b, content="") if isinstance(b, Attachment) else b for b in message.blocks)
    return replace(message, blocks=blocks)
