"""What each table holds of a person: to show, to erase, to let expire. A test holds every table against this file."""

from typing import Any, Final

from sqlalchemy import Table, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import answers, destinations, outbox, people, seen, transcript, web_keys
from bot.store.transcript import FLEETING
from flows.catalogue import Days

DAY: Final = 86_400.0

OF_A_PERSON: Final[dict[str, Table]] = {
    "people": people, "destinations": destinations, "outbox": outbox, "transcript": transcript, "web_keys": web_keys,
    "answers": answers,
}  # fmt: skip
"""Tables with rows of a person, each found by `address`."""
OF_NOBODY: Final = ("seen", "pace", "leases", "marks", "alembic_version")
"""Tables that hold nothing of a person; but an id in `seen` can begin with an address, and then goes with it."""


async def gather(connection: AsyncConnection, address: str) -> dict[str, list[dict[str, Any]]]:
    """Every row of a person, table by table, each as column → value."""
    found = {}
    for name, table in OF_A_PERSON.items():
        rows = await connection.execute(select(table).where(table.c.address == address))
        found[name] = [dict(row) for row in rows.mappings()]
    return found


async def erase(connection: AsyncConnection, address: str) -> None:
    """Every row of a person, in every table."""
    for table in OF_A_PERSON.values():
        await connection.execute(delete(table).where(table.c.address == address))
    theirs = (seen.c.event_id >= f"{address}:") & (seen.c.event_id < f"{address};")  # `;` comes after `:`
    await connection.execute(delete(seen).where(theirs))


async def expire(connection: AsyncConnection, days: Days, now: float) -> int:
    """What is older than content/privacy.yaml allows; gives how many conversations went."""
    old = select(people.c.address).where(people.c.seen_at < now - days.conversation * DAY)
    addresses = list((await connection.execute(old)).scalars())
    for address in addresses:
        await erase(connection, address)
    finished = outbox.c.finished_at < now - days.delivered * DAY
    await connection.execute(delete(outbox).where(outbox.c.outcome.is_not(None), finished))
    await connection.execute(delete(seen).where(seen.c.at < now - days.seen * DAY))
    await connection.execute(delete(answers).where(answers.c.at < now - days.conversation * DAY))
    await connection.execute(delete(web_keys).where(web_keys.c.until <= now))
    await connection.execute(delete(transcript).where(transcript.c.fleeting, transcript.c.at < now - FLEETING))
    waiting = select(outbox.c.address)
    known = select(people.c.address)
    await connection.execute(
        delete(destinations).where(destinations.c.address.not_in(waiting), destinations.c.address.not_in(known))
    )
    return len(addresses)
