"""Which message answered what, where the platform lets people edit and delete their messages and says which it was."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from pydantic import ValidationError
from sqlalchemy import delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database
from bot.store.schema import answers
from flows.answered import Answered
from flows.events import Edited, Event, Withdrawn

EDITABLE: Final = ("matrix:",)
"""How the addresses begin for which it is kept."""

MessageKey = tuple[str, str]
"""Whose message, and which: (address, event_id). Nobody reaches a message of somebody else."""

_KEY: Final = tuple_(answers.c.address, answers.c.event_id)


async def completed(connection: AsyncConnection, events: Sequence[tuple[str, Event]]) -> list[Event]:
    """The events of these addresses; an edited or deleted message comes with what it answered."""
    meant = [(address, e.event_id) for address, e in events if isinstance(e, Edited | Withdrawn)]
    known = await _recall(connection, meant) if meant else {}
    return [
        replace(e, answered=known.get((address, e.event_id))) if isinstance(e, Edited | Withdrawn) else e
        for address, e in events
    ]


async def _recall(connection: AsyncConnection, keys: Sequence[MessageKey]) -> dict[MessageKey, Answered]:
    found = await connection.execute(select(answers).where(_KEY.in_(keys)))
    return {(r.address, r.event_id): a for r in found if (a := _readable(r.answered)) is not None}


def _readable(answered: str) -> Answered | None:
    """None where another version wrote it: the person is asked to write once more."""
    try:
        return Answered.model_validate_json(answered)
    except ValidationError:
        return None


def told(address: str, event_id: str, event: Event, answered: Answered | None) -> dict[MessageKey, Answered | None]:
    """What the message, or the one that was edited or deleted, answers after this event; what to `keep`."""
    match event:
        case Withdrawn(event_id=meant):
            return {(address, meant): None}
        case Edited(event_id=meant):
            event_id = meant
    return {(address, event_id): answered} if answered else {}


async def keep(
    database: Database, connection: AsyncConnection, now_told: Mapping[MessageKey, Answered | None], now: float
) -> None:
    """What messages answer now; None: the message was deleted."""
    kept = {key: answer for key, answer in now_told.items() if key[0].startswith(EDITABLE)}
    rows = [
        {"address": address, "event_id": id_, "answered": answer.model_dump_json(), "at": now}
        for (address, id_), answer in kept.items()
        if answer is not None
    ]
    if rows:
        insert = database.insert(answers)
        changed = {"answered": insert.excluded.answered, "at": insert.excluded.at}
        upsert = insert.on_conflict_do_update(index_elements=["address", "event_id"], set_=changed)
        await connection.execute(upsert, rows)
    if gone := [key for key, answer in kept.items() if answer is None]:
        await connection.execute(delete(answers).where(_KEY.in_(gone)))
