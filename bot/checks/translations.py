"""Are all texts translated, with the same placeholders, and the catalogues in step with the texts?"""

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog

from bot.content.findings import Finding
from bot.translation import files
from bot.translation.catalogues import available, po_path, read_catalogue
from bot.translation.languages import SOURCE
from bot.translation.speaker import SPOKEN_CONTEXT

_PLACEHOLDER = re.compile(r"\{(\w*)\}")
_STRAY = re.compile(r"[{}]")


def check(template: Catalog, locales: Path) -> Iterator[Finding]:
    pot = files.pot_path(locales)
    if not pot.exists() or pot.read_bytes() != files.as_bytes(template):
        yield Finding(_shown(pot), 1, "pot", "step", "nicht auf dem Stand der Texte; bitte `lotse i18n update`")
    for language in available(locales):
        if language != SOURCE:
            yield from _language(template, po_path(locales, language), language)


def _shown(path: Path) -> str:
    """locales/uk/LC_MESSAGES/lotse.po, wherever the folder is."""
    at = path.parts.index("locales") if "locales" in path.parts else -2
    return Path(*path.parts[at:]).as_posix()


def _language(template: Catalog, path: Path, language: str) -> Iterator[Finding]:
    translated = read_catalogue(path, language)
    if not files.is_reviewed(path):
        text = "von keiner Muttersprachlerin und keinem Muttersprachler geprüft"
        yield Finding(_shown(path), 2, language, "unreviewed", text, "warning")
    for message in template:
        if not message.id:
            continue
        found = translated.get(message.id, message.context)
        file, line = message.locations[0]
        if found is None or not found.string or found.fuzzy:
            kind = "Aussprache" if message.context == SPOKEN_CONTEXT else "Übersetzung"
            state = "veraltet" if found is not None and found.fuzzy else "fehlt"
            yield Finding(file, line or 1, language, "translation", f"{kind} {state}: {str(message.id)[:60]!r}")
        elif fault := _fault(str(message.id), str(found.string)):
            yield Finding(_shown(path), found.lineno or 1, language, "placeholder", fault)


def _fault(msgid: str, translation: str) -> str | None:
    wanted, found = sorted(_PLACEHOLDER.findall(msgid)), sorted(_PLACEHOLDER.findall(translation))
    if wanted != found:
        missing = sorted(set(wanted) - set(found)) or sorted(set(found) - set(wanted)) or found
        return f"Platzhalter stimmen nicht: {', '.join('{' + m + '}' for m in missing)} in {msgid[:60]!r}"
    if _STRAY.search(_PLACEHOLDER.sub("", translation)):
        return f"eine einzelne geschweifte Klammer in {msgid[:60]!r}"
    return None
