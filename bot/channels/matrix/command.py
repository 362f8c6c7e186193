"""What `lotse matrix` does: log in, look, sign again. Each gives lines for the person at the terminal, in German."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from bot.channels.matrix.cross_signing import fingerprint, is_signed, ours
from bot.channels.matrix.device import Device
from bot.channels.matrix.folder import Folder
from bot.channels.matrix.live import Place
from bot.channels.matrix.login import connect
from bot.channels.matrix.trouble import AwayError, LimitedError, LoggedOutError, UnusableError

PATIENCE: Final = 30.0
"""Seconds for all of it."""


async def login(place: Place) -> list[str]:
    """Log in if that was not done, publish and sign the device's keys. Raises UnusableError."""
    folder = Folder(place.store)
    is_new = folder.account() is None
    said = await _connected(place, folder)
    return [f"{'angemeldet' if is_new else 'schon angemeldet'}: {place.user}", *said, _keep_safe(folder)]


async def verify(place: Place) -> list[str]:
    """Sign the device anew where its signature is missing; what is to be compared by hand. Raises UnusableError."""
    folder = Folder(place.store)
    if folder.account() is None:
        raise UnusableError("LOTSE_MATRIX_STORE", "noch nicht angemeldet; bitte `lotse matrix login` ausführen")
    compare = "Diesen Fingerabdruck zeigt auch jedes andere Programm beim Gerät; er muss gleich sein."
    return [*await _connected(place, folder), compare]


async def status(place: Place) -> list[str]:
    """How things are; the bot may run meanwhile. Raises UnusableError where that cannot be found out."""
    folder = Folder(place.store)
    account = folder.account()
    if account is None:
        return [f"Benutzer: {place.user}", "Gerät: noch nicht angemeldet (`lotse matrix login`)"]
    device = Device(place.homeserver, account.user_id, folder)
    device.user_id, device.device_id, device.access_token = account.user_id, account.device_id, account.access_token

    async def look() -> list[str]:
        _status, me = await device.call("GET", "account/whoami")
        if me.get("device_id") != account.device_id:
            return [f"Server: {place.homeserver}, erreichbar", f"Gerät: {account.device_id}, vom Server abgemeldet"]
        _status, keys = await device.call("POST", "keys/query", {"device_keys": {device.user_id: []}})
        _status, rooms = await device.call("GET", "joined_rooms")
        signed = "unterschrieben" if is_signed(device, keys, ours(folder)) else "NICHT unterschrieben"
        return [
            f"Server: {place.homeserver}, erreichbar",
            f"Benutzer: {account.user_id}",
            f"Gerät: {account.device_id}, {signed}",
            f"Räume: {len(rooms.get('joined_rooms', []))}",
            _keep_safe(folder),
        ]

    return await _in_time(device, place, look)


async def _connected(place: Place, folder: Folder) -> list[str]:
    with folder.locked():
        device = Device(place.homeserver, place.user, folder)

        async def work() -> list[str]:
            await connect(device, folder, place.password)
            return [f"Gerät: {device.device_id}, unterschrieben", f"Fingerabdruck: {fingerprint(device)}"]

        return await _in_time(device, place, work)


async def _in_time(device: Device, place: Place, work: Callable[[], Awaitable[list[str]]]) -> list[str]:
    try:
        async with asyncio.timeout(PATIENCE):
            return await work()
    except (AwayError, LimitedError, TimeoutError) as error:
        raise UnusableError("LOTSE_MATRIX_HOMESERVER", f"{place.homeserver} antwortet nicht") from error
    except LoggedOutError as error:
        raise UnusableError("LOTSE_MATRIX_STORE", "der Server kennt dieses Gerät nicht mehr") from error
    finally:
        await device.leave()


def _keep_safe(folder: Folder) -> str:
    return f"Schlüssel: {folder.path.resolve()} (bitte mit der Datenbank zusammen sichern)"
