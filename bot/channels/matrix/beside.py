"""What is no message and may be lost: typing notices, receipts, reactions. Done beside; a failure is only logged."""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Final

import structlog

from bot.channels.matrix.device import Device
from bot.channels.matrix.trouble import MatrixError, ask

SLOW: Final = 0.2
"""Seconds after which an answer is slow enough for a typing notice; each wakes the person's client for its own sake."""
READ: Final = 0.3
"""Seconds until a receipt is sent: one for all that was read meanwhile, and the answer goes first."""
TYPING: Final = 10_000
"""Milliseconds for which a typing notice stands, if no answer ends it."""

log = structlog.get_logger("matrix")


class Beside:
    """Work beside the messages of one device."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._answering: dict[str, asyncio.Event] = {}
        self._read: dict[str, str] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def do(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Begin something; its failure is only logged."""
        task = asyncio.create_task(_quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def reading(self, room_id: str, event_id: str) -> None:
        """A message was read and is being answered."""
        if room_id not in self._answering:
            answered = self._answering[room_id] = asyncio.Event()
            self.do(self._type(room_id, answered))
        if room_id not in self._read:
            self.do(self._mark_read(room_id))
        self._read[room_id] = event_id

    def answered(self, room_id: str) -> None:
        if (answered := self._answering.pop(room_id, None)) is not None:
            answered.set()

    async def _type(self, room_id: str, answered: asyncio.Event) -> None:
        """Show that an answer is being written, if it takes its time, until it is there."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SLOW):
                await answered.wait()
                return
        await ask(self._device.room_typing(room_id, True, TYPING))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(TYPING / 1000):
                await answered.wait()
                await ask(self._device.room_typing(room_id, False))

    async def _mark_read(self, room_id: str) -> None:
        await asyncio.sleep(READ)
        await ask(self._device.update_receipt_marker(room_id, self._read.pop(room_id)))

    async def close(self) -> None:
        """Give what has begun a moment."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=1)
        for task in self._tasks:
            task.cancel()


async def _quietly(work: Coroutine[None, None, None]) -> None:
    try:
        await work
    except MatrixError as error:
        log.info("beside_failed", error=error.code)
