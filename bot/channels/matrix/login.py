"""Logging in: once, with the password; from then on with the token in the folder. Every restart is the same device."""

from typing import Any, Final

from nio import LoginResponse

from bot.channels.matrix.cross_signing import ensure_signed
from bot.channels.matrix.device import Device
from bot.channels.matrix.folder import Account, Folder
from bot.channels.matrix.trouble import GoneError, LoggedOutError, RefusedError, UnusableError, ask, passing

NAME: Final = "Lotse"
"""What people see of the device."""


async def connect(device: Device, folder: Folder, password: str) -> None:
    """Log in, or go on with the login of before; publish the keys, sign the device. Waits for a server that is away.

    Raises UnusableError where waiting does not help.
    """
    account = folder.account()
    if account is None:
        await _log_in(device, folder, password)
    elif account.user_id != device.user:
        raise UnusableError(
            "LOTSE_MATRIX_STORE", f"der Ordner gehört zu {account.user_id}; bitte einen anderen für {device.user}"
        )
    else:
        device.use(account)
        await _recognised(device)
    if device.should_upload_keys:
        await passing(lambda: ask(device.keys_upload()))()
    await passing(lambda: ensure_signed(device, folder, password))()


@passing
async def _log_in(device: Device, folder: Folder, password: str) -> None:
    try:
        found: LoginResponse = await ask(device.login(password, device_name=NAME))
    except (GoneError, LoggedOutError) as error:
        raise UnusableError("LOTSE_MATRIX_PASSWORD", "Benutzer oder Passwort kennt der Server nicht") from error
    except RefusedError as error:
        raise UnusableError("LOTSE_MATRIX_USER", f"der Server lässt {device.user} nicht ein ({error.code})") from error
    folder.remember(Account(found.user_id, found.device_id, found.access_token))


@passing
async def _recognised(device: Device) -> Any:
    """Whether the server still knows this login."""
    try:
        return await ask(device.whoami())
    except LoggedOutError as error:
        raise UnusableError(
            "LOTSE_MATRIX_STORE",
            "der Server kennt dieses Gerät nicht mehr; es wurde abgemeldet. Bitte die Sicherung des Ordners"
            " zurückspielen, oder ihn leeren und `lotse matrix login` ausführen (siehe docs/betrieb.md)",
        ) from error
