"""How figures are summed up and printed."""

from dataclasses import dataclass
from statistics import quantiles
from typing import Self


def percentiles(seconds: list[float]) -> tuple[float, float]:
    """p50 and p99 in milliseconds."""
    cut = quantiles(seconds, n=100)
    return cut[49] * 1000, cut[98] * 1000


@dataclass(frozen=True, slots=True)
class Rate:
    """How many updates were handled in a second, and how long each took, in milliseconds."""

    updates: int
    per_second: float
    p50: float
    p99: float

    @classmethod
    def of(cls, times: list[float], elapsed: float) -> Self:
        """From the seconds that each update took, and those that all took together."""
        return cls(len(times), len(times) / elapsed, *percentiles(times))


def show(what: str, value: str, goal: str = "") -> None:
    print(f"{what:<62} {value:<26} {goal}".rstrip(), flush=True)
