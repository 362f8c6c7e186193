"""Writing lotse.pot and keeping every lotse.po in step with it."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages import Catalog, Message
from babel.messages.pofile import write_po
from rapidfuzz import fuzz, process

from bot.content.load import load
from bot.translation.catalogues import DOMAIN, available, is_translated, key_of, po_path, read_catalogue
from bot.translation.extract import template
from bot.translation.languages import SOURCE

REWORDED: Final = 60.0
"""Similarity (0 to 100) from which on a new sentence is an old one in other words."""
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
    write_po(
        buffer, catalogue, width=100, sort_by_file=False, include_lineno=False, ignore_obsolete=True,
        include_previous=True,
    )  # fmt: skip
    return buffer.getvalue()


def pot_path(locales: Path) -> Path:
    return locales / f"{DOMAIN}.pot"


def updated(locales: Path, language: str, template: Catalog) -> Catalog:
    """A language's catalogue brought in step. A sentence that was reworded keeps its translation, marked `fuzzy` and
    with the old sentence beside it; other new ones are empty, and what is gone is dropped."""
    path = po_path(locales, language)
    if path.exists():
        catalogue = read_catalogue(path, language)
    else:
        catalogue = Catalog(locale=language, domain=DOMAIN, project="Lotse", version="1", fuzzy=False)
        catalogue.header_comment = _HEADER.format(language=language)
    before = {(m.context, key_of(m)): m.previous_id for m in catalogue if m.id and m.previous_id}
    texts = deepcopy(template)  # Babel puts its very messages into the catalogue: they are not to be shared
    catalogue.update(texts, no_fuzzy_matching=True, update_header_comment=False, keep_user_comments=True)
    for message in catalogue:
        if message.id and message.fuzzy:
            message.previous_id = before.get((message.context, key_of(message)), [])
    _take_over(catalogue)
    return catalogue


def _take_over(catalogue: Catalog) -> None:
    """Babel's own matching takes seconds a language; rapidfuzz finds the sentence of before at once."""
    gone: dict[str | None, dict[str, Message]] = defaultdict(dict)
    for old in catalogue.obsolete.values():
        if is_translated(old) and isinstance(old.id, str):
            gone[old.context][old.id] = old
    for message in catalogue:
        if not message.id or is_translated(message) or not isinstance(message.id, str):
            continue
        before = gone[message.context]
        put_back = next((old for old in before.values() if message.id in old.previous_id), None)
        if put_back is not None:  # the old sentence again, and its translation was kept beside the other one
            message.string = put_back.string
            continue
        found = process.extractOne(message.id, before.keys(), scorer=fuzz.ratio, score_cutoff=REWORDED)
        if found is not None:
            message.string = before[found[0]].string
            message.flags.add("fuzzy")
            message.previous_id = [found[0]]


def id_of(message: Message) -> str:
    """By what a text is named on the command line: short, and the same in every language."""
    return hashlib.sha256(f"{message.context or ''}\0{key_of(message)}".encode()).hexdigest()[:7]


@dataclass
class Stale:
    """A text whose translation is missing or out of date in some languages."""

    id: str
    text: str
    before: str = ""
    languages: list[str] = field(default_factory=list)


def stale(code: Path, content: Path, locales: Path) -> list[Stale]:
    """Every stale text; `before` is the German sentence that its translations were made for."""
    found: dict[str, Stale] = {}
    texts = template(code, load(content))
    wanted = [m for m in texts if m.id]
    for language in _translated(locales):
        catalogue = updated(locales, language, texts)
        for text in wanted:
            message = catalogue.get(key_of(text), text.context)
            if message is None or message.fuzzy or not is_translated(message):
                one = found.setdefault(id_of(text), Stale(id_of(text), key_of(text)))
                one.languages.append(language)
                if message is not None and message.previous_id:
                    one.before = message.previous_id[0]
    return list(found.values())


def same(code: Path, content: Path, locales: Path, id_: str) -> list[str]:
    """The meaning is unchanged: the translations of a reworded text hold. Gives the languages that have it back."""
    texts = template(code, load(content))
    mended = []
    for language in _translated(locales):
        catalogue = updated(locales, language, texts)
        for message in catalogue:
            if message.id and id_of(message) == id_ and message.fuzzy and is_translated(message):
                message.flags.discard("fuzzy")
                message.previous_id = []
                mended.append(language)
        write(po_path(locales, language), catalogue)
    return mended


def _translated(locales: Path) -> list[str]:
    return [language for language in available(locales) if language != SOURCE]


def is_reviewed(path: Path) -> bool:
    """Whether the header says that a native speaker reviewed the language."""
    head = path.read_text("utf-8").split("msgid", 1)[0]
    return "# Reviewed by a native speaker: yes" in head


def update_all(code: Path, content: Path, locales: Path) -> Iterator[str]:
    """Write lotse.pot and every lotse.po anew; gives the files that changed."""
    texts = template(code, load(content))
    if write(pot_path(locales), texts):
        yield pot_path(locales).name
    for language in _translated(locales):
        if write(po_path(locales, language), updated(locales, language, texts)):
            yield f"{language}/{DOMAIN}.po"


def statuses(code: Path, content: Path, locales: Path) -> Iterator[str]:
    """One line a language: how many texts are translated, and whether a native speaker reviewed it."""
    keys = [(m.context, key_of(m)) for m in template(code, load(content)) if m.id]
    for language in _translated(locales):
        path = po_path(locales, language)
        catalogue = read_catalogue(path, language)
        found = [catalogue.get(msgid, context) for context, msgid in keys]
        done = sum(1 for m in found if m is not None and is_translated(m) and not m.fuzzy)
        reviewed = "geprüft" if is_reviewed(path) else "noch nicht muttersprachlich geprüft"
        yield f"{language}  {done}/{len(keys)}  {100 * done // len(keys)} %  {reviewed}"
