"""What is played on every channel: conversations as data, our own and some of tests/transcripts.

A turn is one thing that a person does: `say`, `choose` (a choice that is on screen) or `send` (a photo …), perhaps
`after` some days. What must follow is not written here: the dialogue itself says it (expected.py).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from tests.conftest import TESTS

OWN: Final = Path(__file__).parent / "scenarios"
REUSED: Final = (
    "crisis-passport", "electrician-ar", "not-understood-twice", "nurse-partial", "papers-missing", "two-professions",
)  # fmt: skip
"""Of tests/transcripts: those that only choose what is on screen."""


@dataclass(frozen=True)
class Scenario:
    name: str
    language: str
    turns: tuple[dict[str, Any], ...]

    @property
    def kinds(self) -> frozenset[str]:
        """The things without words that are sent in it: a channel that has not all of them does not play it."""
        return frozenset(turn["send"] for turn in self.turns if "send" in turn)


def _read(path: Path) -> Scenario:
    """Everybody begins with /start, so that it is no turn."""
    read = yaml.safe_load(path.read_text("utf-8"))
    turns = [turn for turn in read["turns"] if turn.get("say") != "/start"]
    did = tuple({k: turn[k] for k in ("say", "choose", "send", "after") if k in turn} for turn in turns)
    return Scenario(path.stem, read.get("language", "de"), did)


SCENARIOS: Final = tuple(
    _read(path) for path in (*sorted(OWN.glob("*.yaml")), *(TESTS / "transcripts" / f"{name}.yaml" for name in REUSED))
)
