"""Events whose key has not come: it is asked for once and waited for; then the person is asked to write once more.

The key may come after all: then the event is read, once.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

import structlog
from nio import Event as RoomEvent
from nio import MegolmEvent
from nio.exceptions import EncryptionError

from bot.channels.matrix.device import Device
from bot.channels.matrix.trouble import MatrixError, ask

PATIENCE: Final = 5.0
"""Seconds that a key may come after its message."""
MOST: Final = 1_000
"""Events that are kept for keys that come later still; the oldest go first."""

log = structlog.get_logger("matrix")
Read = Callable[[str, RoomEvent], Awaitable[object]]
Ask = Callable[[str, str], Awaitable[object]]


class Unread:
    """`read` takes a decrypted event of a room, `ask_again` a room and the session that is missing there."""

    def __init__(self, device: Device, read: Read, ask_again: Ask, patience: float = PATIENCE) -> None:
        self._device = device
        self._read = read
        self._ask_again = ask_again
        self._patience = patience
        self._waiting: dict[str, MegolmEvent] = {}
        self._sessions: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._told: set[str] = set()

    def add(self, room_id: str, event: MegolmEvent) -> asyncio.Task[None]:
        """Wait for an event's key; the task is done when the event was read, or the person asked to write again."""
        event.room_id = room_id
        self._waiting[event.event_id] = event
        while len(self._waiting) > MOST:
            self._waiting.pop(next(iter(self._waiting)))
        is_new = event.session_id not in self._sessions
        return asyncio.create_task(self._wait(event, self._sessions[event.session_id], is_new))

    async def _wait(self, event: MegolmEvent, came: asyncio.Event, is_new: bool) -> None:
        if is_new:
            await self._request(event)
        try:
            async with asyncio.timeout(self._patience):
                await came.wait()
        except TimeoutError:
            if (
                event.room_id not in self._told
            ):  # whoever was asked and has not been understood since, is not asked again
                self._told.add(event.room_id)
                await self._ask_again(event.room_id, str(event.session_id))

    async def _request(self, event: MegolmEvent) -> None:
        """Ask the device that wrote it for the key."""
        request = event.as_key_request(event.sender, self._device.device_id, event.session_id, event.device_id)
        try:
            await ask(self._device.to_device(request))
        except MatrixError as error:
            log.info("key_not_requested", error=error.code)

    async def came(self, sessions: Iterable[str]) -> None:
        """Keys came: read what was waiting for them, in its order."""
        for session in set(sessions):
            for event in [e for e in self._waiting.values() if e.session_id == session]:
                await self._try(event)
            if session in self._sessions:
                self._sessions.pop(session).set()

    async def _try(self, event: MegolmEvent) -> None:
        try:
            readable = self._device.decrypt_event(event)
        except EncryptionError:
            return
        self._waiting.pop(event.event_id, None)
        await self._read(event.room_id, readable)

    def understood(self, room_id: str) -> None:
        """Something from this room could be read."""
        self._told.discard(room_id)
