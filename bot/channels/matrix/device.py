"""The bot's device: a nio client that loses no key in a crash and trips over nothing that strangers send.

What nio leaves to chance and is seen to here: everything that one sync brings is written to the store as a whole; new
one-time keys are written before the server has them; a room's key counts as shared when every device has got it; an
event that raises is nobody's but its own trouble.
"""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final
from weakref import WeakValueDictionary

import orjson
import structlog
from aiohttp import ClientError
from nio import Api, AsyncClient, AsyncClientConfig, KeysQueryResponse, KeysUploadResponse, MatrixRoom
from nio.store import (
    DeviceKeys,
    DeviceTrustState,
    EncryptedRooms,
    Keys,
    MegolmInboundSessions,
    OutgoingKeyRequests,
    SqliteStore,
)

from bot.channels.matrix.folder import Account, Folder
from bot.channels.matrix.trouble import AwayError, GoneError, ask, trouble

TIMEOUT: Final = 5.0
"""Seconds for one call; a send of a message is less than the time for which its destination is claimed."""
_CONFIG: Final = AsyncClientConfig(
    store_sync_tokens=False,  # nio writes it before what came with it is handled: the sync loop keeps its own
    encryption_enabled=True,
    store=SqliteStore,  # the default keeps names of devices in text files, each written anew for every new one
    max_limit_exceeded=0,  # never again by itself: the outbox waits, and knows for how long
    max_timeouts=0,
    request_timeout=TIMEOUT,
)

log = structlog.get_logger("matrix")


class Device(AsyncClient):  # type: ignore[misc]
    """A nio client with the device's keys in a folder."""

    def __init__(self, homeserver: str, user_id: str, folder: Folder) -> None:
        super().__init__(homeserver, user_id, store_path=str(folder.path), config=_CONFIG)
        self._preparing: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def use(self, account: Account) -> None:
        """Go on with a login, and load the device's keys."""
        self.restore_login(account.user_id, account.device_id, account.access_token)

    def load_store(self) -> None:
        super().load_store()
        Path(self.store.database_path).chmod(0o600)

    async def leave(self) -> None:
        """Let go of the server and of the folder."""
        await self.close()
        if self.store is not None:
            self.store.database.close()

    async def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        """A call for which nio has no method; gives status and answer. Raises AwayError where none comes."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.access_token}"}
        data = None if body is None else orjson.dumps(body)
        try:
            answer = await self.send(method, f"/_matrix/client/v3/{path}", data, headers)
            found = orjson.loads(await answer.read())
        except (ClientError, TimeoutError, OSError) as error:
            raise AwayError(type(error).__name__) from error
        except ValueError:
            found = {}
        if answer.status == 429 or answer.status >= 500:
            raise trouble(answer.status, found, answer.headers)
        return answer.status, found

    async def keys_upload(self) -> Any:
        """As nio does it, but the private halves are on disk before anybody can use the public ones."""
        keys = self.olm.share_keys()
        self.olm.save_account()
        method, path, data = Api.keys_upload(self.access_token, keys)
        return await self._send(KeysUploadResponse, method, path, data)

    def room(self, room_id: str) -> MatrixRoom:
        """A joined room; GoneError for any other."""
        room = self.rooms.get(room_id)
        if room is None:
            raise GoneError("not joined")
        return room

    async def prepare(self, room_id: str) -> None:
        """Make sure that all devices in an encrypted room can read what is sent next. Raises MatrixError.

        nio takes a room's key for shared even if the server never took it: that message nobody could read.
        """
        room = self.room(room_id)
        if room.encrypted:
            room.members_synced = True  # no member is left out of our syncs
            async with self._preparing.setdefault(room_id, asyncio.Lock()):
                await self._share_key(room)

    async def _share_key(self, room: MatrixRoom) -> None:
        if unknown := self.users_for_key_query & set(room.users):
            await self._query_keys(unknown)
        if not self.olm.should_share_group_session(room.room_id):
            return
        if missing := self.get_missing_sessions(room.room_id):
            await ask(self.keys_claim(missing))
        shared = await ask(self.share_group_session(room.room_id, ignore_unverified_devices=True))
        if self._can_receive(room) - shared.users_shared_with:
            self.invalidate_outbound_session(room.room_id)
            raise AwayError("key not shared")

    def forget(self, room_id: str) -> None:
        """A room that was left: its keys go, and what is known of the devices of people whom we meet nowhere else."""
        self.rooms.pop(room_id, None)
        self.olm.outbound_group_sessions.pop(room_id, None)
        self.olm.inbound_group_store._entries.pop(room_id, None)
        self.encrypted_rooms.discard(room_id)
        met = {user for room in self.rooms.values() for user in room.users}
        gone = set(self.device_store.users) - met
        for user in gone:
            self.device_store._entries.pop(user, None)
        self.olm.tracked_users -= gone
        self.olm.users_for_key_query -= gone
        with self.store.database.bind_ctx(self.store.models), self.store.database.atomic():
            for table in (MegolmInboundSessions, EncryptedRooms, OutgoingKeyRequests):
                table.delete().where(table.room_id == room_id).execute()
            for user in gone:
                _delete_devices(user)

    async def _query_keys(self, users: Iterable[str]) -> None:
        """The devices of these users alone: another server that does not answer holds up its own people only."""
        method, path, data = Api.keys_query(self.access_token, users)
        await ask(self._send(KeysQueryResponse, method, path, data))

    def _can_receive(self, room: MatrixRoom) -> set[tuple[str, str]]:
        """The devices to which an encrypted channel exists; the others published no key that could be used."""
        return {
            (user, device.id)
            for user in room.users
            for device in self.device_store.active_user_devices(user)
            if device.id != self.device_id and self.olm.session_store.get(device.curve25519)
        }

    async def _handle_sync(self, response: Any) -> None:
        """All or nothing: after a crash the server sends it again, and what was half read could not be read again."""
        with self.store.database.atomic():
            await super()._handle_sync(response)

    def _handle_decrypt_to_device(self, event: Any) -> Any:
        try:
            return super()._handle_decrypt_to_device(event)
        except Exception as error:
            log.info("to_device_unreadable", error=type(error).__name__)
            return None

    def _handle_timeline_event(self, event: Any, *rest: Any) -> Any:
        try:
            return super()._handle_timeline_event(event, *rest)
        except Exception as error:
            log.info("event_unreadable", error=type(error).__name__)
            return None


def _delete_devices(user: str) -> None:
    devices = DeviceKeys.select(DeviceKeys.id).where(DeviceKeys.user_id == user)
    for table in (Keys, DeviceTrustState):
        table.delete().where(table.device.in_(devices)).execute()
    DeviceKeys.delete().where(DeviceKeys.user_id == user).execute()
