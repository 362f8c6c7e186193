"""Are all texts translated, with the same placeholders, and the catalogues in step with the texts?"""

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog

from bot.content.findings import Finding
from bot.translation import files
from bot.translation.catalogues import available, forms_of, is_translated, key_of, po_path, read_catalogue
from bot.translation.languages import SOURCE, is_rtl
from bot.translation.speaker import SPOKEN_CONTEXT

_PLACEHOLDER = re.compile(r"\{(\w*)\}")
_STRAY = re.compile(r"[{}]")
_COMMAND = re.compile(r"(?<![\w/])/[a-z]+")
_MARKUP = re.compile(r"</?[a-z]+|&[a-z]+;")
_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LETTERS = re.compile("[\u0590-\u08ff]")


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
        if found is None or not is_translated(found) or found.fuzzy:
            kind = "Aussprache" if message.context == SPOKEN_CONTEXT else "Übersetzung"
            state = "veraltet" if found is not None and found.fuzzy else "fehlt"
            yield Finding(file, line or 1, language, "translation", f"{kind} {state}: {key_of(message)[:60]!r}")
        else:
            faults = (f for string in _each(forms_of(found)) for f in _faults(key_of(message), string, language))
            for rule, fault in dict.fromkeys(faults):
                yield Finding(_shown(path), found.lineno or 1, language, rule, fault)
            if isinstance(found.string, tuple) and len(found.string) != translated.num_plurals:
                text = f"{translated.num_plurals} Mehrzahlformen sind nötig: {key_of(message)[:60]!r}"
                yield Finding(_shown(path), found.lineno or 1, language, "plural", text)


def _each(forms: str | tuple[str, ...]) -> tuple[str, ...]:
    return (forms,) if isinstance(forms, str) else forms


def _faults(msgid: str, translation: str, language: str) -> Iterator[tuple[str, str]]:
    """(rule, what is wrong) of a translation: placeholders, commands, markup, and what would turn the direction."""
    where = f"in {msgid[:60]!r}"
    wanted, found = sorted(_PLACEHOLDER.findall(msgid)), sorted(_PLACEHOLDER.findall(translation))
    if wanted != found:
        missing = sorted(set(wanted) - set(found)) or sorted(set(found) - set(wanted)) or found
        yield "placeholder", f"Platzhalter stimmen nicht: {', '.join('{' + m + '}' for m in missing)} {where}"
    elif _STRAY.search(_PLACEHOLDER.sub("", translation)):
        yield "placeholder", f"eine einzelne geschweifte Klammer {where}"
    if sorted(_COMMAND.findall(msgid)) != sorted(_COMMAND.findall(translation)):
        yield "markup", f"Befehle (/…) stimmen nicht {where}"
    if _MARKUP.search(translation) and not _MARKUP.search(msgid):
        yield "markup", f"HTML-Zeichen {where}"
    if _DIRECTION.search(translation):
        yield "direction", f"unsichtbares Richtungszeichen {where}; Lotse setzt sie selbst"
    if is_rtl(language) and translation != msgid and _LETTERS.search(translation) is None:
        yield "direction", f"kein Wort in der Schrift der Sprache {where}"
