"""The rooms: which invitations are taken, who is in a room, and when the bot leaves."""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

import structlog
from nio import MatrixRoom

from bot.channels.matrix.channel import MatrixChannel
from bot.channels.matrix.trouble import GoneError, LimitedError, MatrixError, ask
from bot.operation.logs import who
from bot.service import Incoming, Service
from flows.events import Said
from flows.texts import InLanguage, Message, Paragraph, _

AN_HOUR: Final = 3_600.0
LATER: Final = 2.0
"""Seconds until something that failed is tried again."""
JOINS: Final = 60
"""Invitations that are taken in an hour; those after them in the next."""
CROWD: Final = 20
"""People above whom a room is left without a word."""
NOT_ALONE: Final = _(
    "Ich schreibe immer nur mit einer Person allein. Deshalb verlasse ich diesen Raum. Schreiben Sie mir bitte direkt."
)

log = structlog.get_logger("matrix")


def address(room_id: str) -> str:
    return f"matrix:{room_id}"


def others(room: MatrixRoom) -> list[str]:
    """Everybody else in a room, invited people included: they can read what is written."""
    return [user for user in room.users if user != room.own_user_id]


def the_person(room: MatrixRoom) -> str | None:
    """The one other person of a direct chat, if they are there; None for any other room."""
    found = others(room)
    return found[0] if len(found) == 1 and found[0] not in room.invited_users else None


async def commit(service: Service, incoming: Incoming) -> None:
    """Submit an event until it is committed: what the database does not take now, it takes later."""
    while True:
        try:
            await service.submit(incoming)
        except Exception:
            log.exception("updates_not_taken", updates=1)
            await asyncio.sleep(1)
        else:
            return


class Rooms:
    """Joins and leaves. `invited` are invitations that wait; they are kept with the sync token."""

    def __init__(
        self, channel: MatrixChannel, service: Service, joins: int = JOINS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.invited: dict[str, None] = {}
        self._channel = channel
        self._device = channel.device
        self._service = service
        self._joins = joins
        self._clock = clock
        self._joined: deque[float] = deque()
        self._not_before = float("-inf")
        self._leaving: set[str] = set()
        self._news = asyncio.Event()

    async def run(self) -> None:
        """Take what invitations may be taken, leave what is to be left; until cancelled."""
        while True:
            pause = await self._round()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._news.wait()
            self._news.clear()

    async def _round(self) -> float | None:
        """What can be done now; gives the seconds until there is more to do, None where nothing is left."""
        try:
            for room_id in list(self._leaving):
                await self._leave(room_id)
            for room_id in list(self.invited):
                if (pause := self._pause()) > 0:
                    return pause
                await self._join(room_id)
        except LimitedError as error:
            self._not_before = self._clock() + error.seconds
            return error.seconds
        except MatrixError as error:
            log.info("room_later", error=error.code)
            return LATER
        except Exception:
            log.exception("room_failed")
            return LATER
        return None

    def _pause(self) -> float:
        """Seconds until the next invitation may be taken."""
        now = self._clock()
        while self._joined and self._joined[0] <= now - AN_HOUR:
            self._joined.popleft()
        full = self._joined[0] + AN_HOUR - now if len(self._joined) >= self._joins else 0.0
        return max(full, self._not_before - now)

    async def _join(self, room_id: str) -> None:
        try:
            await ask(self._device.join(room_id))
            self._joined.append(self._clock())
        except GoneError:
            log.info("invitation_gone", room=who(address(room_id)))
        self.invited.pop(room_id, None)

    def invite(self, rooms: Iterable[str]) -> None:
        """Note invitations; they are taken from the next `wake` on."""
        for room_id in rooms:
            self.invited.setdefault(room_id)

    def wake(self) -> None:
        self._news.set()

    def is_ours(self, room_id: str) -> bool:
        """Whether a joined room is a chat with one person; notes others, and empty ones, to be left."""
        room = self._device.rooms.get(room_id)
        if room is None or len(others(room)) == 1:
            return room is not None
        self._leaving.add(room_id)
        self._news.set()
        return False

    async def left(self, room_id: str) -> None:
        """We are out, by our will or not: what is stored of this chat is erased, the server forgets the room."""
        self.invited.pop(room_id, None)
        self._leaving.discard(room_id)
        forget = Incoming(address(room_id), f"matrix:left:{uuid4()}", Said("/delete", datetime.now(UTC)), begins=False)
        await commit(self._service, forget)
        self._device.forget(room_id)
        try:
            await ask(self._device.room_forget(room_id))
        except MatrixError as error:
            log.info("room_not_forgotten", error=error.code)

    async def _leave(self, room_id: str) -> None:
        room = self._device.rooms.get(room_id)
        if room is not None and len(others(room)) == 1:  # whoever was too many is gone again
            self._leaving.discard(room_id)
            return
        if room is not None and 1 < len(others(room)) <= CROWD:
            await self._say_why(room)
        try:
            await ask(self._device.room_leave(room_id))
        except GoneError:
            log.info("room_gone", room=who(address(room_id)))
        await self.left(room_id)

    async def _say_why(self, room: Any) -> None:
        words = Message((Paragraph(NOT_ALONE), Paragraph(InLanguage("en", NOT_ALONE))))
        try:
            await self._channel.say(room.room_id, words, "de", f"leaving.{room.room_id}")
        except LimitedError:
            raise
        except MatrixError as error:
            log.info("left_without_a_word", error=error.code)
