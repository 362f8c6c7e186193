"""How well messages are understood: labelled phrases, read with and without the third that is kept aside.

A file a language beside this one; in `told/` whole messages, as people open a chat or tell their story; in `traps/`
such messages with something that a careless reader takes wrongly: somebody else's, denied, wished for, of the past.

An entry: what somebody writes (`text`), what had been `asked`, the `facts` that it surely states (a list where two
values are equally right), and what must `not` be read from it, whatever value. They were written before anything was
tuned. Every third entry is kept aside: it is only counted, never looked at.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import yaml

from flows.events import Said
from flows.guide import Guide
from flows.hearing import hear, read
from flows.moves import Bring, LosePapers, Mumble, Name, Tell
from flows.session import Screen, Session

FOLDER = Path(__file__).parent
TOLD, TRAPS = FOLDER / "told", FOLDER / "traps"
EVERY = 3
MEASURED = ("concern", "profession", "place", "degree", "papers", "origin", "notice", "eu_citizen")


@dataclass(frozen=True, slots=True)
class Phrase:
    language: str
    number: int
    text: str
    asked: str | None
    facts: dict[str, tuple[str, ...]]
    never: tuple[str, ...]

    @property
    def kept_aside(self) -> bool:
        return self.number % EVERY == EVERY - 1


@dataclass(slots=True)
class Count:
    """Labelled facts: how many there are, read right, among the first three; phrases with something read wrongly."""

    phrases: int = 0
    facts: int = 0
    first: int = 0
    three: int = 0
    wrong: int = 0

    def __str__(self) -> str:
        shares = f"recall@1 {self.recall:.3f}, recall@3 {self.recall_3:.3f}, wrong {self.wrong_share:.3f}"
        return f"{shares} ({self.phrases} phrases, {self.facts} facts)"

    @property
    def recall(self) -> float:
        return self.first / max(1, self.facts)

    @property
    def recall_3(self) -> float:
        return self.three / max(1, self.facts)

    @property
    def wrong_share(self) -> float:
        """Phrases in which something was accepted that is wrong, of all phrases."""
        return self.wrong / max(1, self.phrases)


def phrases(folder: Path = FOLDER) -> list[Phrase]:
    return [p for path in sorted(folder.glob("*.yaml")) for p in _of(path)]


def _of(path: Path) -> Iterator[Phrase]:
    for number, entry in enumerate(yaml.load(path.read_text("utf-8"), _Loader)):
        facts = {fact: tuple(v) if isinstance(v, list) else (str(v),) for fact, v in (entry.get("facts") or {}).items()}
        yield Phrase(path.stem, number, entry["text"], entry.get("asked"), facts, tuple(entry.get("not") or ()))


class _Loader(yaml.SafeLoader):
    """YAML 1.2's booleans: NO is a country."""


_Loader.yaml_implicit_resolvers = {
    key: [(tag, pattern) for tag, pattern in pairs if tag != "tag:yaml.org,2002:bool"]
    for key, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


AT = datetime(2026, 11, 25, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Heard:
    """What the dialogue makes of a phrase: facts that it takes, and values that it offers to choose from, at once or
    when it comes to ask for the fact (or is told to change what it took)."""

    facts: dict[str, str]
    offered: dict[str, list[str]]


def heard(phrase: Phrase, guide: Guide) -> Heard:
    """As the dialogue hears it where `asked` was being asked; where nothing was, on the result."""
    screen = Screen.QUESTION if phrase.asked else Screen.RESULT
    session = Session(language=phrase.language, screen=screen, asking=phrase.asked, facts={}, turn=1)
    said = Said(phrase.text, AT)
    reading = read(guide, session, said)
    hints = {fact: [o.value for o in options] for fact, options in reading.hints.items()} if reading else {}
    match hear(guide, session, said, reading):
        case Tell(facts):
            return Heard(dict(facts), hints)
        case Name(fact, options, facts=facts):
            return Heard(dict(facts), {**hints, fact: [o.value for o in options]})
        case Mumble(nearest) if phrase.asked:
            return Heard({}, {**hints, phrase.asked: [o.value for o in nearest]})
        case LosePapers():
            return Heard({"papers": "missing"}, hints)
        case Bring(topics):
            return Heard({f: v for t in topics for f, v in guide.catalogue.topics[t].facts.items()}, hints)
    return Heard({}, hints)


def count(wanted: Iterable[Phrase], guide: Guide) -> Count:
    counted = Count()
    for phrase in wanted:
        counted.phrases += 1
        found = heard(phrase, guide)
        counted.wrong += bool(list(wrongly(phrase, found, guide)))
        for fact, right in phrase.facts.items():
            counted.facts += 1
            counted.first += found.facts.get(fact) in right
            taken = [found.facts[fact]] if fact in found.facts else []
            counted.three += any(value in right for value in [*taken, *found.offered.get(fact, ())][:3])
    return counted


def wrongly(phrase: Phrase, found: Heard, guide: Guide) -> Iterator[tuple[str, str]]:
    """Facts that were taken, and are labelled otherwise or as not to be read.

    A profession of the same kind, to which everybody is sent to the same places (teacher for secondary-school teacher),
    is not right, but it misleads nobody: it is not counted as wrong.
    """
    for fact in MEASURED:
        value, right = found.facts.get(fact), phrase.facts.get(fact)
        if value is None:
            continue
        if fact in phrase.never:
            yield fact, value
        elif right and value not in right:
            harmless = fact == "profession" and value in guide.catalogue.professions
            if not (harmless and guide.router.alike([value, *right])):
                yield fact, value
