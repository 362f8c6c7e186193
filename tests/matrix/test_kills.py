"""SIGKILL at random moments of encrypted conversations: nothing lost, and nothing repeated that a person sees.

What each person must have received is worked out beforehand by the dialogue alone. The homeserver knows a message that is
sent again by its transaction id, so here, unlike on Telegram, not one may come twice.
"""

import asyncio
import random
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.channels.matrix.html import pieces
from bot.conversation import Conversation
from bot.knowledge import Knowledge
from flows.events import Say
from flows.session import Session
from tests.matrix.bot import Bot, run
from tests.synapse.person import Person
from tests.synapse.server import Synapse

PEOPLE = 5
ANSWERS = ["1", "Krankenschwester", "Güstrow", "1", "Syrien", "3", "/back", "4", "!restart", "4", "Wismar", "!start"]


def expected(knowledge: Knowledge, rounds: int) -> list[list[str]]:
    """For the greeting and each thing that is written, the texts that must come."""
    session = Session(language="de", channel="matrix", encrypted=True)
    conversation = Conversation(knowledge, lambda: datetime(2026, 11, 23, tzinfo=UTC), session)
    speaker = knowledge.speaker("de")
    return [
        [p.body for e in conversation.said(text).effects if isinstance(e, Say) for p in pieces(e.message, speaker)]
        for text in ["!start", *ANSWERS * rounds]
    ]


async def write(person: Person, texts: list[str], turns: list[list[str]]) -> None:
    """Write the next thing when everything that the last one had to bring is there."""
    for text, awaited in zip(["", *texts], turns, strict=True):
        if text:
            await person.say(text)
        got = [m.body for m in await person.wait(len(awaited), 60)]
        assert got == awaited, f"after {text!r}: {got}"


async def kill(bot: Bot, kills: int, draw: random.Random, done: asyncio.Event) -> None:
    for _ in range(kills):
        await asyncio.sleep(draw.uniform(0.0, 6.0))
        bot.kill()
        bot.start()
    done.set()


async def campaign(synapse: Synapse, folder: Path, knowledge: Knowledge, kills: int, seed: int) -> int:
    """Run one; gives how many messages came."""
    rounds = max(1, kills // 4)
    texts, turns = ANSWERS * rounds, expected(knowledge, rounds)
    bot = Bot(synapse, folder / "bot").start().wait_ready()
    done = asyncio.Event()
    try:
        async with AsyncExitStack() as stack:
            people = [await stack.enter_async_context(Person(synapse, folder)) for _ in range(PEOPLE)]
            for person in people:
                await person.open_chat(bot.user_id, wait=False)
            async with asyncio.TaskGroup() as group:
                killing = group.create_task(kill(bot, kills, random.Random(seed), done))
                writing = [group.create_task(write(person, texts, turns)) for person in people]
                await asyncio.wait(writing, return_when=asyncio.FIRST_EXCEPTION)
                killing.cancel()
            await asyncio.sleep(2)
            for person in people:
                assert [m.body for m in person.messages] == [text for turn in turns for text in turn]
                assert all(m.encrypted and m.readable for m in person.messages)
    finally:
        bot.kill()
    log = bot.log.read_text("utf-8")
    assert '"exception"' not in log, log[-3000:]
    return PEOPLE * sum(len(turn) for turn in turns)


def test_five_kills(synapse: Synapse, tmp_path: Path, knowledge: Knowledge) -> None:
    async def scenario() -> None:
        await campaign(synapse, tmp_path, knowledge, 5, seed=5)

    run(scenario(), 230)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_forty_kills(synapse: Synapse, tmp_path: Path, knowledge: Knowledge) -> None:
    async def scenario() -> None:
        messages = await campaign(synapse, tmp_path, knowledge, 40, seed=40)
        print(f"\n40 kills, {messages} messages, none lost, none twice")

    run(scenario(), 1700)
