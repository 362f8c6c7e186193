"""From calling `lotse chat` to the first answer, and the memory that it takes, as a person's machine sees it."""

import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks.figures import show

LOTSE = Path(sys.executable).with_name("lotse")


def once() -> tuple[float, float]:
    """Seconds to the first answer, and the resident memory then, in MB."""
    began = perf_counter()
    with subprocess.Popen([LOTSE, "chat", "--json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b'{"text": "/start"}\n')
        process.stdin.flush()
        process.stdout.readline()
        took = perf_counter() - began
        status = Path(f"/proc/{process.pid}/status").read_text("utf-8")
        resident = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        process.stdin.close()
    return took, int(resident.split()[1]) / 1024


def main() -> None:
    runs = [once() for _ in range(7)]
    show("lotse chat, start to first answer (median of 7)", f"{median(t for t, _ in runs):.2f} s")
    show("lotse chat, memory", f"{median(m for _, m in runs):.0f} MB")


if __name__ == "__main__":
    main()
