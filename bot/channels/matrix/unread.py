"""Events whose key has not come: it is asked for once and waited for; then the person is asked to write once more.

The key may come after all: then the event is read, once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
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

    def __init__(self, device: Device, read: Read, ask_again: Ask) -> None:
        self._device = device
        self._read = read
        self._ask_again = ask_again
        self._kept: dict[str, tuple[MegolmEvent, asyncio.Event]] = {}
        self._told: set[str] = set()

    def add(self, room_id: str, event: MegolmEvent) -> asyncio.Task[None]:
        """Wait for an event's key; the task is done when the event was read, or the person asked to write again."""
        event.room_id = room_id
        is_new = all(other.session_id != event.session_id for other, _was_read in self._kept.values())
        was_read = asyncio.Event()
        self._kept[event.event_id] = (event, was_read)
        while len(self._kept) > MOST:
            self._kept.pop(next(iter(self._kept)))
        return asyncio.create_task(self._wait(event, was_read, is_new))

    async def _wait(self, event: MegolmEvent, was_read: asyncio.Event, is_new: bool) -> None:
        if is_new:
            await self._request(event)
        try:
            async with asyncio.timeout(PATIENCE):
                await was_read.wait()
        except TimeoutError:
            if event.room_id not in self._told:  # once, until something from there could be read
                self._told.add(event.room_id)
                await self._ask_again(event.room_id, str(event.session_id))

    async def _request(self, event: MegolmEvent) -> None:
        """Ask the device that wrote it for the key."""
        request = event.as_key_request(event.sender, self._device.device_id, event.session_id, event.device_id)
        try:
            await ask(self._device.to_device(request))
        except MatrixError as error:
            log.info("key_not_requested", error=error.code)

    async def came(self, sessions: Collection[str]) -> None:
        """Keys came: read what was waiting for them, in its order."""
        for event, was_read in [kept for kept in self._kept.values() if kept[0].session_id in sessions]:
            try:
                readable = self._device.decrypt_event(event)
            except EncryptionError:
                continue
            self._kept.pop(event.event_id, None)
            await self._read(event.room_id, readable)
            was_read.set()

    def understood(self, room_id: str) -> None:
        """Something from this room could be read."""
        self._told.discard(room_id)
