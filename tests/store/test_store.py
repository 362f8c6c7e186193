"""One suite on both databases: what is written is there, in order, once, and gone when it is erased."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text

from bot.store import leases, outbox, people, personal, schema, transcript, web_keys
from bot.store.codec import decode, encode
from bot.store.database import Database, UnusableDatabaseError, database_url
from bot.store.migrate import config, migrate
from bot.store.outbox import Draft, Finished, Lane, Pace
from bot.store.schema import METADATA, destinations, seen
from bot.store.schema import outbox as outbox_table
from flows.catalogue import Days
from flows.guide import Guide
from flows.proof import prove
from flows.session import Session
from flows.texts import Message, Paragraph, _
from tests.databases import KINDS, bytes_in, new_url

FAST = {"telegram": Pace(per_second=1e6, chat_interval=0.0, chat_burst=1)}
Test = Callable[[Database], Awaitable[Any]]


@pytest.fixture(params=KINDS)
def on(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Test], Any]:
    """`on(test)` runs an async test on a new database with the newest schema."""
    url = new_url(request.param, tmp_path)

    def run(test: Test) -> Any:
        async def whole() -> Any:
            database = Database(url)
            await migrate(database)
            try:
                return await test(database)
            finally:
                await database.close()

        return asyncio.run(whole())

    return run


def message(words: str) -> Message:
    return Message((Paragraph(_("Sie wohnen in {place}.", place=words)),))


def drafts(*rows: tuple[str, str]) -> list[Draft]:
    return [Draft(f"telegram:{chat}", "de", message(words)) for chat, words in rows]


async def put(database: Database, *rows: tuple[str, str], now: float = 0.0) -> None:
    await database.transaction(lambda c: outbox.put(database, c, drafts(*rows), now))


async def claim(database: Database, most: int = 10, now: float = 1.0, paces: Any = None) -> list[outbox.Claimed]:
    return await database.transaction(lambda c: outbox.claim(database, c, paces or FAST, most, now))


async def finish(database: Database, *done: Finished, now: float = 1.0) -> None:
    await database.transaction(lambda c: outbox.finish(c, done, now))


def test_no_update_is_lost_under_concurrent_read_modify_write(on: Callable[[Test], Any]) -> None:
    async def test(database: Database) -> int:
        async def add() -> None:
            async def work(connection: Any) -> None:
                found = await people.load(database, connection, ["telegram:1"], 0.0)
                session = found.get("telegram:1", Session())
                await people.save(
                    database, connection, {"telegram:1": session.model_copy(update={"turn": session.turn + 1})}, 0.0
                )

            await database.transaction(work)

        await asyncio.gather(*(add() for _ in range(200)))
        found = await database.transaction(lambda c: people.load(database, c, ["telegram:1"], 0.0))
        return found["telegram:1"].turn

    assert on(test) == 200


def test_locks_in_any_order_never_wait_for_each_other(on: Callable[[Test], Any]) -> None:
    async def test(database: Database) -> None:
        async def touch(addresses: list[str]) -> None:
            async def work(connection: Any) -> None:
                await people.load(database, connection, addresses, 0.0)
                await asyncio.sleep(0.001)

            await database.transaction(work)

        names = [f"telegram:{i}" for i in range(6)]
        orders = [names if i % 2 else names[::-1] for i in range(20)]
        await asyncio.wait_for(asyncio.gather(*(touch(order) for order in orders)), 20)

    on(test)


def test_an_event_is_known_once_it_was_handled(on: Callable[[Test], Any]) -> None:
    async def test(database: Database) -> set[str]:
        await database.transaction(lambda c: people.take(database, c, ["a", "b"], 0.0))
        return await database.transaction(lambda c: people.take(database, c, ["c", "b", "a", "d"], 0.0))

    assert on(test) == {"c", "d"}


def test_a_failed_transaction_leaves_nothing(on: Callable[[Test], Any]) -> None:
    async def test(database: Database) -> bool:
        async def work(connection: Any) -> None:
            await outbox.put(database, connection, drafts(("1", "a")), 0.0)
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await database.transaction(work)
        return await database.transaction(outbox.is_waiting)

    assert on(test) is False


def test_messages_of_a_chat_are_claimed_one_by_one_and_in_order(on: Callable[[Test], Any]) -> None:
    async def test(database: Database) -> list[str]:
        await put(database, ("1", "a"), ("2", "x"), ("1", "b"), ("1", "c"))
        got = []
        for _turn in range(3):
            rows = await claim(database)
            assert len({r.address for r in rows}) == len(rows)
            got += [f"{r.address[-1]}{decode(r.body).blocks[0].text.params[0][1].words}" for r in rows]  # type: ignore[union-attr]
            assert await claim(database) == [], "a claimed destination is not claimed again"
            await finish(database, *(Finished(r, "sent") for r in rows))
        return got

    assert on(test) == ["1a", "2x", "1b", "1c"]


def test_three_workers_claim_every_message_once_and_keep_each_chats_order(on: Callable[[Test], Any]) -> None:
    async def test(database: Database) -> list[tuple[str, int]]:
        await put(database, *((str(i % 7), str(i)) for i in range(140)))
        sent: list[tuple[str, int]] = []

        async def worker() -> None:
            while rows := await claim(database, 3):
                await asyncio.sleep(0.002)
                sent.extend((r.address, r.id) for r in rows)
                await finish(database, *(Finished(r, "sent") for r in rows))

        async def patient() -> None:
            while await database.transaction(outbox.is_waiting):
                await worker()
                await asyncio.sleep(0.001)

        await asyncio.wait_for(asyncio.gather(patient(), patient(), patient()), 60)
        return sent

    sent = on(test)
    assert len(sent) == len(set(sent)) == 140
    for chat in {address for address, _id in sent}:
        ids = [i for a, i in sent if a == chat]
        assert ids == sorted(ids)


def test_lanes_go_before_age(on: Callable[[Test], Any]) -> None:
    async def test(database: Database) -> list[str]:
        late = [Draft("telegram:9", "de", message("n"), lane=Lane.ANNOUNCEMENT)]
        await database.transaction(lambda c: outbox.put(database, c, late, 0.0))
        await put(database, ("8", "i"))
        return [r.address for r in await claim(database, 1)]

    assert on(test) == ["telegram:8"]


def test_what_was_sent_leaves_no_text(on: Callable[[Test], Any]) -> None:
    async def test(database: Database) -> list[tuple[Any, Any]]:
        await put(database, ("1", "a"))
        await finish(database, Finished((await claim(database))[0], "sent"))
        async with database.engine.connect() as connection:
            rows = await connection.execute(select(outbox_table.c.outcome, outbox_table.c.body))
            return [tuple(r) for r in rows]

    assert on(test) == [("sent", None)]


def test_a_failed_send_waits_and_is_counted(on: Callable[[Test], Any]) -> None:
    async def test(database: Database) -> tuple[int, int, int]:
        await put(database, ("1", "a"), ("1", "b"))
        (row,) = await claim(database)
        await finish(database, Finished(row, None, not_before=100.0))
        early = await claim(database, now=99.0)
        (again,) = await claim(database, now=101.0)
        return len(early), again.attempts, again.id - row.id

    assert on(test) == (0, 1, 0)


def test_who_blocked_us_gets_nothing_until_they_write_again(on: Callable[[Test], Any]) -> None:
    async def test(database: Database) -> tuple[int, int]:
        await put(database, ("1", "a"), ("1", "b"))
        (row,) = await claim(database)
        await finish(database, Finished(row, "unreachable", reachable=False))
        blocked = await claim(database, now=50.0)
        await put(database, ("1", "c"))
        return len(blocked), len(await claim(database, now=51.0))

    assert on(test) == (0, 1)


def test_a_dead_workers_claim_is_taken_over(on: Callable[[Test], Any]) -> None:
    async def test(database: Database) -> tuple[int, int]:
        await put(database, ("1", "a"))
        await claim(database, now=1.0)
        soon, later = await claim(database, now=10.0), await claim(database, now=2.0 + outbox.CLAIM)
        return len(soon), len(later)

    assert on(test) == (0, 1)


def test_the_pace_is_shared_by_all_who_claim(on: Callable[[Test], Any]) -> None:
    paces = {"telegram": Pace(per_second=10.0, chat_interval=1.0, chat_burst=2)}

    async def test(database: Database) -> tuple[list[float], int, int]:
        await put(database, *((str(i), "x") for i in range(30)))
        rows = await claim(database, 30, now=100.0, paces=paces)
        at_once = await claim(database, 30, now=100.0, paces=paces)
        later = await claim(database, 30, now=100.5, paces=paces)
        return [r.at for r in rows], len(at_once), len(later)

    moments, at_once, later = on(test)
    assert len(moments) == 10
    assert all(b - a == pytest.approx(0.1) for a, b in pairwise(moments))
    assert (at_once, later) == (0, 5)


def test_a_chat_has_a_pace_of_its_own(on: Callable[[Test], Any]) -> None:
    paces = {"telegram": Pace(per_second=1e6, chat_interval=1.0, chat_burst=2)}

    async def test(database: Database) -> list[int]:
        await put(database, *(("z", str(i)) for i in range(5)))
        counts = []
        for moment in (200.0, 200.1, 200.2, 201.2, 201.3):
            rows = await claim(database, now=moment, paces=paces)
            await finish(database, *(Finished(r, "sent", interval=1.0) for r in rows), now=moment)
            counts.append(len(rows))
        return counts

    assert on(test) == [1, 1, 0, 1, 0]


def test_a_lease_belongs_to_one_and_is_taken_over(on: Callable[[Test], Any]) -> None:
    async def test(database: Database) -> list[bool]:
        def hold(holder: str, now: float) -> Any:
            return database.transaction(lambda c: leases.hold(database, c, "poll", holder, now))

        return [await hold("a", 0), await hold("b", 1), await hold("a", 5), await hold("b", 7), await hold("b", 12)]

    assert on(test) == [True, False, True, False, True]


def test_what_cannot_be_delivered_within_a_day_is_given_up(on: Callable[[Test], Any]) -> None:
    async def test(database: Database) -> tuple[int, bool]:
        await put(database, ("1", "a"), ("2", "never tried"), now=0.0)
        (row, _other) = await claim(database)
        await finish(database, Finished(row, None, not_before=outbox.DAY * 2))
        count = await database.transaction(lambda c: outbox.give_up(c, outbox.DAY + 1))
        return count, await database.transaction(outbox.is_waiting)

    assert on(test) == (1, True)


def test_a_clock_that_jumps_back_stops_nothing(on: Callable[[Test], Any]) -> None:
    hour = 3600.0
    paces = {"telegram": Pace(per_second=10.0, chat_interval=1.0, chat_burst=1)}

    async def test(database: Database) -> tuple[int, int, bool]:
        await put(database, ("1", "a"), ("1", "b"), ("2", "c"), now=hour)
        rows = await claim(database, now=hour, paces=paces)
        await finish(database, Finished(rows[0], "sent"), now=hour)
        await database.transaction(lambda c: leases.hold(database, c, "poll", "a", hour))
        after = await claim(database, now=1.0, paces=paces)
        held = await database.transaction(lambda c: leases.hold(database, c, "poll", "b", 1.0))
        return len(rows), len(after), held

    assert on(test) == (2, 2, True)


def test_every_table_is_known_to_hold_something_of_a_person_or_nothing(on: Callable[[Test], Any]) -> None:
    """A new table has to be named in bot/store/personal.py before this passes."""

    async def test(database: Database) -> set[str]:
        async with database.engine.connect() as connection:
            return set(await connection.run_sync(lambda c: inspect(c).get_table_names()))

    tables = on(test)
    assert tables == set(personal.OF_A_PERSON) | set(personal.OF_NOBODY)
    assert all("address" in METADATA.tables[name].c for name in personal.OF_A_PERSON)
    assert all("address" not in METADATA.tables[n].c for n in personal.OF_NOBODY if n in METADATA.tables)


def test_gather_and_erase_cover_every_row(on: Callable[[Test], Any]) -> None:
    async def test(database: Database) -> tuple[dict[str, int], dict[str, int], bool]:
        await put(database, ("1", "a"), ("2", "b"))
        for address in ("telegram:1", "telegram:2"):
            await database.transaction(lambda c, a=address: people.save(database, c, {a: Session()}, 0.0))
            line = transcript.own_line(address, "e", 1, "de", "yes")
            await database.transaction(lambda c, li=line: transcript.add(c, [li], [], 0.0))
            await database.transaction(lambda c, a=address: web_keys.issue(c, a, 9.0))
            told = {"address": address, "event_id": "e", "answered": "{}", "at": 0.0}
            await database.transaction(lambda c, t=told: c.execute(schema.answers.insert(), t))
        before = await database.transaction(lambda c: personal.gather(c, "telegram:1"))
        await database.transaction(lambda c: personal.erase(c, "telegram:1"))
        after = await database.transaction(lambda c: personal.gather(c, "telegram:1"))
        other = await database.transaction(lambda c: personal.gather(c, "telegram:2"))
        return {k: len(v) for k, v in before.items()}, {k: len(v) for k, v in after.items()}, all(other.values())

    before, after, other = on(test)
    assert all(count == 1 for count in before.values())
    assert all(count == 0 for count in after.values())
    assert other, "another person's rows stay"


def test_what_is_too_old_goes(on: Callable[[Test], Any]) -> None:
    days = Days(conversation=30, seen=7, delivered=1)

    async def test(database: Database) -> tuple[int, set[str], int]:
        day = personal.DAY
        await put(database, ("1", "a"))
        await finish(database, Finished((await claim(database))[0], "sent"), now=1.0)
        await database.transaction(lambda c: people.save(database, c, {"telegram:old": Session()}, 0.0))
        await database.transaction(lambda c: people.save(database, c, {"telegram:new": Session()}, 20 * day))
        await database.transaction(lambda c: people.take(database, c, ["e"], 0.0))
        for address, at in (("telegram:old", 0.0), ("telegram:new", 0.0), ("telegram:new", 20 * day)):
            told = {"address": address, "event_id": str(at), "answered": "{}", "at": at}
            await database.transaction(lambda c, t=told: c.execute(schema.answers.insert(), t))
        gone = await database.transaction(lambda c: personal.expire(c, days, 31 * day))
        left = await database.transaction(lambda c: people.load(database, c, ["telegram:old", "telegram:new"], 0.0))
        async with database.engine.connect() as connection:
            rows = (await connection.execute(select(outbox_table.c.id))).all()
            rows += (await connection.execute(select(destinations.c.address))).all()
            assert (await connection.execute(select(seen.c.event_id))).all() == []
            kept = (await connection.execute(select(schema.answers.c.address, schema.answers.c.at))).all()
            assert kept == [("telegram:new", 20 * day)]
        return gone, set(left), len(rows)

    assert on(test) == (1, {"telegram:new"}, 0)


def test_erased_bytes_are_not_in_the_files(tmp_path: Path) -> None:
    """SQLite: secure_delete and a truncated log. (On PostgreSQL rows go; vacuum and backups: docs/betrieb.md.)"""
    word = secrets.token_hex(16)

    async def test() -> None:
        database = Database(f"sqlite:///{tmp_path}/lotse.db")
        await migrate(database)
        await put(database, ("1", word))
        session = Session(facts={"profession_text": word})
        await database.transaction(lambda c: people.save(database, c, {"telegram:1": session}, 0.0))
        assert bytes_in(tmp_path, word)
        await database.transaction(lambda c: personal.erase(c, "telegram:1"))
        await database.truncate_log()
        await database.close()

    asyncio.run(test())
    assert bytes_in(tmp_path, word) == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_released_schema_migrates_to_the_newest(kind: str, tmp_path: Path) -> None:
    revisions = [s.revision for s in ScriptDirectory.from_config(config()).walk_revisions()]

    async def from_revision(revision: str) -> list[Any]:
        database = Database(new_url(kind, tmp_path))
        await migrate(database, revision)
        await database.transaction(lambda c: c.execute(text("INSERT INTO seen (event_id, at) VALUES ('kept', 1.0)")))
        await migrate(database)
        await migrate(database)
        async with database.engine.connect() as connection:
            assert list((await connection.execute(select(seen.c.event_id))).scalars()) == ["kept"]
            differences = await connection.run_sync(lambda c: compare_metadata(MigrationContext.configure(c), METADATA))
        await database.close()
        return list(differences)

    for revision in revisions:
        assert asyncio.run(from_revision(revision)) == []


@pytest.mark.parametrize("url", ["nonsense", "mysql://host/db", ""])
def test_an_unusable_url_says_what_to_write(url: str) -> None:
    with pytest.raises(UnusableDatabaseError, match="sqlite:///"):
        database_url(url)


def test_every_message_of_the_dialogue_survives_the_outbox(guide: Guide) -> None:
    for said in prove(guide).messages:
        assert decode(encode(said)) == said
