"""Under a homeserver's own limits: all are answered, in their turn."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from tests.matrix.bot import joined, run, running
from tests.synapse.person import Person
from tests.synapse.server import homeserver

PEOPLE = 20


def test_twenty_ask_at_once(tmp_path: Path) -> None:
    """Rooms are made beforehand. Synapse lets a user send ten messages at once, then one in five seconds."""

    async def scenario() -> None:
        with homeserver(tmp_path / "synapse") as synapse, running(synapse, tmp_path / "bot") as bot:
            async with AsyncExitStack() as stack:
                people = [await stack.enter_async_context(Person(synapse, tmp_path)) for _ in range(PEOPLE)]
                for person in people:
                    await person.open_chat(bot.user_id)
                await asyncio.gather(*(person.wait(2, 60) for person in people))
                await asyncio.to_thread(synapse.restart, "default")
                await asyncio.gather(*(person.say("1") for person in people))
                answers = await asyncio.gather(*(person.wait(1, 100) for person in people))
                assert all(joined(came).startswith("Was ist Ihr Beruf?") for came in answers)
                assert all(m.readable for came in answers for m in came)
            assert bot.errors() == []
            log = bot.log.read_text("utf-8")
            assert "sync_token" not in log

    run(scenario(), 230)
