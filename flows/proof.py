"""The proof: the real engine walked along every path of answers that can make a difference.

Answers that no `for:` tells apart are walked once (equivalence classes, computed from the content). Along the way
it is held against the promises: every path ends at somewhere to go, no question is asked whose answer cannot
change the result, none that could is left out, no path is too long, every entry is reached by some path.

The proof knows nothing of how the interview chooses: whether a question was needed is decided by routing the paths
that follow it with every other answer in its place.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Final

from flows.conditions import Clause
from flows.engine import Turn, step
from flows.events import SENT_KINDS, Chose, Edited, Event, Gathered, Said, Say, Sent, Withdrawn
from flows.facts import FIELDS, ORDER, UNKNOWN, Facts
from flows.guide import Guide
from flows.session import Screen, Session
from flows.texts import Message

MOST_QUESTIONS: Final = 7
MOST_FOR: Final = {"employer": 3, "labour_rights": 3}
"""At most so many questions on a path, and on the paths of these concerns."""
NO_WORD: Final = "qqqq xxxx"
"""Said where nothing is to be understood."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A promise that does not hold. `answers` is the path: (question, answer) pairs; `entry` what it is about."""

    kind: str
    answers: tuple[tuple[str, str], ...] = ()
    entry: str = ""
    question: str = ""


@dataclass
class Proof:
    """What the walk saw."""

    paths: int = 0
    steps: int = 0
    longest: int = 0
    questions: set[str] = field(default_factory=set)
    reached: set[str] = field(default_factory=set)
    messages: set[Message] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)


Path = tuple[tuple[str, str], ...]
Routed = frozenset[tuple[str, str]]


