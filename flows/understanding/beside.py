"""What counts only beside something else: an answer to another question, and what somebody learned or studied."""

from typing import Final

from flows.understanding.phrases import HIGHER, SUBJECT, Found

REACH: Final = 3
"""Up to so many words (less one) may stand between two things that belong together."""
TAKEN: Final = {"not", "wish", "want"}
"""Turns beside which nothing of this counts."""
ELSEWHERE: Final = {"seeks", "others", "lives", "near", "works", "travels", "unfinished"}
"""Turns beside which a school is a place where somebody works, goes, or was."""
NOT_STUDIED: Final = TAKEN | {"seeks", "others", "unfinished", "name", "travels"}


def is_let(f: Found, turns: set[str], found: list[Found]) -> bool:
    """Whether what only answers another question counts: a degree beside a word of having it, or next to a profession
    or a country ("politehnica Timișoara"); a decision beside one of recognition, a place beside "I live in"."""
    inside = (o for o in found if o.is_turn and f.start <= o.start and o.end <= f.end)
    turns = turns.union(*(o.turns for o in inside))
    if turns & TAKEN - ({"not"} if f.tells_of("notice", "none") else set()):
        return False
    if f.tells(("place",)):
        return "lives" in turns
    if f.tells(("degree",)):
        if is_said_twice(f, found):
            return True
        had = bool(turns & {"learned", "has"}) or (not turns & ELSEWHERE and _is_named(f, found))
        return had and any(m.option.value in HIGHER for m in f.meanings)
    return any(_is_near(f, o) for o in found if o.tells_of("concern", "recognition"))


def is_said_twice(f: Found, found: list[Found]) -> bool:
    """Whether two answers in one sentence, of two words or more each, say the same: no training, learned it myself."""
    if not _is_whole_answer(f):
        return False
    others = [o for o in found if _is_whole_answer(o) and (o.end <= f.start or f.end <= o.start)]
    return any(o.tells_of(m.fact, m.option.value) for o in others for m in f.meanings)


def _is_whole_answer(f: Found) -> bool:
    return f.weak and f.end - f.start > 1


def is_studied(f: Found, turns: set[str], found: list[Found], asked: str | None) -> bool:
    """Whether a subject (chemistry, welding) is what this person learned: beside a word of learning, a degree above
    school or recognition, or as the answer to the question about the profession; not where a study was left."""
    if not f.tells(SUBJECT) or turns & NOT_STUDIED - {"want"}:
        return False
    if any(o.tells_of("degree", "none") or o.says("unfinished_before", "unfinished_after") for o in found):
        return False
    if any(_is_near(f, o) for o in found if o.tells_of("concern", "recognition")):
        return True
    had = any(_is_near(f, o) for o in found if any(o.tells_of("degree", value) for value in HIGHER))
    return "want" not in turns and (asked == "profession" or "learned" in turns or had)


def is_workplace(f: Found, turns: set[str], found: list[Found]) -> bool:
    """Whether a school is one that somebody works at: cleans at the university, was a cook in a training school."""
    if turns & {"learned", "has"} or not any(f.tells_of("degree", value) for value in HIGHER):
        return False
    worked = [o for o in found if o.says("works_before") and 0 <= f.start - o.end <= REACH]
    return any((o.end == f.start and o.end - o.start > 1) or _at(f, found) for o in worked)


def _is_near(f: Found, other: Found) -> bool:
    return -REACH < other.start - f.end < REACH or -REACH < f.start - other.end < REACH


def _is_named(f: Found, found: list[Found]) -> bool:
    """Whether a school stands next to a profession or a country, where no degree is told: not one that somebody cleans
    ("at the university")."""
    told = any(o.tells(("degree",)) and not o.weak for o in found)
    return not told and not _at(f, found) and any(_is_next(f, o) for o in found)


def _at(f: Found, found: list[Found]) -> bool:
    return any(o.says("at") and (o.end == f.start or f.start <= o.start < o.end < f.end) for o in found)


def _is_next(f: Found, other: Found) -> bool:
    """Whether a profession or a country stands next to it, with one word between at most, or around it."""
    near = 0 <= other.start - f.end < 2 or 0 <= f.start - other.end < 2
    around = other.start <= f.start and f.end <= other.end
    return other.tells(("profession", "origin")) and (near or around)
