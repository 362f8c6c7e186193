"""The one place that constructs real things: a terminal conversation, and the bot with its channels."""

import asyncio
import signal
import sys
import uuid
from collections.abc import Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import structlog

from bot.channels import json_lines, terminal
from bot.conversation import Conversation
from bot.knowledge import make_knowledge
from bot.settings import Settings
from flows.session import Session

if TYPE_CHECKING:
    from bot.channels.matrix.live import Place
    from bot.delivery.sender import Channel
    from bot.store.database import Database

log = structlog.get_logger("app")

LETTING_GO: Final = 5.0
"""Seconds for giving leases back when stopping: they end by themselves, only later."""


class BadOptionError(Exception):
    """An option that cannot be used; `option` is its name, the message says what to write instead."""

    def __init__(self, option: str, message: str) -> None:
        super().__init__(message)
        self.option = option


def now() -> datetime:
    return datetime.now(UTC)


def chat(settings: Settings, *, as_json: bool, language: str, user: str, database_url: str | None) -> None:
    """A conversation on standard input and output, kept in a database if one is given.

    Raises ContentError or BadOptionError before anything is said.
    """
    knowledge = make_knowledge(settings.content, settings.locales, settings.controller)
    if language not in knowledge.languages:
        raise BadOptionError("--lang", f"{language!r} gibt es nicht; es gibt: {', '.join(knowledge.languages)}")
    with ExitStack() as stack:
        conversation = Conversation(knowledge, now, Session(language=language))
        if database_url is not None:
            stack.enter_context(_kept(conversation, database_url, f"terminal:{user}"))
        if as_json:
            json_lines.serve(conversation, sys.stdin.buffer, sys.stdout.buffer)
        else:
            terminal.converse(conversation)


@contextmanager
def _kept(conversation: Conversation, database_url: str, address: str) -> Iterator[None]:
    """Go on with what the database has of this address, and write each turn there before it is shown."""
    from bot.store.database import Database, UnusableDatabaseError  # only who keeps conversations pays for the import
    from bot.store.kept import KeptConversation
    from bot.store.migrate import UnusableSchemaError

    try:
        database = Database(database_url)
    except UnusableDatabaseError as error:
        raise BadOptionError("--database-url", str(error)) from error
    with asyncio.Runner() as runner:
        kept = KeptConversation(database, address)
        try:
            conversation.session = runner.run(kept.open()) or conversation.session
        except UnusableSchemaError as error:
            raise BadOptionError("--database-url", str(error)) from error
        conversation.keep = lambda session: runner.run(kept.save(session))
        conversation.forget = lambda: runner.run(kept.erase())
        try:
            yield
        finally:
            runner.run(database.close())


def run(settings: Settings) -> None:
    """The bot: every channel whose settings are present, until it is told to stop (SIGTERM, SIGINT).

    Raises ContentError, or what a channel raises that cannot be mended by waiting.
    """
    from bot.operation import logs

    logs.configure()
    asyncio.run(_Bot(settings).run())


def matrix_place(settings: Settings) -> "Place | None":
    """Where the bot is at home on Matrix; None where it is not set."""
    if settings.matrix_homeserver is None or settings.matrix_user is None or settings.matrix_password is None:
        return None
    from bot.channels.matrix.live import Place

    return Place(
        settings.matrix_homeserver, settings.matrix_user, settings.matrix_password.get_secret_value(),
        settings.matrix_store, settings.matrix_reactions,
    )  # fmt: skip


def matrix(settings: Settings, what: str) -> list[str]:
    """`login`, `status` or `verify`: what is to be shown of it. Raises BadOptionError."""
    place = matrix_place(settings)
    if place is None:
        raise BadOptionError("LOTSE_MATRIX_HOMESERVER", "nicht gesetzt, ebenso LOTSE_MATRIX_USER und …_PASSWORD")
    from bot.channels.matrix import command
    from bot.channels.matrix.trouble import UnusableError

    works = {"login": command.login, "status": command.status, "verify": command.verify}
    try:
        return asyncio.run(works[what](place))
    except UnusableError as error:
        raise BadOptionError(error.option, str(error)) from error


