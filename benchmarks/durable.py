"""Lotse's service with everything that it writes: 64 people at once hold six-question conversations by buttons.

A file on disk, WAL, synchronous=FULL. Each person sends the next when the last is committed. `python -m
benchmarks.durable 1000`: so many people are known already, and it is they who write. Prints one line of JSON.
"""

import asyncio
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import chain, count, cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks.figures import Rate
from bot import paths
from bot.knowledge import Knowledge
from bot.reload import Living
from bot.service import Incoming, Service
from bot.store.database import Database
from bot.store.migrate import migrate
from bot.store.schema import destinations, outbox, people
from flows.engine import step
from flows.events import Chose, Event, Said
from flows.facts import DISTRICTS
from flows.session import Screen, Session

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
DRAW = random.Random(7)
UPDATES_EACH = 7
ANSWERS = ("recognition", "{profession}", "{place}", "vocational", "{origin}", "{notice}")


def conversation(knowledge: Knowledge, draw: random.Random) -> list[Event]:
    """/start and six answers, drawn at random where there is much to choose from."""
    drawn = {
        "profession": draw.choice(list(knowledge.catalogue.professions)),
        "place": draw.choice(DISTRICTS),
        "origin": draw.choice(["UA", "SY", "AF", "PL", "RO", "IR", "VN", "TR"]),
        "notice": draw.choice(["none", "pending", "partial", "full", "rejected"]),
    }
    return [Said("/start", AT), *(Chose(answer.format(**drawn), AT) for answer in ANSWERS)]


PEOPLE = 64
UPDATES = 20_000
PATIENCE = 10.0
"""Seconds after which no conversation is begun."""


async def hold(
    service: Service, knowledge: Knowledge, addresses: Iterator[str], ids: Iterator[int], until: float
) -> list[float]:
    """One after the other, the conversations of people who come in turn; the seconds that each update took."""
    times = []
    for address in addresses:
        for event in conversation(knowledge, DRAW):
            began = perf_counter()
            await service.submit(Incoming(address, f"telegram:{next(ids)}", event, "de"))
            times.append(perf_counter() - began)
        if perf_counter() > until:
            break
    return times


def finished(knowledge: Knowledge) -> str:
    """The session of somebody who got a result before, as the table holds it."""
    session = Session(channel="telegram")
    for event in conversation(knowledge, DRAW):
        session = step(knowledge.guide(AT.date()), session, event).session
    return session.model_copy(update={"screen": Screen.HELP}).model_dump_json()


async def know(database: Database, state: str, known: int) -> None:
    """Enter people who wrote before."""
    for first in range(0, known, 10_000):
        numbers = range(first, min(first + 10_000, known))
        rows = [{"address": f"telegram:{n}", "state": state, "seen_at": AT.timestamp()} for n in numbers]

        async def enter(connection: AsyncConnection, rows: list[dict[str, object]] = rows) -> None:
            await connection.execute(people.insert(), rows)
            await connection.execute(destinations.insert(), [{"address": row["address"]} for row in rows])

        await database.transaction(enter)


def writers(known: int) -> Iterator[str]:
    """Whose conversation comes next: those who are known, in any order; else somebody new each time."""
    numbers = cycle(random.Random(1).sample(range(known), known)) if known else count()
    return islice((f"telegram:{number}" for number in numbers), UPDATES // UPDATES_EACH + 1)


async def check(database: Database, rate: Rate, known: int) -> None:
    """Every conversation came to its end, every update was answered, and it was written as it is said above."""
    conversations = rate.updates // UPDATES_EACH
    arrived = select(func.count()).select_from(people).where(people.c.state.contains('"screen":"result"'))
    async with database.engine.connect() as connection:
        assert (await connection.execute(arrived)).scalar_one() == min(conversations, known or conversations)
        assert (await connection.execute(select(func.count(outbox.c.id)))).scalar_one() > rate.updates
        assert (await connection.exec_driver_sql("PRAGMA journal_mode")).scalar_one() == "wal"
        assert (await connection.exec_driver_sql("PRAGMA synchronous")).scalar_one() == 2, "FULL"


async def measure(folder: str, known: int) -> Rate:
    living = Living(paths.CONTENT, paths.LOCALES, "")
    knowledge = living()
    database = Database(f"sqlite:///{Path(folder) / 'lotse.db'}")
    await migrate(database)
    await know(database, finished(knowledge), known)
    service = Service(database, living)
    serving = asyncio.create_task(service.run())
    addresses, ids = writers(known), count()
    began = perf_counter()
    times = await asyncio.gather(*(hold(service, knowledge, addresses, ids, began + PATIENCE) for _ in range(PEOPLE)))
    rate = Rate.of(list(chain.from_iterable(times)), perf_counter() - began)
    service.stop()
    await serving
    await check(database, rate, known)
    await database.close()
    return rate


if __name__ == "__main__":
    with TemporaryDirectory() as temporary:
        print(json.dumps(asdict(asyncio.run(measure(temporary, int(sys.argv[1]))))))
