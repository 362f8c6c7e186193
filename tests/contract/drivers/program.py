"""A real `lotse chat` whose clock can be set ahead, and what it has stored."""

import subprocess
import sys
from itertools import count
from pathlib import Path
from typing import Any

from tests.contract.drivers.stored import Stored

_AHEAD = """
import sys
from datetime import timedelta
from pathlib import Path
from bot import app, cli
clock, days = app.now, Path(sys.argv.pop(1))
app.now = lambda: clock() + timedelta(days=float(days.read_text()))
cli.main()
"""
_numbers = count()


class Program:
    """The process; `stored` is what it keeps of the one who talks to it."""

    def __init__(self, folder: Path, *arguments: str, stdin: Any = subprocess.PIPE) -> None:
        number = next(_numbers)
        self._days = folder / f"days-{number}"
        self._days.write_text("0")
        file = folder / f"lotse-{number}.db"
        self.stored = Stored(file, "terminal:terminal")
        self.process = subprocess.Popen(
            [sys.executable, "-c", _AHEAD, str(self._days), "chat", *arguments, "--database-url", f"sqlite:///{file}"],
            stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def later(self, days: float) -> None:
        self._days.write_text(str(float(self._days.read_text()) + days))

    def close(self) -> None:
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()
        self.process.terminate()
        self.process.wait(timeout=20)
