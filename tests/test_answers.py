"""Edited and deleted messages, through the service, on both databases."""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.knowledge import Knowledge
from bot.service import Incoming, Service
from bot.store import people, personal
from bot.store.database import Database
from bot.store.schema import answers, outbox
from bot.store.schema import people as people_table
from flows.events import Chose, Edited, Event, Said, Withdrawn
from flows.session import Session
from tests.conftest import NOON
from tests.databases import KINDS, new_url
from tests.serving import serve

NURSE = ("/start", "1", "Krankenschwester", "Güstrow")
Test = Callable[["Bench"], Awaitable[Any]]


class Bench:
    """A service on a database. The n-th message of a room is `<channel>:$<room><n>`."""

    def __init__(self, database: Database, service: Service) -> None:
        self.database = database
        self._service = service
        self._count: dict[str, int] = {}

    async def say(self, room: str, *texts: str) -> None:
        for text in texts:
            await self.send(room, Said(text, NOON))

    async def send(self, room: str, event: Event) -> None:
        channel, _, name = room.partition(":")
        number = self._count[room] = self._count.get(room, -1) + 1
        await self._service.submit(Incoming(room, f"{channel}:${name}{number}", event, "de"))

    async def session(self, room: str) -> Session | None:
        found = await self.database.transaction(lambda c: people.load(self.database, c, [room], 0.0))
        return found.get(room)

    async def rows(self, table: Any) -> list[Any]:
        async with self.database.engine.connect() as connection:
            return list(await connection.execute(select(table)))


@pytest.fixture(params=KINDS)
def on(request: pytest.FixtureRequest, tmp_path: Path, knowledge: Knowledge) -> Callable[[Test], Any]:
    url = new_url(request.param, tmp_path)
    return lambda test: serve(url, knowledge, lambda database, service: test(Bench(database, service)))


def test_an_edited_answer_is_changed_and_a_deleted_one_taken_back(on: Callable[[Test], Any]) -> None:
    async def test(bench: Bench) -> list[dict[str, str]]:
        await bench.say("matrix:a", *NURSE)
        seen = []
        for event in (
            Edited("Schwerin", NOON, "matrix:$a3"),
            Edited("Wismar", NOON, "matrix:$a3"),
            Withdrawn(NOON, "matrix:$a3"),
            Edited("Rostock", NOON, "matrix:$a3"),
        ):
            await bench.send("matrix:a", event)
            session = await bench.session("matrix:a")
            assert session is not None
            seen.append(session.facts.get("place"))
        return seen

    assert on(test) == ["schwerin", "nordwestmecklenburg", None, None]


def test_an_answer_by_a_button_can_be_taken_back(on: Callable[[Test], Any]) -> None:
    async def test(bench: Bench) -> dict[str, str]:
        await bench.say("matrix:a", "/start")
        await bench.send("matrix:a", Chose("employer", NOON))
        await bench.send("matrix:a", Withdrawn(NOON, "matrix:$a1"))
        session = await bench.session("matrix:a")
        assert session is not None
        return session.facts

    assert on(test) == {}


def test_nobody_edits_or_deletes_for_somebody_else(on: Callable[[Test], Any]) -> None:
    async def test(bench: Bench) -> None:
        await bench.say("matrix:a", *NURSE)
        await bench.say("matrix:b", "/start")
        before = await bench.rows(answers)
        for event in (Edited("Schwerin", NOON, "matrix:$a3"), Withdrawn(NOON, "matrix:$a3")):
            await bench.send("matrix:b", event)
            one, other = await bench.session("matrix:a"), await bench.session("matrix:b")
            assert one is not None
            assert other is not None
            assert one.facts["place"] == "landkreis_rostock"
            assert other.facts == {}
            assert await bench.rows(answers) == before

    on(test)


def test_a_deleted_message_that_answered_nothing_is_passed_over_in_silence(on: Callable[[Test], Any]) -> None:
    async def test(bench: Bench) -> tuple[Session | None, Session | None, int, int, list[Any]]:
        await bench.say("matrix:a", *NURSE)
        before, said = await bench.session("matrix:a"), len(await bench.rows(outbox))
        await bench.send("matrix:a", Withdrawn(NOON, "matrix:$a0"))
        await bench.send("matrix:a", Withdrawn(NOON, "matrix:$unknown"))
        await bench.send("matrix:stranger", Withdrawn(NOON, "matrix:$unknown"))
        strangers = [r for r in await bench.rows(people_table) if r.address == "matrix:stranger"]
        return before, await bench.session("matrix:a"), said, len(await bench.rows(outbox)), strangers

    before, after, said, said_after, strangers = on(test)
    assert after == before
    assert said_after == said
    assert strangers == [], "who only deletes something is nobody that we know"


def test_it_is_kept_only_where_messages_can_be_edited(on: Callable[[Test], Any]) -> None:
    async def test(bench: Bench) -> list[tuple[str, str]]:
        for room in ("matrix:a", "telegram:1", "web:x"):
            await bench.say(room, *NURSE, "/help")
        return [(r.address, r.event_id) for r in await bench.rows(answers)]

    assert sorted(on(test)) == [("matrix:a", f"matrix:$a{n}") for n in (1, 2, 3)]


def test_it_is_among_my_data_and_goes_with_delete(on: Callable[[Test], Any]) -> None:
    async def test(bench: Bench) -> tuple[dict[str, Any], list[Any]]:
        await bench.say("matrix:a", "/start", "1", "Flusenbändigerin", "Flusenbändigerin")
        data = await bench.database.transaction(lambda c: personal.gather(c, "matrix:a"))
        await bench.say("matrix:a", "/delete")
        return data, await bench.rows(answers)

    data, left = on(test)
    assert [json.loads(row["answered"])["asked"] for row in data["answers"]] == ["concern", "profession", "profession"]
    assert left == []


def test_what_another_version_wrote_is_not_known(on: Callable[[Test], Any]) -> None:
    async def test(bench: Bench) -> Session | None:
        await bench.say("matrix:a", *NURSE)
        await bench.database.transaction(lambda c: c.execute(answers.update().values(answered='{"new": 1}')))
        await bench.send("matrix:a", Edited("Schwerin", NOON + timedelta(minutes=1), "matrix:$a3"))
        return await bench.session("matrix:a")

    assert on(test).facts["place"] == "landkreis_rostock"
