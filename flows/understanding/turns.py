"""What turns of speech make of the phrases of a message: denied, wished for, lived in, not finished, somebody else's.

content/words/turns.yaml has their words. A turn stands shortly `before` or `after` what it turns.
"""

import re
from collections import defaultdict
from typing import Final

from flows.session import Option
from flows.understanding.beside import REACH, is_let, is_said_twice, is_studied, is_workplace
from flows.understanding.lexicon import Lexicon, Meaning
from flows.understanding.phrases import GUIDE, HIGHER, PROFESSION, SUBJECT, Found

TURNS: Final = (
    "not", "wish", "want", "seeks", "name", "others", "lives", "near", "travels", "works", "learned", "has",
    "unfinished", "acts", "citizen", "once", "matter",
)  # fmt: skip
MARKS: Final = ("german", "self", "aside", "but", "school", "at")
"""Words that turn nothing themselves."""
HERE_MEANS_NOTHING: Final = (("origin", "DE"),)
"""Where it was not asked for: whoever says "Germany" mostly lives there, and learned elsewhere."""
REACHES: Final = {
    "seeks": 2,
    "others": 6,
    "name": 2,
    "learned": 4,
    "works": 5,
    "want": 7,
    "travels": 5,
    "unfinished": 4,
    "unfinished_after": 6,
    "acts": 2,
    "citizen": 2,
}
"""Up to so many words (less one) may stand between a turn of speech and what it turns; else REACH."""
WISHED: Final = 2
"""The same between a wish and a degree: who wants to work, and has learned something, says both in one sentence."""
ACROSS: Final = {
    "others": GUIDE,
    "want": ("concern",),
    "works": ("place",),
    "unfinished_after": ("origin", "degree"),
    "travels": ("place", "origin"),
}
"""Facts whose phrases a turn reaches across: my sister | is a nurse | in Berlin; nothing else is reached across."""
STOPS: Final = {"others": "self", "unfinished": ""}
"""Where a turn ends: at "but", or elsewhere. Studied | but did not finish."""
DENIED: Final = {
    "profession": {"not", "wish", "name", "seeks", "acts"},
    "place": {"not", "wish", "name", "travels", "once"},
    "origin": {"not", "wish", "name", "travels"},
    "notice": {"matter"},
}
"""Fact → the turns that take it away."""
WANTED: Final = ("full", "partial")
"""Decisions that people wish for: a wish is no decision."""
GOES_ON: Final = ("works", "lives")
DENIALS: Final = ("not_before", "not_after")
OF_SOMEBODY: Final = ("profession", "place", "origin", "degree")
"""Facts that count as theirs, told of somebody else, only where nothing is told of themselves."""
OWN: Final = ("labour_rights", "recognition", "other", "missing")
"""What people tell of themselves, also where they speak of others: of a boss, of who burned their papers."""
OF_WORKERS: Final = ("profession", "origin", "degree", "notice")
BESIDE: Final = {"concern": ("notice",), "degree": ("origin",), "origin": ("degree",)}
"""Fact that was asked for → what a phrase that answers it tells too: a decision, the country and kind of a school."""
LEARNED, PLAIN, STUDIED, ELSEWHERE, ANSWER = range(5)
_LEVEL: Final = re.compile(r"[abc][12]")


def told(words: list[str], found: list[Found], asked: str | None, lexicon: Lexicon) -> dict[str, dict[str, Option]]:
    """Fact → the values that are told."""
    said: dict[tuple[int, str], list[dict[str, Option]]] = defaultdict(list)
    schools: list[dict[str, Option]] = []
    turned_by = [(f, _turns(f, found)) for f in found]
    # Whoever tells a profession of their own seeks no advice for the others of whom they speak.
    own = any(f.tells(PROFESSION) and not f.weak and "others" not in turns for f, turns in turned_by)
    advised = not own and any(f.tells(("topic", "concern", "notice")) for f in found)
    for f, turns in turned_by:
        for (rank, fact), options in _said(f, turns, found, asked, advised).items():
            is_school = fact == "degree" and options.keys() == {"none"} and _is_school(words[f.start : f.end], lexicon)
            (schools if is_school else said[rank, fact]).append(options)
    if schools and not any(fact == "degree" and rank < ELSEWHERE for rank, fact in said):
        said[PLAIN, "degree"] = schools  # beside what was learned after it, school says nothing
    # What was learned counts; where somebody works, and as what, only where nothing else is told; last, mere answers.
    values: dict[str, dict[str, Option]] = {}
    for (_, fact), of_fact in sorted(said.items(), key=lambda item: item[0][0]):
        values.setdefault(fact, _together(of_fact))
    if values.get("concern", {}).keys() == {"employer"}:
        # They tell of those whom they seek, not of themselves.
        values = {fact: of for fact, of in values.items() if fact not in OF_WORKERS or fact == asked}
    if values.get("eu_citizen", {}).keys() == {"yes", "no"} and not any(f.says(*DENIALS) for f in found):
        del values["eu_citizen"]["no"]  # one such passport beside another is enough
    _add_former(values, lexicon)
    _add_postcode(words, asked, lexicon, values)
    _add_german(words, found, values)
    return values


