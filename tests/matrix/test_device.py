"""The device's store: a sync is read as a whole or not at all, and what was cut off can be read again."""

import asyncio
import secrets
from pathlib import Path
from typing import Any

import pytest

from bot.channels.matrix.device import Device
from bot.channels.matrix.folder import Folder
from bot.channels.matrix.login import connect
from bot.channels.matrix.trouble import ask
from tests.matrix.bot import PASSWORD, run
from tests.synapse.person import Person
from tests.synapse.server import Synapse


class PowerCutError(BaseException):
    """Ends the process, as far as the device is concerned: nothing may catch it."""


@pytest.mark.parametrize("at", ["save_session", "save_inbound_group_session"])
def test_a_sync_that_was_cut_off_is_read_again(
    synapse: Synapse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    user = synapse.register(f"lotse-{secrets.token_hex(4)}", PASSWORD)
    folder = Folder(tmp_path / "store")

    async def opened() -> Device:
        device = Device(synapse.url, user, folder)
        await connect(device, folder, PASSWORD)
        return device

    async def scenario() -> None:
        async with Person(synapse, tmp_path) as person:
            device = await opened()
            await ask(device.sync(0, full_state=True))
            opening = asyncio.create_task(person.open_chat(user))
            await person.until(lambda: person.room_id, "the room")
            while person.room_id not in device.rooms:
                await ask(device.sync(1_000))
                for room_id in device.invited_rooms:
                    await ask(device.join(room_id))
            await opening
            since = (await ask(device.sync(0))).next_batch
            said = await person.say("Hallo")

            def cut(*_args: Any) -> None:
                raise PowerCutError

            monkeypatch.setattr(device.olm, at, cut)
            with pytest.raises(PowerCutError):
                await device.sync(5_000, since=since)
            await device.leave()
            device = await opened()
            answer = await ask(device.sync(5_000, since=since, full_state=True))
            (event,) = [e for e in answer.rooms.join[person.room_id].timeline.events if e.event_id == said]
            assert (event.decrypted, event.body) == (True, "Hallo")
            await device.leave()

    run(scenario())
