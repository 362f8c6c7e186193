"""A service that runs on a database, for as long as a test needs it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from bot.knowledge import Knowledge
from bot.service import Service
from bot.store.database import Database
from bot.store.migrate import migrate

Test = Callable[[Database, Service], Awaitable[Any]]


def serve(url: str, knowledge: Knowledge, test: Test) -> Any:
    """What a test gives that is run beside a service."""

    async def whole() -> Any:
        async with serving(url, knowledge) as (database, service):
            return await test(database, service)

    return asyncio.run(whole())


@asynccontextmanager
async def serving(url: str, knowledge: Knowledge) -> AsyncIterator[tuple[Database, Service]]:
    database = Database(url)
    await migrate(database)
    service = Service(database, lambda: knowledge)
    running = asyncio.create_task(service.run())
    try:
        yield database, service
    finally:
        service.stop()
        await running
        await database.close()
