"""The round trip in an encrypted room on a real Synapse: the bot beside a bare nio echo bot, in the same run.

A time runs from before the person's client encrypts a message to when it has decrypted the answer. The bot decides and
writes each answer to a database on disk, marks the message as read and shows that it is typing; the echo bot does not.
People write to the two in turns, so that both have the same machine. Then: from calling `lotse run` to `ready` with
Matrix set, and the memory once it follows its rooms.
"""

import asyncio
import subprocess
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.figures import percentiles, show
from benchmarks.shell_start import resident
from tests.matrix.bot import PASSWORD, Bot
from tests.synapse.person import Person
from tests.synapse.server import Synapse

PEOPLE, MESSAGES = 4, 40
"""How many people, and how many messages each: fewer in a minute than the bot answers."""
WARM = 3
STARTS = 3


async def round_trip(person: Person) -> float:
    began = perf_counter()
    await person.say("hallo")
    await person.wait(1, 30)
    return perf_counter() - began


async def trips(synapse: Synapse, folder: Path, bot: str, echo: str) -> tuple[list[float], list[float]]:
    """The seconds of each round trip, with the bot and with the echo bot."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(PEOPLE):
        async with AsyncExitStack() as stack:
            pair = [await stack.enter_async_context(Person(synapse, folder)) for _ in range(2)]
            for person, peer in zip(pair, (bot, echo), strict=True):
                await person.open_chat(peer)
            await pair[0].wait(2, 30)
            for number in range(WARM + MESSAGES):
                for person, taken in zip(pair, times, strict=True):
                    took = await round_trip(person)
                    if number >= WARM:
                        taken.append(took)
    return times


def starts(bot: Bot) -> tuple[float, float]:
    """Seconds to `ready`, and MB then; the medians of several starts."""
    runs = []
    for _ in range(STARTS):
        began = perf_counter()
        bot.start()
        assert bot.process
        bot.process.wait_ready()
        took = perf_counter() - began
        bot.wait_ready()
        runs.append((took, resident(bot.process.process.pid)))
        bot.stop()
    return median(took for took, _ in runs), median(memory for _, memory in runs)


def main() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        with Synapse(folder / "synapse") as synapse:
            bot = Bot(synapse, folder / "bot").start().wait_ready()
            (folder / "echo").mkdir()
            echo = synapse.register("echo", PASSWORD)
            command = [sys.executable, "-m", "benchmarks.echo", synapse.url, echo, PASSWORD, str(folder / "echo")]
            with subprocess.Popen(command, stderr=subprocess.DEVNULL) as echoing:
                try:
                    ours, bare = asyncio.run(trips(synapse, folder, bot.user_id, echo))
                finally:
                    echoing.terminate()
                    bot.stop()
            took, memory = starts(bot)
    (p50, p99), (bare50, bare99) = percentiles(ours), percentiles(bare)
    show("Matrix, encrypted round trip, p50 / p99", f"{p50:.0f} / {p99:.0f} ms")
    show(
        "  a bare nio echo bot, the same run", f"{bare50:.0f} / {bare99:.0f} ms", f"{p50 / bare50:.2f} times (goal 1.5)"
    )
    show("Matrix, start to ready", f"{took:.2f} s", "goal: 4.5 s")
    show("  memory then", f"{memory:.0f} MB", "goal: 250 MB")


if __name__ == "__main__":
    main()
