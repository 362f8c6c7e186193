"""Hints: what the rest of a message, which told nothing surely, may mean. It is offered when it comes to be asked for.

"I'm an elektrishan from Homs": the country is told; at the question about the profession, the electrician is offered.
Nothing is taken from a hint, so a likeness is enough; what is denied, or said of somebody else, gives none.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from flows.session import Option
from flows.understanding.lexicon import Lexicon
from flows.understanding.phrases import Found
from flows.understanding.turns import DENIED

HINTED: Final = ("concern", "profession", "place", "degree", "origin", "notice")
NEAREST: Final = 3
"""Values of a fact that are offered at most."""
WORD: Final = 4
"""Letters of a word around which a hint is looked for, and of the part of the message that gives one."""
WORDS: Final = 8
"""Such words that are looked at."""
PART: Final = 3
"""Words of a part of the message."""
EXACT: Final = 100.0


def hints(
    words: list[str], found: list[Found], values: Mapping[str, Mapping[str, Option]], lexicon: Lexicon
) -> dict[str, tuple[Option, ...]]:
    """Fact → the values that it may have, the likeliest first: of facts that were not told, and for a profession that
    was, others that may be meant."""
    facts = [f for f in HINTED if (f not in values or f == "profession") and not _is_turned(f, found)]
    parts = _parts(words, found)
    if not facts or not parts:
        return {}
    scored: dict[str, dict[Option, float]] = {fact: {} for fact in facts}
    for part in parts:
        for meaning in lexicon.of(part):
            if meaning.fact in scored:
                scored[meaning.fact].setdefault(meaning.option, EXACT + len(part))
    for fact, near in lexicon.near.parts(parts, facts).items():
        for option, _phrase, score in near:
            scored[fact].setdefault(option, score)
    return {fact: ranked for fact, of in scored.items() if (ranked := _ranked(of, values.get(fact, {})))}


def _ranked(scored: Mapping[Option, float], told: Iterable[str]) -> tuple[Option, ...]:
    best: dict[str, Option] = {}
    for option in sorted(scored, key=lambda o: -scored[o]):
        best.setdefault(option.value, option)
    return tuple(option for value, option in best.items() if value not in told)[:NEAREST]


def _is_turned(fact: str, found: list[Found]) -> bool:
    turns = DENIED.get(fact, set()) | {"others"}
    return any(f.says(f"{turn}_before", f"{turn}_after") for f in found for turn in turns)


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