@dataclass
class _Bot:
    """The running bot: what it is made of, and in which order that starts and stops."""

    settings: Settings
    worker: str = field(default_factory=lambda: uuid.uuid4().hex)

    async def run(self) -> None:
        from bot.channels.web import channel
        from bot.channels.web.site import Site
        from bot.channels.web.streams import Streams
        from bot.delivery.sender import Sender
        from bot.housekeeping import keep_clean
        from bot.operation import metrics, web
        from bot.reload import Living
        from bot.service import Service
        from bot.store.database import Database
        from bot.store.migrate import UnusableSchemaError, migrate
        from bot.workers import Lease, while_held

        listening = self._bound("LOTSE_LISTEN", self.settings.listen)
        measuring = self._bound("LOTSE_METRICS_LISTEN", self.settings.metrics_listen)
        living = Living(self.settings.content, self.settings.locales, self.settings.controller)
        database = Database(self.settings.database_url)
        try:
            await migrate(database)
        except UnusableSchemaError as error:
            raise BadOptionError("LOTSE_DATABASE_URL", str(error)) from error
        await self._free_claims(database)
        channels: dict[str, Channel] = {}
        sender = Sender(database, channels)
        streams = Streams()

        def committed(addresses: list[str]) -> None:
            sender.wake()
            streams.wake(addresses)

        service = Service(database, living, committed)
        cleaning = Lease(database, "housekeeping", self.worker)
        site = Site(database, service, living, streams, now, self.settings.public_url, self.settings.embed_origins)
        routes: list[Any] = []
        works: list[Coroutine[None, None, None]] = [
            living.watch(),
            cleaning.keep(),
            while_held(cleaning, lambda: keep_clean(database, living)),
            streams.follow(database),
        ]
        works += await self._telegram(database, service, living, channels, routes)
        works += self._matrix(database, service, living, channels)
        app = web.app(database.answers, [*routes, *channel.routes(site)])
        works.append(web.serve(app, listening, streams.close))
        if measuring is not None:
            works.append(web.serve(web.metrics_app(), measuring))
        serving, sending = asyncio.create_task(service.run()), asyncio.create_task(sender.run())
        metrics.UP.set(1)
        log.info("ready", channels=sorted([*channels, "web", *(["matrix"] if self.settings.matrix_user else [])]))
        host, port = self.settings.listen
        print(f"Lotse: http://{host}:{port} (Ende mit Strg+C)", flush=True)  # noqa: T201 (for who started it)
        try:
            await self._until_stopped(works)
        finally:
            metrics.UP.set(0)
            service.stop()
            await asyncio.wait({serving}, timeout=10)
            sender.stop()
            await asyncio.wait({sending}, timeout=20)
            await self._let_go(database)
            log.info("stopped")

    def _bound(self, option: str, address: tuple[str, int] | None) -> Any:
        """The socket of an address in the settings, taken before anything else begins."""
        from bot.operation import web

        try:
            return None if address is None else web.bound(address)
        except web.UnusableAddressError as error:
            raise BadOptionError(option, str(error)) from error

    async def _telegram(
        self, database: "Database", service: Any, living: Any, channels: "dict[str, Channel]", routes: list[Any]
    ) -> list[Coroutine[None, None, None]]:
        """Telegram, if there is a token: by webhook if there is an address for it, else by polling."""
        if self.settings.telegram_token is None:
            return []
        from bot.channels.telegram import profile, webhook
        from bot.channels.telegram.channel import TelegramChannel, make_bot
        from bot.channels.telegram.polling import InvalidToken, connect, poll
        from bot.workers import Lease, while_held

        bot = make_bot(self.settings.telegram_token.get_secret_value(), self.settings.telegram_api_url)
        channel = channels["telegram"] = TelegramChannel(bot, service, living)
        url, secret = self.settings.telegram_webhook_url, self.settings.telegram_webhook_secret
        if url is not None and secret is not None:
            routes.append(webhook.route(channel, urlsplit(url).path or "/", secret.get_secret_value()))
        lease = Lease(database, "telegram:poll", self.worker)

        async def live() -> None:
            try:
                await connect(bot)
            except InvalidToken as error:
                raise BadOptionError("LOTSE_TELEGRAM_TOKEN", "Telegram kennt diesen Token nicht") from error
            await profile.tell(bot, database, living())
            if url is not None and secret is not None:
                await webhook.register(channel, url, secret.get_secret_value())
            else:
                await while_held(lease, lambda: poll(channel))

        return [live(), lease.keep()]

    def _matrix(
        self, database: "Database", service: Any, living: Any, channels: "dict[str, Channel]"
    ) -> list[Coroutine[None, None, None]]:
        """Matrix, if it is set: one worker has the device, follows the rooms and sends to them."""
        place = matrix_place(self.settings)
        if place is None:
            return []
        from bot.channels.matrix.live import live
        from bot.channels.matrix.trouble import UnusableError
        from bot.workers import Lease, while_held

        lease = Lease(database, "matrix:sync", self.worker)

        async def follow() -> None:
            try:
                await while_held(lease, lambda: live(place, database, service, living, channels))
            except UnusableError as error:
                raise BadOptionError(error.option, str(error)) from error

        return [follow(), lease.keep()]

    async def _until_stopped(self, works: list[Coroutine[None, None, None]]) -> None:
        """Until a signal; raises what one of the works raises."""
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stopped.set)
        tasks = [asyncio.create_task(work) for work in works]
        stopping = asyncio.create_task(stopped.wait())
        running = {*tasks, stopping}
        try:
            while not stopping.done():
                done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _free_claims(self, database: "Database") -> None:
        from bot.store import leases

        if database.is_sqlite:
            await database.transaction(leases.clear)

    async def _let_go(self, database: "Database") -> None:
        from sqlalchemy.exc import DBAPIError

        from bot.store import leases

        async def release(connection: Any) -> None:
            await leases.release(connection, self.worker)

        try:
            await asyncio.wait_for(database.transaction(release), LETTING_GO)
        except (TimeoutError, DBAPIError, OSError) as error:
            log.warning("leases_not_released", why=type(error).__name__)
        await database.close()
