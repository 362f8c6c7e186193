"""People's sessions and the events that were handled."""

from collections.abc import Iterable, Mapping

import structlog
from pydantic import ValidationError
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.operation.logs import who
from bot.store.database import Database
from bot.store.schema import people, seen
from flows.session import Session

log = structlog.get_logger("store")


async def load(
    database: Database, connection: AsyncConnection, addresses: Iterable[str], now: float
) -> dict[str, Session]:
    """The sessions of these addresses, locked until the transaction ends; who is new is not in it.

    On PostgreSQL rows are made first and locked in sorted order, so that two workers can never wait for each other.
    """
    wanted = sorted(set(addresses))
    query = select(people.c.address, people.c.state).where(people.c.address.in_(wanted))
    if not database.is_sqlite:
        rows = [{"address": a, "state": "", "seen_at": now} for a in wanted]
        await connection.execute(database.insert(people).on_conflict_do_nothing(), rows)
        query = query.order_by(people.c.address).with_for_update()
    found = await connection.execute(query)
    sessions = {}
    for address, state in found:
        try:
            sessions[address] = Session.model_validate_json(state or "-")
        except ValidationError:
            if state:  # written by another version: that person starts anew, the others go on
                log.error("session_unreadable", person=who(address))
    return sessions


async def save(database: Database, connection: AsyncConnection, sessions: Mapping[str, Session], now: float) -> None:
    if not sessions:
        return
    statement = database.insert(people)
    statement = statement.on_conflict_do_update(
        index_elements=["address"], set_={"state": statement.excluded.state, "seen_at": statement.excluded.seen_at}
    )
    rows = [{"address": a, "state": s.model_dump_json(), "seen_at": now} for a, s in sessions.items()]
    await connection.execute(statement, rows)


async def take(database: Database, connection: AsyncConnection, event_ids: Iterable[str], now: float) -> set[str]:
    """Mark events as handled; gives those of them that were not before. In sorted order, like every lock."""
    rows = [{"event_id": e, "at": now} for e in sorted(set(event_ids))]
    if not rows:
        return set()
    taking = database.insert(seen).on_conflict_do_nothing().returning(seen.c.event_id)
    return set((await connection.execute(taking, rows)).scalars())


async def leave_out(connection: AsyncConnection, address: str) -> None:
    """Take back the row that `load` made to lock somebody who is not there."""
    await connection.execute(delete(people).where(people.c.address == address, people.c.state == ""))


def readable(state: str | None) -> Session | None:
    """A session as it is stored, to look at; None where there is none that this version can read."""
    try:
        return Session.model_validate_json(state) if state else None
    except ValidationError:
        return None
