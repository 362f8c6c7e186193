"""The `for:` grammar, compiled: which values a condition accepts, and which values no condition tells apart.

A `for:` is a list of alternatives, an alternative a conjunction of conditions, a condition a set of values.
There are no expressions, so everything about it can be enumerated and proven.

Facts that one answer decides together are one *variable*: `profession` carries (id, ISCO unit group, field).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from flows.catalogue import Alternative, Catalogue, Group, Values
from flows.facts import CLOSED, CONCERNS, FIELDS, IMPLICATIONS, OF_THE_PROFESSION, PLACES, UNKNOWN

Value = str | tuple[str, str, str]
"""A variable's value; of `profession`: (id, ISCO-08 unit group, field), the first two "" if only the field is known."""

HELD = "held"
"""`papers` when nobody said that they are missing."""


@dataclass(frozen=True)
class Clause:
    """A compiled alternative: variable → accepted values."""

    alternative: Alternative
    accepts: Mapping[str, frozenset[Value]]

    def facts_of(self, variable: str) -> tuple[str, ...]:
        """The condition facts that this variable stands for in this clause."""
        if variable != "profession":
            return (variable,)
        return tuple(f for f in OF_THE_PROFESSION if f in self.alternative.conditions())


class Vocabulary:
    """All values that each variable can have, and how a condition as written becomes a set of them."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._groups = catalogue.groups
        self._catalogue = catalogue

    @cached_property
    def universe(self) -> Mapping[str, frozenset[Value]]:
        known = [(p.id, p.isco, self._catalogue.field_of[p.id]) for p in self._catalogue.professions.values()]
        told_by_field = [("", "", field) for field in FIELDS]
        return {
            "concern": frozenset(CONCERNS),
            "profession": frozenset([*known, *told_by_field]),
            "place": frozenset([*PLACES, UNKNOWN]),
            "degree": frozenset(CLOSED["degree"]),
            "papers": frozenset(["missing", HELD]),
            "origin": frozenset(self._catalogue.countries),
            "notice": frozenset(CLOSED["notice"]),
            "eu_citizen": frozenset(CLOSED["eu_citizen"]),
        }

    def values_of(self, fact: str) -> frozenset[str]:
        """The plain values that a condition about `fact` may name."""
        if fact == "profession":
            return frozenset(self._catalogue.professions)
        if fact == "isco":
            return frozenset(p.isco for p in self._catalogue.professions.values())
        if fact == "origin":
            return frozenset(self._catalogue.countries)
        own = {UNKNOWN} if fact == "place" else set()
        return frozenset(CLOSED[fact]) | own

    def unknown_values(self, fact: str, written: Values) -> tuple[str, ...]:
        """What is written that is neither a value nor a group of this fact."""
        return tuple(
            word
            for word in ([written] if isinstance(written, str) else written)
            if word not in self.values_of(fact) and not self._is_group(fact, word)
        )

    def _is_group(self, fact: str, word: str) -> bool:
        group = self._groups.get(word)
        return group is not None and group.fact == fact

    def accepted(self, fact: str, written: Values) -> frozenset[str]:
        words = [written] if isinstance(written, str) else written
        accepted: set[str] = set()
        for word in words:
            group = self._groups.get(word)
            accepted |= self._members(group) if group is not None and group.fact == fact else {word}
        return frozenset(accepted)

    def _members(self, group: Group) -> frozenset[str]:
        if group.without is not None:
            return self.values_of(group.fact) - frozenset(group.without) - {UNKNOWN}
        return frozenset(group.values or [])

    def compile(self, alternative: Alternative) -> Clause:
        accepts: dict[str, frozenset[Value]] = {}
        for fact, written in alternative.conditions().items():
            accepted = self.accepted(fact, written)
            if fact in OF_THE_PROFESSION:
                at = OF_THE_PROFESSION.index(fact)
                matching = frozenset(v for v in self.universe["profession"] if v[at] in accepted)
                accepts["profession"] = accepts.get("profession", matching) & matching
            else:
                accepts[fact] = accepted
        return Clause(alternative, accepts)

    def classes(self, variable: str, clauses: Iterable[Clause]) -> tuple[frozenset[Value], ...]:
        """The variable's values, grouped so that no clause and no implication tells two of a group apart."""
        tellers = [c.accepts[variable] for c in clauses if variable in c.accepts]
        for side in IMPLICATIONS:
            tellers += [frozenset([value]) for name, value in side if name == variable]
        grouped: dict[tuple[bool, ...], set[Value]] = {}
        for value in self.universe[variable]:
            grouped.setdefault(tuple(value in t for t in tellers), set()).add(value)
        return tuple(frozenset(g) for _, g in sorted(grouped.items(), reverse=True))
