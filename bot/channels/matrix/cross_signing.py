"""Cross-signing: the bot's user signs the bot's device, so that strict clients send it keys and show no warning.

Three Ed25519 keys: the master key says who the user is, and signs the other two; the self-signing key signs devices,
the user-signing key other users (we sign none, but clients expect it). They are made once and stay in the folder.
"""

import base64
import json
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.channels.matrix.device import Device
from bot.channels.matrix.folder import Folder
from bot.channels.matrix.trouble import UnusableError, trouble

_USAGES: Final = ("master", "self_signing", "user_signing")
_FILE: Final = "cross_signing"
Keys = dict[str, Ed25519PrivateKey]
Json = dict[str, Any]


class SigningError(UnusableError):
    """The server has other keys of this user than the folder."""

    def __init__(self, message: str) -> None:
        super().__init__("LOTSE_MATRIX_STORE", message)


def canonical(what: Json) -> bytes:
    """JSON as Matrix signs it: sorted, no spaces, UTF-8, without what was signed or added since."""
    bare = {k: v for k, v in what.items() if k not in ("signatures", "unsigned")}
    return json.dumps(bare, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def public(key: Ed25519PrivateKey) -> str:
    return _unpadded(key.public_key().public_bytes_raw())


def _unpadded(raw: bytes) -> str:
    return base64.b64encode(raw).decode().rstrip("=")


def sign(what: Json, user_id: str, key: Ed25519PrivateKey) -> Json:
    """The same with a signature of this key added to those that it has."""
    theirs = what.get("signatures", {})
    mine = {**theirs.get(user_id, {}), f"ed25519:{public(key)}": _unpadded(key.sign(canonical(what)))}
    return {**what, "signatures": {**theirs, user_id: mine}}


async def ensure_signed(device: Device, folder: Folder, password: str) -> bool:
    """Upload the keys where the server has none, sign the device where it is not; gives whether anything was done.

    Raises SigningError where the server has another master key: that is never overwritten. Raises MatrixError.
    """
    _status, found = await device.call("POST", "keys/query", {"device_keys": {device.user_id: []}})
    theirs = found.get("master_keys", {}).get(device.user_id)
    keys = _kept(folder)
    if theirs is not None and (keys is None or f"ed25519:{public(keys['master'])}" not in theirs["keys"]):
        raise SigningError(
            f"{device.user_id} hat auf dem Server einen anderen Hauptschlüssel als in {folder.path}."
            " Bitte die Sicherung des Ordners zurückspielen, oder diese Schlüssel in einem anderen Programm"
            " zurücksetzen (siehe docs/betrieb.md)"
        )
    keys = keys or _made(folder)
    if theirs is None:
        await _upload(device, keys, password)
    own = found.get("device_keys", {}).get(device.user_id, {}).get(device.device_id)
    if own is None:
        raise SigningError(f"der Server kennt die Schlüssel von Gerät {device.device_id} nicht")
    signer = f"ed25519:{public(keys['self_signing'])}"
    if theirs is not None and signer in own.get("signatures", {}).get(device.user_id, {}):
        return False
    await _attach(device, sign(_bare(own), device.user_id, keys["self_signing"]))
    return True


def fingerprint(device: Device) -> str:
    """The device's public key as clients show it to be compared, in groups of four."""
    key = str(device.olm.account.identity_keys["ed25519"])
    return " ".join(key[i : i + 4] for i in range(0, len(key), 4))


def _kept(folder: Folder) -> Keys | None:
    found = folder.load(_FILE)
    return (
        None if found is None else {u: Ed25519PrivateKey.from_private_bytes(bytes.fromhex(found[u])) for u in _USAGES}
    )


def _made(folder: Folder) -> Keys:
    """New keys, on disk before anybody else can know them."""
    keys = {usage: Ed25519PrivateKey.generate() for usage in _USAGES}
    folder.save(_FILE, {usage: key.private_bytes_raw().hex() for usage, key in keys.items()})
    return keys


async def _upload(device: Device, keys: Keys, password: str) -> None:
    """Publish the public halves; a server that asks for the password gets it."""
    body: Json = {}
    for usage, key in keys.items():
        part = {"user_id": device.user_id, "usage": [usage], "keys": {f"ed25519:{public(key)}": public(key)}}
        body[f"{usage}_key"] = part if usage == "master" else sign(part, device.user_id, keys["master"])
    status, answer = await device.call("POST", "keys/device_signing/upload", body)
    if status == 401 and "flows" in answer:
        identifier = {"type": "m.id.user", "user": device.user_id}
        auth = {"type": "m.login.password", "identifier": identifier, "password": password}
        auth["session"] = answer.get("session", "")
        status, answer = await device.call("POST", "keys/device_signing/upload", {**body, "auth": auth})
    if status != 200:
        raise trouble(status, answer, {})


async def _attach(device: Device, signed: Json) -> None:
    body = {device.user_id: {device.device_id: signed}}
    status, answer = await device.call("POST", "keys/signatures/upload", body)
    if status != 200 or answer.get("failures"):
        raise SigningError("der Server hat die Unterschrift des Geräts nicht angenommen")


def _bare(keys: Json) -> Json:
    return {k: v for k, v in keys.items() if k != "unsigned"}
