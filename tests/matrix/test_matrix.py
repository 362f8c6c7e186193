"""Matrix from outside: a real `lotse run`, a real homeserver, people who write, encrypted and plain."""

import asyncio
import json
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from nio import TypingNoticeEvent

from bot.knowledge import Knowledge
from flows.texts import Text
from tests.databases import bytes_in
from tests.matrix.bot import Bot, answer, joined, run, running, until
from tests.matrix.wire import Wire
from tests.synapse.person import Person
from tests.synapse.server import Synapse

PLAIN = "Dieser Raum ist nicht durchgehend verschlüsselt."


@pytest.fixture(scope="module")
def bot(synapse: Synapse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    with running(synapse, tmp_path_factory.mktemp("matrix")) as found:
        yield found


@pytest.mark.parametrize("encrypted", [True, False], ids=["encrypted", "plain"])
def test_a_whole_conversation_in_german(
    bot: Bot, synapse: Synapse, tmp_path: Path, knowledge: Knowledge, encrypted: bool
) -> None:
    async def scenario() -> None:
        async with Person(synapse, tmp_path) as person:
            await person.open_chat(bot.user_id, encrypted=encrypted)
            greeting, question = await person.wait(2)
            assert "Guten Tag! Ich bin Lotse." in greeting.body
            assert (PLAIN in greeting.body) == (not encrypted)
            assert "!human" in greeting.body
            assert "1. Abschluss anerkennen lassen" in question.body
            assert "Antworten Sie mit der Nummer oder mit Ihren Worten." in question.body
            assert "<li>Abschluss anerkennen lassen</li>" in question.html
            for text in ("1", "Krankenschwester", "Rostock", "1", "Syrien"):
                await answer(person, text)
            result = await answer(person, "3", 3)
            assert "0381 377 996 49" in result
            title = knowledge.catalogue.entries["iq-nursing"].title
            assert knowledge.speaker("de").say(Text(title)) in result
            assert all(m.encrypted == encrypted and m.readable for m in person.messages)
            html = "".join(m.html for m in person.messages)
            assert '<a href="mailto:' in html
            assert '<a href="https://www.iq-mv.de">' in html
            assert "tel:" not in html
            assert "dir=" not in html

    run(scenario())


def test_in_arabic_by_arabic_digits(bot: Bot, synapse: Synapse, tmp_path: Path, knowledge: Knowledge) -> None:
    async def scenario() -> None:
        async with Person(synapse, tmp_path) as person:
            await person.open_chat(bot.user_id)
            await person.wait(2)
            await answer(person, "!language ar")
            for text in ("١", "١", "١", "١", "٢"):
                await answer(person, text)
            result = await answer(person, "٣", 3)
            title = knowledge.catalogue.entries["iq-nursing"].title
            assert knowledge.speaker("ar").say(Text(title)) in result
            assert "0381 377 996 49" in result

    run(scenario())


def test_the_first_message_of_a_link_prefills(bot: Bot, synapse: Synapse, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Person(synapse, tmp_path) as person:
            await person.open_chat(bot.user_id, wait=False)
            await person.until(lambda: bot.user_id in person.client.rooms[person.room_id].users, "the invitation")
            await person.say("!start place-rostock")
            assert "Das weiß ich schon: Stadt Rostock" in joined(await person.wait(2))
            assert "Diesen Befehl kenne ich nicht" in await answer(person, "!nonsense")

    run(scenario())


def test_greeted_once(bot: Bot, synapse: Synapse, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Person(synapse, tmp_path) as person:
            await person.open_chat(bot.user_id)
            await person.wait(2)
            bot.stop()
            bot.start()
            assert "Guten Tag!" in await answer(person, "Hallo")
            assert len(person.messages) == 3

    run(scenario())


def test_edited_and_redacted_answers(bot: Bot, synapse: Synapse, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Person(synapse, tmp_path) as person:
            await person.open_chat(bot.user_id)
            await person.wait(2)
            await answer(person, "1")
            profession = await person.say("Krankenschwester")
            await person.wait()
            await answer(person, "Rostock")
            await person.edit(profession, "Elektriker")
            assert "Elektriker" in joined(await person.wait())
            await person.redact(profession)
            assert "Sie haben Ihre Antwort gelöscht. Ich nehme sie zurück." in joined(await person.wait())

    run(scenario())


def test_what_is_no_text_gets_a_helpful_answer_or_silence(bot: Bot, synapse: Synapse, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Person(synapse, tmp_path) as person:
            await person.open_chat(bot.user_id, encrypted=False)
            await person.wait(2)
            for kind, words in (
                ("m.image", "keine Fotos"),
                ("m.video", "keine Fotos"),
                ("m.file", "keine Fotos"),
                ("m.audio", "Sprachnachrichten"),
                ("m.location", "Standort"),
                ("org.example.dance", "nur Text"),
            ):
                await person.send({"msgtype": kind, "body": "x", "url": "mxc://x/y", "geo_uri": "geo:54,12"})
                assert words in joined(await person.wait())
            await person.send({"msgtype": "m.notice", "body": "beep"})
            await person.send({"body": "s", "url": "mxc://x/y", "info": {}}, "m.sticker")
            await person.react(person.messages[-1].event_id, "👍")
            quoted = {"m.in_reply_to": {"event_id": person.messages[-1].event_id}}
            await person.send({"msgtype": "m.text", "body": "> <@a:b> 9\n\nhallo", "m.relates_to": quoted})
            assert joined(await person.wait()).startswith("Guten Tag!")

    run(scenario())


def test_read_and_typing(synapse: Synapse, tmp_path: Path) -> None:
    """A receipt for what was read; a typing notice where the answer takes its time, and its end."""

    async def scenario() -> None:
        async with Wire(synapse) as wire, Person(synapse, tmp_path) as person:
            bot = Bot(synapse, tmp_path / "bot", {"matrix_homeserver": wire.url}).start()
            await asyncio.to_thread(bot.wait_ready)
            await person.open_chat(bot.user_id)
            await person.wait(2)
            typing: list[bool] = []

            async def note(_room: object, event: object) -> None:
                if isinstance(event, TypingNoticeEvent):
                    typing.append(bot.user_id in event.users)

            person.client.add_ephemeral_callback(note, TypingNoticeEvent)
            wire.fail("/send/", "500")
            said = await person.say("1")
            await person.wait()
            room = person.client.rooms[person.room_id]
            await person.until(
                lambda: any(r.event_id == said for t in room.threaded_read_receipts.values() for r in t.values()),
                "the receipt",
            )
            await person.until(lambda: typing == [True, False], "typing, and its end")
            await asyncio.to_thread(bot.stop)

    run(scenario())


def test_mydata_is_a_file_and_delete_leaves_no_byte(bot: Bot, synapse: Synapse, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Person(synapse, tmp_path) as person:
            word = f"Flusenbaendiger{secrets.token_hex(6)}"
            await person.open_chat(bot.user_id)
            await person.wait(2)
            for text in ("1", word, word):
                await answer(person, text)
            await person.say("!mydata")
            shown, file = await person.wait(2)
            assert "Das weiß ich von Ihnen" in shown.body
            assert (file.encrypted, file.body) == (True, "lotse.json")
            assert word in (await person.download(file)).decode()
            assert bytes_in(bot.database.parent, word)
            assert "gelöscht" in await answer(person, "!delete")
            await until(lambda: not bytes_in(bot.folder, word), "the word to be gone")
            files = {"lotse.db", "lotse.db-wal"}
            await until(lambda: not files & set(bytes_in(bot.folder, person.room_id)), "the room to be gone")

    run(scenario())


def test_the_device_is_the_same_after_a_restart_and_its_keys_are_its_owners_alone(
    bot: Bot, synapse: Synapse, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with Person(synapse, tmp_path) as person:
            await person.open_chat(bot.user_id)
            await person.wait(2)
            before = json.loads((bot.store / "account.json").read_text())
            bot.stop()
            bot.start()
            await answer(person, "1")
            assert json.loads((bot.store / "account.json").read_text()) == before
            assert [d.id for d in person.client.device_store.active_user_devices(bot.user_id)] == [before["device_id"]]

    run(scenario())
    assert stat.S_IMODE(bot.store.stat().st_mode) == 0o700
    for path in bot.store.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_the_log_names_nobody_and_quotes_nothing(bot: Bot, synapse: Synapse, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Person(synapse, tmp_path) as person:
            await person.open_chat(bot.user_id)
            await person.wait(2)
            await answer(person, "Flusenbändigerin")
            log = bot.log.read_text("utf-8")
            for secret in (person.room_id, person.user_id, person.name, "Flusenbändigerin"):
                assert secret not in log
            assert json.loads((bot.store / "account.json").read_text())["access_token"] not in log
            assert all(json.loads(line) for line in log.splitlines())

    run(scenario())
    assert bot.errors() == []


def test_a_room_that_is_encrypted_later_is_answered_encrypted_from_then_on(
    bot: Bot, synapse: Synapse, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with Person(synapse, tmp_path) as person:
            await person.open_chat(bot.user_id, encrypted=False)
            await person.wait(2)
            assert PLAIN in await answer(person, "!privacy")
            algorithm = {"algorithm": "m.megolm.v1.aes-sha2"}
            await person.client.room_put_state(person.room_id, "m.room.encryption", algorithm)
            await person.until(lambda: person.client.rooms[person.room_id].encrypted, "encryption")
            told = await answer(person, "!privacy")
            assert "Dieser Raum ist durchgehend verschlüsselt." in told
            assert PLAIN not in told
            await person.put({"msgtype": "m.text", "body": "1"})
            assert "Wobei brauchen Sie Hilfe?" in joined(await person.wait())
            assert [m.encrypted for m in person.messages] == [False, False, False, True, True]

    run(scenario())
