"""A running bot on the tests' homeserver, and the people who write to it."""

import asyncio
import secrets
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.running import Running
from tests.synapse.person import Message, Person
from tests.synapse.server import Synapse

PASSWORD = "a secret of the bot"


@dataclass
class Bot:
    """One bot: a user of the homeserver, a folder with database, device and log; `process` is what runs now."""

    synapse: Synapse
    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.user_id = self.synapse.register(f"lotse-{secrets.token_hex(4)}", PASSWORD)
        self.log = self.folder / "log"
        self.store = self.folder / "store"
        self.database = self.folder / "lotse.db"
        self.process: Running | None = None
        self._begins = 0

    def start(self, **settings: str) -> "Bot":
        """Start the process, without waiting for anything."""
        matrix = {
            "matrix_homeserver": self.synapse.url, "matrix_user": self.user_id, "matrix_password": PASSWORD,
            "matrix_store": str(self.store), "database_url": f"sqlite:///{self.database}",
        }  # fmt: skip
        self._begins = len(self.log.read_text("utf-8").splitlines()) if self.log.exists() else 0
        self.process = Running(self.log, **(matrix | self.settings | settings))
        return self

    def wait_ready(self, seconds: float = 40) -> "Bot":
        """Wait until the device follows its rooms."""
        end = time.monotonic() + seconds
        while not any('"matrix_ready"' in line for line in self.log.read_text("utf-8").splitlines()[self._begins :]):
            assert time.monotonic() < end, self.log.read_text("utf-8")[-2000:]
            time.sleep(0.05)
        return self

    def stop(self) -> None:
        if self.process is not None and self.process.process.poll() is None:
            assert self.process.stop() == 0

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()

    def errors(self) -> list[str]:
        """The log's lines that tell of something wrong."""
        lines = self.log.read_text("utf-8").splitlines()
        return [line for line in lines if '"level": "info"' not in line]


@contextmanager
def running(synapse: Synapse, folder: Path, **settings: str) -> Iterator[Bot]:
    bot = Bot(synapse, folder, settings).start()
    try:
        yield bot.wait_ready()
    finally:
        bot.stop()


def run(scenario: Coroutine[Any, Any, None], seconds: float = 120) -> None:
    asyncio.run(asyncio.wait_for(scenario, seconds))


async def answer(person: Person, text: str, count: int = 1) -> str:
    """Say something; gives what came, joined."""
    await person.say(text)
    return joined(await person.wait(count))


def joined(messages: list[Message]) -> str:
    return "\n".join(m.body for m in messages)


def number_of(message: Message, label: str) -> str:
    """The number before a choice."""
    return next(line.partition(".")[0] for line in message.body.splitlines() if line.endswith(f". {label}"))


async def until(true: Callable[[], object], what: str, seconds: float = 15) -> None:
    """Wait for what only looking again and again can tell."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, what
        await asyncio.sleep(0.1)
