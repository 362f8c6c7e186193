"""The terminal: a real `lotse chat` at a keyboard of its own; answers are chosen by their number."""

import os
import pty
import re
import select
import termios
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from flows.session import Session
from tests.contract.driver import Channel, Shown
from tests.contract.drivers.program import Program
from tests.web.client import plain

_PROMPT = b"\n> "
_NUMBERED = re.compile(r"^ {0,2}\d{1,3}  (.*)\n", re.MULTILINE)


class Terminal:
    """Somebody at a terminal."""

    def __init__(self, folder: Path, language: str) -> None:
        self._keyboard, slave = pty.openpty()
        quiet = termios.tcgetattr(slave)
        quiet[3] &= ~termios.ECHO
        termios.tcsetattr(slave, termios.TCSANOW, quiet)
        self._program = Program(folder, "--lang", language, stdin=slave)
        os.close(slave)

    def begin(self) -> Shown:
        return self._shown()

    def say(self, text: str) -> Shown:
        os.write(self._keyboard, text.encode() + b"\n")
        return self._shown()

    def choose(self, choice: str) -> Shown:
        session = self.session()
        assert session is not None
        return self.say(str(session.shown.index(choice) + 1))

    def later(self, days: float) -> None:
        self._program.later(days)

    def session(self) -> Session | None:
        return self._program.stored.session()

    def close(self) -> None:
        os.close(self._keyboard)
        self._program.close()

    def _shown(self) -> Shown:
        """Everything up to the next prompt. What the numbers stand for is known from the session alone."""
        text = self._read().decode()
        labels = [plain(label) for label in _NUMBERED.findall(text)]
        session = self.session()
        ids = session.shown if session is not None else ("restart",)
        return Shown(_NUMBERED.sub("", text), dict(zip(ids, labels, strict=True)), attached=text)

    def _read(self, patience: float = 60.0) -> bytes:
        assert self._program.process.stdout is not None
        stdout, read = self._program.process.stdout.fileno(), b""
        while not read.endswith(_PROMPT):
            ready, _, _ = select.select([stdout], [], [], patience)
            more = os.read(stdout, 65_536) if ready else b""
            assert more, f"no prompt after {read[-500:]!r}"
            read += more
        return read.removesuffix(_PROMPT) + b"\n"


@contextmanager
def opened(folder: Path) -> Iterator[Callable[[str], Terminal]]:
    with ExitStack() as stack:
        yield lambda language: stack.enter_context(closing(Terminal(folder, language)))


CHANNEL = Channel(opened, Session(channel="terminal"))
