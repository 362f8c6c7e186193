"""Routing: from facts to recommendations, each with a verdict and the answers that decided it.

An answer `unknown` stands for every value it could have. An entry that fits whichever it is, *fits*; one that
fits or can be clarified in some of them is *to be clarified*, unless it says `when_unknown: hide`; else it is not
shown. Two exceptions come from the vocabulary: `unknown` as a place is a value of its own, and as a concern
counts as `other`.

The same tables tell whether an unanswered question can still change any entry's verdict (`matters`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import product
from typing import Final, Literal

from flows.catalogue import Alternative, Catalogue, Entry, Note
from flows.conditions import HELD, Clause, Value, Vocabulary
from flows.facts import IMPLICATIONS, ORDER, OWN_UNKNOWN, UNKNOWN, UNKNOWN_COUNTS_AS, Facts

Verdict = Literal["fits", "clarify"]
STRENGTH: Mapping[Verdict | None, int] = {"fits": 2, "clarify": 1, None: 0}


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Where a person is sent.

    Example: `Recommendation("iq-nursing", "clarify", ("profession", "notice"), ("notice",))`.
    `reasons` are the facts of the alternative that matched, `open` those that are still to be clarified.
    """

    id: str
    verdict: Verdict
    reasons: tuple[str, ...]
    open: tuple[str, ...]
    clarify: str | None = None
    rank: int = 0


Routed = tuple[tuple[str, str], ...]
"""The facts that routing looks at, as pairs in a fixed order."""
KEPT: Final = 16_384
"""Results that are kept: some MB."""
MANY: Final = ("profession", "origin")
"""Facts with hundreds of values, of which most lead to the same."""

Domains = tuple[tuple[int, ...], ...]
"""For each variable of an audience: the classes (by index) that its value can still be in."""


class Audience:
    """A compiled `for:`: over classes of values, so that all its cases can be enumerated."""

    def __init__(self, vocabulary: Vocabulary, alternatives: Iterable[Alternative], when_unknown: str) -> None:
        clauses = [vocabulary.compile(a) for a in alternatives]
        self.clauses = sorted(clauses, key=lambda c: -STRENGTH[c.alternative.verdict])
        named = {v for c in clauses for v in c.accepts}
        self.variables = tuple(v for v in (*ORDER, "papers") if v in named)
        self._hide_unknown = when_unknown == "hide"
        classes = [vocabulary.classes(v, clauses) for v in self.variables]
        self.class_of = [{value: i for i, c in enumerate(cs) for value in c} for cs in classes]
        self._every = [tuple(range(len(cs))) for cs in classes]
        self._accepts = [
            [
                frozenset(i for i, values in enumerate(cs) if values <= c.accepts[v]) if v in c.accepts else None
                for v, cs in zip(self.variables, classes, strict=True)
            ]
            for c in self.clauses
        ]
        self._together = [
            (self.variables.index(a), self.class_of[self.variables.index(a)][x],
             self.variables.index(b), self.class_of[self.variables.index(b)][y])
            for (a, x), (b, y) in IMPLICATIONS
            if a in self.variables and b in self.variables
        ]  # fmt: skip
        self.verdict = lru_cache(maxsize=None)(self._verdict)
        self.matched = lru_cache(maxsize=None)(self._matched)

    def domains(self, known: Mapping[str, frozenset[Value] | None]) -> Domains:
        """From what is known of each variable (None: nothing) to the classes it can be in."""
        found = []
        for variable, index, every in zip(self.variables, self.class_of, self._every, strict=True):
            values = known.get(variable)
            if values is None:
                found.append(every)
            elif len(values) == 1:
                (value,) = values
                found.append((index[value],))
            else:
                found.append(tuple(sorted({index[x] for x in values})))
        return tuple(found)

    def consistent(self, world: tuple[int, ...]) -> bool:
        return not any(world[a] != x and world[b] == y for a, x, b, y in self._together)

    def _in_world(self, world: tuple[int, ...]) -> Verdict | None:
        for clause, accepts in zip(self.clauses, self._accepts, strict=True):
            if all(a is None or w in a for a, w in zip(accepts, world, strict=True)):
                return clause.alternative.verdict
        return None

    def _verdict(self, domains: Domains) -> Verdict | None:
        found = {self._in_world(w) for w in product(*domains) if self.consistent(w)}
        if len(found) == 1:
            return found.pop()
        return None if self._hide_unknown or not found - {None} else "clarify"

    def _matched(self, domains: Domains) -> tuple[Clause, tuple[str, ...]]:
        """The clause that decided, and its variables that are still open; the most certain clause first."""
        possible = []
        for clause, accepts in zip(self.clauses, self._accepts, strict=True):
            if all(a is None or not a.isdisjoint(d) for a, d in zip(accepts, domains, strict=True)):
                still_open = tuple(
                    v
                    for v, a, d in zip(self.variables, accepts, domains, strict=True)
                    if a is not None and not a.issuperset(d)
                )
                possible.append((clause, still_open))
        return min(possible, key=lambda m: (len(m[1]) > 0, -STRENGTH[m[0].alternative.verdict], len(m[1])))