class Walk:
    """One walk over one guide."""

    def __init__(self, guide: Guide) -> None:
        self.guide = guide
        self.proof = Proof()
        self._at = datetime.combine(guide.today, time(12), UTC)
        self._answers = {fact: tuple(self._representatives(fact)) for fact in (*ORDER, "field")}
        self._routed: dict[tuple[tuple[str, str], ...], Routed] = {}
        self._needed: set[tuple[str, ...]] = set()
        self._told: set[tuple[str, str, str]] = set()

    def run(self) -> Proof:
        start = self._step(Session(), Said("/start", self._at))
        self._from(start, ())
        self._overlays()
        self._unreached()
        return self.proof

    def _representatives(self, fact: str) -> Iterator[str]:
        """One value of each class that no condition tells apart; then "don't know"."""
        router = self.guide.router
        if fact not in self.guide.catalogue.questions:
            return
        clauses = [c for a in (*router.audiences.values(), *router.notes_audiences.values()) for c in a.clauses]
        if fact == "field":
            yield from self._fields(clauses)
        elif fact == "profession":
            for values in router.vocabulary.classes(fact, clauses):
                ids = sorted(str(v[0]) for v in values if v[0])
                yield from ids[:1]
        else:
            choices = self.guide.catalogue.questions[fact].choices
            offered = {c.value for c in choices} or set(router.vocabulary.values_of(fact))
            for values in router.vocabulary.classes(fact, clauses):
                yield from sorted(str(v) for v in values if v in offered)[:1]
        if fact == "degree" and self.guide.catalogue.is_value("degree", "missing"):
            yield "missing"
        yield UNKNOWN

    def _fields(self, clauses: list[Clause]) -> Iterator[str]:
        for values in self.guide.router.vocabulary.classes("profession", clauses):
            told_alone = sorted(v[2] for v in values if not v[0] and v[2] in FIELDS)
            yield from [f for f in told_alone if self.guide.catalogue.is_value("field", f)][:1]

    def _step(self, session: Session, event: Event) -> Turn:
        self.proof.steps += 1
        turn = step(self.guide, session, event)
        self.proof.messages.update(e.message for e in turn.effects if isinstance(e, Say))
        return turn

    def _from(self, turn: Turn, path: Path) -> list[Facts]:
        """Walk on from a turn; gives the facts at the ends of all paths from here."""
        asking = turn.session.asking
        if asking is None:
            self._ends(turn, path)
            return [turn.session.facts]
        self.proof.questions.add(asking)
        asked_before = {fact for fact, _ in path}
        if len(asked_before | {asking}) > self._most(path):
            self._report(Problem("too-long", path, question=asking))
        ends: list[Facts] = []
        for answer in self._answers[asking]:
            if turn.screen == Screen.PAPERS and answer == "missing":
                continue
            after = self._step(turn.session, Chose(answer, self._at))
            ends += self._from(after, (*path, (asking, answer)))
        if asking == "profession":
            again = self._step(turn.session, Said(NO_WORD, self._at))
            after = self._step(again.session, Said(NO_WORD, self._at))
            ends += self._from(after, (*path, (asking, "…")))
        if turn.screen != Screen.PAPERS:
            self._was_needed(asking, ends, path)
        return ends

    def _most(self, path: Path) -> int:
        return MOST_FOR.get(dict(path).get("concern", ""), MOST_QUESTIONS)

    def _ends(self, turn: Turn, path: Path) -> None:
        proof = self.proof
        proof.paths += 1
        proof.longest = max(proof.longest, len({fact for fact, _ in path}))
        routed = self._route(turn.session.facts)
        if not routed:
            self._report(Problem("dead-end", path))
        proof.reached |= {id_ for id_, _ in routed}
        for fact in ORDER:
            open_ = fact in self.guide.catalogue.questions and fact not in turn.session.facts
            if open_ and any(self._route({**turn.session.facts, fact: v}) != routed for v in self._values(fact)):
                self._report(Problem("not-asked", path, question=fact))

    def _values(self, fact: str) -> tuple[str, ...]:
        return tuple(v for v in self._answers[fact] if v not in ("missing", UNKNOWN))

    def _route(self, facts: Facts) -> Routed:
        key = tuple(sorted(facts.items()))
        if key not in self._routed:
            self._routed[key] = frozenset(self.guide.router.verdicts(facts).items())
        return self._routed[key]

    def _was_needed(self, asking: str, ends: list[Facts], path: Path) -> None:
        """Some end of a path from here would be another with another answer to this question in its place."""
        for end in ends:
            instead = ({**_without(end, asking), **answer} for answer in self._other_answers(asking))
            found = {self._route(facts) for facts in instead if _consistent(facts)}
            if len(found) > 1:
                return
        self._report(Problem("needless", path, question=asking))

    def _other_answers(self, fact: str) -> Iterator[Facts]:
        yield from ({fact: value} for value in self._values(fact))
        if fact == "profession":
            yield from ({"profession": UNKNOWN, "field": field} for field in self._values("field"))

    def _overlays(self) -> None:
        """Every command, button, topic and entry once from the start, a question and a result."""
        commands = [
            "/help",
            "/human",
            "/language",
            "/back",
            "/nonsense",
            "",
            "?",
            "!",
            "/privacy",
            "/mydata",
            "/delete",
        ]
        begun = self._step(Session(), Said("/start", self._at)).session
        asked = self._step(begun, Chose(self._answers["concern"][0], self._at)).session
        self._afterwards(begun)
        done = self._done(begun)
        for session in (Session(), begun, asked, done):
            for text in commands:
                laid_over = self._step(session, Said(text, self._at)).session
                self._step(laid_over, Said("/back", self._at))
            for kind in SENT_KINDS:
                self._step(session, Sent(kind, self._at))
            self._step(session, Gathered("{}", self._at))
            for language in self.guide.languages:
                self._step(session, Chose(f"lang:{language}", self._at))
            for choice in (
                "change",
                "continue",
                "stale",
                *(f"change:{f}" for f in self.guide.catalogue.questions),
            ):
                self._step(session, Chose(choice, self._at))
            for entry in self.guide.router.entries:
                self._step(session, Chose(f"show:{entry}", self._at))
        for topic in self.guide.catalogue.topics.values():
            for phrase in [p for ps in topic.phrases.values() for p in ps][:1]:
                self._step(begun, Said(phrase, self._at))
            self.proof.reached |= {e for e in topic.also if e in self.guide.router.entries}

    def _afterwards(self, begun: Session) -> None:
        """The first answer is deleted, or edited to every choice that was on screen."""
        turn = self._step(begun, Chose(self._answers["concern"][0], self._at))
        self._step(turn.session, Withdrawn(self._at, "", turn.answered))
        for choice in begun.shown:
            self._step(turn.session, Edited(choice, self._at, "", turn.answered))

    def _done(self, session: Session) -> Session:
        while session.asking is not None:
            session = self._step(session, Chose(UNKNOWN, self._at)).session
        return session

    def _unreached(self) -> None:
        for entry in self.guide.router.entries:
            if entry not in self.proof.reached:
                self._report(Problem("unreachable", entry=entry))
        for fact in self.guide.catalogue.questions:
            if fact not in self.proof.questions:
                self._report(Problem("needless", question=fact))

    def _report(self, problem: Problem) -> None:
        """One problem of a kind at one place is told once, with the first path that shows it."""
        place = (problem.kind, problem.entry or problem.question, "/".join(a for _, a in problem.answers[-1:]))
        if place not in self._told:
            self._told.add(place)
            self.proof.problems.append(problem)


def _without(facts: Facts, fact: str) -> dict[str, str]:
    dropped = {"profession": ("profession", "profession_text", "field"), "degree": ("degree", "papers")}
    return {k: v for k, v in facts.items() if k not in dropped.get(fact, (fact,))}


def _consistent(facts: Facts) -> bool:
    return not (facts.get("degree") == "none" and facts.get("notice", "none") not in ("none", UNKNOWN))


def prove(guide: Guide) -> Proof:
    """Walk every path; the problems found are in the result."""
    return Walk(guide).run()
