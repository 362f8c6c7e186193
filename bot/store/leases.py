"""Leases: a task that one worker does, until it dies; then another takes over within seconds."""

from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database
from bot.store.schema import destinations, leases, marks

LEASE: Final = 4.5
"""Seconds until a worker that no longer renews its lease loses it."""


async def hold(database: Database, connection: AsyncConnection, name: str, holder: str, now: float) -> bool:
    """Take or renew a lease; whether it is ours now. One that ends too late is from before the clock jumped back."""
    statement = database.insert(leases).values(name=name, holder=holder, until=now + LEASE)
    statement = statement.on_conflict_do_update(
        index_elements=["name"],
        set_={"holder": holder, "until": now + LEASE},
        where=(leases.c.holder == holder) | (leases.c.until < now) | (leases.c.until > now + LEASE + 1),
    ).returning(leases.c.holder)
    return (await connection.execute(statement)).scalar_one_or_none() == holder


async def release(connection: AsyncConnection, holder: str) -> None:
    await connection.execute(delete(leases).where(leases.c.holder == holder))


async def clear(connection: AsyncConnection) -> None:
    """SQLite belongs to one process: what a killed one still held is free at once."""
    await connection.execute(delete(leases))
    await connection.execute(destinations.update().values(claimed_until=0.0))


async def mark(database: Database, connection: AsyncConnection, name: str, value: str) -> None:
    statement = database.insert(marks).values(name=name, value=value)
    await connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


async def marked(connection: AsyncConnection, name: str) -> str | None:
    found = await connection.execute(select(marks.c.value).where(marks.c.name == name))
    return found.scalar_one_or_none()
