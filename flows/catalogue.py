"""The typed catalogue: what content/ says, validated. The JSON Schemas for editors are written from these models.

German texts that people read are `Msgid`: Babel extracts exactly these fields, so a new field needs one word.
"""

from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from flows.facts import UNKNOWN
from flows.texts import Choice, Contact, Country, Text, Titled

Msgid = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True), "msgid"]
"""A German text that people read; other languages come from locales/."""
GermanSpoken = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True), "spoken"]
"""A sentence to be said in German; locales/ carry its meaning and, with context `Aussprache`, its sound."""
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([-_][a-z0-9]+)*$")]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$")]
"""A date as precise as it is known: `2023`, `2023-01` or `2023-01-31`."""
Postcode = Annotated[str, StringConstraints(pattern=r"^\d{5}$")]
Values = str | list[str]
"""In a condition: the name of a group, one value, or a list of values and group names."""


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Sourced(Model):
    """A fact and where it comes from. What is unconfirmed stays in the files and never reaches a person."""

    source: str = Field(min_length=3, description="Woher die Angabe stammt (Webseite, Schreiben, Gespräch).")
    checked: Day = Field(description="Wann das zuletzt geprüft wurde: 2026-11-23, 2026-11 oder 2026.")
    status: Literal["confirmed", "unconfirmed"] = Field(description="Nur `confirmed` wird gezeigt.")


class ContactDetails(Sourced):
    """How to reach somebody. At least one of the four ways."""

    name: str = Field(min_length=1)
    phone: str = ""
    email: str = ""
    web: str = ""
    address: str = ""

    def shown(self) -> Contact:
        return Contact(self.name, self.phone, self.email, self.web, self.address)


class Alternative(Model):
    """One row of a `for:`: a conjunction of facts with the values or named groups it accepts, and a verdict.

    Example: `{verdict: fits, concern: profession_matters, place: mv, notice: [partial]}`
    """

    verdict: Literal["fits", "clarify"] = "fits"
    open: list[str] = Field(default=[], description="Bei `clarify`: welche Antwort noch zu klären ist.")
    clarify: Msgid | None = Field(default=None, description="Bei `clarify`: was zu klären ist, in einem Satz.")
    rank: int | None = Field(default=None, description="Reihenfolge, wenn sie hier anders ist als im Eintrag.")
    concern: Values | None = None
    profession: Values | None = None
    isco: Values | None = None
    field: Values | None = None
    place: Values | None = None
    degree: Values | None = None
    papers: Values | None = None
    origin: Values | None = None
    notice: Values | None = None
    eu_citizen: Values | None = None

    def conditions(self) -> dict[str, Values]:
        """The named facts with what they accept, as written."""
        own = ("verdict", "open", "clarify", "rank")
        return {name: v for name, v in self if name not in own and v is not None}


class Entry(Sourced):
    """Something a person can be sent to."""

    kind: ClassVar[str] = "entry"

    id: Id
    title: Msgid = Field(description="Kurzer Name, so wie er auf einem Knopf steht.")
    summary: Msgid = Field(description="Was das ist, in einem oder zwei kurzen Sätzen.")
    provider: str = Field(min_length=2, description="Träger und Ort; wird nicht übersetzt.")
    audience: list[Alternative] = Field(alias="for", min_length=1)
    rank: int = Field(description="Kleine Zahl zuerst: Reihenfolge im Ergebnis.")
    when_unknown: Literal["clarify", "hide"] = Field(
        default="clarify",
        description="Was gilt, wenn eine Antwort fehlt, von der es abhängt: `clarify` zeigt es als offen.",
    )
    clarify: Msgid | None = Field(default=None, description="Was zu klären ist, wenn eine Antwort offen blieb.")
    steps: list[Msgid] = Field(min_length=1, description="Was die Person als Nächstes tut; der erste Schritt zuerst.")
    documents: list[Msgid] = Field(default=[], description="Was man mitbringt.")
    format: list[Literal["on_site", "digital", "phone"]] = []
    say: GermanSpoken | None = Field(default=None, description="Der deutsche Satz für das Telefon.")
    contact: ContactDetails | None = None
    valid_from: date | None = None
    valid_until: date | None = None

    def has_own_contact(self) -> bool:
        """Whether there is a contact that may be shown; else the coordination's stands in."""
        return self.contact is not None and self.contact.status == "confirmed"

    def in_force(self, today: date) -> bool:
        return (self.valid_from is None or self.valid_from <= today) and (
            self.valid_until is None or today <= self.valid_until
        )


