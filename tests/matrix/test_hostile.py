"""What broken and hostile clients send: the bot lives, answers the next person, and its log tells of no exception."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from nio import Api, ToDeviceMessage

from tests.matrix.bot import Bot, answer, run, running
from tests.synapse.person import Person
from tests.synapse.server import Synapse

EDIT = {"rel_type": "m.replace", "event_id": "$x"}
NASTY: list[Any] = [
    {}, {"msgtype": 5}, {"msgtype": "m.text"}, {"msgtype": "m.text", "body": 7},
    {"msgtype": "m.text", "body": {"a": []}}, {"msgtype": "m.text", "body": ""},
    {"msgtype": "m.text", "body": "\u0000\u202e\ud7ff" * 50}, {"msgtype": "m.text", "body": "x" * 60_000},
    {"msgtype": "m.text", "body": "> " * 20_000, "m.relates_to": {"m.in_reply_to": {}}},
    {"msgtype": "m.text", "body": "1", "m.relates_to": 5},
    {"msgtype": "m.text", "body": "1", "m.relates_to": {"rel_type": 5}},
    {"msgtype": "m.text", "body": "* 1", "m.relates_to": EDIT},
    {"msgtype": "m.text", "body": "* 1", "m.new_content": [], "m.relates_to": EDIT},
    {"msgtype": "m.text", "body": "1", "format": [], "formatted_body": 5},
    {"msgtype": "m.image", "body": "x", "url": 5}, {"msgtype": "m.image", "body": "x", "file": {"key": 1}},
    {"msgtype": "m.location", "geo_uri": []},
    {"msgtype": "m.key.verification.request", "body": "x", "to": "y", "methods": [], "from_device": "z"},
    {"msgtype": "m.text", "body": "1", "de.iq-mv.lotse.offer": {"turn": 1, "choices": ["nurse"]}},
]  # fmt: skip
ENCRYPTED: list[Any] = [
    {}, {"algorithm": "m.megolm.v1.aes-sha2"}, {"algorithm": "rot13", "ciphertext": "uryyb"},
    {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x", "session_id": "x", "sender_key": "x", "device_id": "x"},
    {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": 5, "session_id": [], "sender_key": {}, "device_id": 1},
]  # fmt: skip


CALLS = (
    "m.call.invite",
    "m.call.candidates",
    "m.call.answer",
    "m.call.hangup",
    "m.call.x",
    "m.sticker",
    "m.poll.start",
)
STATE = (
    "m.room.name", "m.room.topic", "m.room.avatar", "m.room.canonical_alias", "m.room.join_rules",
    "m.room.guest_access", "m.room.history_visibility", "m.room.encryption", "m.room.tombstone", "m.space.child",
    "m.space.parent", "m.room.pinned_events", "m.room.member", "m.room.power_levels", "org.example",
)  # fmt: skip
ODD: list[Any] = [
    {}, {"name": 5, "topic": {}, "url": [], "alias": 5, "join_rule": 5, "guest_access": [], "algorithm": 5},
    {"history_visibility": {}, "replacement_room": 5, "body": [], "via": 5, "m.relates_to": []},
    {"call_id": 5, "version": [], "lifetime": {}, "offer": 5, "candidates": 5, "answer": [], "membership": "join"},
    {"membership": "join", "displayname": {"a": 1}, "avatar_url": 5}, {"membership": "join", "displayname": None},
]  # fmt: skip


@pytest.fixture(scope="module")
def bot(synapse: Synapse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    with running(synapse, tmp_path_factory.mktemp("hostile"), matrix_reactions="true") as found:
        yield found


@pytest.mark.parametrize("encrypted", [True, False], ids=["encrypted", "plain"])
def test_hostile_messages(bot: Bot, synapse: Synapse, tmp_path: Path, encrypted: bool) -> None:
    async def scenario() -> None:
        async with Person(synapse, tmp_path) as hostile, Person(synapse, tmp_path) as person:
            await hostile.open_chat(bot.user_id, encrypted=encrypted)
            await hostile.wait(2)
            for content in NASTY:
                with suppress(httpx.HTTPStatusError):
                    await hostile.put(content)
            for content in ENCRYPTED:
                with suppress(httpx.HTTPStatusError):
                    await hostile.put(content, "m.room.encrypted")
            for content in ({}, {"m.relates_to": 5}, {"m.relates_to": {"event_id": "$x", "key": "1️⃣"}}):
                with suppress(httpx.HTTPStatusError):
                    await hostile.put(content, "m.reaction")
            if encrypted:
                for content in NASTY[1:6]:
                    with suppress(RuntimeError):
                        await hostile.send(dict(content))
            await olm_rubbish(hostile, bot)
            await person.open_chat(bot.user_id)
            await person.wait(2, 60)
            assert "Beruf" in await answer(person, "1")
            await hostile.until(lambda: any("Guten Tag!" in m.body for m in hostile.messages), "an answer")

    run(scenario())
    assert bot.errors() == []


async def olm_rubbish(hostile: Person, bot: Bot) -> None:
    """To-device messages that look encrypted for the bot's device, and are not."""
    client = hostile.client
    method, path, data = Api.keys_query(client.access_token, {bot.user_id})
    found = await (await client.send(method, path, data)).json()
    (device,) = found["device_keys"][bot.user_id].values()
    key = next(v for k, v in device["keys"].items() if k.startswith("curve25519"))
    for message in (
        {"type": 0, "body": "x"},
        {"type": 1, "body": "%%%"},
        {"type": 1, "body": "AAAA"},
        {"type": 7, "body": ""},
    ):
        content = {"algorithm": "m.olm.v1.curve25519-aes-sha2", "sender_key": key, "ciphertext": {key: message}}
        await client.to_device(ToDeviceMessage("m.room.encrypted", bot.user_id, device["device_id"], content))


