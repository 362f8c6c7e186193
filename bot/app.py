"""The one place that constructs real things: a conversation and the channel it is held on."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

from bot.channels import json_lines, terminal
from bot.conversation import Conversation
from bot.knowledge import make_knowledge
from bot.settings import Settings
from flows.session import Session


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
    knowledge = make_knowledge(settings.content, settings.locales)
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
    from bot.store import Sessions, UnusableDatabaseError  # only who keeps conversations pays for the import

    try:
        sessions = Sessions(database_url)
    except UnusableDatabaseError as error:
        raise BadOptionError("--database-url", str(error)) from error
    with asyncio.Runner() as runner:
        runner.run(sessions.create())
        try:
            conversation.session = runner.run(sessions.load(address)) or conversation.session
            conversation.keep = lambda session: runner.run(sessions.save(address, session))
            yield
        finally:
            runner.run(sessions.close())
