"""A running `lotse run` as a real process, for tests that drive it from outside, kill it and start it again."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

LOTSE = Path(sys.executable).with_name("lotse")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Running:
    """One process. `log` is where its standard error goes."""

    def __init__(self, log: Path, port: int = 0, **settings: str) -> None:
        self.port = port or free_port()
        self.log = log
        environment = {k: v for k, v in os.environ.items() if not k.startswith("LOTSE_")}
        environment |= {"LOTSE_LISTEN": f"127.0.0.1:{self.port}"}
        environment |= {f"LOTSE_{name.upper()}": value for name, value in settings.items()}
        with log.open("ab") as stderr:
            self.process = subprocess.Popen([LOTSE, "run"], env=environment, stderr=stderr, stdin=subprocess.DEVNULL)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait_ready(self, timeout: float = 30.0) -> "Running":
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise AssertionError(f"ended with {self.process.returncode}:\n{self.log.read_text()[-2000:]}")
            try:
                if urllib.request.urlopen(f"{self.url}/healthz", timeout=2).status == 200:
                    return self
            except (urllib.error.URLError, OSError):
                time.sleep(0.02)
        raise AssertionError(f"not ready after {timeout} s:\n{self.log.read_text()[-2000:]}")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(timeout=10)

    def stop(self, timeout: float = 40.0) -> int:
        self.process.terminate()
        return self.process.wait(timeout=timeout)


@contextmanager
def running(log: Path, **settings: Any) -> Iterator[Running]:
    bot = Running(log, **settings)
    try:
        yield bot.wait_ready()
    finally:
        if bot.process.poll() is None:
            bot.stop()
