"""The message catalogues: locales/<language>/LC_MESSAGES/lotse.po.

A translation that is missing or fuzzy is *stale*: the German text is shown in its place, and marked.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from babel.messages import Catalog
from babel.messages.pofile import read_po

from bot.translation.languages import SOURCE

DOMAIN: Final = "lotse"
Key = tuple[str | None, str]
"""(gettext context, msgid)"""


def po_path(locales: Path, language: str) -> Path:
    return locales / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def read_catalogue(path: Path, language: str) -> Catalog:
    """One .po file, with line numbers and flags."""
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


@dataclass(frozen=True)
class Translation:
    """One language's texts. `find` gives None where the translation is stale."""

    language: str
    path: Path | None

    @cached_property
    def _texts(self) -> dict[Key, str]:
        if self.path is None:
            return {}
        catalogue = read_catalogue(self.path, self.language)
        return {(m.context, str(m.id)): str(m.string) for m in catalogue if m.id and m.string and not m.fuzzy}

    def find(self, msgid: str, context: str | None = None) -> str | None:
        if self.language == SOURCE and context is None:
            return msgid
        return self._texts.get((context, msgid))


def available(locales: Path) -> tuple[str, ...]:
    """The languages that have a catalogue, German first, then by code."""
    found = sorted(p.parent.parent.name for p in locales.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))
    return (SOURCE, *(language for language in found if language != SOURCE))


def load_translations(locales: Path) -> dict[str, Translation]:
    """Every available language's translation, each read when it is first needed."""
    return {
        language: Translation(language, None if language == SOURCE else po_path(locales, language))
        for language in available(locales)
    }
