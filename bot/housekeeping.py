"""Housekeeping, done by the worker that holds its lease: what is too old goes, what cannot be delivered is given up."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.knowledge import Knowledge
from bot.operation import metrics
from bot.store import outbox, personal
from bot.store.database import Database

EVERY: Final = 60.0
"""Seconds between rounds."""
JUMP: Final = 3_600.0
"""Seconds by which the clock can run ahead of the time that passed; more is a jump."""
PAUSE: Final = 86_400.0
"""Seconds without deleting after a jump ahead: what looks old may not be, and somebody can put the clock right."""

log = structlog.get_logger("housekeeping")


async def clean(database: Database, knowledge: Knowledge, now: float) -> tuple[int, int]:
    """One round; gives how many conversations expired and how many messages were given up."""

    async def work(connection: AsyncConnection) -> tuple[int, int]:
        given_up = await outbox.give_up(connection, now)
        return await personal.expire(connection, knowledge.catalogue.privacy.days, now), given_up

    expired, given_up = await database.transaction(work)
    if expired:
        await database.truncate_log()
    metrics.EXPIRED.inc(expired)
    metrics.GIVEN_UP.inc(given_up)
    if given_up:
        log.error("messages_given_up", count=given_up)
    return expired, given_up


class Trust:
    """Whether the clock can be believed when it says that something is old."""

    def __init__(self) -> None:
        self._ahead: float | None = None
        self._again = float("-inf")

    def deserves(self, clock: float, passed: float) -> bool:
        """`clock` in seconds since 1970, `passed` in seconds of a clock that nobody can set."""
        ahead = clock - passed
        if self._ahead is not None and ahead - self._ahead > JUMP:
            self._again = passed + PAUSE
            log.error("clock_jumped_ahead", seconds=round(ahead - self._ahead), deleting_pauses_for=PAUSE)
        self._ahead = ahead
        return passed >= self._again


async def keep_clean(
    database: Database,
    knowledge: Callable[[], Knowledge],
    clock: Callable[[], float] = time.time,
    passed: Callable[[], float] = time.monotonic,
) -> None:
    trust = Trust()
    while True:
        try:
            now = clock()
            if trust.deserves(now, passed()):
                await clean(database, knowledge(), now)
        except Exception:
            log.exception("housekeeping_failed")
        await asyncio.sleep(EVERY)
