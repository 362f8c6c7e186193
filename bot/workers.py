"""Workers share one database: a task that only one may do belongs to who holds its lease."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import leases
from bot.store.database import Database

RENEW: Final = 1.5
"""Seconds between renewals; a third of a lease."""

log = structlog.get_logger("workers")


class Lease:
    """A lease that is taken and renewed for as long as `keep` runs; `held` and `lost` tell which it is."""

    def __init__(self, database: Database, name: str, holder: str, clock: Callable[[], float] = time.time) -> None:
        self.held = asyncio.Event()
        self.lost = asyncio.Event()
        self.lost.set()
        self._database = database
        self._name = name
        self._holder = holder
        self._clock = clock

    async def keep(self) -> None:
        while True:
            self._note(await self._hold())
            await asyncio.sleep(RENEW)

    async def _hold(self) -> bool:
        async def work(connection: AsyncConnection) -> bool:
            return await leases.hold(self._database, connection, self._name, self._holder, self._clock())

        try:
            return await self._database.transaction(work)
        except Exception:
            log.exception("lease_unavailable", lease=self._name)
            return False

    def _note(self, held: bool) -> None:
        now, before = (self.held, self.lost) if held else (self.lost, self.held)
        before.clear()
        now.set()


async def while_held(lease: Lease, work: Callable[[], Coroutine[None, None, None]]) -> None:
    """Run `work` whenever the lease is ours, and stop it when it is not. Raises what `work` raises."""
    while True:
        await lease.held.wait()
        working = asyncio.ensure_future(work())
        losing = asyncio.ensure_future(lease.lost.wait())
        try:
            await asyncio.wait({working, losing}, return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                working.result()
        finally:
            working.cancel()
            losing.cancel()
            await asyncio.gather(working, losing, return_exceptions=True)
