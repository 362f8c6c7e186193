"""Everything that `lotse check` looks at, in one report."""

from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from bot.checks import facts, translations
from bot.checks.walk import Walked, walk
from bot.content.findings import Finding
from bot.content.load import load
from bot.knowledge import assemble
from bot.translation.catalogues import key_of
from bot.translation.extract import template


@dataclass
class Report:
    """All findings, and what was walked; `walked` is None where errors kept the walk from being possible."""

    findings: list[Finding] = field(default_factory=list)
    walked: Walked | None = None

    @property
    def errors(self) -> list[Finding]:
        return [f for f in self.findings if f.level == "error"]

    def as_json(self) -> dict[str, Any]:
        walked = {} if self.walked is None else {k: v for k, v in vars(self.walked).items() if k != "findings"}
        return {"findings": [asdict(f) for f in self.findings], "walked": walked, "errors": len(self.errors)}

    def summary(self) -> str:
        warnings = len(self.findings) - len(self.errors)
        told = f"{len(self.errors)} Fehler, {warnings} Hinweise."
        if self.walked is None:
            return told + " Die Wege wurden nicht geprüft: erst die Fehler beheben."
        w = self.walked
        return (
            f"{told} {w.paths} Wege (höchstens {w.longest} Fragen), {w.steps} Schritte, "
            f"{w.messages} Nachrichten, {w.renderings} Darstellungen geprüft."
        )


def run(content: Path, locales: Path, code: Path, today: date) -> Report:
    """Check content and locales; `code` is the folder that holds the packages whose texts are translated."""
    loaded = load(content)
    report = Report(list(loaded.findings))
    if loaded.catalogue is not None:
        texts = template(code, loaded)
        places = {key_of(m): (m.locations[0][0], m.locations[0][1] or 1) for m in texts if m.id}
        report.findings += facts.check(loaded, today)
        report.findings += translations.check(texts, locales)
        report.walked = walk(assemble(loaded.catalogue, locales), loaded, places, today)
        report.findings += report.walked.findings
    report.findings = sorted(set(report.findings), key=lambda f: (f.level, f))
    return report
