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


async def keep_clean(
    database: Database, knowledge: Callable[[], Knowledge], clock: Callable[[], float] = time.time
) -> None:
    while True:
        try:
            await clean(database, knowledge(), clock())
        except Exception:
            log.exception("housekeeping_failed")
        await asyncio.sleep(EVERY)
