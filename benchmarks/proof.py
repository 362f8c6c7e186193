"""How long the proof takes, and the whole of `lotse check`."""

from datetime import date
from time import perf_counter

from benchmarks.figures import show
from bot import paths
from bot.checks.run import run
from bot.knowledge import make_knowledge
from flows.proof import prove


def main() -> None:
    guide = make_knowledge(paths.CONTENT, paths.LOCALES).guide(date(2026, 11, 23))
    began = perf_counter()
    proof = prove(guide)
    show("proof: paths, steps", f"{proof.paths}, {proof.steps}")
    show("proof: time", f"{perf_counter() - began:.1f} s")
    began = perf_counter()
    report = run(paths.CONTENT, paths.LOCALES, paths.CONTENT.parent, date(2026, 11, 23))
    assert report.walked is not None
    show("lotse check: renderings", str(report.walked.renderings))
    show("lotse check: time", f"{perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