def stand(catalogue: Catalogue, facts: Facts) -> dict[str, frozenset[Value] | None]:
    """What the facts say of each variable: the values it can have, or None where nothing is known."""
    known: dict[str, frozenset[Value] | None] = {"papers": frozenset([facts.get("papers", HELD)])}
    for variable in ORDER:
        answer = facts.get(variable)
        if answer == UNKNOWN:
            answer = UNKNOWN_COUNTS_AS.get(variable, UNKNOWN if variable in OWN_UNKNOWN else None)
        known[variable] = None if answer is None else frozenset([answer])
    profession, field = facts.get("profession", UNKNOWN), facts.get("field", UNKNOWN)
    known["profession"] = None
    if profession in catalogue.professions:
        known["profession"] = frozenset(
            [(profession, catalogue.professions[profession].isco, catalogue.field_of[profession])]
        )
    elif field != UNKNOWN:
        known["profession"] = frozenset([("", "", field)])
    return known


class Router:
    """Recommendations as of one day, and which questions can still change them."""

    def __init__(self, catalogue: Catalogue, today: date) -> None:
        self.catalogue = catalogue
        self.vocabulary = Vocabulary(catalogue)
        self.entries: dict[str, Entry] = {e.id: e for e in catalogue.entries.values() if e.in_force(today)}
        self.audiences = {e.id: Audience(self.vocabulary, e.audience, e.when_unknown) for e in self.entries.values()}
        self.notes_audiences = {n.id: Audience(self.vocabulary, n.audience, "hide") for n in catalogue.notes.values()}

        # What people are sent to depends on few facts, none of them a person's own words: kept, it is worked out once.
        self._stands_in = self._stand_ins()
        self._verdicts_of = lru_cache(maxsize=KEPT)(self._verdicts)
        self._recommended = lru_cache(maxsize=KEPT)(self._recommend)
        self._matter = lru_cache(maxsize=KEPT)(self._matters)
        self._noted = lru_cache(maxsize=KEPT)(self._notes)

    def _stand_ins(self) -> dict[tuple[str, str], str]:
        """Of the facts with many values: each value → the first of those that no entry and no note tells apart."""
        clauses = [c for a in (*self.audiences.values(), *self.notes_audiences.values()) for c in a.clauses]
        found = {}
        for fact in MANY:
            for values in self.vocabulary.classes(fact, clauses):
                names = sorted(name for v in values if (name := v if isinstance(v, str) else v[0]))
                found.update({(fact, name): names[0] for name in names})
        return found

    def _routed(self, facts: Facts) -> Routed:
        """What is looked at; values that lead to the same are one."""
        given = ((fact, facts[fact]) for fact in (*ORDER, "field", "papers") if fact in facts)
        return tuple((fact, self._stands_in.get((fact, value), value)) for fact, value in given)

    def known(self, facts: Facts) -> dict[str, frozenset[Value] | None]:
        """`stand`, narrowed by the implications: a decision on recognition excludes `degree: none`."""
        known = stand(self.catalogue, facts)
        for (a, x), (b, y) in IMPLICATIONS:
            said_a, said_b = known[a], known[b]
            if said_a is not None and said_b is None and x not in said_a:
                known[b] = self.vocabulary.universe[b] - {y}
            if said_b is not None and said_b <= {y} and said_a is None:
                known[a] = frozenset([x])
        return known

    def verdicts(self, facts: Facts) -> Mapping[str, Verdict]:
        """Entry → verdict, for those that are shown: the result as a set, without its reasons."""
        return self._verdicts_of(self._routed(facts))

    def recommend(self, facts: Facts) -> tuple[Recommendation, ...]:
        """All recommendations, those that fit first, each group by rank."""
        return self._recommended(self._routed(facts))

    def matters(self, variable: str, facts: Facts) -> bool:
        """Whether some completion of the unanswered facts makes this variable's answer change some verdict."""
        return self._matter(variable, self._routed(facts))

    def _verdicts(self, key: Routed) -> dict[str, Verdict]:
        facts = dict(key)
        known = self.known(facts)
        found = ((i, audience.verdict(audience.domains(known))) for i, audience in self.audiences.items())
        return {id_: verdict for id_, verdict in found if verdict is not None}

    def _recommend(self, key: Routed) -> tuple[Recommendation, ...]:
        facts = dict(key)
        known = self.known(facts)
        found = [self._recommendation(i, v, known, facts) for i, v in self.verdicts(facts).items()]
        return tuple(sorted(found, key=lambda r: (-STRENGTH[r.verdict], r.rank, r.id)))

    def _recommendation(
        self, id_: str, verdict: Verdict, known: Mapping[str, frozenset[Value] | None], facts: Facts
    ) -> Recommendation:
        entry, audience = self.entries[id_], self.audiences[id_]
        clause, open_variables = audience.matched(audience.domains(known))
        told = clause.alternative
        reasons = tuple(_as_answered(v, facts) for v in audience.variables if v in clause.accepts)
        still_open = [_as_answered(v, facts) for v in open_variables] if verdict == "clarify" else []
        if verdict == "clarify" and told.verdict == "clarify":
            still_open += [f for f in told.open if f not in still_open]
        return Recommendation(
            id=entry.id,
            verdict=verdict,
            reasons=reasons,
            open=tuple(still_open),
            clarify=(told.clarify or entry.clarify) if verdict == "clarify" else None,
            rank=entry.rank if told.rank is None else told.rank,
        )

    def alike(self, professions: Iterable[str]) -> bool:
        """Whether these professions lead to the same results and notes, whatever else is answered."""
        of = [(p, self.catalogue.professions[p].isco, self.catalogue.field_of[p]) for p in professions]
        audiences = [*self.audiences.values(), *self.notes_audiences.values()]
        at = [a.class_of[a.variables.index("profession")] for a in audiences if "profession" in a.variables]
        return all(len({classes[value] for value in of}) == 1 for classes in at)

    def concerns(self, entry: str) -> frozenset[str]:
        """The concerns that the first alternative of an entry's `for:` accepts."""
        accepted = self.audiences[entry].clauses[0].accepts.get("concern", frozenset())
        return frozenset(str(c) for c in accepted)

    def notes(self, facts: Facts) -> tuple[Note, ...]:
        """The notes that certainly concern somebody with these facts."""
        return self._noted(self._routed(facts))

    def _notes(self, key: Routed) -> tuple[Note, ...]:
        known = self.known(dict(key))
        found = ((note, self.notes_audiences[note.id]) for note in self.catalogue.notes.values())
        return tuple(note for note, a in found if a.verdict(a.domains(known)) is not None)

    def _matters(self, variable: str, key: Routed) -> bool:
        facts = dict(key)
        known = self.known(facts)
        unanswered = frozenset(v for v in ORDER if v not in facts and not (v == "profession" and "field" in facts))
        return any(
            _matters(audience, variable, audience.domains(known), unanswered)
            for audience in self.audiences.values()
            if variable in audience.variables
        )


def _matters(audience: Audience, variable: str, domains: Domains, unanswered: frozenset[str]) -> bool:
    at = audience.variables.index(variable)
    completions = [
        [domain] if v == variable or v not in unanswered else [(c,) for c in domain]
        for v, domain in zip(audience.variables, domains, strict=True)
    ]
    for completion in product(*completions):
        verdicts = {
            audience.verdict((*completion[:at], (c,), *completion[at + 1 :]))
            for c in domains[at]
            if _possible(audience, (*completion[:at], (c,), *completion[at + 1 :]))
        }
        if len(verdicts) > 1:
            return True
    return False


def _possible(audience: Audience, domains: Domains) -> bool:
    return any(audience.consistent(w) for w in product(*domains))


def _as_answered(variable: str, facts: Facts) -> str:
    """The name of the answer that a variable came from: somebody may have told the field alone."""
    told_field_only = variable == "profession" and facts.get("profession", UNKNOWN) == UNKNOWN and "field" in facts
    return "field" if told_field_only else variable
