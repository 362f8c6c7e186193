"""What a check found: where, what, and what to do about it."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One finding, e.g. `Finding("offers/x.yaml", 7, "x", "date", "…", "error")`. `file` is relative, `line` from 1."""

    file: str
    line: int
    id: str
    rule: str
    text: str
    level: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.id}: {self.text} [{self.rule}]"
