"""Trouble with database, network and clock: a clear message, nothing lost, recovery where there can be one."""

import asyncio
import os
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.housekeeping import keep_clean
from bot.knowledge import Knowledge
from bot.service import Incoming, Service
from bot.store.database import Database
from bot.store.migrate import UnusableSchemaError, migrate
from flows.events import Said
from tests.conftest import NOON
from tests.databases import bytes_in, new_url
from tests.emulator.telegram import Emulator
from tests.running import Running, running


def settings(tg: Emulator, folder: Path) -> dict[str, str]:
    return {"database_url": f"sqlite:///{folder}/x.db", "telegram_token": tg.token, "telegram_api_url": tg.url}


def fails_to_start(url: str) -> str:
    """What is told when the database cannot be used."""

    async def start() -> str:
        database = Database(url)
        try:
            await migrate(database)
        except UnusableSchemaError as error:
            return str(error)
        finally:
            await database.close()
        return ""

    return asyncio.run(start())


orphaned = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
"""aiosqlite's thread of a connection that SQLAlchemy gave up before it was whole ends after the loop."""


@orphaned
def test_a_corrupt_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"this is no database" * 1000)
    assert "keine SQLite-Datenbank" in fails_to_start(f"sqlite:///{tmp_path}/x.db")


@orphaned
def test_a_database_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    assert "nicht öffnen" in fails_to_start(f"sqlite:///{tmp_path}/nowhere/x.db")


