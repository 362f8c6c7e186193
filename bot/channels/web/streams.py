"""Open pages: who is to be told that there is something new to read."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

import structlog

from bot.store import transcript
from bot.store.database import Database

EVERY: Final = 0.5
"""Seconds between looks for lines that another worker wrote."""
PAGES: Final = 8
"""Pages of one conversation that may be open at once: more are an error or an attack."""

log = structlog.get_logger("web")


class Streams:
    """The pages that are open on this worker, by address."""

    def __init__(self) -> None:
        self._open: dict[str, set[asyncio.Event]] = {}
        self.closing = False

    @contextmanager
    def opened(self, address: str) -> Iterator[asyncio.Event]:
        """A page that is open; the event is set when there may be something new."""
        event = asyncio.Event()
        self._open.setdefault(address, set()).add(event)
        try:
            yield event
        finally:
            self._open[address].discard(event)
            if not self._open[address]:
                del self._open[address]

    def pages(self, address: str) -> int:
        return len(self._open.get(address, ()))

    def __len__(self) -> int:
        return sum(len(events) for events in self._open.values())

    def wake(self, addresses: Iterable[str]) -> None:
        for address in addresses:
            for event in self._open.get(address, ()):
                event.set()

    async def waited(self, event: asyncio.Event, seconds: float) -> bool:
        """Wait until there may be something new; False when the time ran out."""
        try:
            await asyncio.wait_for(event.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def close(self) -> None:
        """The program stops: every page is let go, and comes back by itself."""
        self.closing = True
        self.wake(list(self._open))

    async def follow(self, database: Database) -> None:
        """Wake pages for what other workers wrote. On SQLite there is no other worker."""
        told: dict[str, int] = {}
        while not database.is_sqlite:
            await asyncio.sleep(EVERY)
            if not self._open:
                continue
            try:
                addresses = list(self._open)
                latest = await database.reading(partial(transcript.latest, addresses=addresses))
            except Exception:
                log.exception("transcript_unavailable")
                continue
            self.wake(address for address, last in latest.items() if told.get(address) != last)
            told = latest
