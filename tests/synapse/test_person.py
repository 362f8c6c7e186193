"""The tests' homeserver and people hold what they say: two of them talk, encrypted and plain."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, closing
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.synapse.person import Person
from tests.synapse.server import Synapse


def run(scenario: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(scenario, 60))


@asynccontextmanager
async def pair(synapse: Synapse, folder: Path, encrypted: bool = True) -> AsyncIterator[tuple[Person, Person]]:
    """Two people in a direct chat."""
    async with Person(synapse, folder, "olena") as olena, Person(synapse, folder, "ben") as ben:
        opening = asyncio.create_task(olena.open_chat(ben.user_id, encrypted=encrypted))
        assert await ben.accept() == await opening
        yield olena, ben


@pytest.mark.parametrize("encrypted", [True, False], ids=["encrypted", "plain"])
def test_two_talk(synapse: Synapse, tmp_path: Path, encrypted: bool) -> None:
    async def scenario() -> None:
        async with pair(synapse, tmp_path, encrypted) as (olena, ben):
            first = await olena.say("Привіт")
            (read,) = await ben.wait()
            assert (read.event_id, read.sender, read.body) == (first, olena.user_id, "Привіт")
            assert (read.encrypted, read.readable) == (encrypted, True)
            html = {
                "msgtype": "m.text",
                "body": "Hallo",
                "format": "org.matrix.custom.html",
                "formatted_body": "<b>!</b>",
            }
            await ben.send(html)
            (answer,) = await olena.wait()
            assert (answer.body, answer.html, answer.encrypted) == ("Hallo", "<b>!</b>", encrypted)
            with closing(sqlite3.connect(f"{synapse.folder}/homeserver.db")) as database:
                kept = "".join(database.iterdump())
            assert ("Привіт" in kept) == (not encrypted), "what the server knows of an encrypted room"

    run(scenario())


def test_edits_reactions_and_what_is_taken_back(synapse: Synapse, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with pair(synapse, tmp_path) as (olena, ben):
            first = await olena.say("eins")
            await olena.edit(first, "zwei")
            (said, edited) = await ben.wait(2)
            assert (said.replaces, edited.replaces) == ("", first)
            assert edited.content["m.new_content"]["body"] == "zwei"
            reaction = await ben.react(first, "1️⃣")
            await olena.until(lambda: olena.reactions, "the reaction")
            assert [(r.event_id, r.to, r.key) for r in olena.reactions] == [(reaction, first, "1️⃣")]
            await ben.redact(reaction)
            await olena.until(lambda: olena.redacted == [reaction], "the redaction")

    run(scenario())


@pytest.mark.parametrize("encrypted", [True, False], ids=["encrypted", "plain"])
def test_a_file_is_downloaded_and_decrypted(synapse: Synapse, tmp_path: Path, encrypted: bool) -> None:
    async def scenario() -> None:
        async with pair(synapse, tmp_path, encrypted) as (olena, ben):
            uploaded, keys = await olena.client.upload(BytesIO(b"{}"), "text/plain", encrypt=encrypted, filesize=2)
            address = {"url": uploaded.content_uri}
            where = {"file": {**keys, **address}} if keys else address
            await olena.send({"msgtype": "m.file", "body": "a.json", **where})
            (file,) = await ben.wait()
            assert await ben.download(file) == b"{}"

    run(scenario())


def test_what_cannot_be_read_is_seen_as_such(synapse: Synapse, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with pair(synapse, tmp_path) as (olena, ben):
            await olena.put({"msgtype": "m.text", "body": "plain in an encrypted room"})
            garbled = {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AwgA", "session_id": "x"}
            await olena.put({**garbled, "sender_key": "x", "device_id": "x"}, "m.room.encrypted")
            (plain, unreadable) = await ben.wait(2)
            assert (plain.encrypted, plain.readable) == (False, True)
            assert (unreadable.encrypted, unreadable.readable) == (True, False)

    run(scenario())


def test_synapse_has_its_own_limits_again(synapse: Synapse, tmp_path: Path) -> None:
    """And a restart changes nothing else: the same tokens, devices, rooms and keys go on."""

    async def scenario() -> None:
        async with pair(synapse, tmp_path) as (olena, ben):
            message = {"msgtype": "m.text", "body": "?"}
            for _ in range(11):
                await olena.put(message)
            await ben.wait(11)
            synapse.restart("default")
            for _ in range(10):
                await olena.put(message)
            with pytest.raises(httpx.HTTPStatusError, match="429"):
                await olena.put(message)
            assert len(await ben.wait(10)) == 10
            synapse.restart("raised")
            await olena.say("still here")
            (said,) = await ben.wait()
            assert (said.body, said.readable) == ("still here", True)

    try:
        run(scenario())
    finally:
        if synapse.limits != "raised":
            synapse.restart()
