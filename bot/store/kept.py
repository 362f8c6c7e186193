"""One conversation in a database: what `lotse chat --database-url` keeps."""

import time

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import people, personal
from bot.store.database import Database
from bot.store.migrate import migrate
from flows.session import Session


class KeptConversation:
    """The session of one address, loaded once and saved after each turn."""

    def __init__(self, database: Database, address: str) -> None:
        self._database = database
        self._address = address

    async def open(self) -> Session | None:
        """Bring the schema up to date, and give the session if there is one."""
        await migrate(self._database)

        async def work(connection: AsyncConnection) -> Session | None:
            found = await people.load(self._database, connection, [self._address], time.time())
            return found.get(self._address)

        return await self._database.transaction(work)

    async def save(self, session: Session) -> None:
        async def work(connection: AsyncConnection) -> None:
            await people.save(self._database, connection, {self._address: session}, time.time())

        await self._database.transaction(work)

    async def erase(self) -> None:
        async def work(connection: AsyncConnection) -> None:
            await personal.erase(connection, self._address)

        await self._database.transaction(work)
        await self._database.truncate_log()
