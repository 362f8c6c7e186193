"""The sync loop: the token is written only after the commit, so that a crash loses nothing.

What a sync brings is taken room by room, each in its own order; when all of it is in the database, the token of what
comes next is written there too. What comes twice after a crash is recognised by its event id. An event that cannot be
read waits a moment for its key, and the token with it.
"""

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import structlog
from nio import Event as RoomEvent
from nio import (
    ForwardedRoomKeyEvent,
    MatrixRoom,
    MegolmEvent,
    ReactionEvent,
    RoomKeyEvent,
    SyncResponse,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.matrix.channel import MatrixChannel
from bot.channels.matrix.events import event_of, id_of
from bot.channels.matrix.history import since_invited, whole
from bot.channels.matrix.rooms import Rooms, address, commit, the_person
from bot.channels.matrix.trouble import GoneError, RefusedError, ask, passing
from bot.channels.matrix.unread import Unread
from bot.channels.matrix.upkeep import Upkeep
from bot.service import Incoming, Service
from bot.store import leases
from bot.store.database import Database
from flows.events import Chose, Event, Said, Sent, Withdrawn

LONG_POLL: Final = 20_000
"""Milliseconds for which the server may keep a call open."""
FULL: Final = 300.0
"""Seconds for the first sync, which tells everything."""
PAUSE: Final = 1.0
"""Seconds for which whoever has just invited the bot may write first."""
FILTER: Final[dict[str, Any]] = {
    "presence": {"types": []},
    "account_data": {"types": []},
    "room": {"timeline": {"limit": 20}, "ephemeral": {"types": []}, "account_data": {"types": []}},
}

log = structlog.get_logger("matrix")


class Syncing:
    """Follows the rooms of one device, from where the database says; `ready` is called when it knows its rooms."""

    def __init__(
        self, channel: MatrixChannel, rooms: Rooms, service: Service, database: Database, ready: Callable[[], None]
    ) -> None:
        self._channel = channel
        self._device = channel.device
        self._rooms = rooms
        self._service = service
        self._database = database
        self._ready = ready
        self._unread = Unread(self._device, self._hear, self._ask_again)
        self._batches: deque[tuple[str, set[asyncio.Task[None]]]] = deque()
        self._late: set[asyncio.Task[None]] = set()
        self._silent: set[str] = set()
        self._upkeep = Upkeep(self._device)
        self._mark = f"matrix:since:{self._device.user_id}/{self._device.device_id}"
        self._invitations = f"matrix:invitations:{self._device.user_id}"

    async def run(self) -> None:
        """Until cancelled. Raises LoggedOutError when the server has logged the device out."""
        since, invitations = await self._database.reading(self._remembered)
        self._rooms.invite(invitations)
        full = True
        while True:
            try:
                response = await self._sync(since, full)
            except RefusedError as error:
                if since is None:
                    raise
                log.error("sync_token_refused", error=error.code)  # the server knows no such moment: from now on, then
                since = None
                continue
            if full:
                self._ready()
            await self._take(response, since)
            since, full = response.next_batch, False
            self._rooms.wake()  # not before: a room that was joined before the first token is one from before our time
            self._upkeep.do()

    async def close(self) -> None:
        late = [task for _token, tasks in self._batches for task in tasks]
        for task in (*late, *self._late):
            task.cancel()
        self._upkeep.stop()

    @passing
    async def _sync(self, since: str | None, full: bool) -> SyncResponse:
        async with asyncio.timeout(FULL if full else None):
            call = self._device.sync(0 if full else LONG_POLL, sync_filter=FILTER, since=since, full_state=full or None)
            return await ask(call)

    async def _take(self, response: SyncResponse, since: str | None) -> None:
        """Everything that a sync brought; returns after the commit, and the token's."""
        self._late = set()
        self._rooms.invite(response.rooms.invite)
        keys = [e for e in response.to_device_events if isinstance(e, RoomKeyEvent | ForwardedRoomKeyEvent)]
        await self._unread.came({key.session_id for key in keys})
        works = [self._room(room_id, info, since) for room_id, info in response.rooms.join.items()]
        await asyncio.gather(*works, *(self._rooms.left(room_id) for room_id in response.rooms.leave))
        self._batches.append((response.next_batch, self._late))
        settled = None
        while self._batches and all(task.done() for task in self._batches[0][1]):
            settled, _tasks = self._batches.popleft()
        if settled is not None:
            await self._remember(settled)

    async def _room(self, room_id: str, info: Any, since: str | None) -> None:
        """What happened in one room, in its order. Before the first sync ever there was no bot to hear it."""
        if not self._rooms.is_ours(room_id) or since is None:
            return
        try:
            events = await whole(self._device, room_id, info.timeline, since)
        except Exception:
            log.exception("gap_failed")
            events = list(info.timeline.events)
        events, joined = since_invited(events, self._device.user_id)
        heard = False
        for event in events:
            try:
                heard |= await self._hear(room_id, event)
            except Exception:
                log.exception("event_not_taken")
        if joined and not heard:
            self._silent.add(room_id)
            self._late.add(asyncio.create_task(self._greet(room_id)))

    async def _hear(self, room_id: str, event: RoomEvent) -> bool:
        """Take one event, if it is the person's of a chat with one person; returns after the commit, if it was."""
        room = self._device.rooms.get(room_id)
        if room is None or getattr(event, "sender", None) != the_person(room):
            return False
        if isinstance(event, MegolmEvent):
            self._late.add(self._unread.add(room_id, event))
            return False
        self._unread.understood(room_id)
        self._silent.discard(room_id)
        what = await self._tapped(room_id, event) if isinstance(event, ReactionEvent) else event_of(event)
        if what is None:
            return False
        if not isinstance(what, Withdrawn):  # which may be answered by silence
            self._channel.taken(room_id, event.event_id)
        await self._submit(room, id_of(event.event_id), what)
        return True

    async def _tapped(self, room_id: str, event: ReactionEvent) -> Event | None:
        try:
            found = await passing(self._channel.tapped)(room_id, event.reacts_to, event.key)
        except GoneError:
            return None
        return None if found is None else Chose(found[0], datetime.now(UTC), found[1])

    async def _greet(self, room_id: str) -> None:
        """Whoever invited the bot sees the first screen; a first message, which clients send with it, shows it too."""
        await asyncio.sleep(PAUSE)
        room = self._device.rooms.get(room_id)
        if room is not None and room_id in self._silent:
            await self._submit(room, f"{address(room_id)}:greeting", Said("/start", datetime.now(UTC)))
        self._silent.discard(room_id)

    async def _ask_again(self, room_id: str, session: str) -> None:
        room = self._device.rooms.get(room_id)
        if room is not None:
            name = f"{address(room_id)}:undecrypted:{session}"
            await self._submit(room, name, Sent("undecrypted", datetime.now(UTC)))

    async def _submit(self, room: MatrixRoom, event_id: str, what: Event) -> None:
        await commit(self._service, Incoming(address(room.room_id), event_id, what, encrypted=room.encrypted))

    async def _remembered(self, connection: AsyncConnection) -> tuple[str | None, list[str]]:
        invitations = await leases.marked(connection, self._invitations)
        return await leases.marked(connection, self._mark), json.loads(invitations or "[]")

    async def _remember(self, token: str) -> None:
        async def work(connection: AsyncConnection) -> None:
            await leases.mark(self._database, connection, self._mark, token)
            await leases.mark(self._database, connection, self._invitations, json.dumps(list(self._rooms.invited)))

        # Where the database is away, the next token is written, or this sync comes again.
        with contextlib.suppress(Exception):
            await self._database.transaction(work)
