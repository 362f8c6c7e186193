"""The vocabulary of facts (DESIGN: stable, programs outside rely on these names and values).

A session's facts are a plain mapping from a fact's name to a value, e.g.
`{"concern": "recognition", "place": "schwerin", "profession": "nurse", "notice": "unknown"}`.
Absent means "not answered", `unknown` means "I don't know / I'd rather not say".
"""

from collections.abc import Mapping
from typing import Final

Facts = Mapping[str, str]

UNKNOWN: Final = "unknown"

CONCERNS: Final = ("recognition", "qualification", "labour_rights", "employer", "other")
DISTRICTS: Final = (
    "rostock",
    "landkreis_rostock",
    "vorpommern_ruegen",
    "vorpommern_greifswald",
    "mecklenburgische_seenplatte",
    "schwerin",
    "ludwigslust_parchim",
    "nordwestmecklenburg",
)
PLACES: Final = (*DISTRICTS, "elsewhere_in_germany", "abroad")
DEGREES: Final = ("none", "vocational", "academic")
NOTICES: Final = ("none", "pending", "partial", "full", "rejected")
FIELDS: Final = (
    "nursing",
    "medicine",
    "therapy_care",
    "education",
    "social",
    "engineering",
    "energy_electrical",
    "environment_heating",
    "mechanical",
    "vehicles",
    "metal",
    "construction",
    "it",
    "science",
    "food",
    "hospitality",
    "agriculture",
    "transport",
    "cleaning",
    "textile",
    "personal_services",
    "commerce_admin",
    "law",
    "arts_media",
    "security",
    "other",
)

ORDER: Final = ("concern", "profession", "place", "degree", "origin", "notice", "eu_citizen")
"""The guide's facts, in the order in which they are asked where there is a choice."""

CLOSED: Final[Mapping[str, tuple[str, ...]]] = {
    "concern": CONCERNS,
    "place": PLACES,
    "degree": DEGREES,
    "notice": NOTICES,
    "field": FIELDS,
    "papers": ("missing",),
    "eu_citizen": ("yes", "no"),
    "german": ("none", "a1", "a2", "b1", "b2", "c1", "c2"),
}
"""Facts whose values are a closed list. `profession`, `isco` and `origin` take theirs from the catalogue."""

OF_THE_PROFESSION: Final = ("profession", "isco", "field")
"""What one answer about the profession tells: its id, its ISCO-08 unit group, its field."""

CONDITION_FACTS: Final = (*ORDER, "isco", "field", "papers")
"""What a `for:` may name."""

IMPLICATIONS: Final = ((("notice", "none"), ("degree", "none")),)
"""((a, x), (b, y)): whoever has a value of a *other* than x has a value of b *other* than y.

A decision on recognition presupposes something to be recognised.
"""

OWN_UNKNOWN: Final = ("place",)
"""Facts whose `unknown` is a value of its own: it matches only where a `for:` names it."""

UNKNOWN_COUNTS_AS: Final[Mapping[str, str]] = {"concern": "other"}
"""Facts whose `unknown` is routed like another value."""


def contradictions(facts: Facts, newest: str) -> tuple[str, ...]:
    """The facts that cannot stand beside the newly answered one and are given up for it.

    >>> contradictions({"degree": "none", "notice": "partial"}, newest="degree")
    ('notice',)
    """
    given_up = []
    for (a, x), (b, y) in IMPLICATIONS:
        clash = facts.get(a, x) not in (x, UNKNOWN) and facts.get(b) == y
        if clash:
            given_up.append(a if newest == b else b)
    return tuple(given_up)
