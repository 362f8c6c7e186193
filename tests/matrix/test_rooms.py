"""Rooms: which are joined, which are left and with what words, and what remains of one that was left."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import bytes_in
from tests.matrix.bot import Bot, answer, joined, run, running, until
from tests.synapse.person import Person
from tests.synapse.server import Synapse

NOT_ALONE = "Ich schreibe immer nur mit einer Person allein."


@pytest.fixture(scope="module")
def bot(synapse: Synapse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    with running(synapse, tmp_path_factory.mktemp("rooms")) as found:
        yield found


async def gone(bot: Bot, person: Person) -> None:
    await person.until(lambda: bot.user_id not in person.client.rooms[person.room_id].users, "the bot to leave")


@pytest.mark.parametrize("encrypted", [True, False], ids=["encrypted", "plain"])
def test_a_group_is_left_with_a_polite_word(bot: Bot, synapse: Synapse, tmp_path: Path, encrypted: bool) -> None:
    async def scenario() -> None:
        async with Person(synapse, tmp_path) as olena, Person(synapse, tmp_path) as ben:
            opening = asyncio.create_task(olena.open_chat(ben.user_id, encrypted=encrypted, direct=False))
            await ben.accept()
            await opening
            await olena.client.room_invite(olena.room_id, bot.user_id)
            (words,) = await olena.wait()
            assert NOT_ALONE in words.body
            assert (words.encrypted, words.readable) == (encrypted, True)
            await gone(bot, olena)
            assert len(olena.messages) == 1

    run(scenario())


def test_a_third_person_ends_a_chat(bot: Bot, synapse: Synapse, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Person(synapse, tmp_path) as olena, Person(synapse, tmp_path) as ben:
            await olena.open_chat(bot.user_id)
            await olena.wait(2)
            await answer(olena, "1")
            await olena.client.room_invite(olena.room_id, ben.user_id)
            assert NOT_ALONE in joined(await olena.wait())
            await gone(bot, olena)
            await olena.say("2")
            await olena.open_chat(bot.user_id)
            assert "Guten Tag!" in joined(await olena.wait(2))

    run(scenario())


def test_a_room_that_the_person_left_is_left_and_forgotten(bot: Bot, synapse: Synapse, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Person(synapse, tmp_path) as person:
            await person.open_chat(bot.user_id)
            await person.wait(2)
            await answer(person, "1")
            left = person.room_id
            await person.leave()
            await until(lambda: not bytes_in(bot.folder, left), "the room to be gone")
            assert bytes_in(bot.store, bot.user_id)
            assert bytes_in(bot.store, person.user_id) == []
            await person.open_chat(bot.user_id)
            assert "Guten Tag!" in joined(await person.wait(2))

    run(scenario())
    assert bot.errors() == []


def test_being_thrown_out_is_taken_calmly(bot: Bot, synapse: Synapse, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Person(synapse, tmp_path) as person:
            await person.open_chat(bot.user_id, direct=False)
            await person.wait(2)
            await person.client.room_kick(person.room_id, bot.user_id)
            await gone(bot, person)
            await person.client.room_invite(person.room_id, bot.user_id)
            assert "Guten Tag!" in joined(await person.wait(2))
            assert "Beruf" in await answer(person, "1")

    run(scenario())
    assert bot.errors() == []


def test_what_was_written_before_the_bot_came_is_answered_and_old_rooms_are_silent(
    synapse: Synapse, tmp_path: Path
) -> None:
    """The very first start: nobody is answered for what they wrote to the user before there was a bot."""
    bot = Bot(synapse, tmp_path / "bot")

    async def scenario() -> None:
        async with Person(synapse, tmp_path) as old, Person(synapse, tmp_path) as new:
            await old.open_chat(bot.user_id, encrypted=False, wait=False)
            await join_by_hand(bot, old)
            await old.say("Hallo?")
            await new.open_chat(bot.user_id, encrypted=False, wait=False)
            await new.say("Hallo!")
            bot.start()
            assert "Guten Tag! Ich bin Lotse." in joined(await new.wait(2))
            assert old.messages == []
            assert "Guten Tag! Ich bin Lotse." in await answer(old, "Hallo!", 2)

    try:
        run(scenario())
    finally:
        bot.stop()


async def join_by_hand(bot: Bot, person: Person) -> None:
    """The bot's user takes an invitation in another client."""
    from nio import AsyncClient

    from tests.matrix.bot import PASSWORD

    client = AsyncClient(bot.synapse.url, bot.user_id)
    await client.login(PASSWORD)
    await client.join(person.room_id)
    await client.logout()
    await client.close()
