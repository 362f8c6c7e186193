"""What is played on every channel: conversations as data, our own and some of tests/transcripts after them.

A turn is one thing that a person does: `say`, `choose` (a choice that is on screen), `send` (a photo …), `edit` (the
message that is so many messages ago, `to` another text) or `delete` (likewise); perhaps `after` some days. What must
follow is not written here: the dialogue itself says it (expected.py).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from tests.conftest import TESTS

OWN: Final = Path(__file__).parent / "scenarios"
TRANSCRIPTS: Final = TESTS / "transcripts"
DOING: Final = ("say", "choose", "send", "edit", "to", "delete", "after")


@dataclass(frozen=True)
class Scenario:
    name: str
    language: str
    turns: tuple[dict[str, Any], ...]

    @property
    def needs(self) -> frozenset[str]:
        """What somebody must be able to do: elsewhere it is not played."""
        sent = frozenset(turn["send"] for turn in self.turns if "send" in turn)
        return sent | {what for what in ("edit", "delete") if any(what in turn for turn in self.turns)}

    def begun_in_german(self) -> "Scenario":
        """The same, where nothing tells a person's language."""
        asked = {"say": f"/language {self.language}"}
        return self if self.language == "de" else Scenario(self.name, "de", (asked, *self.turns))


def _read(path: Path) -> Scenario:
    """A scenario; `then` names transcripts that are played after it, each from the beginning."""
    read = yaml.safe_load(path.read_text("utf-8"))
    turns = list(read.get("turns", ()))
    for name in read.get("then", ()):
        told = yaml.safe_load((TRANSCRIPTS / f"{name}.yaml").read_text("utf-8"))
        turns += [{"say": "/restart"}, *(turn for turn in told["turns"] if turn.get("say") != "/start")]
    did = tuple({key: value for key, value in turn.items() if key in DOING} for turn in turns)
    return Scenario(path.stem, read["language"], did)


SCENARIOS: Final = tuple(_read(path) for path in sorted(OWN.glob("*.yaml")))
