"""Lotse beside the usual libraries, in one run on one machine: six questions, each answered, and the ratios.

Every measurement has a process of its own. What is compared: Lotse decides, commits to the disk and puts its answers
into the outbox; the rivals decide, remember and answer through a client that sends nothing. Neither reads updates
from JSON within the time. What each rival is spared stands in its own file. A machine is not equally fast at all
times: everything is measured in several rounds, and the medians count.
"""

import json
import subprocess
import sys
from pathlib import Path
from statistics import median

from benchmarks import shell_start
from benchmarks.figures import Rate, show

ROUNDS = 3
ROOT = Path(__file__).resolve().parent.parent
OURS = sys.executable
THEIRS = str(ROOT / ".venv-rivals" / "bin" / "python")
"""aiogram needs another pydantic than we do (`make bench` builds this)."""
MEASUREMENTS = {
    "Lotse": (OURS, "benchmarks.durable", "0"),
    "aiogram, in memory": (THEIRS, "benchmarks.rivals.aiogram_fsm"),
    "PTB, in memory": (OURS, "benchmarks.rivals.ptb_conversation", "memory"),
    "PTB, flushed, 1,000 people": (OURS, "benchmarks.rivals.ptb_conversation", "flushed"),
    "Lotse, 1,000 known": (OURS, "benchmarks.durable", "1000"),
    "Lotse, 100,000 known": (OURS, "benchmarks.durable", "100000"),
}
RATIOS = (
    ("Lotse", "aiogram, in memory", "≥ 1.0"),
    ("Lotse", "PTB, flushed, 1,000 people", "≥ 8"),
    ("Lotse", "PTB, in memory", "≥ 0.5"),
    ("Lotse, 100,000 known", "Lotse, 1,000 known", "≈ 1"),
)


def measure(python: str, module: str, *arguments: str) -> Rate:
    """Run one measurement; its last line is the figures as JSON."""
    made = subprocess.run([python, "-m", module, *arguments], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return Rate(**json.loads(made.stdout.splitlines()[-1]))


def figures(name: str, rates: list[Rate]) -> None:
    per_second, p50, p99 = (median(getattr(rate, what) for rate in rates) for what in ("per_second", "p50", "p99"))
    goal = "p99 < 50 ms" if name.startswith("Lotse") else ""
    show(f"{name}: updates/s (p50 / p99)", f"{per_second:,.0f} ({p50:.2f} / {p99:.2f} ms)", goal)


def main() -> None:
    rounds = [{name: measure(*command) for name, command in MEASUREMENTS.items()} for _ in range(ROUNDS)]
    for name in MEASUREMENTS:
        figures(name, [rates[name] for rates in rounds])
    for one, other, goal in RATIOS:
        ratios = sorted(rates[one].per_second / rates[other].per_second for rates in rounds)
        show(f"{one} ÷ {other}", f"{median(ratios):.2f} ({ratios[0]:.2f}–{ratios[-1]:.2f})", goal)
    took, memory = shell_start.measure()
    show(f"lotse run, start to first message (median of {shell_start.RUNS})", f"{took:.2f} s", "< 3 s")
    show("lotse run, memory", f"{memory:.0f} MB", "< 200 MB")


if __name__ == "__main__":
    main()
