"""The message catalogues: locales/<language>/LC_MESSAGES/lotse.po.

A translation that is missing or fuzzy is *stale*: the German text is shown in its place, and marked.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from gettext import c2py
from pathlib import Path
from typing import Final

from babel.messages import Catalog, Message
from babel.messages.pofile import denormalize, read_po

from bot.translation.languages import SOURCE

DOMAIN: Final = "lotse"
Key = tuple[str | None, str]
"""(gettext context, msgid)"""


def po_path(locales: Path, language: str) -> Path:
    return locales / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def read_catalogue(path: Path, language: str) -> Catalog:
    """One .po file, with line numbers and flags."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language, domain=DOMAIN)
    for message in catalogue:
        _read_previous(message)
    return catalogue


def _read_previous(message: Message) -> None:
    """The sentence of before (`#| msgid "…"`), which Babel writes, and reads as a comment of the translator's."""
    old = [line.removeprefix("|").strip() for line in message.user_comments if line.startswith("|")]
    if old:
        message.user_comments = [line for line in message.user_comments if not line.startswith("|")]
        message.previous_id = [denormalize("\n".join(line.removeprefix("msgid ") for line in old))]


@dataclass(frozen=True)
class Translation:
    """One language's texts. `find` and `find_plural` give None where the translation is stale."""

    language: str
    path: Path | None

    @cached_property
    def _catalogue(self) -> Catalog | None:
        return None if self.path is None else read_catalogue(self.path, self.language)

    @cached_property
    def _texts(self) -> dict[Key, str | tuple[str, ...]]:
        fresh = (m for m in self._catalogue or () if m.id and not m.fuzzy)
        return {(m.context, key_of(m)): forms for m in fresh if (forms := forms_of(m))}

    @cached_property
    def _plural_form(self) -> Callable[[int], int]:
        """Which of the forms a number takes; German, as English: one, or more."""
        return c2py(self._catalogue.plural_expr) if self._catalogue is not None else lambda number: int(number != 1)

    def texts(self) -> Iterator[str]:
        """Everything that can be said in this language; of German, the msgids of the others say it."""
        for string in self._texts.values():
            yield from (string,) if isinstance(string, str) else string

    def find(self, msgid: str, context: str | None = None) -> str | None:
        if self.language == SOURCE and context is None:
            return msgid
        found = self._texts.get((context, msgid))
        return found if isinstance(found, str) else None

    def find_plural(self, one: str, more: str, number: int) -> str | None:
        """The form for a number."""
        if self.language == SOURCE:
            return (one, more)[self._plural_form(number)]
        found = self._texts.get((None, one))
        return found[self._plural_form(number)] if isinstance(found, tuple) else None


def key_of(message: Message) -> str:
    """A message's msgid; of one with plurals, the first."""
    return str(message.id if isinstance(message.id, str) else message.id[0])


def forms_of(message: Message) -> str | tuple[str, ...]:
    """A message's translation; of one with plurals, its forms. Empty where something is missing."""
    string = message.string or ""
    if isinstance(string, str):
        return string
    return tuple(string) if all(string) else ()


def is_translated(message: Message) -> bool:
    """Whether every form is there."""
    return bool(forms_of(message))


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
