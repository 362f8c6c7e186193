"""Invitations beyond the limit wait for their hour."""

import asyncio

from bot.channels.matrix.rooms import AN_HOUR, Rooms


class Channel:
    """As much of a channel as joining needs: `device.join` answers at once."""

    def __init__(self) -> None:
        self.device = self
        self.user_id = "@lotse:lotse.test"
        self.rooms: dict[str, object] = {}
        self.joined: list[str] = []

    async def join(self, room_id: str) -> object:
        self.joined.append(room_id)
        return object()


def test_so_many_in_an_hour() -> None:
    now = 0.0

    async def scenario() -> None:
        nonlocal now
        channel = Channel()
        rooms = Rooms(channel, None, joins=3, clock=lambda: now)  # type: ignore[arg-type]
        rooms.invite(f"!{n}" for n in range(7))
        assert await rooms._round() == AN_HOUR
        assert channel.joined == ["!0", "!1", "!2"]
        now = 600.0
        assert await rooms._round() == AN_HOUR - 600
        now = AN_HOUR + 1
        assert await rooms._round() == AN_HOUR
        assert list(rooms.invited) == ["!6"]
        now += AN_HOUR
        assert await rooms._round() is None
        assert channel.joined == [f"!{n}" for n in range(7)]

    asyncio.run(scenario())
