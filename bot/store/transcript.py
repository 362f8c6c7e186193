"""What people read on our own page: lines that are written in the turn's own transaction and stay to be read."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.people import readable
from bot.store.schema import people, transcript
from flows.session import Session

LONGEST: Final = 200
"""Lines that a page shows, the latest ones."""
FLEETING: Final = 900.0
"""Seconds until a line of which nothing may be kept is gone, if nothing comes after it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a conversation. `own`: the person's; its body is JSON with the `event` and a pressed `choice`."""

    address: str
    own: bool
    turn: int
    language: str
    screen: str
    body: str
    fleeting: bool = False
    id: int = 0


def own_line(address: str, event_id: str, turn: int, language: str, choice: str | None) -> Line:
    """That a person wrote, or what they pressed. What they wrote is not in it: we keep no raw chat."""
    body = {"event": event_id, **({"choice": choice} if choice is not None else {})}
    return Line(address, True, turn, language, "", json.dumps(body))


async def add(connection: AsyncConnection, lines: Sequence[Line], heard: Iterable[str], now: float) -> bool:
    """Add lines, in their order. `heard`: who sent something: their fleeting lines go. The caller locks the people.

    Gives whether there was a fleeting line.
    """
    fleeting = transcript.c.fleeting & transcript.c.address.in_(list(heard))
    gone = await connection.execute(delete(transcript).where(fleeting))
    if lines:
        await connection.execute(transcript.insert(), [_row(line, now) for line in lines])
    return bool(gone.rowcount)


def _row(line: Line, now: float) -> dict[str, Any]:
    return {
        "address": line.address, "own": line.own, "turn": line.turn, "language": line.language,
        "screen": line.screen, "body": line.body, "fleeting": line.fleeting, "at": now,
    }  # fmt: skip


_CONVERSATION: Final = (
    select(people.c.state, transcript)
    .join_from(
        people,
        transcript,
        (transcript.c.address == people.c.address) & (transcript.c.id > bindparam("after")),
        isouter=True,
    )
    .where(people.c.address == bindparam("of"))
    .order_by(transcript.c.id.desc())
    .limit(LONGEST)
)


async def conversation(connection: AsyncConnection, address: str, after: int = 0) -> tuple[Session | None, list[Line]]:
    """The session, and the lines that come after one, the latest LONGEST of them, oldest first.

    In one query: a line is never seen with the session of before it.
    """
    found = (await connection.execute(_CONVERSATION, {"of": address, "after": after})).all()
    lines = [
        Line(r.address, r.own, r.turn, r.language, r.screen, r.body, r.fleeting, r.id)
        for r in found
        if r.id is not None
    ]
    return readable(found[0].state) if found else None, lines[::-1]


async def latest(connection: AsyncConnection, addresses: Sequence[str]) -> dict[str, int]:
    """The last line's id of each of these addresses that has one."""
    query = select(transcript.c.address, func.max(transcript.c.id)).where(transcript.c.address.in_(addresses))
    return {address: int(last) for address, last in await connection.execute(query.group_by(transcript.c.address))}
