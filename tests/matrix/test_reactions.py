"""Answers by a tap: numbers under a question, put there by the bot."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.matrix.bot import Bot, answer, joined, run, running
from tests.synapse.person import Message, Person
from tests.synapse.server import Synapse


@pytest.fixture(scope="module")
def bot(synapse: Synapse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    with running(synapse, tmp_path_factory.mktemp("taps"), matrix_reactions="true") as found:
        yield found


async def tap(person: Person, message: Message, key: str, count: int = 1) -> str:
    await person.until(lambda: any(r.to == message.event_id and r.key == key for r in person.reactions), f"{key} there")
    await person.react(message.event_id, key)
    return joined(await person.wait(count))


@pytest.mark.parametrize("encrypted", [True, False], ids=["encrypted", "plain"])
def test_a_conversation_by_taps(bot: Bot, synapse: Synapse, tmp_path: Path, encrypted: bool) -> None:
    async def scenario() -> None:
        async with Person(synapse, tmp_path) as person:
            await person.open_chat(bot.user_id, encrypted=encrypted)
            question = (await person.wait(2))[-1]
            assert "tippen. Diese Reaktionen sind nicht verschlüsselt." in question.body
            for key in ("1️⃣", "1️⃣", "1️⃣", "1️⃣", "2️⃣"):
                await tap(person, question, key)
                question = person.messages[-1]
            assert "0381 377 996 49" in await tap(person, question, "3️⃣", 3)
            assert {r.key for r in person.reactions if r.to == question.event_id} >= {"1️⃣", "2️⃣", "3️⃣"}

    run(scenario())


def test_old_numbers_and_others_reactions_change_nothing(bot: Bot, synapse: Synapse, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Person(synapse, tmp_path) as person:
            await person.open_chat(bot.user_id)
            question = (await person.wait(2))[-1]
            await person.until(lambda: len(person.reactions) == 7, "a number for each choice")
            bot.stop()
            bot.start()
            assert "Beruf" in await tap(person, question, "1️⃣")
            old = await tap(person, question, "2️⃣")
            assert "Dieser Knopf gehört zu einer anderen Frage" in old
            assert "Was ist Ihr Beruf?" in old
            mine = await person.say("Krankenschwester")
            await person.wait()
            for event, key in ((question.event_id, "👍"), (mine, "1️⃣")):
                await person.react(event, key)
            assert "Guten Tag!" in await answer(person, "Hallo")
            await asyncio.sleep(0.5)
            assert person.read() == []

    run(scenario())
    assert bot.errors() == []
