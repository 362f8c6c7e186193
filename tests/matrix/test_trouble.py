"""Trouble on the way: every message arrives, and arrives once."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.channels.matrix.trouble import AwayError, GoneError, LimitedError, LoggedOutError, RefusedError, trouble
from tests.matrix.bot import Bot, answer, joined, run
from tests.matrix.wire import Kind, Wire
from tests.synapse.person import Person
from tests.synapse.server import Synapse


@pytest.mark.parametrize(
    ("status", "body", "headers", "kind", "seconds"),
    [
        (429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 2500}, {}, LimitedError, 2.5),
        (429, {"errcode": "M_LIMIT_EXCEEDED"}, {"Retry-After": "7"}, LimitedError, 7.0),
        (429, {}, {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, LimitedError, 0.0),
        (429, {}, {}, LimitedError, 5.0),
        (429, {"retry_after_ms": "soon"}, {"Retry-After": "soon"}, LimitedError, 5.0),
        (429, {"retry_after_ms": float("inf")}, {"Retry-After": "3"}, LimitedError, 3.0),
        (403, {"errcode": "M_FORBIDDEN"}, {}, GoneError, None),
        (404, {"errcode": "M_NOT_FOUND"}, {}, GoneError, None),
        (401, {"errcode": "M_UNKNOWN_TOKEN"}, {}, LoggedOutError, None),
        (413, {"errcode": "M_TOO_LARGE"}, {}, RefusedError, None),
        (502, {}, {}, AwayError, None),
        (200, {}, {}, AwayError, None),
    ],
)
def test_what_a_homeserver_says(
    status: int, body: dict[str, Any], headers: dict[str, str], kind: type, seconds: float | None
) -> None:
    error = trouble(status, body, headers)
    assert type(error) is kind
    assert getattr(error, "seconds", None) == seconds


def test_a_wire_that_fails(synapse: Synapse, tmp_path: Path) -> None:
    """Sending, sharing keys, syncing, joining: each failure, and each message comes once."""
    kinds: tuple[Kind, ...] = ("429 header", "429 body", "500", "dropped", "lost")

    async def scenario() -> None:
        async with Wire(synapse) as wire, Person(synapse, tmp_path) as person:
            bot = Bot(synapse, tmp_path / "bot", {"matrix_homeserver": wire.url})
            for path in ("/login", "/keys/upload", "/keys/device_signing", "/keys/signatures"):
                wire.fail(path, "500")
            bot.start()
            try:
                await asyncio.to_thread(bot.wait_ready)
                wire.fail("/join", "429 header", "lost")
                for path, kind in (("/keys/query", "500"), ("/keys/claim", "dropped"), ("/sendToDevice", "lost")):
                    wire.fail(path, kind)
                await person.open_chat(bot.user_id)
                assert "Guten Tag!" in joined(await person.wait(2, 60))
                for kind in kinds:
                    wire.fail("/send/", kind)
                    assert "Beruf" in joined([await _one(person, "1")])
                    assert "Wobei" in await answer(person, "!back")
                for kind in kinds:
                    wire.fail("/sync", kind)
                    assert "Guten Tag!" in joined([await _one(person, "Hallo")])
                await asyncio.sleep(2)
                assert person.read() == []
                assert wire.unused == 0
                assert all(m.readable for m in person.messages)
            finally:
                await asyncio.to_thread(bot.stop)
            assert bot.errors() == []

    run(scenario(), 200)


async def _one(person: Person, text: str) -> Any:
    await person.say(text)
    (message,) = await person.wait(1, 40)
    return message
