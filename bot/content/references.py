"""What schemas cannot see: whether the files fit together, and whether there is a contact that may be shown."""

from collections.abc import Iterator

from bot.content.findings import Finding
from bot.content.sources import Loaded, Source
from flows.catalogue import (
    Alternative,
    Catalogue,
    Crisis,
    Entry,
    FormerCountries,
    GroupFile,
    Note,
    PlaceFile,
    ProfessionFile,
    Question,
    Topic,
    WordFile,
)
from flows.conditions import Vocabulary
from flows.facts import CLOSED, CONDITION_FACTS, FIELDS, ORDER, PLACES
from flows.understanding.turns import MARKS, TURNS

NURSES = ("2221", "3221")
"""ISCO-08: nursing professionals and associate professionals; field `nursing` is these and no others (FACTS, 3)."""
OTHER_WORDS = ("commands", "crisis", "greetings", "unknown", "yes_no")
TURN_VALUES = (*(f"{turn}_{side}" for turn in TURNS for side in ("before", "after")), *MARKS)
"""Turns of speech: what stands before or after a profession, a place or a country, and what it makes of them."""


def references(loaded: Loaded, catalogue: Catalogue) -> Iterator[Finding]:
    """Every fault in how the files refer to each other."""
    vocabulary = Vocabulary(catalogue)
    for source in loaded.sources.values():
        model = source.model
        if isinstance(model, Entry | Note):
            yield from _audience(source, model.audience, vocabulary)
        if isinstance(model, Entry):
            yield from _entry(source, model)
        elif isinstance(model, Question):
            yield from _question(source, model, catalogue)
        elif isinstance(model, Topic):
            yield from _topic(source, model, catalogue)
        elif isinstance(model, GroupFile):
            yield from _groups(source, model, vocabulary)
        elif isinstance(model, ProfessionFile):
            yield from _professions(source, model)
        elif isinstance(model, PlaceFile):
            for i, place in enumerate(model.places):
                if place.district not in PLACES:
                    yield source.finding(("places", i, "district"), "value", _unknown(place.district), place.name)
        elif isinstance(model, FormerCountries):
            for former, now in model.countries.items():
                for i, code in enumerate(now):
                    if code not in catalogue.countries:
                        yield source.finding(("countries", former, i), "value", _unknown(code), former)
        elif isinstance(model, WordFile):
            yield from _words(source, model, catalogue)
        elif isinstance(model, Crisis) and model.forced_contact not in catalogue.entries:
            yield source.finding(("forced_contact",), "value", _unknown(model.forced_contact))


def _unknown(value: str) -> str:
    return f"{value!r} gibt es nicht; ist es ein Schreibfehler?"


def _audience(source: Source, audience: list[Alternative], vocabulary: Vocabulary) -> Iterator[Finding]:
    for i, alternative in enumerate(audience):
        for fact, written in alternative.conditions().items():
            for value in vocabulary.unknown_values(fact, written):
                yield source.finding(("for", i, fact), "value", f"{fact}: {_unknown(value)}")
        for fact in alternative.open:
            if fact not in CONDITION_FACTS:
                yield source.finding(("for", i, "open"), "value", f"open: {_unknown(fact)}")


def _entry(source: Source, entry: Entry) -> Iterator[Finding]:
    if entry.contact is not None and not any(
        (entry.contact.phone, entry.contact.email, entry.contact.web, entry.contact.address)
    ):
        yield source.finding(
            ("contact",), "contact", "der Kontakt nennt weder Telefon noch E-Mail, Webseite oder Adresse"
        )
    if getattr(entry, "coordination", False) and not entry.has_own_contact():
        text = "ein unbestätigter Kontakt würde gezeigt: dieser steht für alle anderen ein; bitte bestätigen"
        yield source.finding(("contact", "status"), "contact", text)
    if entry.valid_from and entry.valid_until and entry.valid_until < entry.valid_from:
        yield source.finding(("valid_until",), "date", "valid_until liegt vor valid_from")


def _question(source: Source, question: Question, catalogue: Catalogue) -> Iterator[Finding]:
    if question.fact not in (*ORDER, "field"):
        yield source.finding(("fact",), "value", _unknown(question.fact))
        return
    allowed = {*CLOSED.get(question.fact, ()), *({"missing"} if question.fact == "degree" else ())}
    for i, choice in enumerate(question.choices):
        if choice.value not in allowed:
            yield source.finding(("choices", i, "value"), "value", _unknown(choice.value))
    for i, value in enumerate(question.common):
        if not catalogue.is_value(question.fact, value):
            yield source.finding(("common", i), "value", _unknown(value))


def _topic(source: Source, topic: Topic, catalogue: Catalogue) -> Iterator[Finding]:
    for i, entry in enumerate(topic.also):
        if entry not in catalogue.entries:
            yield source.finding(("also", i), "value", _unknown(entry))
    for fact, value in topic.facts.items():
        if fact not in CLOSED or value not in CLOSED[fact]:
            yield source.finding(("facts", fact), "value", f"{fact}: {_unknown(value)}")


def _groups(source: Source, file: GroupFile, vocabulary: Vocabulary) -> Iterator[Finding]:
    for name, group in file.groups.items():
        if group.fact not in CONDITION_FACTS:
            yield source.finding(("groups", name, "fact"), "value", _unknown(group.fact), name)
            continue
        if (group.values is None) == (group.without is None):
            yield source.finding(("groups", name), "value", "eine Gruppe hat entweder `values` oder `except`", name)
        for key, values in (("values", group.values), ("except", group.without)):
            for i, value in enumerate(values or []):
                if value not in vocabulary.values_of(group.fact):
                    yield source.finding(("groups", name, key, i), "value", _unknown(value), name)


def _professions(source: Source, file: ProfessionFile) -> Iterator[Finding]:
    if file.field not in FIELDS:
        yield source.finding(("field",), "value", _unknown(file.field))
    for i, profession in enumerate(file.professions):
        where = ("professions", i, "isco")
        if (file.field == "nursing") != (profession.isco in NURSES):
            text = f"ISCO {profession.isco}: `nursing` sind genau 2221 und 3221; bitte in die richtige Datei"
            yield source.finding(where, "isco", text, profession.id)
        if "de" not in profession.title:
            yield source.finding(("professions", i, "title"), "value", "der deutsche Titel fehlt", profession.id)


def _words(source: Source, file: WordFile, catalogue: Catalogue) -> Iterator[Finding]:
    if file.fact in OTHER_WORDS:
        return
    allowed = {
        **{fact: {*values} for fact, values in CLOSED.items()},
        "degree": {*CLOSED["degree"], "missing"},
        "origin": {*catalogue.countries, *catalogue.former},
        "subject": {*catalogue.professions},
        "turns": {*TURN_VALUES},
    }.get(file.fact)
    if allowed is None:
        yield source.finding(("fact",), "value", _unknown(file.fact))
        return
    for value in file.values:
        if value not in allowed:
            yield source.finding(("values", value), "value", _unknown(value))
