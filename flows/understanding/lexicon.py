"""The lexicon: every phrase that stands for something, normalised once, in all languages together."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from flows.catalogue import Catalogue
from flows.session import Option
from flows.understanding.normalise import normalise

Names = Mapping[str, Iterable[str]]
"""A value → the names it has, in any language."""

LONGEST_PHRASE: Final = 8
"""Words in the longest phrase that is looked for inside a sentence."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase stands for. `sure`: wherever it occurs; else only as the whole answer to this question."""

    fact: str
    option: Option
    sure: bool


class Lexicon:
    """Phrases → meanings. `countries` and `languages` are CLDR's names, given by the shell.

    Besides the guide's facts it knows `yes_no`, `unknown`, `commands`, `greetings`, `crisis`, `topic` and `language`.
    """

    def __init__(self, catalogue: Catalogue, countries: Names, languages: Names) -> None:
        self._meanings: dict[str, list[Meaning]] = defaultdict(list)
        for file in catalogue.words.values():
            for value, phrases in file.values.items():
                self._add(file.fact, value, (p for ps in phrases.phrases.values() for p in ps))
                self._add(file.fact, value, (p for ps in phrases.answers.values() for p in ps), sure=False)
        for topic in catalogue.topics.values():
            self._add("topic", topic.id, (p for ps in topic.phrases.values() for p in ps))
            self._add("topic", topic.id, (p for ps in topic.answers.values() for p in ps), sure=False)
        for profession in catalogue.professions.values():
            names = [*profession.title.values(), *(n for ns in profession.names.values() for n in ns)]
            self._add("profession", profession.id, names)
        for code, its_names in countries.items():
            self._add("origin", code, its_names)
        for code, its_names in languages.items():
            self._add("language", code, its_names, sure=False)
        for place in catalogue.places:
            for name in (place.name, *place.spellings):
                self._add("place", place.district, [name], shown=place.name, sure=name not in place.answers)
            self._add("place", place.district, place.postcodes, shown=place.name, sure=False)
            for postcode in place.postcodes:
                self.postcodes[postcode].add(place.district)

    @cached_property
    def postcodes(self) -> dict[str, set[str]]:
        """Postcode → the districts that it serves."""
        return defaultdict(set)

    def _add(self, fact: str, value: str, names: Iterable[str], *, sure: bool = True, shown: str = "") -> None:
        option = Option(value, shown)
        for name in names:
            phrase = normalise(name)
            known = {(m.fact, m.option.value, m.sure) for m in self._meanings.get(phrase, ())}
            if phrase and (fact, value, sure) not in known:
                self._meanings[phrase].append(Meaning(fact, option, sure))

    def of(self, phrase: str) -> tuple[Meaning, ...]:
        """What exactly this normalised phrase stands for."""
        return tuple(self._meanings.get(phrase, ()))

    def strings(self, fact: str) -> Mapping[str, Option]:
        """All normalised phrases of one fact, for the search of near ones."""
        if fact not in self._strings:
            self._strings[fact] = {
                phrase: meaning.option
                for phrase, meanings in self._meanings.items()
                for meaning in meanings
                if meaning.fact == fact and not phrase.isdecimal()
            }
        return self._strings[fact]

    @cached_property
    def _strings(self) -> dict[str, Mapping[str, Option]]:
        return {}
