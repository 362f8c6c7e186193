"""Saying a text in a language: translation, parameters, names from CLDR, and isolation of foreign direction."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, assert_never
from unicodedata import bidirectional

from bot.content.countries import country_names, language_name
from bot.translation.catalogues import Translation
from bot.translation.languages import SOURCE, as_of, is_rtl
from flows.texts import AsOf, Country, InLanguage, LanguageName, Plural, Sayable, Text, Titled, Verbatim

STALE_MARK: Final = "[DE] "
"""Before a German text that stands in for a translation that is missing or out of date."""
SPOKEN_CONTEXT: Final = "Aussprache"
"""gettext context: how to pronounce a German sentence, in the letters of the reader's language."""
_ISOLATE: Final = "\u2066{}\u2069".format
"""Left to right, said outright: what has digits alone would take the direction of what is around it."""
_RTL: Final = ("R", "AL")
_LATIN: Final = re.compile(r"(?<!\w)/[a-z]+|[A-Z]{2,}!")
"""What a right-to-left line would tear apart: a command from its slash, a name from its exclamation mark."""


@dataclass(frozen=True)
class Speaker:
    """Says texts in one language. `stale` collects the msgids that had to stay German."""

    translation: Translation
    others: Callable[[str], "Speaker"]
    """The speaker of another language."""
    stale: set[tuple[str | None, str]] = field(default_factory=set)
    _said: dict[Sayable, str] = field(default_factory=dict)

    @property
    def language(self) -> str:
        return self.translation.language

    def say(self, what: Sayable) -> str:
        """The words for anything that the dialogue says."""
        said = self._said.get(what)
        if said is None:
            said = self._say(what)
            if len(self._said) < 20_000:
                self._said[what] = said
        return said

    def _say(self, what: Sayable) -> str:
        match what:
            case Text():
                return self._text(what)
            case Plural():
                return self._plural(what)
            case InLanguage(language, text):
                return self.others(language).say(text)
            case Verbatim(words):
                return words
            case Country(code):
                return country_names(self.language).get(code, code)
            case LanguageName(code):
                return language_name(code)
            case AsOf(date):
                return as_of(date, self.language)
            case Titled(names):
                by_language = dict(names)
                name = by_language.get(self.language, by_language[SOURCE])
                return name[:1].upper() + name[1:]
            case _:
                assert_never(what)

    def _text(self, text: Text) -> str:
        found = self.translation.find(text.msgid, text.context)
        if found is None:
            self.stale.add((text.context, text.msgid))
        return self._filled(STALE_MARK + text.msgid if found is None else found, text.params)

    def _plural(self, text: Plural) -> str:
        found = self.translation.find_plural(text.one, text.more, text.number)
        if found is None:
            self.stale.add((None, text.one))
            found = STALE_MARK + (text.one if text.number == 1 else text.more)
        return self._filled(found, text.params)

    def _filled(self, template: str, params: tuple[tuple[str, Sayable], ...]) -> str:
        if is_rtl(self.language):
            template = _LATIN.sub(lambda found: _ISOLATE(found[0]), template)
        if not params:
            return template
        return template.format_map({name: self.isolated(self.say(value)) for name, value in params})

    def isolated(self, words: str) -> str:
        """Words of another direction (numbers, addresses, German) set apart in a right-to-left language."""
        return _ISOLATE(words) if words and is_rtl(self.language) and not _begins_rtl(words) else words

    def pronounced(self, sentence: str) -> str | None:
        """How a German sentence sounds, in the reader's letters; None in German or where nobody wrote it."""
        if self.language == SOURCE:
            return None
        found = self.translation.find(sentence, SPOKEN_CONTEXT)
        if found is None:
            self.stale.add((SPOKEN_CONTEXT, sentence))
        return found

    def meaning(self, sentence: str) -> str | None:
        """What a German sentence means; None in German."""
        return None if self.language == SOURCE else self.say(Text(sentence))


def _begins_rtl(words: str) -> bool:
    """Whether the first letter that has a direction is written from right to left."""
    strong = (bidirectional(c) for c in words)
    return next((d for d in strong if d in ("L", "EN", *_RTL)), "L") in _RTL
