"""The web chat with 500 conversations open at once: how long an answer takes, and the memory of a session.

Everybody has a stream open and presses buttons at moments of their own, about 40 a second in all. A time (milliseconds)
runs from before the POST, its connection included, to when the last line of the answer, with the next buttons, was
read on the stream. Beside it, on the same server, what people without a script do: send a form and read the whole page
again. CPU (milliseconds) is the server's, all that it does in the meantime shared among the answers; memory is its RSS
(KB: what the open sessions added, for each). The server is a real `lotse run` with a database on disk; the people are
this process, one thread.
"""

import asyncio
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter
from urllib.parse import urlencode

from benchmarks.figures import percentiles, show
from benchmarks.shell_start import resident
from tests.running import Running, running

SESSIONS = 500
STREAMING, BY_FORMS = (60.0, (4, 6)), (30.0, (2, 3))
"""Over how many seconds the answers are spread, and how often each person answers: equally many in a second."""
RAMP = 0.02
"""Seconds between two people who begin."""
WARM = 16
"""People who come first and leave again: what the server loads for the first of them belongs to no session."""
ADDRESSES = 8
"""Client addresses (127.0.0.2 and on) that people share, as in offices: each may get only so many pages a minute."""
LANGUAGES = ("de", "en", "uk", "ar")
LONGEST = 130.0
"""Seconds after which this gives up."""
_LENGTH, _COOKIE = re.compile(rb"content-length: (\d+)"), re.compile(rb"set-cookie: (lotse=[^;]*)")
_AFTER, _TURN = re.compile(rb'"after":(\d+)'), re.compile(rb'"turn":(\d+)')
_CHOICES = re.compile(rb'class=\\?"choices')
_BUTTON = re.compile(rb'value=\\?"(\d+:[\w:.-]+)\\?"')

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Person:
    """Somebody with a browser. They press one of the `_buttons` (`<turn>:<id>`) of the last bubble."""

    accept = "text/html"

    def __init__(self, port: int, number: int) -> None:
        self.draw = Random(number)
        self._buttons = ["1:recognition"]
        self._pressed = 0
        self._port = port
        self._from = (f"127.0.0.{2 + number % ADDRESSES}", 0)
        self._language = LANGUAGES[number % len(LANGUAGES)]
        self._cookie = ""

    async def begin(self) -> None:
        """The first answer, with which the conversation begins."""
        await self.answer()

    async def answer(self) -> float:
        """Press one of the buttons; the seconds until the next ones are there."""
        raise NotImplementedError

    def leave(self) -> None:
        """Close the page."""

    async def _connect(self) -> Connection:
        return await asyncio.open_connection("127.0.0.1", self._port, local_addr=self._from)

    async def _ask(self, connection: Connection, method: str, path: str, body: str = "") -> bytes:
        """Send a request; what comes back, of a stream only its head."""
        reader, writer = connection
        head = f"{method} {path} HTTP/1.1\r\nHost: lotse\r\nAccept: {self.accept}\r\nCookie: {self._cookie}\r\n"
        form = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n" if body else ""
        writer.write(f"{head}{form}\r\n{body}".encode("ascii"))
        came = await reader.readuntil(b"\r\n\r\n")
        assert came.startswith((b"HTTP/1.1 200", b"HTTP/1.1 303")), came
        if given := _COOKIE.search(came):
            self._cookie = given[1].decode()
        length = _LENGTH.search(came)
        return await reader.readexactly(int(length[1])) if length else b""

    async def _press(self, connection: Connection) -> bytes:
        """Send one of the buttons, drawn at random; what comes back."""
        choice = self.draw.choice(self._buttons)
        self._pressed = int(choice.partition(":")[0])
        begun = {"begun": "1"} if self._cookie else {"lang": self._language}
        return await self._ask(connection, "POST", "/say", urlencode({"choice": choice, **begun}))

    def _see(self, html: bytes) -> None:
        """Take the buttons that can be pressed: answers; ways to go elsewhere only where there are no answers."""
        answers, _, ways = b"".join(_CHOICES.split(html)[1:]).partition(b"ways")
        self._buttons = [found.decode() for found in _BUTTON.findall(answers) or _BUTTON.findall(ways)]
        assert self._buttons, f"no buttons after turn {self._pressed}: {html!r}"