def _said(
    f: Found, turns: set[str], found: list[Found], asked: str | None, advised: bool
) -> dict[tuple[int, str], dict[str, Option]]:
    """What a phrase says in its turns: rank and fact → the values that it may mean. `advised`: advice is sought for
    whom the message speaks of, whoever that is."""
    said: dict[tuple[int, str], dict[str, Option]] = defaultdict(dict)
    if (f.weak and not is_let(f, turns, found)) or _is_general(f, found) or is_workplace(f, turns, found):
        return said
    studied = is_studied(f, turns, found, asked)
    for m in _most_fitting(f.meanings, asked):
        fact, option = _turned_into(m, turns, asked)
        if fact == "profession" and f.tells(SUBJECT) and "unfinished" in turns:
            continue  # what was studied and not finished
        if f.weak and fact == "degree" and option.value not in HIGHER and not is_said_twice(f, found):
            continue  # only having finished something is told in passing
        if fact == "subject":
            if studied:
                said[STUDIED, "profession"].setdefault(option.value, option)
        elif fact and not _is_denied(m, turns, asked, advised):
            said[_rank(m, fact, turns, f.weak), fact].setdefault(option.value, option)
    return said


def turned(found: list[Found]) -> bool:
    """Whether something is denied, wished for or said aside: then a likeness to the whole message says nothing."""
    return any(f.says(*DENIALS, "wish_before", "wish_after", "name_before", "aside") for f in found)


def _is_denied(m: Meaning, turns: set[str], asked: str | None, advised: bool) -> bool:
    if turns & DENIED.get(m.fact, set()):
        return True
    if "others" in turns and not advised and (m.fact in DENIED or not (asked or m.option.value in OWN)):
        return True
    if m.fact == "degree" and turns & {"want", "wish"} and m.option.value in HIGHER:
        return not advised  # a bachelor's that is wished for is none yet; one that is to be recognised is
    if m.fact == "notice":
        # A decision that is wished for is none yet; somebody else's letter is theirs.
        return ("want" in turns and m.option.value in WANTED) or ("others" in turns and asked != "notice")
    return False


def _turned_into(m: Meaning, turns: set[str], asked: str | None) -> tuple[str, Option]:
    """The fact and value that a meaning is in these turns; no fact where it is nothing."""
    if m.fact == "turns":
        return "", m.option
    if m.fact == "origin" and asked != "origin" and "lives" in turns:
        return ("", m.option) if m.option.value == "DE" else ("place", Option("abroad"))
    if m.fact == "origin" and asked != "origin" and "citizen" in turns:
        return "citizen", m.option
    if m.fact == "degree" and "unfinished" in turns and m.option.value in HIGHER:
        return "degree", Option("none")
    return m.fact, m.option


def _rank(m: Meaning, fact: str, turns: set[str], weak: bool) -> int:
    if not m.sure and fact in GUIDE and (not weak or (fact == "degree" and m.option.value not in HIGHER)):
        return ANSWER
    if "others" in turns and fact in OF_SOMEBODY:
        return ELSEWHERE
    if fact == "place":
        return ELSEWHERE if "near" in turns else LEARNED if "lives" in turns else PLAIN
    if fact not in ("profession", "origin"):
        return PLAIN
    return LEARNED if "learned" in turns else ELSEWHERE if turns & {"works", "once"} else PLAIN


