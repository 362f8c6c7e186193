"""Connections and transactions, the same on SQLite and PostgreSQL."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

import structlog
from sqlalchemy import event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from tenacity import AsyncRetrying, retry_if_exception, stop_after_delay, wait_random_exponential

T = TypeVar("T")

log = structlog.get_logger("store")

_DRIVERS: Final = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
_PATIENT: Final = "busy_timeout=10000"
_PRAGMAS: Final = (_PATIENT, "journal_mode=WAL", "synchronous=FULL", "secure_delete=ON")
TRIES: Final = 40
"""How often the write-ahead log is tried to be emptied, twenty times a second."""
_READING: Final = "lotse_reading"
PATIENCE: Final = 60.0
"""Seconds for which a transaction is tried again while the database is busy or away."""


class UnusableDatabaseError(Exception):
    """A database URL that cannot be used; the message says what to write instead."""


def database_url(url: str) -> URL:
    """`sqlite:///path` or `postgresql://user@host/name`, with the driver that is used; UnusableDatabaseError else."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise UnusableDatabaseError(f"{url!r} is no database URL; write sqlite:///path/to/lotse.db") from error
    backend = parsed.get_backend_name()
    if backend not in _DRIVERS:
        raise UnusableDatabaseError(
            f"{backend} is not supported; write sqlite:///path/to/lotse.db or postgresql://user@host/name"
        )
    return parsed.set(drivername=_DRIVERS[backend])


class Database:
    """One database. `transaction` is all or nothing, and tried again while the database is busy or away."""

    def __init__(self, url: str) -> None:
        self.url = database_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        options: dict[str, Any] = {} if self.is_sqlite else {"pool_size": 5, "pool_pre_ping": True}
        self.engine: AsyncEngine = create_async_engine(self.url, **options)
        self._one_writer = asyncio.Lock() if self.is_sqlite else None
        if self.is_sqlite:
            _as_sqlite(self.engine)

    def insert(self, table: Any) -> Any:
        """The dialect's insert, which knows `on_conflict_do_update`."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    async def transaction(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Run `work` in one transaction and give what it gives. `work` may be called again after a failure."""
        async for attempt in AsyncRetrying(
            retry=retry_if_exception(_passes), wait=wait_random_exponential(0.05, max=2),
            stop=stop_after_delay(PATIENCE), reraise=True,
        ):  # fmt: skip
            with attempt:
                async with self._writing(), self.engine.begin() as connection:
                    result = await work(connection)
        return result

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[None]:
        """SQLite has one writer: waiting in the program is cheaper than in the database."""
        if self._one_writer is None:
            yield
        else:
            async with self._one_writer:
                yield

    async def reading(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Look something up and give what `work` gives: it waits for no writer, and no writer for it.

        It goes on to its end when who asked is cancelled (a page that was closed): a half-read answer would hold its
        snapshot, and with it the write-ahead log, for as long as the connection lives.
        """
        return await asyncio.shield(self._read(work))

    async def _read(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        async with self.engine.connect() as connection:
            return await work(await connection.execution_options(**{_READING: True}))

    async def truncate_log(self) -> None:
        """SQLite: what was deleted leaves the write-ahead log as well. Tried again while a reader is in the way.

        Writers are kept out for each try only: `busy_timeout` would make a try wait for the reader as well.
        """
        for _ in range(TRIES if self.is_sqlite else 0):
            async with self._writing(), self.engine.connect() as connection:
                raw: Any = (await connection.get_raw_connection()).driver_connection
                await raw.execute("PRAGMA busy_timeout=0")
                try:
                    cursor = await raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                    busy, *_rest = await cursor.fetchone()
                finally:
                    await raw.execute(f"PRAGMA {_PATIENT}")
            if not busy:
                return
            await asyncio.sleep(0.05)
        if self.is_sqlite:
            log.warning("log_not_truncated", why="somebody else has the file open and reads it")

    async def answers(self) -> bool:
        """Whether the database can be reached, for the health check."""
        try:
            await self.reading(lambda connection: connection.execute(text("SELECT 1")))
        except (DBAPIError, OSError):
            return False
        return True

    async def close(self) -> None:
        await self.engine.dispose()


def _passes(error: BaseException) -> bool:
    """Whether a failure is of the kind that goes away: busy, deadlock, serialization, connection lost."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or isinstance(error, OperationalError) or _pg_code(error) in _PASSING
    return isinstance(error, ConnectionError)


_PASSING: Final = ("40001", "40P01", "57P01", "57P02", "57P03", "08000", "08003", "08006")


def _pg_code(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", ""))


def _as_sqlite(engine: AsyncEngine) -> None:
    """`BEGIN IMMEDIATE`: SQLAlchemy's default on SQLite loses updates under concurrent read-modify-write."""

    @event.listens_for(engine.sync_engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            try:
                connection.execute(f"PRAGMA {pragma}")
            except sqlite3.DatabaseError as error:
                if "locked" in str(error):
                    raise
                # A file that is read-only or no database: the first transaction tells it in plain words.

    @event.listens_for(engine.sync_engine, "begin")
    def _begun(connection: Any) -> None:
        if not connection.get_execution_options().get(_READING):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
