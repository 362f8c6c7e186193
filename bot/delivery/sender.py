"""The sender: claims destinations, sends one message in flight a chat and several chats at once, notes the outcome."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, Final, Protocol, assert_never, cast

import structlog
from tenacity import RetryCallState, wait_exponential_jitter

from bot.delivery.outcome import Delivered, Failed, Outcome, Refused, Unreachable, Wait
from bot.operation.metrics import DELIVERIES
from bot.store import outbox
from bot.store.codec import UnreadableError, decode
from bot.store.database import Database
from bot.store.outbox import Claimed, Finished, Pace
from flows.texts import Message

AT_ONCE: Final = 30
"""Sends in flight of one worker."""
IDLE: Final = 0.5
"""Seconds between looks for messages that another worker put in."""
_BACK_OFF: Final = wait_exponential_jitter(initial=1, max=300, jitter=1)

log = structlog.get_logger("delivery")


class Channel(Protocol):
    """What a channel has to be able to do for its addresses, `<name>:<chat>`."""

    name: str
    pace: Pace

    async def send(self, address: str, message: Message, language: str, turn: int, key: str) -> Outcome:
        """Send one message. `key` is the same when it is tried again, and no other message's ever."""


class Sender:
    """Runs until stopped; `wake` it when there is something new."""

    def __init__(self, database: Database, channels: Mapping[str, Channel], clock: Callable[[], float] = time.time):
        self._database = database
        self._channels = channels
        self._clock = clock
        self._wake = asyncio.Event()
        self._flying: set[asyncio.Task[None]] = set()
        self._finished: list[Finished] = []
        self._stopping = False

    def wake(self) -> None:
        self._wake.set()

    async def run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            claimed = await self._turn()
            for row in claimed:
                task = asyncio.create_task(self._send(row))
                self._flying.add(task)
                task.add_done_callback(self._landed)
            if not claimed and not self._finished:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), IDLE)
        await self._land()

    def stop(self) -> None:
        """Claim nothing more; what is in flight is finished and noted."""
        self._stopping = True
        self._wake.set()

    async def _land(self) -> None:
        if self._flying:
            await asyncio.wait(self._flying, timeout=outbox.CLAIM)
        await self._turn()

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._flying.discard(task)
        self._wake.set()

    async def _turn(self) -> list[Claimed]:
        """One transaction: what became of the last sends, and the next claims."""
        done, self._finished = self._finished, []
        room = 0 if self._stopping else AT_ONCE - len(self._flying)
        if not done and (room <= 0 or not await self._is_waiting()):
            return []

        async def work(connection: Any) -> list[Claimed]:
            now = self._clock()
            await outbox.finish(connection, done, now)
            paces = {name: channel.pace for name, channel in self._channels.items()}
            return await outbox.claim(self._database, connection, paces, room, now) if room > 0 else []

        try:
            claimed = await self._database.transaction(work)
            if any(f.row.last_trace for f in done):
                await self._database.truncate_log()
            return claimed
        except Exception:
            self._finished = done + self._finished
            log.exception("outbox_unavailable")
            await asyncio.sleep(1)
            return []

    async def _is_waiting(self) -> bool:
        return await self._database.reading(outbox.is_waiting)

    async def _send(self, row: Claimed) -> None:
        await asyncio.sleep(max(0.0, row.at - self._clock()))
        channel = self._channels.get(row.address.partition(":")[0])
        if channel is None:  # a device that was lost after the claim
            self._finished.append(self._noted(row, Failed()))
            return
        outcome: Outcome = Failed()
        try:
            outcome = await channel.send(row.address, decode(row.body), row.language, row.turn, row.key)
        except UnreadableError:
            outcome = Refused("unreadable")
        except Exception:
            log.exception("send_failed", channel=channel.name)
        DELIVERIES.labels(channel.name, type(outcome).__name__.lower()).inc()
        noted = self._noted(row, outcome)
        self._finished.append(replace(noted, interval=channel.pace.chat_interval))

    def _noted(self, row: Claimed, outcome: Outcome) -> Finished:
        now = self._clock()
        match outcome:
            case Delivered():
                return Finished(row, "sent")
            case Wait(seconds):
                return Finished(row, None, not_before=now + seconds)
            case Failed():
                return Finished(row, None, not_before=now + _back_off(row.attempts))
            case Unreachable():
                return Finished(row, "unreachable", reachable=False)
            case Refused(why):
                log.error("message_refused", row=row.id, why=why)
                return Finished(row, "refused")
            case _:
                assert_never(outcome)


def _back_off(attempts: int) -> float:
    """Seconds to wait after so many failures."""
    return float(_BACK_OFF(cast(RetryCallState, SimpleNamespace(attempt_number=attempts + 1))))