class Offer(Entry):
    """An offer of the network."""

    kind: ClassVar[str] = "offers"


class ServicePoint(Entry):
    """A place that advises people; exactly one is the coordination, whose contact stands in for all others."""

    kind: ClassVar[str] = "service_points"
    coordination: bool = False


class Pointer(Entry):
    """A good address outside the network."""

    kind: ClassVar[str] = "pointers"


class QuestionChoice(Model):
    value: str
    label: Msgid = Field(description="Der Knopf: höchstens etwa 40 Zeichen.")
    short: Msgid | None = Field(default=None, description="So steht die Antwort später bei den Gründen.")
    button: bool = Field(default=True, description="Ohne Knopf wird der Wert nur im Text verstanden.")

    def reason(self) -> Text:
        return Text(self.short or self.label)


class Question(Model):
    """A question: one file each. Its place in the order of questions is fixed in flows/facts.py."""

    fact: str
    name: Msgid = Field(description="Wie die Antwort heißt, z. B. „Beruf“.")
    text: Msgid
    hint: Msgid | None = Field(default=None, description="Warum gefragt wird oder wie man antworten kann.")
    again: Msgid = Field(description="Was gesagt wird, wenn die Antwort nicht verstanden wurde.")
    several: Msgid | None = Field(default=None, description="Frage, wenn mehrere Antworten genannt wurden.")
    choices: list[QuestionChoice] = []
    common: list[str] = Field(default=[], description="Werte, die einen Knopf bekommen (Berufe, Länder).")

    def choice(self, value: str) -> QuestionChoice | None:
        return next((c for c in self.choices if c.value == value), None)


class Profession(Model):
    id: Id
    isco: Annotated[str, StringConstraints(pattern=r"^\d{4}$")] = Field(description="ISCO-08 unit group.")
    regulated: bool
    general: bool = Field(
        default=False, description="Steht für alle seiner Art: neben einem besonderen sagt er nichts."
    )
    title: dict[str, str] = Field(description="So wird der Beruf gezeigt, je Sprache.")
    names: dict[str, list[str]] = Field(description="So schreiben ihn Menschen, je Sprache.")

    def titled(self) -> Titled:
        return Titled(tuple(sorted(self.title.items())))


class ProfessionFile(Model):
    field: str
    professions: list[Profession]


class Place(Model):
    name: str
    district: str
    kind: Literal["town", "village", "island", "region", "city"]
    postcodes: list[Postcode] = []
    spellings: list[str] = []
    answers: list[str] = Field(default=[], description="Namen, die in einem Satz etwas anderes heißen können.")


class PlaceFile(Model):
    source: str
    checked: Day
    places: list[Place]


class Phrases(Model):
    """How people say a value. `phrases` are sure wherever they occur, `answers` only as a whole answer."""

    phrases: dict[str, list[str]] = {}
    answers: dict[str, list[str]] = {}


class WordFile(Model):
    fact: str
    values: dict[str, Phrases]


class Group(Model):
    """A named set of values of one fact: listed, or all but the listed ones."""

    fact: str
    values: list[str] | None = None
    without: list[str] | None = Field(default=None, alias="except")


class GroupFile(Model):
    groups: dict[str, Group]


class FormerCountries(Model):
    """Countries that no longer exist, and what they are today."""

    source: str
    checked: Day
    countries: dict[str, list[str]]


class Note(Model):
    """A sentence that a result carries for the people it concerns. It never causes a question."""

    id: Id
    text: Msgid
    audience: list[Alternative] = Field(alias="for", min_length=1)
    urgent: bool = Field(default=False, description="Steht ganz oben im Ergebnis.")


class Topic(Model):
    """Something a person brings up beside the question: answered in one short screen, then the guide goes on."""

    id: Id
    text: Msgid
    facts: dict[str, str] = Field(default={}, description="Was die Person damit zugleich sagt.")
    also: list[str] = Field(default=[], description="Was zusätzlich im Ergebnis steht.")
    remember: bool = Field(default=False, description="Steht in der Übergabe an die Beratung.")
    phrases: dict[str, list[str]]
    answers: dict[str, list[str]] = {}


class Helpline(Sourced):
    name: Msgid
    phone: str


class Crisis(Model):
    """The screen that interrupts everything. Nothing of it is stored or counted."""

    heading: Msgid
    text: Msgid
    helplines: list[Helpline] = Field(min_length=1)
    forced: Msgid = Field(description="Zusätzlich bei weggenommenem Pass oder erzwungener Arbeit.")
    forced_contact: str = Field(description="Id des Eintrags, dessen Kontakt dann auch genannt wird.")


