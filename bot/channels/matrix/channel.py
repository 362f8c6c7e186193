"""Sending on Matrix: texts, files, and numbers to be tapped."""

import asyncio
import io
import time
from collections.abc import Callable
from typing import Any, Final

from nio import Event as RoomEvent
from nio import RoomSendResponse

from bot.channels.matrix.beside import Beside
from bot.channels.matrix.device import TIMEOUT, Device
from bot.channels.matrix.events import KEYS
from bot.channels.matrix.html import pieces
from bot.channels.matrix.trouble import (
    AwayError,
    GoneError,
    LimitedError,
    LoggedOutError,
    RefusedError,
    ask,
    checked,
)
from bot.delivery.outcome import Delivered, Failed, Outcome, Refused, Unreachable, Wait
from bot.knowledge import Knowledge
from bot.store.outbox import CLAIM, Pace
from flows.texts import Attachment, Message

LIMITS: Final = Pace(per_second=50.0, chat_interval=0.0, chat_burst=1)
"""Ours: what a homeserver takes easily where the bot's user is free of limits; elsewhere its 429s set the pace."""
OFFER: Final = "de.iq-mv.lotse.offer"
"""In our messages' content: which choices they offered, and in which turn, for who taps on a reaction later."""
CAREFUL: Final = 60.0
"""Seconds after a 429 in which no reactions are put and messages go one by one."""

Json = dict[str, Any]


class MatrixChannel:
    """One device. `send` is called by the sender; `taken` and `tapped` by who reads the rooms."""

    name = "matrix"
    pace = LIMITS

    def __init__(self, device: Device, knowledge: Callable[[], Knowledge], reactions: bool = False) -> None:
        self.device = device
        self._knowledge = knowledge
        self._reactions = reactions
        self._one_by_one = asyncio.Lock()
        self._limited_at = float("-inf")
        self._again_at = float("-inf")
        self._sending: set[asyncio.Task[Any] | None] = set()
        self._beside = Beside(device)

    async def send(self, address: str, message: Message, language: str, turn: int, key: str) -> Outcome:
        """Send one message; a second time with the same `key`, and the server knows that it has it."""
        task = asyncio.current_task()
        self._sending.add(task)
        try:
            async with asyncio.timeout(CLAIM - 2):
                await self._send(address.partition(":")[2], message, language, turn, key)
        except LimitedError as error:
            return Wait(error.seconds)
        except GoneError:
            return Unreachable()
        except RefusedError as error:
            return Refused(error.code)
        except (AwayError, LoggedOutError, TimeoutError):
            return Failed()
        finally:
            self._sending.discard(task)
        return Delivered()

    async def _send(self, room_id: str, message: Message, language: str, turn: int, key: str) -> None:
        room = self.device.room(room_id)
        texts = pieces(message, self._knowledge().speaker(language), by_tap=self._reactions)
        sent = None
        for number, (body, html) in enumerate(texts):
            content: Json = {"msgtype": "m.text", "body": body}
            content |= {"format": "org.matrix.custom.html", "formatted_body": html}
            if self._reactions and number == len(texts) - 1 and message.choices:
                content[OFFER] = {"turn": turn, "choices": [c.id for c in message.choices]}
            sent = await self._put(room_id, content, f"{key}.{number}")
        for number, block in enumerate(b for b in message.blocks if isinstance(b, Attachment)):
            file = await self._file(block, encrypted=room.encrypted)
            await self._put(room_id, file, f"{key}.file{number}")
        if sent is not None and self._reactions and message.choices:
            self._beside.do(self._offer(room_id, sent.event_id, len(message.choices), key))
        self._beside.answered(room_id)

    async def say(self, room_id: str, message: Message, language: str, key: str) -> None:
        """Say something beside the conversation, now. Raises MatrixError."""
        await self._send(room_id, message, language, 0, key)

    async def _put(self, room_id: str, content: Json, key: str, kind: str = "m.room.message") -> RoomSendResponse:
        """Send an event, encrypted where the room is. A limit holds for all that this user sends: all wait for it."""
        if time.monotonic() > self._limited_at + CAREFUL:
            return await self._put_now(room_id, content, key, kind)
        async with self._one_by_one:
            wait = self._again_at - time.monotonic()
            if wait > 0:
                raise LimitedError(wait)
            return await self._put_now(room_id, content, key, kind)

    async def _put_now(self, room_id: str, content: Json, key: str, kind: str) -> RoomSendResponse:
        try:
            await self.device.prepare(room_id)
            return await ask(
                self.device.room_send(room_id, kind, content, tx_id=f"lotse.{key}", ignore_unverified_devices=True)
            )
        except LimitedError as error:
            self._limited_at = time.monotonic()
            self._again_at = self._limited_at + error.seconds
            raise

    async def _file(self, block: Attachment, *, encrypted: bool) -> Json:
        """An uploaded file as a message's content; its key is in there where the room is encrypted."""
        data = block.content.encode()
        kind = "application/json" if block.name.endswith(".json") else "text/plain"
        named = None if encrypted else block.name
        call = self.device.upload(
            io.BytesIO(data), content_type=kind, filename=named, encrypt=encrypted, filesize=len(data)
        )
        answer, secret = await ask(call)
        uploaded = checked(answer)
        content: Json = {"msgtype": "m.file", "body": block.name, "filename": block.name}
        content["info"] = {"mimetype": kind, "size": len(data)}
        if secret is None:
            return {**content, "url": uploaded.content_uri}
        return {**content, "file": {**secret, "url": uploaded.content_uri}}

    async def _offer(self, room_id: str, event_id: str, count: int, key: str) -> None:
        """Put the numbers under a question, to be tapped; where limits are near they are the first to be left out."""
        for number, emoji in enumerate(KEYS[:count]):
            if self._sending or time.monotonic() < self._limited_at + CAREFUL:
                return
            relation = {"rel_type": "m.annotation", "event_id": event_id, "key": emoji}
            await self._put(room_id, {"m.relates_to": relation}, f"{key}.tap{number}", "m.reaction")

    async def tapped(self, room_id: str, event_id: str, emoji: str) -> tuple[str, int] | None:
        """The choice and its turn that a reaction on one of our messages means. Raises MatrixError."""
        if not self._reactions or emoji not in KEYS:
            return None
        found = await ask(self.device.room_get_event(room_id, event_id))
        return offered(found.event, self.device.user_id, KEYS.index(emoji))

    def taken(self, room_id: str, event_id: str) -> None:
        """A message was read and is being answered: show that, if nothing hinders."""
        self._beside.reading(room_id, event_id)

    async def close(self) -> None:
        """Let what is on its way arrive, for a moment; then leave."""
        if flying := [task for task in self._sending if task is not None]:
            await asyncio.wait(flying, timeout=TIMEOUT)
        await self._beside.close()
        await self.device.leave()


def offered(event: RoomEvent, own: str, index: int) -> tuple[str, int] | None:
    """What one of our own messages offered at this place; None for any other message."""
    if event.sender != own:
        return None
    offer = event.source.get("content", {}).get(OFFER) or {}
    choices = offer.get("choices", [])
    return (str(choices[index]), int(offer["turn"])) if index < len(choices) else None
