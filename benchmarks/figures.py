"""How figures are summed up and printed."""

from statistics import quantiles


def percentiles(seconds: list[float]) -> tuple[float, float]:
    """p50 and p99 in milliseconds."""
    cut = quantiles(seconds, n=100)
    return cut[49] * 1000, cut[98] * 1000


def show(what: str, value: str) -> None:
    print(f"{what:<62} {value}")
