"""Are the facts fresh, confirmed, and where they belong? Old or unconfirmed ones are warnings."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from bot.content.findings import Finding
from bot.content.sources import Loaded, Source
from bot.content.yaml import Where
from bot.translation.extract import msgids
from flows.catalogue import Crisis, Entry, Note, Sourced, Topic
from flows.screens.entry import is_old

SOON = timedelta(days=60)
_CONTACT = re.compile(r"\d[\d /-]{5,}\d|\S+@\S+\.\w+|www\.|https?:|\b\d{5} [A-ZÄÖÜ]")
"""A telephone number, an e-mail or web address, a postcode with its town."""


def check(loaded: Loaded, today: date) -> Iterator[Finding]:
    for source in loaded.sources.values():
        model = source.model
        if isinstance(model, Entry | Note | Topic):
            yield from _contacts_in_texts(source)
        if isinstance(model, Entry):
            yield from _sourced(source, model, (), today)
            if model.contact is not None:
                yield from _sourced(source, model.contact, ("contact",), today)
            if model.valid_until and model.valid_until < today + SOON:
                yield _warning(source, ("valid_until",), "validity", f"gilt nur bis {model.valid_until}")
        if isinstance(model, Crisis):
            for i, helpline in enumerate(model.helplines):
                yield from _sourced(source, helpline, ("helplines", i), today)


def _warning(source: Source, where: Where, rule: str, text: str) -> Finding:
    found = source.finding(where, rule, text)
    return Finding(found.file, found.line, found.id, rule, text, "warning")


def _sourced(source: Source, fact: Sourced, where: Where, today: date) -> Iterator[Finding]:
    if fact.status == "unconfirmed":
        text = "unbestätigt; wird nicht gezeigt, bis es bestätigt ist"
        yield _warning(source, (*where, "status"), "unconfirmed", text)
    elif is_old(fact.checked, today):
        text = f"zuletzt geprüft: {fact.checked}; das ist über zwölf Monate her, bitte neu prüfen"
        yield _warning(source, (*where, "checked"), "old", text)


def _contacts_in_texts(source: Source) -> Iterator[Finding]:
    for where, msgid, _spoken in msgids(source.model):
        if _CONTACT.search(msgid):
            text = "ein Kontakt steht im Text; bitte nach `contact:` mit Quelle, sonst wird er unbestätigt gezeigt"
            yield source.finding(where, "contact", text)
