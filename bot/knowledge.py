"""What the dialogue runs on: the catalogue, the languages and the dictionary, put together from two folders."""

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from babel import Locale

from bot import paths
from bot.cache import Cache
from bot.content.countries import country_names, language_name
from bot.content.load import load_or_raise
from bot.translation.catalogues import Translation, load_translations
from bot.translation.languages import SOURCE
from bot.translation.speaker import Speaker
from flows.catalogue import Catalogue
from flows.guide import Guide
from flows.routing import Router
from flows.screens import buttons
from flows.understanding import Lexicon, Names, normalise_all
from flows.understanding.lexicon import Dictionary


@dataclass(frozen=True)
class Knowledge:
    """Content and languages, read once; `guide` gives what a step needs on a given day."""

    catalogue: Catalogue
    translations: dict[str, Translation]
    lexicon: Lexicon
    controller: str = ""
    _guides: dict[date, Guide] = field(default_factory=dict)
    _speakers: dict[str, Speaker] = field(default_factory=dict)
    _labels: dict[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)

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

    def labels(self, language: str) -> Mapping[str, frozenset[str]]:
        """What the buttons are called in a language."""
        if language not in self._labels:
            self._labels[language] = labels(self.catalogue, self.speaker(language))
        return self._labels[language]

    def speaker(self, language: str) -> Speaker:
        """The speaker of a language; German for one that there is no catalogue for."""
        if language not in self._speakers:
            self._speakers[language] = Speaker(self.translations.get(language, self.translations[SOURCE]), self.speaker)
        return self._speakers[language]


def make_knowledge(content: Path, locales: Path, controller: str = "") -> Knowledge:
    """Everything from two folders. Raises ContentError with every finding if content/ has an error."""
    cache = Cache(content, locales)
    lexicon = Lexicon(lambda: cache.have(dictionary))
    return Knowledge(cache.have(catalogue), load_translations(locales), lexicon, controller)


def prepare() -> None:
    """Make what is kept between starts of what comes with the program (`make install`): the first start need not."""
    make_knowledge(paths.CONTENT, paths.LOCALES).lexicon.prepare()


def catalogue(content: Path, _locales: Path) -> Catalogue:
    """What the guide needs of content/ once the dictionary is made. Raises ContentError."""
    with _no_collection():
        return load_or_raise(content).without_phrases()


def dictionary(content: Path, locales: Path) -> Dictionary:
    """All names and phrases in all languages."""
    with _no_collection():
        return Dictionary(load_or_raise(content), names(load_translations(locales)))


@contextmanager
def _no_collection() -> Iterator[None]:
    """Nothing of what is read is garbage: looking for it takes a third of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def assemble(catalogue: Catalogue, locales: Path) -> Knowledge:
    """The same around a catalogue that was read already; nothing is kept."""
    translations = load_translations(locales)
    return Knowledge(catalogue, translations, Lexicon(lambda: Dictionary(catalogue, names(translations))))


def names(translations: dict[str, Translation]) -> Names:
    """Names of countries and languages in all languages at once (people mix them), and the words of our texts."""
    codes = tuple(translations)
    countries = {language: {code: [name] for code, name in country_names(language).items()} for language in codes}
    languages = {language: {code: _language_names(code, language) for code in codes} for language in codes}
    everyday = {language: words_of(t.texts()) for language, t in translations.items()}
    return Names(countries, languages, everyday)


def _language_names(code: str, language: str) -> list[str]:
    name = Locale(code).get_display_name(language)
    return [language_name(code), *([name] if name else [])]


def words_of(texts: Iterable[str]) -> frozenset[str]:
    """The normalised words of texts."""
    return frozenset(word for text in normalise_all(texts) for word in text.split())


def labels(catalogue: Catalogue, speaker: Speaker) -> dict[str, frozenset[str]]:
    """The labels of all buttons in one language, so that a label can be typed."""
    found: dict[str, set[str]] = {}
    choices = buttons.every(catalogue)
    for choice, label in zip(choices, normalise_all(speaker.say(c.label) for c in choices), strict=True):
        found.setdefault(label, set()).add(choice.id)
    return {label: frozenset(ids) for label, ids in found.items()}
