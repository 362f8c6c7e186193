"""A bare echo bot on nio, as its documentation has it: python -m benchmarks.echo HOMESERVER USER PASSWORD FOLDER"""

import asyncio
import sys

from nio import AsyncClient, AsyncClientConfig, InviteMemberEvent, MatrixRoom, RoomMessageText


async def main(homeserver: str, user: str, password: str, folder: str) -> None:
    client = AsyncClient(homeserver, user, store_path=folder, config=AsyncClientConfig(store_sync_tokens=True))

    async def joined(room: MatrixRoom, _event: InviteMemberEvent) -> None:
        await client.join(room.room_id)

    async def echo(room: MatrixRoom, event: RoomMessageText) -> None:
        if event.sender != client.user_id:
            content = {"msgtype": "m.text", "body": event.body}
            await client.room_send(room.room_id, "m.room.message", content, ignore_unverified_devices=True)

    client.add_event_callback(joined, InviteMemberEvent)
    client.add_event_callback(echo, RoomMessageText)
    await client.login(password)
    await client.sync_forever(timeout=30_000, full_state=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
