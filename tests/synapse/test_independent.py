"""What an independent, strict client does with devices that their owners signed, and with those they did not."""

import asyncio
from pathlib import Path

from tests.synapse.independent import Independent
from tests.synapse.person import Person
from tests.synapse.server import Synapse
from tests.synapse.test_person import run


def test_two_signed_devices_talk(synapse: Synapse, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Independent(synapse, tmp_path, "one") as one, Independent(synapse, tmp_path, "two") as two:
            opening = asyncio.create_task(one.open_chat(two.user_id))
            assert await two.accept() == await opening
            assert await one.devices(two.user_id) == {two.device_id: True}
            event = await one.say("Hallo")
            (read,) = await two.wait()
            assert (read.event_id, read.sender, read.body) == (event, one.user_id, "Hallo")
            assert (read.encrypted, read.readable, read.shield, read.failure) == (True, True, "NONE", "")

    run(scenario())


def test_a_device_that_is_not_signed_gets_no_keys_and_is_not_read(synapse: Synapse, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Independent(synapse, tmp_path) as strict, Person(synapse, tmp_path) as person:
            opening = asyncio.create_task(strict.open_chat(person.user_id))
            assert await person.accept() == await opening
            await strict.say("Hallo")
            (kept_from_me,) = await person.wait()
            assert (kept_from_me.encrypted, kept_from_me.readable) == (True, False)
            await person.say("Hallo?")
            (not_read,) = await strict.wait()
            assert (not_read.readable, not_read.failure) == (False, "UNSIGNED_SENDER_DEVICE")

    run(scenario())


def test_the_same_device_once_it_is_signed(synapse: Synapse, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with (
            Independent(synapse, tmp_path) as strict,
            Person(synapse, tmp_path) as person,
            Independent(synapse, tmp_path, of=person) as other_device,
        ):
            await other_device.sign_device(person.client.device_id)
            opening = asyncio.create_task(strict.open_chat(person.user_id))
            assert await person.accept() == await opening
            await person.say("Guten Tag")
            (read,) = await strict.wait()
            assert (read.readable, read.body, read.shield) == (True, "Guten Tag", "NONE")
            await strict.say("Hallo")
            (shared,) = await person.wait()
            assert (shared.encrypted, shared.readable, shared.body) == (True, True, "Hallo")
            assert (await strict.devices(person.user_id))[person.client.device_id]

    run(scenario())


def test_a_client_that_is_not_strict_warns(synapse: Synapse, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Independent(synapse, tmp_path, isolated=False) as lax, Person(synapse, tmp_path) as person:
            opening = asyncio.create_task(lax.open_chat(person.user_id))
            assert await person.accept() == await opening
            await lax.say("Hallo")
            assert (await person.wait())[0].readable
            await person.say("Guten Tag")
            (read,) = await lax.wait()
            assert (read.readable, read.shield, read.reason) == (True, "RED", "UNSIGNED_DEVICE")

    run(scenario())


def test_a_plain_room_has_no_shields(synapse: Synapse, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Independent(synapse, tmp_path) as strict, Person(synapse, tmp_path) as person:
            opening = asyncio.create_task(person.open_chat(strict.user_id, encrypted=False))
            assert await strict.accept() == await opening
            await person.say("Guten Tag")
            (read,) = await strict.wait()
            assert (read.encrypted, read.readable, read.shield) == (False, True, "")

    run(scenario())
