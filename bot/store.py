"""Where conversations are kept: one row a person, through SQLAlchemy on SQLite.

The durable store with outbox and migrations is a later issue; this one keeps what `lotse chat --database-url` needs.
"""

from typing import Any

from sqlalchemy import Column, MetaData, Table, Text, event, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from flows.session import Session

_METADATA = MetaData()
_SESSIONS = Table(
    "sessions",
    _METADATA,
    Column("address", Text, primary_key=True),
    Column("state", Text, nullable=False),
)


class UnusableDatabaseError(Exception):
    """A database URL that cannot be used; the message says what to write instead."""


def database_url(url: str) -> URL:
    """`sqlite:///path` or `sqlite+aiosqlite:///path`; raises UnusableDatabaseError for anything else."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise UnusableDatabaseError(f"{url!r} is no database URL; write sqlite:///path/to/lotse.db") from error
    if parsed.get_backend_name() != "sqlite":
        raise UnusableDatabaseError(
            f"{parsed.get_backend_name()} is not supported yet; write sqlite:///path/to/lotse.db"
        )
    return parsed.set(drivername="sqlite+aiosqlite")


class Sessions:
    """The sessions of one database."""

    def __init__(self, url: str) -> None:
        self._engine: AsyncEngine = create_async_engine(database_url(url))
        _sqlite_transactions(self._engine)

    async def create(self) -> None:
        """Make the table where there is none."""
        async with self._engine.begin() as connection:
            await connection.run_sync(_METADATA.create_all)

    async def close(self) -> None:
        await self._engine.dispose()

    async def load(self, address: str) -> Session | None:
        async with self._engine.begin() as connection:
            found = await connection.execute(select(_SESSIONS.c.state).where(_SESSIONS.c.address == address))
            state = found.scalar_one_or_none()
        return None if state is None else Session.model_validate_json(state)

    async def save(self, address: str, session: Session) -> None:
        state = session.model_dump_json()
        statement = insert(_SESSIONS).values(address=address, state=state)
        statement = statement.on_conflict_do_update(index_elements=["address"], set_={"state": state})
        async with self._engine.begin() as connection:
            await connection.execute(statement)


def _sqlite_transactions(engine: AsyncEngine) -> None:
    """`BEGIN IMMEDIATE`: SQLAlchemy's default on SQLite loses updates under concurrent read-modify-write."""

    @event.listens_for(engine.sync_engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine.sync_engine, "begin")
    def _begun(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