class Days(Model):
    """How long things are kept, in days."""

    conversation: int = Field(ge=1, description="Nach so vielen Tagen ohne Nachricht wird alles gelöscht.")
    seen: int = Field(ge=1, description="So lange bleibt die Nummer einer Nachricht, damit keine zweimal zählt.")
    delivered: int = Field(ge=0, description="So lange bleibt, dass etwas zugestellt wurde (ohne Text).")


class Privacy(Model):
    """What is kept, on which ground, and how long."""

    kept: Msgid
    kept_on_page: Msgid = Field(description="Das Gleiche für die Webseite.")
    ground: Msgid
    days: Days


class Pages(Model):
    """The pages that every website has to have, paragraph by paragraph."""

    imprint: list[Msgid] = Field(min_length=1)
    privacy: list[Msgid] = Field(min_length=1)
    accessibility: list[Msgid] = Field(min_length=1)


class Catalogue(Model):
    """Everything that content/ says, as one value."""

    entries: dict[str, Offer | ServicePoint | Pointer]
    questions: dict[str, Question]
    professions: dict[str, Profession]
    field_of: dict[str, str] = Field(description="profession id → field")
    places: list[Place]
    words: dict[str, WordFile]
    groups: dict[str, Group]
    notes: dict[str, Note]
    topics: dict[str, Topic]
    crisis: Crisis
    privacy: Privacy
    pages: Pages
    former: dict[str, list[str]] = Field(description="A country that no longer exists → ISO codes of today")
    countries: frozenset[str] = Field(description="ISO 3166-1 alpha-2 codes, from CLDR")

    def without_phrases(self) -> "Catalogue":
        """The same without what only understanding needs, which has it in a dictionary: two thirds of the memory."""
        return self.model_copy(update={
            "professions": {id_: p.model_copy(update={"names": {}}) for id_, p in self.professions.items()},
            "topics": {id_: t.model_copy(update={"phrases": {}, "answers": {}}) for id_, t in self.topics.items()},
            "places": [],
            "words": {},
        })  # fmt: skip

    @cached_property
    def coordination(self) -> ServicePoint:
        return next(e for e in self.entries.values() if isinstance(e, ServicePoint) and e.coordination)

    @property
    def eu_and_like(self) -> frozenset[str]:
        """Countries whose citizens answer yes to `eu_citizen`: the group `eu_eea_ch`, and Germany."""
        group = self.groups.get("eu_eea_ch")
        return frozenset([*((group.values if group else None) or []), "DE"])

    def contact_of(self, entry: Entry) -> Contact:
        """The contact that may be shown: the entry's own if confirmed, else the coordination's."""
        if entry.contact is not None and entry.has_own_contact():
            return entry.contact.shown()
        coordination = self.coordination
        if coordination.contact is None or not coordination.has_own_contact():
            raise LookupError(f"{coordination.id} has no confirmed contact")
        return coordination.contact.shown()

    def choices(self, fact: str) -> tuple[Choice, ...]:
        """The buttons of a question, without the ones every question has."""
        return self._choices[fact]

    @cached_property
    def _choices(self) -> dict[str, tuple[Choice, ...]]:
        return {fact: tuple(self._buttons(question)) for fact, question in self.questions.items()}

    def _buttons(self, question: Question) -> Iterator[Choice]:
        yield from (Choice(v, self.label(question.fact, v)) for v in question.common)
        yield from (Choice(c.value, Text(c.label)) for c in question.choices if c.button)

    def label(self, fact: str, value: str) -> Text | Titled | Country:
        """A value's name as a button shows it."""
        return self._named(fact, value, as_reason=False)

    def reason(self, fact: str, value: str) -> Text | Titled | Country:
        """A value's name as a result's reasons show it."""
        return self._named(fact, value, as_reason=True)

    def _named(self, fact: str, value: str, *, as_reason: bool) -> Text | Titled | Country:
        question = self.questions.get(fact)
        choice = question.choice(value) if question else None
        if choice:
            return choice.reason() if as_reason else Text(choice.label)
        if fact == "profession" and value in self.professions:
            return self.professions[value].titled()
        if fact == "origin" and value in self.countries:
            return Country(value)
        raise LookupError(f"{fact}: {value!r} has no label")

    def is_value(self, fact: str, value: str) -> bool:
        """Whether a button with this id may answer the question about `fact`."""
        if value == UNKNOWN:
            return True
        if fact == "profession":
            return value in self.professions
        if fact == "origin":
            return value in self.countries
        question = self.questions.get(fact)
        return question is not None and question.choice(value) is not None
