"""Programs: a real `lotse chat --json`; answers are chosen by their ids."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from flows.session import Session
from tests.contract.driver import Channel, Shown
from tests.contract.drivers.program import Program
from tests.web.client import plain


class JsonLines:
    """A program that talks for somebody."""

    def __init__(self, folder: Path, language: str) -> None:
        self._program = Program(folder, "--json", "--lang", language)

    def begin(self) -> Shown:
        return self.say("/start")

    def say(self, text: str) -> Shown:
        return self._line({"text": text})

    def choose(self, choice: str) -> Shown:
        return self._line({"choice": choice})

    def later(self, days: float) -> None:
        self._program.later(days)

    def session(self) -> Session | None:
        return self._program.stored.session()

    def close(self) -> None:
        self._program.close()

    def _line(self, line: dict[str, str]) -> Shown:
        process = self._program.process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(line).encode() + b"\n")
        process.stdin.flush()
        messages = json.loads(process.stdout.readline())["messages"]
        text = "\n".join(m["text"] for m in messages)
        choices = {c["id"]: plain(c["label"]) for m in messages for c in m["choices"]}
        return Shown(text, choices, attached=text)


@contextmanager
def opened(folder: Path) -> Iterator[Callable[[str], JsonLines]]:
    with ExitStack() as stack:
        yield lambda language: stack.enter_context(closing(JsonLines(folder, language)))


CHANNEL = Channel(opened, Session(channel="terminal"))
