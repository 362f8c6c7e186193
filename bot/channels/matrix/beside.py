"""What is no message and may be lost: typing notices, receipts, reactions. Done beside; a failure is only logged."""

import asyncio
from collections.abc import Coroutine
from typing import Final

import structlog

from bot.channels.matrix.device import TIMEOUT, Device
from bot.channels.matrix.trouble import MatrixError, ask

TYPING: Final = 10_000
"""Milliseconds for which a typing notice stands, if no answer ends it."""

log = structlog.get_logger("matrix")


class Beside:
    """Work beside the messages of one device."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._typing: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def do(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Begin something; its failure is only logged."""
        task = asyncio.create_task(_quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def reading(self, room_id: str, event_id: str) -> None:
        """A message was read and is being answered."""
        self._typing[room_id] = self.do(self._type(room_id, True))
        self.do(self._read(room_id, event_id))

    def answered(self, room_id: str) -> None:
        if (started := self._typing.pop(room_id, None)) is not None:
            self.do(self._stop_typing(room_id, started))

    async def _type(self, room_id: str, on: bool) -> None:
        await ask(self._device.room_typing(room_id, on, TYPING))

    async def _stop_typing(self, room_id: str, started: asyncio.Task[None]) -> None:
        await asyncio.wait({started})  # else the notice could come after its end
        await self._type(room_id, False)

    async def _read(self, room_id: str, event_id: str) -> None:
        await ask(self._device.update_receipt_marker(room_id, event_id))

    async def close(self) -> None:
        """Give what has begun a moment."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=TIMEOUT)
        for task in self._tasks:
            task.cancel()


async def _quietly(work: Coroutine[None, None, None]) -> None:
    try:
        await work
    except MatrixError as error:
        log.info("beside_failed", error=error.code)
