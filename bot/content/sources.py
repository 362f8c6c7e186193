"""Files that were read, and what they give together."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from bot.content.findings import Finding
from bot.content.yaml import Document, Where
from flows.catalogue import Catalogue, Model

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Source:
    """A file that was read: its name (content/…), its model, its line numbers."""

    file: str
    model: Model
    document: Document

    def finding(self, where: Where, rule: str, text: str, id: str = "") -> Finding:  # noqa: A002 (the field's name)
        name = id or str(getattr(self.model, "id", "") or getattr(self.model, "fact", "")) or Path(self.file).stem
        return Finding(self.file, self.document.line(where), name, rule, text)


@dataclass
class Loaded:
    """What loading gave: the files that could be read, the findings, and the catalogue if there is no error."""

    sources: dict[str, Source] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    catalogue: Catalogue | None = None

    def of(self, model: type[M]) -> Iterator[tuple[Source, M]]:
        """All files of one kind, sorted by name."""
        for source in self.sources.values():
            if isinstance(source.model, model):
                yield source, source.model

    def entry_source(self, entry: str) -> Source:
        """The file of an entry, note or topic, by its id."""
        return next(s for s in self.sources.values() if getattr(s.model, "id", None) == entry)
