"""The bot and an independent client in its strictest mode: keys go only to devices that their owners signed."""

import json
import os
import sqlite3
import subprocess
import time
from pathlib import Path

import httpx
import pytest

from tests.matrix.bot import Bot, run, running
from tests.running import LOTSE, free_port
from tests.synapse.independent import Independent, Seen
from tests.synapse.person import PASSWORD as PERSONS
from tests.synapse.person import Person
from tests.synapse.server import Synapse


async def tell(person: Independent, text: str, count: int = 1) -> list[Seen]:
    await person.say(text)
    return await person.wait(count)


@pytest.mark.parametrize("language", ["de", "ar"])
def test_a_whole_conversation_with_a_strict_client(synapse: Synapse, tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        with running(synapse, tmp_path / "bot") as bot:
            async with Independent(synapse, tmp_path) as person:
                await person.open_chat(bot.user_id)
                seen = await person.wait(2)
                if language == "ar":
                    seen += await tell(person, "!language ar")
                for text in ("١", "1", "1", "1", "2"):
                    seen += await tell(person, text)
                result = await tell(person, "3", 3)
                assert any("0381 377 996 49" in m.body for m in result)
                for message in (*seen, *result):
                    assert (message.encrypted, message.readable, message.shield) == (True, True, "NONE")
                assert list((await person.devices(bot.user_id)).values()) == [True]

    run(scenario())


def lotse(bot: Bot, what: str, **settings: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("LOTSE_")}
    named = {f"LOTSE_{k.upper()}": v for k, v in {**bot.matrix(), **settings}.items()}
    return subprocess.run([LOTSE, "matrix", what], env={**kept, **named}, capture_output=True, text=True, timeout=60)


def test_the_commands(synapse: Synapse, tmp_path: Path) -> None:
    bot = Bot(synapse, tmp_path / "bot")
    assert "noch nicht angemeldet" in lotse(bot, "status").stdout
    assert "noch nicht angemeldet" in lotse(bot, "verify").stderr
    wrong = lotse(bot, "login", matrix_password="wrong")
    assert (wrong.returncode, wrong.stderr) == (
        1, "Error: LOTSE_MATRIX_PASSWORD: Benutzer oder Passwort kennt der Server nicht\n"
    )  # fmt: skip
    first = lotse(bot, "login").stdout.splitlines()
    assert first[0] == f"angemeldet: {bot.user_id}"
    assert first[1].endswith(", unterschrieben")
    again = lotse(bot, "login").stdout.splitlines()
    assert again[0] == f"schon angemeldet: {bot.user_id}"
    assert again[1:] == first[1:]
    bot.start().wait_ready()
    try:
        state = lotse(bot, "status").stdout
        assert "unterschrieben" in state
        assert "Räume: 0" in state
        assert "läuft Lotse?" in lotse(bot, "verify").stderr
    finally:
        bot.stop()
    assert first[2] in lotse(bot, "verify").stdout.splitlines()
    closed = lotse(bot, "status", matrix_homeserver=f"http://127.0.0.1:{free_port()}")
    assert "antwortet nicht" in closed.stderr
    assert "nicht gesetzt" in subprocess.run([LOTSE, "matrix", "status"], capture_output=True, text=True).stderr


def test_foreign_keys_are_not_overwritten(synapse: Synapse, tmp_path: Path) -> None:
    """Another device has made the user's cross-signing keys before: that is said, and they stay."""

    async def scenario() -> None:
        async with Person(synapse, tmp_path) as person, Independent(synapse, tmp_path, of=person):
            bot = Bot(synapse, tmp_path / "bot")
            bot.user_id, password = person.user_id, PERSONS
            told = lotse(bot, "login", matrix_password=password)
            assert "einen anderen Hauptschlüssel" in told.stderr
            assert not (bot.store / "cross_signing.json").exists()

    run(scenario())


def test_a_device_that_was_logged_out_is_told_and_a_lost_signature_is_mended(synapse: Synapse, tmp_path: Path) -> None:
    bot = Bot(synapse, tmp_path / "bot")
    lotse(bot, "login")
    with sqlite3.connect(synapse.folder / "homeserver.db") as database:
        gone = "DELETE FROM e2e_cross_signing_signatures WHERE user_id = ?"
        assert database.execute(gone, (bot.user_id,)).rowcount
    synapse.restart()
    assert "NICHT unterschrieben" in lotse(bot, "status").stdout
    assert ", unterschrieben" in lotse(bot, "verify").stdout
    assert ", unterschrieben" in lotse(bot, "status").stdout
    token = json.loads((bot.store / "account.json").read_text())["access_token"]
    url = f"{synapse.url}/_matrix/client/v3/logout"
    httpx.post(url, headers={"Authorization": f"Bearer {token}"}).raise_for_status()
    for what in ("login", "verify"):
        assert "kennt dieses Gerät nicht mehr" in lotse(bot, what).stderr
    assert "abgemeldet" in lotse(bot, "status").stdout


def test_a_device_that_is_logged_out_while_it_runs_leaves_the_other_channels_alone(
    synapse: Synapse, tmp_path: Path
) -> None:
    with running(synapse, tmp_path / "bot") as bot:
        token = json.loads((bot.store / "account.json").read_text())["access_token"]
        url = f"{synapse.url}/_matrix/client/v3/logout"
        httpx.post(url, headers={"Authorization": f"Bearer {token}"}).raise_for_status()
        until = time.monotonic() + 60
        while not any("matrix_lost" in line for line in bot.errors()):
            assert time.monotonic() < until, bot.errors()
            time.sleep(0.1)
        assert bot.process is not None
        assert httpx.get(f"{bot.process.url}/healthz").status_code == 200
