"""A person with a Matrix client, for tests that write to the bot as people do, end to end encrypted.

    async with Person(synapse, folder) as olena:
        await olena.open_chat("@bot:lotse.test")
        await olena.say("Hallo")
        (hello,) = await olena.wait()
        assert hello.encrypted and hello.readable

Each person is a user of their own with a device of their own, whose keys lie in the folder. Limits, and a homeserver
that restarts, are waited for.
"""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx
from nio import (
    AsyncClient,
    AsyncClientConfig,
    BadEvent,
    ErrorResponse,
    Event,
    LocalProtocolError,
    MatrixRoom,
    MegolmEvent,
    ReactionEvent,
    RedactionEvent,
    RoomMessage,
    RoomPreset,
    UnknownBadEvent,
)
from nio.crypto import decrypt_attachment

from tests.synapse.server import Synapse

Json = dict[str, Any]
PASSWORD = "a long password"
LONG_POLL = 30_000  # milliseconds
WAIT = 20.0  # seconds until a test gives up waiting
_ENCRYPTION = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}


@dataclass(frozen=True)
class Message:
    """What somebody else wrote. `encrypted`: it came encrypted; `readable`: it was not, or could be decrypted."""

    event_id: str
    sender: str
    room_id: str
    content: Json
    encrypted: bool
    readable: bool

    @property
    def body(self) -> str:
        return str(self.content.get("body", ""))

    @property
    def html(self) -> str:
        """The `formatted_body`; empty where there is none."""
        return str(self.content.get("formatted_body", ""))

    @property
    def replaces(self) -> str:
        """The id of the message that this one is an edit of; empty where it is none."""
        relation = self.content.get("m.relates_to", {})
        return str(relation.get("event_id", "")) if relation.get("rel_type") == "m.replace" else ""


@dataclass(frozen=True)
class Reaction:
    """A reaction that somebody else put under the message `to`."""

    event_id: str
    sender: str
    to: str
    key: str


