"""An event that the database does not take is not skipped; a message without a device waits for one."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.channels.matrix import rooms
from bot.delivery.outcome import Delivered
from bot.delivery.sender import Sender
from bot.service import Incoming
from bot.store import outbox
from bot.store.database import Database
from bot.store.migrate import migrate
from bot.store.outbox import Draft, Pace
from flows.events import Said
from flows.texts import Message, Paragraph, _

HELLO = Incoming("matrix:!room", "matrix:$event", Said("Hallo", datetime(2026, 11, 23, tzinfo=UTC)))


class Service:
    """Fails twice, as a database that is away; then takes what it gets."""

    def __init__(self) -> None:
        self.asked: list[Incoming] = []

    async def submit(self, incoming: Incoming) -> bool:
        self.asked.append(incoming)
        if len(self.asked) < 3:
            raise ConnectionError
        return False


def test_an_event_is_submitted_until_it_is_committed(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(rooms.asyncio, "sleep", pause)
    service = Service()
    asyncio.run(rooms.commit(service, HELLO))  # type: ignore[arg-type]
    assert service.asked == [HELLO] * 3
    assert len(pauses) == 2


class Channel:
    name = "matrix"
    pace = Pace(per_second=1000.0, chat_interval=0.0, chat_burst=1)

    def __init__(self) -> None:
        self.keys: list[str] = []

    async def send(self, address: str, message: Message, language: str, turn: int, key: str) -> Delivered:
        self.keys.append(key)
        return Delivered()


def test_messages_are_sent_only_where_the_device_is(tmp_path: Path) -> None:
    """One worker has no device: it claims nothing. Then it has one; the keys of two messages differ."""

    async def scenario() -> None:
        database = Database(f"sqlite:///{tmp_path}/lotse.db")
        await migrate(database)

        async def put(connection: Any) -> None:
            drafts = [Draft("matrix:!room", "de", Message((Paragraph(_("Guten Tag!")),))) for _n in range(2)]
            await outbox.put(database, connection, drafts, 1000.5)

        await database.transaction(put)
        channels: dict[str, Any] = {}
        sender = Sender(database, channels)
        running = asyncio.create_task(sender.run())
        await asyncio.sleep(0.7)
        assert await database.reading(outbox.is_waiting)
        channels["matrix"] = channel = Channel()
        while await database.reading(outbox.is_waiting):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        sender.stop()
        await running
        await database.close()
        assert len(set(channel.keys)) == len(channel.keys) == 2

    asyncio.run(asyncio.wait_for(scenario(), 20))
