"""Hints: what the rest of a message, which told nothing surely, may mean. It is offered when it comes to be asked for.

"I'm an elektrishan from Homs": the country is told; at the question about the profession, the electrician is offered.
Nothing is taken from a hint, so a likeness is enough; what is denied, or said of somebody else, gives none.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from flows.session import Option
from flows.understanding.lexicon import Lexicon
from flows.understanding.nearness import SURE, Near
from flows.understanding.phrases import PROFESSION, Found
from flows.understanding.turns import DENIED

HINTED: Final = ("concern", "profession", "place", "degree", "origin", "notice")
NEAREST: Final = 3
"""Values of a fact that are offered at most."""
WORD: Final = 4
"""Letters of a word around which a hint is looked for."""
WORDS: Final = 8
"""Such words that are looked at."""
PART: Final = 3
"""Words of a part of the message."""
EXACT: Final = 100.0


def likenesses(
    words: list[str], found: list[Found], values: Mapping[str, Mapping[str, Option]], lexicon: Lexicon
) -> dict[str, list[Near]]:
    """Fact → what parts of the message are like, the nearest first: of facts that were not told, and of the profession
    in any case."""
    parts = _parts(words, found)
    if not parts:
        return {}
    turns = set[str]().union(*(f.turns for f in found))
    open_still = (f for f in HINTED if f not in values or f == "profession")
    facts = [f for f in open_still if not turns & (DENIED.get(f, set()) | {"others"})]
    near = lexicon.near.parts(parts, facts) if facts else {}
    for part in parts:
        for m in lexicon.of(part):
            if m.fact in facts:
                near.setdefault(m.fact, []).append(Near(m.option, part, EXACT + len(part), part))
    return {fact: sorted(of, key=lambda n: -n.score) for fact, of in near.items()}


def fuller(near: Iterable[Near], words: list[str], found: list[Found]) -> Option | None:
    """The profession whose misspelt name surely holds the one that was told, and more: шофъор на автобус, a driver."""
    told = [f for f in found if f.tells(PROFESSION) and not f.apart]
    if len(told) != 1:
        return None
    name = " ".join(words[told[0].start : told[0].end])
    more = (n for n in near if SURE <= n.score < EXACT and f" {name} " in f" {n.part} ")
    best = next(more, None)
    return best.option if best else None


def hints(near: Mapping[str, list[Near]], values: Mapping[str, Mapping[str, Option]]) -> dict[str, tuple[Option, ...]]:
    """Fact → the values that it may have, the likeliest first."""
    others = {fact: [n.option for n in of if n.option.value not in values.get(fact, {})] for fact, of in near.items()}
    return {fact: nearest(options) for fact, options in others.items() if options}


def nearest(options: Iterable[Option]) -> tuple[Option, ...]:
    """Each value once, in their order; as many as are offered."""
    best: dict[str, Option] = {}
    for option in options:
        best.setdefault(option.value, option)
    return tuple(best.values())[:NEAREST]


def _parts(words: list[str], found: list[Found]) -> list[str]:
    """Up to three words that stand together, one of them a longer one that told nothing."""
    said = {i for f in found if not f.weak for i in range(f.start, f.end)}
    silent = [i for i, word in enumerate(words) if i not in said and len(word) >= WORD][:WORDS]
    return list(
        dict.fromkeys(
            " ".join(words[start : start + length])
            for at in silent
            for length in range(1, PART + 1)
            for start in range(max(0, at - length + 1), min(at, len(words) - length) + 1)
        )
    )