@orphaned
def test_a_read_only_database_is_told(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "x.db").close()
    told = fails_to_start(f"sqlite:///file:{tmp_path}/x.db?mode=ro&uri=true")
    assert "nicht beschrieben" in told


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_database_of_a_newer_version_is_told(kind: str, tmp_path: Path) -> None:
    url = new_url(kind, tmp_path)

    async def newer() -> None:
        database = Database(url)
        await migrate(database)
        await database.transaction(lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999'")))
        await database.close()

    asyncio.run(newer())
    assert "neueren Version" in fails_to_start(url)


def test_a_full_disk_loses_nothing(tmp_path: Path, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch) -> None:
    """Events are refused while the disk is full (their channel keeps them), and taken when there is room again."""
    monkeypatch.setattr("bot.store.database.PATIENCE", 0.2)

    async def test() -> list[bool]:
        database = Database(f"sqlite:///{tmp_path}/x.db")
        await migrate(database)
        service = Service(database, lambda: knowledge)
        running = asyncio.create_task(service.run())

        async def send(number: int) -> bool:
            try:
                await service.submit(Incoming("telegram:1", f"telegram:{number}", Said("/start", NOON)))
            except Exception:
                return False
            return True

        async def limit(pages: int) -> None:
            async with database.engine.connect() as connection:
                await connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
                await connection.rollback()

        before = await send(1)
        await limit(1)
        full = [await send(2 + i) for i in range(30)]
        await limit(1_000_000)
        after = await send(2)
        service.stop()
        await running
        await database.close()
        return [before, all(full), after]

    assert asyncio.run(test()) == [True, False, True]


def test_a_locked_database_is_waited_for(tmp_path: Path) -> None:
    with Emulator() as tg, running(tmp_path / "log", **settings(tg, tmp_path)):
        person = tg.user(id=1, language_code="de")
        lock = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        person.send("/start")
        time.sleep(2)
        assert person.messages == []
        lock.execute("ROLLBACK")
        lock.close()
        assert len(person.wait(2, timeout=30)) == 2


def test_a_bot_stops_while_the_database_is_locked(tmp_path: Path) -> None:
    bot = Running(tmp_path / "log", database_url=f"sqlite:///{tmp_path}/x.db").wait_ready()
    lock = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    assert bot.stop() == 0
    assert "leases_not_released" in (tmp_path / "log").read_text("utf-8")
    lock.close()


def test_telegram_out_of_reach_is_waited_for(tmp_path: Path) -> None:
    with Emulator() as tg:
        tg.fail_next("getMe", "drop", count=3)
        tg.fail_next("getUpdates", "drop", count=3)
        tg.fail_next("sendMessage", "500", count=2)
        with running(tmp_path / "log", **settings(tg, tmp_path)):
            person = tg.user(id=1, language_code="de")
            person.send("/start")
            assert len(person.wait(2, timeout=60)) == 2


def test_a_lost_answer_repeats_at_most_what_was_in_flight(tmp_path: Path) -> None:
    with Emulator() as tg, running(tmp_path / "log", **settings(tg, tmp_path)):
        person = tg.user(id=1, language_code="de")
        person.send("/start")
        person.wait(2)
        tg.fail_next("sendMessage", "lose")
        person.send("1")
        texts = [m.text for m in person.wait(2, timeout=30)]
        assert texts[0] == texts[1]
        assert "Beruf" in texts[0]


def test_telegrams_own_limits_are_kept(tmp_path: Path) -> None:
    """30 a second over all and 1 a second to a chat: nobody is refused, everybody is answered."""
    with Emulator(limits=True) as tg, running(tmp_path / "log", **settings(tg, tmp_path)):
        people = [tg.user(id=i + 1, language_code="de") for i in range(40)]
        for answer in ("/start", "4", "Wismar"):
            for person in people:
                person.send(answer)
        for person in people:
            person.wait(6, timeout=60)
        refused = [c for c in tg.calls if c.method == "sendMessage"]
        assert len(refused) <= 40 * 6 * 1.5, "few sends were refused and tried again, also where the machine is busy"


def test_after_retention_no_byte_is_left(tmp_path: Path) -> None:
    with Emulator() as tg:
        with running(tmp_path / "log", **settings(tg, tmp_path)):
            person = tg.user(id=87_654_321, language_code="de")
            for words in ("/start", "1", "Flusenbaendigerin", "Flusenbaendigerin"):
                person.send(words)
                person.wait(2 if words == "/start" else 1)
            assert bytes_in(tmp_path, "Flusenbaendigerin")
        database = sqlite3.connect(tmp_path / "x.db")
        database.execute("UPDATE people SET seen_at = seen_at - 100 * 86400")
        database.commit()
        database.close()
        with running(tmp_path / "log", **settings(tg, tmp_path)):
            until = time.monotonic() + 30
            while time.monotonic() < until and (bytes_in(tmp_path, "Flusenbaend") or bytes_in(tmp_path, "87654321")):
                time.sleep(0.2)
        assert bytes_in(tmp_path, "Flusenbaend") == []
        assert bytes_in(tmp_path, "87654321") == []


def test_a_worker_that_dies_is_taken_over_within_seconds(tmp_path: Path) -> None:
    with Emulator() as tg:
        common = {**settings(tg, tmp_path), "database_url": new_url("postgresql", tmp_path)}
        first = Running(tmp_path / "log", **common).wait_ready()
        person = tg.user(id=1, language_code="de")
        person.send("/start")
        person.wait(2)
        second = Running(tmp_path / "log", **common).wait_ready()
        try:
            os.kill(first.process.pid, 9)
            began = time.monotonic()
            person.send("1")
            person.wait(1, timeout=30)
            assert time.monotonic() - began < 15
        finally:
            second.kill()
            first.kill()


def test_a_clock_that_jumps_ahead_deletes_nobody(tmp_path: Path, knowledge: Knowledge, monkeypatch: Any) -> None:
    """A year ahead, and back again an hour later: nobody's conversation goes; what is really old goes after a day."""
    monkeypatch.setattr("bot.housekeeping.EVERY", 0.0)
    start = NOON.timestamp()
    year = 365 * 86_400.0
    rounds = [(start, 0.0), (start + year, 60.0), (start + year + 3_600, 3_660.0), (start + 7_200, 7_200.0)]
    real = [(start + 7_200 + year, year), (start + 7_300 + year, year + 100)]

    async def known_after(moments: list[tuple[float, float]]) -> int:
        times = iter(moments)
        ended = asyncio.Event()
        passing = [0.0]

        def clock() -> float:
            try:
                wall, passing[0] = next(times)
            except StopIteration:
                ended.set()
                raise
            return wall

        cleaning = asyncio.create_task(keep_clean(database, lambda: knowledge, clock, lambda: passing[0]))
        await asyncio.wait_for(ended.wait(), 20)
        cleaning.cancel()
        async with database.engine.connect() as connection:
            return int((await connection.execute(text("SELECT count(*) FROM people"))).scalar_one())

    async def test() -> list[int]:
        await migrate(database)
        service = Service(database, lambda: knowledge, clock=lambda: start)
        running = asyncio.create_task(service.run())
        await service.submit(Incoming("telegram:1", "telegram:1", Said("/start", NOON)))
        service.stop()
        await running
        counted = [await known_after(rounds), await known_after(real)]
        await database.close()
        return counted

    database = Database(f"sqlite:///{tmp_path}/x.db")
    assert asyncio.run(test()) == [1, 0]
