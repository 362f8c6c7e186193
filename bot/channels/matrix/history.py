"""What a sync leaves out, and what of it concerns us: gaps after an absence, rooms that were joined just now."""

from typing import Any, Final

import structlog
from nio import Event as RoomEvent
from nio import MessageDirection, RoomMemberEvent, Timeline

from bot.channels.matrix.device import Device
from bot.channels.matrix.trouble import MatrixError, ask, passing

PAGE: Final = 100
MOST: Final = 1_000
"""Events of a room that are fetched after an absence; those before them are let go."""

log = structlog.get_logger("matrix")


async def whole(device: Device, room_id: str, timeline: Timeline, since: str) -> list[RoomEvent]:
    """All that happened in a room since a token, oldest first; a long absence's sync brings only the end of it."""
    found = list(timeline.events)
    return await _gap(device, room_id, timeline.prev_batch, since) + found if timeline.limited else found


async def _gap(device: Device, room_id: str, start: str | None, since: str) -> list[RoomEvent]:
    found: list[RoomEvent] = []
    while start and len(found) < MOST:
        try:
            page = await _page(device, room_id, start, since)
        except MatrixError as error:
            log.warning("gap_not_filled", error=error.code)
            break
        found += page.chunk
        start = page.end if page.chunk and page.end != start else None
    if len(found) >= MOST:
        log.warning("gap_not_filled", error="too long")
    return found[::-1]


@passing
async def _page(device: Device, room_id: str, start: str, since: str) -> Any:
    return await ask(device.room_messages(room_id, start, since, MessageDirection.back, PAGE))


def since_invited(events: list[RoomEvent], own: str) -> tuple[list[RoomEvent], bool]:
    """Of a room that was joined just now, what was written there since the invitation; and whether it is one."""
    ours = [
        (n, e.membership)
        for n, e in enumerate(events)
        if isinstance(e, RoomMemberEvent) and e.state_key == own and e.membership != e.prev_membership
    ]
    joined = any(membership == "join" for _n, membership in ours)
    invited = max((n for n, membership in ours if membership == "invite"), default=0)
    return (events[invited:] if joined else events), joined
