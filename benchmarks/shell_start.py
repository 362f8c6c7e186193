"""From calling `lotse run` to the first message at Telegram, and the memory that it takes then.

Somebody wrote /start before. The database does not exist yet, so its making counts as well.
"""

from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from tests.emulator.telegram import Emulator
from tests.running import Running

RUNS = 5


def once(folder: Path) -> tuple[float, float]:
    """Seconds to the first message, and the resident memory then, in MB."""
    with Emulator() as telegram:
        user = telegram.user(language_code="de")
        user.send("/start")
        began = perf_counter()
        bot = Running(
            folder / "log",
            database_url=f"sqlite:///{folder / 'lotse.db'}",
            telegram_token=telegram.token,
            telegram_api_url=telegram.url,
        )
        try:
            user.wait(1, timeout=60)
            return perf_counter() - began, resident(bot.process.pid)
        finally:
            bot.stop()


def resident(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def measure() -> tuple[float, float]:
    """The medians of several starts."""
    runs = []
    for _ in range(RUNS):
        with TemporaryDirectory() as folder:
            runs.append(once(Path(folder)))
    return median(took for took, _ in runs), median(memory for _, memory in runs)
