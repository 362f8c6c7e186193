"""The service: one person's messages in order, many people together, one bad decision alone."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot import service as service_module
from bot.knowledge import Knowledge
from bot.service import TOO_MANY, Incoming, Service
from bot.store import people
from bot.store.codec import decode
from bot.store.database import Database
from bot.store.schema import outbox, seen
from flows.events import Chose, Event, Said
from flows.session import Session
from flows.texts import Attachment
from tests.conftest import NOON
from tests.databases import KINDS, new_url
from tests.serving import serve

Test = Callable[["Bench"], Awaitable[Any]]


class Bench:
    """A service on a database, and short ways to use it."""

    def __init__(self, database: Database, service: Service) -> None:
        self.database = database
        self.service = service
        self._count = 0

    def send(self, chat: str, event: Event | str, event_id: str = "") -> asyncio.Future[None]:
        self._count += 1
        event = Said(event, NOON) if isinstance(event, str) else event
        return self.service.submit(Incoming(f"telegram:{chat}", event_id or f"telegram:{self._count}", event, "uk-UA"))

    async def session(self, chat: str) -> Session | None:
        address = f"telegram:{chat}"
        found = await self.database.transaction(lambda c: people.load(self.database, c, [address], 0.0))
        return found.get(address)

    async def rows(self) -> list[Any]:
        async with self.database.engine.connect() as connection:
            return list(await connection.execute(select(outbox).order_by(outbox.c.id)))


@pytest.fixture(params=KINDS)
def on(request: pytest.FixtureRequest, tmp_path: Path, knowledge: Knowledge) -> Callable[[Test], Any]:
    url = new_url(request.param, tmp_path)
    return lambda test: serve(url, knowledge, lambda database, service: test(Bench(database, service)))


def test_one_persons_messages_stay_in_order(on: Callable[[Test], Any]) -> None:
    async def test(bench: Bench) -> Session | None:
        sent = ["/start", "1", "Krankenschwester", "Güstrow", "1", "Syrien", "3"]
        await asyncio.gather(*(bench.send("1", text) for text in sent))
        return await bench.session("1")

    session = on(test)
    assert session.facts["notice"] == "partial"
    assert (session.turn, session.language, session.channel) == (7, "uk", "telegram")


def test_many_people_at_once(on: Callable[[Test], Any]) -> None:
    async def test(bench: Bench) -> list[Session | None]:
        events = [Said("/start", NOON), Chose("employer", NOON), Said("Wismar", NOON)]
        await asyncio.gather(*(bench.send(str(chat), e) for e in events for chat in range(100)))
        return [await bench.session(str(chat)) for chat in range(100)]

    assert all(s and s.facts == {"concern": "employer", "place": "nordwestmecklenburg"} for s in on(test))


def test_before_the_dictionary_is_there_only_sentences_wait(
    on: Callable[[Test], Any], knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test(bench: Bench) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(type(knowledge.lexicon), "is_ready", False)
            await bench.send("1", "/start")
            sentence = bench.send("1", "Krankenschwester")
            behind = bench.send("1", Chose("rostock", NOON))
            await bench.send("2", "/start")
            await bench.send("2", Chose("employer", NOON))
            assert not sentence.done()
        await asyncio.wait_for(asyncio.gather(sentence, behind), 5)
        assert (await bench.session("1")).facts["profession"] == "nurse"

    on(test)


def test_an_event_that_comes_again_changes_nothing(on: Callable[[Test], Any]) -> None:
    async def test(bench: Bench) -> tuple[int, int]:
        await bench.send("1", "/start", "telegram:same")
        before = len(await bench.rows())
        await bench.send("1", "/start", "telegram:same")
        return before, len(await bench.rows())

    before, after = on(test)
    assert before == after == 2


def test_a_decision_that_raises_is_set_aside_alone(
    on: Callable[[Test], Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def sometimes(guide: Any, session: Session, event: Any) -> Any:
        if getattr(event, "text", "") == "geheimes Wort":
            raise RuntimeError("geheimes Wort")
        return genuine(guide, session, event)

    genuine = service_module.step
    monkeypatch.setattr(service_module, "step", sometimes)

    async def test(bench: Bench) -> tuple[Session | None, Session | None, list[Any]]:
        await asyncio.gather(bench.send("1", "/start"), bench.send("2", "/start"))
        await asyncio.gather(bench.send("1", "geheimes Wort"), bench.send("2", "1"))
        await bench.send("1", "1")
        return await bench.session("1"), await bench.session("2"), await bench.rows()

    one, two, rows = on(test)
    assert one.facts == two.facts == {"concern": "recognition"}
    told = [decode(r.body).blocks[0] for r in rows if r.address == "telegram:1"]
    assert any("schiefgegangen" in getattr(getattr(b, "text", None), "msgid", "") for b in told)
    logged = capsys.readouterr()
    assert "geheimes Wort" not in logged.out + logged.err


def test_a_flood_of_one_costs_the_others_nothing(on: Callable[[Test], Any]) -> None:
    async def test(bench: Bench) -> tuple[int, Session | None]:
        flood = [bench.send("1", "hallo") for _ in range(3 * TOO_MANY)]
        await asyncio.wait_for(bench.send("2", "/start"), 5)
        first = sum(f.done() for f in flood)
        await asyncio.gather(*flood)
        rows = [r for r in await bench.rows() if r.address == "telegram:1"]
        assert len({r.turn for r in rows}) <= TOO_MANY + 1
        assert sum("sehr viele Nachrichten" in r.body for r in rows) == 1
        return first, await bench.session("2")

    before_the_other, session = on(test)
    assert before_the_other <= 2
    assert session is not None


def test_my_data_is_everything_and_delete_leaves_the_confirmation_alone(on: Callable[[Test], Any]) -> None:
    async def test(bench: Bench) -> tuple[str, list[Any], Session | None, int]:
        for text in ("/start", "1", "Flusenbändigerin", "Flusenbändigerin"):
            await bench.send("1", text)
        await bench.send("1", "/mydata")
        shown = decode((await bench.rows())[-1].body)
        data = next(b.content for b in shown.blocks if isinstance(b, Attachment))
        await bench.send("1", "/delete")
        async with bench.database.engine.connect() as connection:
            events = len((await connection.execute(select(seen))).all())
        return data, await bench.rows(), await bench.session("1"), events

    data, rows, session, events = on(test)
    stored = json.loads(data)
    assert stored["people"][0]["state"]["facts"]["profession_text"] == "Flusenbändigerin"
    assert {row["address"] for row in stored["outbox"]} == {"telegram:1"}
    assert session is None
    assert [row.last_trace for row in rows] == [True]
    assert "Flusenbändigerin" not in rows[0].body
    assert events == 6, "events' numbers stay a while; they say nothing of a person"


def test_coming_back_is_noticed_by_the_clock_of_events(on: Callable[[Test], Any]) -> None:
    async def test(bench: Bench) -> Session | None:
        await bench.send("1", "/start")
        await bench.send("1", Said("hallo", NOON + timedelta(days=5)))
        return await bench.session("1")

    assert on(test).screen == "returning"