def test_odd_events_of_every_kind(bot: Bot, synapse: Synapse, tmp_path: Path) -> None:
    """Calls, room names, members: what nio reads by itself must not stop it."""

    async def scenario() -> None:
        async with Person(synapse, tmp_path) as hostile, Person(synapse, tmp_path) as person:
            await hostile.open_chat(bot.user_id, encrypted=False)
            await hostile.wait(2)
            for content in ODD:
                for kind in CALLS:
                    with suppress(httpx.HTTPStatusError):
                        await hostile.put(content, kind)
                for kind in STATE:
                    key = hostile.user_id if kind == "m.room.member" else ""
                    await hostile.client.room_put_state(hostile.room_id, kind, content, state_key=key)
            await person.open_chat(bot.user_id)
            await person.wait(2, 60)
            assert "Beruf" in await answer(person, "1")
            await hostile.say("1")
            await hostile.until(lambda: any("Beruf" in m.body for m in hostile.messages), "an answer", 30)
            bot.stop()
            bot.start().wait_ready()
            assert "Ausbildung" in await answer(person, "Krankenschwester in Rostock")

    run(scenario())
    assert bot.errors() == []


def test_other_peoples_messages_cannot_be_edited_or_taken_back(bot: Bot, synapse: Synapse, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Person(synapse, tmp_path) as victim, Person(synapse, tmp_path) as hostile:
            await victim.open_chat(bot.user_id, encrypted=False)
            await victim.wait(2)
            said = await victim.say("1")
            await victim.wait()
            await hostile.open_chat(bot.user_id, encrypted=False)
            await hostile.wait(2)
            for target in (said, hostile.messages[0].event_id):
                new = {"msgtype": "m.text", "body": "2"}
                relation = {"rel_type": "m.replace", "event_id": target}
                with suppress(httpx.HTTPStatusError):
                    await hostile.put({**new, "body": "* 2", "m.new_content": new, "m.relates_to": relation})
                with suppress(httpx.HTTPStatusError):
                    await hostile.put({"redacts": target}, "m.room.redaction")
            await answer(hostile, "4")
            mine = await answer(victim, "!mydata", 2)
            assert "Anerkennung" in mine

    run(scenario())
