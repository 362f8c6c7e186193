"""Writing lotse.pot and keeping every lotse.po in step with it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages import Catalog
from babel.messages.pofile import write_po

from bot.content.load import load
from bot.translation.catalogues import DOMAIN, available, po_path, read_catalogue
from bot.translation.extract import template
from bot.translation.languages import SOURCE

_HEADER: Final = """\
# Lotse, {language}.
# Reviewed by a native speaker: no
#"""


def write(path: Path, catalogue: Catalog) -> bool:
    """Write a catalogue; gives whether the file changed."""
    text = as_bytes(catalogue)
    if path.exists() and path.read_bytes() == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text)
    return True


def as_bytes(catalogue: Catalog) -> bytes:
    """The file's bytes: the same for the same texts, whenever they were written."""
    fixed = datetime(2026, 1, 1, tzinfo=UTC)
    catalogue.creation_date = catalogue.revision_date = fixed
    buffer = BytesIO()
    write_po(buffer, catalogue, width=100, sort_by_file=False, include_lineno=False, ignore_obsolete=True)
    return buffer.getvalue()


def pot_path(locales: Path) -> Path:
    return locales / f"{DOMAIN}.pot"


def updated(locales: Path, language: str, template: Catalog) -> Catalog:
    """A language's catalogue brought in step: new texts empty, texts that are gone dropped."""
    path = po_path(locales, language)
    if path.exists():
        catalogue = read_catalogue(path, language)
    else:
        catalogue = Catalog(locale=language, domain=DOMAIN, project="Lotse", version="1", fuzzy=False)
        catalogue.header_comment = _HEADER.format(language=language)
    catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False, keep_user_comments=True)
    return catalogue


def is_reviewed(path: Path) -> bool:
    """Whether the header says that a native speaker reviewed the language."""
    head = path.read_text("utf-8").split("msgid", 1)[0]
    return "# Reviewed by a native speaker: yes" in head


def update_all(code: Path, content: Path, locales: Path) -> Iterator[str]:
    """Write lotse.pot and every lotse.po anew; gives the files that changed."""
    texts = template(code, load(content))
    if write(pot_path(locales), texts):
        yield pot_path(locales).name
    for language in available(locales):
        if language != SOURCE and write(po_path(locales, language), updated(locales, language, texts)):
            yield f"{language}/{DOMAIN}.po"


def statuses(code: Path, content: Path, locales: Path) -> Iterator[str]:
    """One line a language: how many texts are translated, and whether a native speaker reviewed it."""
    keys = [(m.context, m.id) for m in template(code, load(content)) if m.id]
    for language in available(locales):
        if language == SOURCE:
            continue
        path = po_path(locales, language)
        catalogue = read_catalogue(path, language)
        found = [catalogue.get(msgid, context) for context, msgid in keys]
        done = sum(1 for m in found if m is not None and m.string and not m.fuzzy)
        reviewed = "geprüft" if is_reviewed(path) else "noch nicht muttersprachlich geprüft"
        yield f"{language}  {done}/{len(keys)}  {100 * done // len(keys)} %  {reviewed}"