def _is_general(f: Found, found: list[Found]) -> bool:
    """Whether another profession's name holds this one: "nurse" in "nurse … intensive care"."""
    return f.tells(PROFESSION) and any(
        o.tells(PROFESSION) and o.start <= f.start and f.end <= o.end and o.end - o.start > f.end - f.start
        for o in found
    )


def _turns(f: Found, found: list[Found]) -> set[str]:
    """What is said of a phrase: turns that stand shortly before or after it, with no other phrase of a fact between."""
    return {
        turn
        for other in found
        for m in other.meanings
        if m.fact == "turns"
        for turn, _, side in (m.option.value.partition("_"),)
        if side and _reaches(other, turn, side, f, found) and not _goes_on(other, turn, side, f, found)
    }


def _is_company(other: Found, found: list[Found]) -> bool:
    """With my husband: no word about him."""
    return other.says("others_before") and any(o.end == other.start and o.says("has_before") for o in found)


def _reaches(other: Found, turn: str, side: str, f: Found, found: list[Found]) -> bool:
    if turn == "others" and _is_company(other, found):
        return False
    start, end = (other.end, f.start) if side == "before" else (f.end, other.start)
    named = f"{turn}_{side}"
    reach = WISHED if turn == "want" and f.tells(("degree",)) else REACHES.get(named, REACHES.get(turn, REACH))
    shared = other.end - other.start - 1 if side == "before" else 0  # "em làm" shares its end with "làm nail"
    if not -shared <= end - start < reach:
        return False
    between = [o for o in found if start <= o.start < end and not o.weak]
    if any(o.says(STOPS.get(turn, "but")) for o in between):
        return False
    across = ACROSS.get(named, ACROSS.get(turn, ()))
    return not any(m.fact in GUIDE and m.fact not in across for o in between if o.end <= end for m in o.meanings)


def _goes_on(other: Found, turn: str, side: str, f: Found, found: list[Found]) -> bool:
    """Whether "now", behind one profession, says something of the next one (nurse, now cleaner), or "I live", behind
    one place, of the next."""
    if side != "after" or turn not in GOES_ON:
        return False
    return any(
        later.tells(m.fact for m in f.meanings) and _reaches(other, turn, "before", later, found) for later in found
    )


def _most_fitting(meanings: tuple[Meaning, ...], asked: str | None) -> tuple[Meaning, ...]:
    """Where a phrase may mean several facts, the one that was asked for, and what it surely tells beside that."""
    answering = tuple(m for m in meanings if m.fact == asked)
    if answering:
        return (*answering, *(m for m in meanings if m.sure and m.fact in BESIDE.get(asked or "", ())))
    here = () if asked == "eu_citizen" else HERE_MEANS_NOTHING
    return tuple(m for m in meanings if (m.fact, m.option.value) not in here)


def _is_school(words: list[str], lexicon: Lexicon) -> bool:
    """Whether a phrase speaks of the school that everybody goes to."""
    return any(m.option.value == "school" for word in words for m in lexicon.of(word))


def _together(said: list[dict[str, Option]]) -> dict[str, Option]:
    """What phrases say together: one that may mean several values says nothing where a clear one tells which."""
    clear = {value for options in said if len(options) == 1 for value in options}
    return {v: o for options in said if len(options) == 1 or not clear & options.keys() for v, o in options.items()}


def _add_former(values: dict[str, dict[str, Option]], lexicon: Lexicon) -> None:
    """A country that no longer exists: what it is today is asked, where no place or country of today tells."""
    for former in values.pop("former", {}):
        today = {code: Option(code) for code in lexicon.former[former]}
        named = values.get("origin", {})
        values["origin"] = {code: o for code, o in named.items() if code in today} or named or today


def _add_postcode(words: list[str], asked: str | None, lexicon: Lexicon, values: dict[str, dict[str, Option]]) -> None:
    if "place" in values and asked != "place":
        return
    for word in words:
        for district in lexicon.districts(word):
            values.setdefault("place", {}).setdefault(district, Option(district))


def _add_german(words: list[str], found: list[Found], values: dict[str, dict[str, Option]]) -> None:
    """A level (B1) counts where the German language, or a level, is named; alone it may be a driving licence."""
    named = any(m.option.value == "german" for f in found for m in f.meanings if m.fact == "turns")
    levels = [w for w in words if _LEVEL.fullmatch(w)]
    if named and levels:
        values["german"] = {levels[-1]: Option(levels[-1])}
