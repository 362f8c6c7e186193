"""Living on Matrix: one device, from its folder to its rooms, for as long as it is ours."""

import asyncio
from collections.abc import AsyncIterator, Callable, MutableMapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import structlog
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_fixed

from bot.channels.matrix.channel import MatrixChannel
from bot.channels.matrix.device import Device
from bot.channels.matrix.folder import Folder, InUseError
from bot.channels.matrix.login import connect
from bot.channels.matrix.rooms import Rooms
from bot.channels.matrix.syncing import Syncing
from bot.channels.matrix.trouble import LoggedOutError, UnusableError
from bot.knowledge import Knowledge
from bot.service import Service
from bot.store.database import Database

PAUSE: Final = 5.0
"""Seconds until a device that failed is read from its folder again."""
LOST: Final = 60.0
"""Seconds until a device that the server no longer knows is tried again: somebody has to see to it."""
HANDOVER: Final = 15.0
"""Seconds for which the folder may still be held by a worker that has lost its lease."""

log = structlog.get_logger("matrix")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the bot is at home on Matrix."""

    homeserver: str
    user: str
    password: str
    store: Path
    reactions: bool = False


async def live(
    place: Place,
    database: Database,
    service: Service,
    knowledge: Callable[[], Knowledge],
    channels: MutableMapping[str, Any],
) -> None:
    """Follow the rooms until cancelled; in `channels` while messages can be sent.

    Raises UnusableError where it cannot even begin. A device that is lost later (logged out) must not take the other
    channels with it: the log says so, and it is tried again.
    """
    folder = Folder(place.store)
    lived = asyncio.Event()
    async with _locked(folder):
        while True:
            try:
                await _once(place, folder, database, service, knowledge, channels, lived)
            except UnusableError as error:
                if not lived.is_set():
                    raise
                log.error("matrix_lost", setting=error.option, why=str(error))
                await asyncio.sleep(LOST)
            except LoggedOutError:
                await asyncio.sleep(1)  # logged out just now: connecting says so
            except Exception:
                log.exception("device_failed")
                await asyncio.sleep(PAUSE)


@asynccontextmanager
async def _locked(folder: Folder) -> AsyncIterator[None]:
    """The folder's lock; a worker that lost its lease may still hold it for a moment."""
    waiting = retry_if_exception_type(InUseError)
    with ExitStack() as stack:
        async for attempt in AsyncRetrying(
            retry=waiting, wait=wait_fixed(0.5), stop=stop_after_delay(HANDOVER), reraise=True
        ):
            with attempt:
                stack.enter_context(folder.locked())
        yield


async def _once(
    place: Place, folder: Folder, database: Database, service: Service, knowledge: Callable[[], Knowledge],
    channels: MutableMapping[str, Any], lived: asyncio.Event,
) -> None:  # fmt: skip
    device = Device(place.homeserver, place.user, folder)
    channel = MatrixChannel(device, knowledge, place.reactions)
    rooms = Rooms(channel, service)
    joining = asyncio.create_task(rooms.run())
    syncing = None
    try:
        await connect(device, folder, place.password)
        syncing = Syncing(channel, rooms, service, database, lambda: _ready(channels, channel, lived))
        await syncing.run()
    finally:
        joining.cancel()
        channels.pop(channel.name, None)
        if syncing is not None:
            await syncing.close()
        await channel.close()


def _ready(channels: MutableMapping[str, Any], channel: MatrixChannel, lived: asyncio.Event) -> None:
    channels[channel.name] = channel
    lived.set()
    log.info("matrix_ready", rooms=len(channel.device.rooms))