class Streaming(Person):
    """With the page's script: it sends in the background and reads the stream."""

    accept = "application/json"
    _stream: Connection

    async def begin(self) -> None:
        after = _AFTER.search(await self._send())
        assert after is not None
        self._stream = await self._connect()
        await self._ask(self._stream, "GET", f"/events?after={after[1].decode()}")
        await self._read()

    async def answer(self) -> float:
        began = perf_counter()
        arrived, _sent = await asyncio.gather(self._read(), self._send())
        return arrived - began

    def leave(self) -> None:
        self._stream[1].close()

    async def _send(self) -> bytes:
        """On a new connection: servers close those that are idle for seconds."""
        connection = await self._connect()
        told = await self._press(connection)
        connection[1].close()
        return told

    async def _read(self) -> float:
        """Read to the last line of a later turn; when it was there. Each event is a chunk of the response."""
        while True:
            size = int(await self._stream[0].readline(), 16)
            event = await self._stream[0].readexactly(size + 2)
            turn = _TURN.search(event)
            if turn and int(turn[1]) > self._pressed and b'id=\\"latest' in event:
                arrived = perf_counter()
                self._see(event)
                return arrived


class ByForms(Person):
    """Without a script: a form is sent, and the page to which it leads read, on one connection."""

    async def answer(self) -> float:
        began = perf_counter()
        connection = await self._connect()
        await self._press(connection)
        page = await self._ask(connection, "GET", "/")
        took = perf_counter() - began
        connection[1].close()
        self._see(page)
        return took


@dataclass(frozen=True, slots=True)
class Figures:
    """Milliseconds of an answer, as they are seen and of the server's CPU; its RSS in MB before, with and after all."""

    answers: int
    p50: float
    p99: float
    cpu: float
    before: float
    begun: float
    after: float

    def __str__(self) -> str:
        return f"{self.p50:.1f} / {self.p99:.1f} / {self.cpu:.1f} ms"


async def come(kind: type[Person], port: int, numbers: Sequence[int]) -> list[Person]:
    """People begin, one shortly after the other; until all have."""
    people = [kind(port, number) for number in numbers]
    async with asyncio.TaskGroup() as beginning:
        for person in people:
            beginning.create_task(person.begin())
            await asyncio.sleep(RAMP)
    return people


async def talk(people: Sequence[Person], seconds: float, answers: tuple[int, int]) -> list[float]:
    """All answer, each at moments of their own; the seconds that each answer took."""
    start = perf_counter()

    async def answer(person: Person) -> list[float]:
        times = []
        for moment in sorted(person.draw.uniform(0, seconds) for _ in range(person.draw.randint(*answers))):
            await asyncio.sleep(max(0.0, start + moment - perf_counter()))
            times.append(await person.answer())
        return times

    return list(chain.from_iterable(await asyncio.gather(*map(answer, people))))


def cpu(pid: int) -> float:
    """The seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def crowd(server: Running, kind: type[Person], seconds: float, answers: tuple[int, int]) -> Figures:
    """500 people come, talk and leave again."""
    pid, port = server.process.pid, server.port
    warm = await come(kind, port, range(-WARM, 0))
    await talk(warm, 1.0, (8, 8))
    for person in warm:
        person.leave()
    await asyncio.sleep(1)
    before = resident(pid)
    people = await come(kind, port, range(SESSIONS))
    begun, worked = resident(pid), cpu(pid)
    times = await talk(people, seconds, answers)
    worked, after = cpu(pid) - worked, resident(pid)
    for person in people:
        person.leave()
    return Figures(len(times), *percentiles(times), worked / len(times) * 1000, before, begun, after)


async def measure(server: Running) -> tuple[Figures, Figures]:
    async with asyncio.timeout(LONGEST):
        return await crowd(server, Streaming, *STREAMING), await crowd(server, ByForms, *BY_FORMS)


def main() -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder)
        with running(path / "log", database_url=f"sqlite:///{path / 'lotse.db'}") as server:
            streams, forms = asyncio.run(measure(server))
    one, all_ = f"web, {SESSIONS} streams", "p50 / p99 / CPU"
    show(f"{one}: {streams.answers:,} answers ({all_})", str(streams), "p99 < 300 ms")
    show(f"web, by forms and whole pages: {forms.answers:,} answers ({all_})", str(forms))
    ratios = (streams.p50 / forms.p50, streams.p99 / forms.p99, streams.cpu / forms.cpu)
    show(f"{one} ÷ by forms ({all_})", " / ".join(f"{ratio:.2f}" for ratio in ratios))
    each = [(mb - streams.before) * 1024 / SESSIONS for mb in (streams.begun, streams.after)]
    show(f"{one}: memory of each (after all answers)", f"{each[0]:.0f} KB ({each[1]:.0f} KB)")
    show(f"{one}: memory in all (after all answers)", f"{streams.begun:.0f} MB ({streams.after:.0f} MB)")


if __name__ == "__main__":
    main()
