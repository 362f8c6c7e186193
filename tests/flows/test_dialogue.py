"""The table: complete, and the engine goes nowhere that it does not name."""

from typing import get_args

import pytest

from flows import moves
from flows.answered import Answered
from flows.dialogue import TABLE, row_for
from flows.screens import SCREENS
from flows.session import Screen

MOVES = get_args(moves.Move)
EXAMPLES = {
    moves.Tell: moves.Tell(()),
    moves.Name: moves.Name("place", ()),
    moves.OwnWords: moves.OwnWords("x"),
    moves.Bring: moves.Bring(()),
    moves.Revise: moves.Revise("place"),
    moves.Look: moves.Look("x"),
    moves.Speak: moves.Speak("uk"),
    moves.ShowData: moves.ShowData("{}"),
    moves.TakeBack: moves.TakeBack(Answered(screen=Screen.START, facts={})),
}


@pytest.mark.parametrize("screen", Screen)
@pytest.mark.parametrize("kind", MOVES, ids=lambda k: k.__name__)
def test_every_move_has_a_row_on_every_screen(screen: Screen, kind: type) -> None:
    row_for(screen, EXAMPLES.get(kind) or kind())


def test_every_row_can_be_taken() -> None:
    """No row is hidden behind those above it."""
    taken = {id(row_for(s, EXAMPLES.get(kind) or kind())) for s in Screen for kind in MOVES}
    assert [row for row in TABLE if id(row) not in taken] == []


def test_every_screen_but_the_start_can_be_shown() -> None:
    assert set(SCREENS) == set(Screen) - {Screen.START}