class Person:
    """A user, made at once; `login` brings them to a device, `close` takes it away, a later `login` is a new device.

    What others did, in the order in which it came: `messages`, `reactions`, `redacted` (ids of events taken back).
    `room_id` is the chat that was opened or accepted last: what is said and done, is said and done there.
    """

    def __init__(self, synapse: Synapse, folder: Path, name: str = "person") -> None:
        self.synapse = synapse
        self.name = f"{name}-{secrets.token_hex(4)}"
        self.user_id = synapse.register(self.name, PASSWORD)
        self.folder = folder / self.name
        self.folder.mkdir()
        self.room_id = ""
        self.messages: list[Message] = []
        self.reactions: list[Reaction] = []
        self.redacted: list[str] = []
        self._waited = 0
        self._news = asyncio.Event()

    async def __aenter__(self) -> Self:
        await self.login()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def login(self) -> None:
        """Log in with a new device, publish its keys, and follow what happens."""
        config = AsyncClientConfig(max_timeout_retry_wait_time=0.5)
        self.client = AsyncClient(self.synapse.url, self.name, store_path=str(self.folder), config=config)
        _done(await self.client.login(PASSWORD, device_name="tests"))
        self.client.add_event_callback(self._take, Event)
        self.client.add_event_callback(self._take, (UnknownBadEvent, BadEvent))
        self.client.add_response_callback(self._tell)
        await self.client.keys_upload()
        _done(await self.client.sync(full_state=True))
        self._syncing = asyncio.create_task(self.client.sync_forever(timeout=LONG_POLL))
        self._syncing.add_done_callback(lambda _task: self._news.set())

    async def close(self) -> None:
        """Stop following; the device stays known to the server. An error that stopped it before is raised here."""
        self._syncing.cancel()
        with suppress(asyncio.CancelledError):
            await self._syncing
        await self.client.close()
        self.client.store.database.close()

    async def open_chat(self, *users: str, encrypted: bool = True, direct: bool = True, wait: bool = True) -> str:
        """Invite users to a new room and wait until all are in it (unless `wait` is false); gives the room's id."""
        preset = RoomPreset.trusted_private_chat if direct else RoomPreset.private_chat
        state = [_ENCRYPTION] if encrypted else []
        room = await self.client.room_create(invite=users, is_direct=direct, preset=preset, initial_state=state)
        self.room_id = _done(room).room_id
        await self.until(lambda: self.room_id in self.client.rooms, "the room")
        if wait:
            await self.until(lambda: set(users) <= self.members(), f"{users} in the room")
        return self.room_id

    async def accept(self) -> str:
        """Wait for an invitation and join; gives the room's id."""
        await self.until(lambda: self.client.invited_rooms, "an invitation")
        self.room_id = next(iter(self.client.invited_rooms))
        _done(await self.client.join(self.room_id))
        await self.until(lambda: self.room_id in self.client.rooms, "the room")
        return self.room_id

    async def leave(self) -> None:
        _done(await self.client.room_leave(self.room_id))

    def members(self) -> set[str]:
        """The ids of those who are in the room, invitations not counted."""
        room = self.client.rooms[self.room_id]
        return set(room.users) - set(room.invited_users)

    async def say(self, text: str) -> str:
        """Write something; gives its event id, as do all that follow."""
        return await self.send({"msgtype": "m.text", "body": text})

    async def edit(self, event_id: str, text: str) -> str:
        new = {"msgtype": "m.text", "body": text}
        relation = {"rel_type": "m.replace", "event_id": event_id}
        return await self.send(
            {"msgtype": "m.text", "body": f"* {text}", "m.new_content": new, "m.relates_to": relation}
        )

    async def react(self, event_id: str, key: str) -> str:
        relation = {"rel_type": "m.annotation", "event_id": event_id, "key": key}
        return await self.send({"m.relates_to": relation}, "m.reaction")

    async def redact(self, event_id: str) -> str:
        return str(_done(await self.client.room_redact(self.room_id, event_id)).event_id)

    async def send(self, content: Json, kind: str = "m.room.message") -> str:
        """Send an event, encrypted where the room is (but for reactions), to every device that is known by now."""
        with suppress(LocalProtocolError):
            await self.client.keys_query()
        sent = await self.client.room_send(self.room_id, kind, content, ignore_unverified_devices=True)
        return str(_done(sent).event_id)

    async def put(self, content: Json, kind: str = "m.room.message") -> str:
        """Send an event just as it is, never encrypted: what broken and hostile clients send. HTTPStatusError."""
        url = f"{self.synapse.url}/_matrix/client/v3/rooms/{self.room_id}/send/{kind}/{secrets.token_hex(8)}"
        async with httpx.AsyncClient(headers={"Authorization": f"Bearer {self.client.access_token}"}) as http:
            return str((await http.put(url, json=content)).raise_for_status().json()["event_id"])

    async def download(self, message: Message) -> bytes:
        """The bytes of the file that a message carries, decrypted if need be."""
        file = message.content.get("file", {})
        got = _done(await self.client.download(file.get("url") or message.content["url"]))
        if not file:
            return bytes(got.body)
        return bytes(decrypt_attachment(got.body, file["key"]["k"], file["hashes"]["sha256"], file["iv"]))

    async def wait(self, count: int = 1, seconds: float = WAIT) -> list[Message]:
        """The next `count` messages after those waited for before; TimeoutError, naming what came."""
        await self.until(lambda: len(self.messages) >= self._waited + count, f"{count} messages", seconds)
        self._waited += count
        return self.messages[self._waited - count : self._waited]

    def read(self) -> list[Message]:
        """The messages that came after those waited for or read before; at once, maybe none."""
        new = self.messages[self._waited :]
        self._waited = len(self.messages)
        return new

    async def until(self, true: Callable[[], object], what: str, seconds: float = WAIT) -> None:
        """Wait until something holds that the next news may have changed; TimeoutError after some seconds."""
        try:
            async with asyncio.timeout(seconds):
                while not true():
                    if self._syncing.done():
                        self._syncing.result()
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            came = [m.body for m in self.messages[self._waited :]]
            raise TimeoutError(f"{self.name} waited {seconds} s for {what}; unread: {came}") from None

    async def _tell(self, _response: object) -> None:
        self._news.set()

    async def _take(self, room: MatrixRoom, event: Event) -> None:
        """Keep what somebody else did."""
        if event.sender == self.user_id:
            return
        if isinstance(event, RedactionEvent):
            self.redacted.append(event.redacts)
        elif isinstance(event, ReactionEvent):
            self.reactions.append(Reaction(event.event_id, event.sender, event.reacts_to, event.key))
        elif isinstance(event, RoomMessage | MegolmEvent | UnknownBadEvent | BadEvent):
            readable = not isinstance(event, MegolmEvent)
            encrypted = getattr(event, "decrypted", False) or not readable
            content = event.source["content"]
            self.messages.append(Message(event.event_id, event.sender, room.room_id, content, encrypted, readable))


def _done(response: Any) -> Any:
    """A response that is none of nio's errors. RuntimeError with its words when it is one."""
    if isinstance(response, ErrorResponse):
        raise RuntimeError(str(response))
    return response
