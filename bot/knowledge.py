"""What the dialogue runs on: the catalogue, the languages and the dictionary, put together from two folders."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from bot.content.countries import country_codes, country_names, language_name
from bot.content.load import load_or_raise
from bot.translation.catalogues import Translation, load_translations
from bot.translation.languages import SOURCE
from bot.translation.speaker import Speaker
from flows.catalogue import Catalogue
from flows.guide import Guide, Labels
from flows.routing import Router
from flows.screens import buttons
from flows.understanding import Lexicon, normalise


@dataclass(frozen=True)
class Knowledge:
    """Content and languages, read once; `guide` gives what a step needs on a given day."""

    catalogue: Catalogue
    translations: dict[str, Translation]
    lexicon: Lexicon
    labels: Labels
    controller: str = ""
    _guides: dict[date, Guide] = field(default_factory=dict)
    _speakers: dict[str, Speaker] = field(default_factory=dict)

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.translations)

    def guide(self, today: date) -> Guide:
        """The guide of a day: what is valid changes with the date alone."""
        if today not in self._guides:
            self._guides.clear()
            self._guides[today] = Guide(
                self.catalogue, Router(self.catalogue, today), self.lexicon, self.labels, self.languages, today,
                self.controller,
            )  # fmt: skip
        return self._guides[today]

    def speaker(self, language: str) -> Speaker:
        """The speaker of a language; German for one that there is no catalogue for."""
        if language not in self._speakers:
            self._speakers[language] = Speaker(self.translations.get(language, self.translations[SOURCE]))
        return self._speakers[language]


def make_knowledge(content: Path, locales: Path, controller: str = "") -> Knowledge:
    """Everything from two folders. Raises ContentError with every finding if content/ has an error."""
    return assemble(load_or_raise(content), locales, controller)


def assemble(catalogue: Catalogue, locales: Path, controller: str = "") -> Knowledge:
    """The same around a catalogue that was read already."""
    translations = load_translations(locales)
    return Knowledge(
        catalogue,
        translations,
        make_lexicon(catalogue, tuple(translations)),
        {language: labels(catalogue, Speaker(t)) for language, t in translations.items()},
        controller,
    )


def make_lexicon(catalogue: Catalogue, languages: tuple[str, ...]) -> Lexicon:
    """The dictionary over all languages at once: people mix them."""
    by_language = [country_names(language) for language in languages]
    countries = {code: [names[code] for names in by_language if code in names] for code in country_codes()}
    own_names = {code: [language_name(code), code, *_names_of(code, languages)] for code in languages}
    return Lexicon(catalogue, countries, own_names)


def _names_of(code: str, languages: tuple[str, ...]) -> list[str]:
    from babel import Locale

    return [name for language in languages if (name := Locale(code).get_display_name(language))]


def labels(catalogue: Catalogue, speaker: Speaker) -> dict[str, frozenset[str]]:
    """The labels of all buttons in one language, so that a label can be typed."""
    found: dict[str, set[str]] = {}
    for choice in buttons.every(catalogue):
        found.setdefault(normalise(speaker.say(choice.label)), set()).add(choice.id)
    return {label: frozenset(ids) for label, ids in found.items()}
