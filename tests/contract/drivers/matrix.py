"""Matrix: a real `lotse run` and a real homeserver; answers are chosen by their numbers, or by tapping on them."""

import asyncio
import html
import re
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Self, TypeVar

from bot.channels.matrix.events import KEYS
from flows.session import Session
from tests.contract.driver import Channel, Shown
from tests.contract.drivers.stored import Stored
from tests.matrix.bot import Bot, running
from tests.synapse.person import Message, Person
from tests.synapse.server import homeserver
from tests.web.client import plain

T = TypeVar("T")
WORDLESS = {"photo": "m.image", "document": "m.file", "voice": "m.audio", "location": "m.location", "other": "x.dance"}
_NUMBERED = re.compile(r"^\d+\. (.*)$", re.MULTILINE)
_SIGN = re.compile(r"^(?:• |\d+\. )", re.MULTILINE)
_LINK = re.compile(r'<a href="([^"]*)">')
_FILE = {
    "url": "mxc://x/y", "v": "v2", "iv": "aXY", "hashes": {"sha256": "aGFzaA"},
    "key": {"kty": "oct", "key_ops": ["decrypt"], "alg": "A256CTR", "k": "a2V5", "ext": True},
}  # fmt: skip
_UNREADABLE = {
    "algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AwgAEpABbGo", "session_id": "c29tZSBzZXNzaW9u",
    "sender_key": "c29tZSBrZXk", "device_id": "OTHER",
}  # fmt: skip


class Loop:
    """Where all clients live: their library is for one thread only."""

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def run(self, work: Coroutine[None, None, T]) -> T:
        """Called from any other thread; gives what the work gives."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


class Matrix:
    """Somebody in a room with the bot."""

    def __init__(self, bot: Bot, folder: Path, loop: Loop, *, encrypted: bool, by_tap: bool) -> None:
        self._bot = bot
        self._loop = loop
        self._encrypted = encrypted
        self._by_tap = by_tap
        self._person = Person(bot.synapse, folder)
        self._loop.run(self._person.login())
        self._stored: Stored | None = None
        self._sent: list[str] = []
        self._latest = Shown("", {})

    def begin(self) -> Shown:
        async def open_() -> str:
            room = await self._person.open_chat(self._bot.user_id, encrypted=self._encrypted)
            self._stored = Stored(self._bot.database, f"matrix:{room}")
            return ""

        return self._after(open_)

    def say(self, text: str) -> Shown:
        return self._after(lambda: self._person.say(text))

    def choose(self, choice: str) -> Shown:
        number = list(self._latest.choices).index(choice)
        if self._by_tap and number < len(KEYS):
            asked = next(m.event_id for m in reversed(self._person.messages) if _NUMBERED.search(m.body))
            return self._after(lambda: self._person.react(asked, KEYS[number]))
        return self.say(str(number + 1))

    def send(self, kind: str) -> Shown:
        if kind == "edited":  # what is edited said nothing
            return self._after(lambda: self._person.edit(self._sent[-1], "…"))
        if kind == "undecrypted":
            return self._after(lambda: self._person.put(_UNREADABLE, "m.room.encrypted"))
        file = {"file": _FILE} if self._encrypted else {"url": _FILE["url"]}
        content = {"msgtype": WORDLESS[kind], "body": "x", "geo_uri": "geo:54,12", **file}
        return self._after(lambda: self._person.send(content))

    def edit(self, ago: int, text: str) -> Shown:
        return self._after(lambda: self._person.edit(self._sent[-ago], text), anew=False)

    def delete(self, ago: int) -> Shown:
        return self._after(lambda: self._person.redact(self._sent[-ago]), anew=False)

    def later(self, days: float) -> None:
        assert self._stored is not None
        self._stored.age(days)

    def session(self) -> Session | None:
        return self._stored.session() if self._stored else None

    def close(self) -> None:
        self._loop.run(self._person.close())

    def _after(self, act: Callable[[], Awaitable[str]], *, anew: bool = True) -> Shown:
        return self._loop.run(self._answered(act, anew))

    async def _answered(self, act: Callable[[], Awaitable[str]], anew: bool) -> Shown:
        session = self.session()
        event_id = await act()
        if anew:
            self._sent.append(event_id)
        assert self._stored is not None
        await asyncio.to_thread(self._stored.settled, session.turn if session else 0)
        await self._person.until(partial(self._has, await self._newest()), "what the bot wrote last")
        self._latest = await self._shown(self._person.read())
        return self._latest

    async def _newest(self) -> str:
        """The bot's latest message, as the homeserver has it."""
        found = await self._person.client.room_messages(self._person.room_id, limit=20)
        said = ("m.room.message", "m.room.encrypted")
        return next(e.event_id for e in found.chunk if e.sender == self._bot.user_id and e.source["type"] in said)

    def _has(self, event_id: str) -> bool:
        return any(m.event_id == event_id for m in self._person.messages)

    async def _shown(self, messages: list[Message]) -> Shown:
        """What is there for a client that shows HTML and for one that does not: both say the same."""
        assert all(m.readable and m.encrypted == self._encrypted for m in messages)
        files = [await self._person.download(m) for m in messages if m.content["msgtype"] == "m.file"]
        words = [m for m in messages if m.content["msgtype"] == "m.text"]
        for message in words:
            assert _words(message.html) == plain(_SIGN.sub("", message.body)), message
        session = self.session()
        labels = [plain(label) for m in words for label in _NUMBERED.findall(m.body)]
        ids = session.shown if session is not None else ("restart",)
        return Shown(
            text="\n".join(_NUMBERED.sub("", m.body) for m in words),
            choices=dict(zip(ids, labels, strict=True)),
            links=frozenset(html.unescape(link) for m in words for link in _LINK.findall(m.html)),
            attached=b"".join(files).decode(),
        )


def _words(formatted: str) -> str:
    """What a client shows of the HTML."""
    lines = re.sub(r"<[^>]*>", " ", re.sub(r"</?(?:strong|a)\b[^>]*>", "", formatted))
    return plain(html.unescape(lines))


@contextmanager
def opened(folder: Path, *, encrypted: bool, by_tap: bool) -> Iterator[Callable[[str], Matrix]]:
    with ExitStack() as stack:
        synapse = stack.enter_context(homeserver(folder / "synapse"))
        bot = stack.enter_context(running(synapse, folder / "bot", matrix_reactions=str(by_tap)))
        loop = stack.enter_context(Loop())

        def somebody(_language: str) -> Matrix:
            return stack.enter_context(closing(Matrix(bot, folder, loop, encrypted=encrypted, by_tap=by_tap)))

        yield somebody


def _channel(*, encrypted: bool, by_tap: bool, more: frozenset[str] = frozenset()) -> Channel:
    return Channel(
        partial(opened, encrypted=encrypted, by_tap=by_tap),
        Session(channel="matrix", encrypted=encrypted),
        can=frozenset({*WORDLESS, "edited", "edit", "delete"}) | more,
        tells_language=False,
        commands="!",
        links=("mailto", "http", "https"),
        at_once=12,
    )


ENCRYPTED = _channel(encrypted=True, by_tap=False, more=frozenset({"undecrypted"}))
PLAIN = _channel(encrypted=False, by_tap=True)
