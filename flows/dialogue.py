"""The dialogue: one table. `lotse graph` draws it, `flows.engine` runs it, `lotse check` walks it.

Its rules:
1. The first row that fits the screen and the move is taken. Every move has a row for every screen.
2. A row names what is done (flows/actions.py) and which screen follows. No action chooses a screen.
3. `NEXT` is the interview: the next question that can still change the result, or the result.
   `HERE` is where the person was: the question that is being asked; where none is, it is `NEXT`.
4. A row that does not last is shown, and the session stays exactly as it was.
5. An answer that was edited is taken where it was given (flows/answered.py), by the same row as any other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from flows import actions, moves
from flows.actions import Step
from flows.guide import Guide
from flows.session import OVERLAYS, Screen, Session

NEXT: Final = "next"
HERE: Final = "here"
Target = Screen | Literal["next", "here"]

ANY: Final = tuple(Screen)


@dataclass(frozen=True, slots=True)
class Row:
    at: tuple[Screen, ...]
    on: tuple[type, ...]
    do: Callable[[Guide, Session, Any], Step]
    to: Target
    lasts: bool = True


def _at(*screens: Screen) -> tuple[Screen, ...]:
    return screens


def _on(*kinds: type) -> tuple[type, ...]:
    return kinds


TABLE: Final[tuple[Row, ...]] = (
    # What comes before anything else.
    Row(ANY, _on(moves.Alarm), actions.stay, Screen.CRISIS, lasts=False),
    Row(ANY, _on(moves.Force), actions.stay, Screen.FORCED, lasts=False),
    Row(ANY, _on(moves.Begin), actions.begin, NEXT),
    Row(ANY, _on(moves.Return), actions.stay, Screen.RETURNING),
    # Overlays: the guide waits underneath.
    Row(ANY, _on(moves.Help), actions.help_, Screen.HELP),
    Row(ANY, _on(moves.Human), actions.stay, Screen.HUMAN),
    Row(ANY, _on(moves.Languages), actions.stay, Screen.LANGUAGE),
    Row(ANY, _on(moves.Foreign), actions.foreign, Screen.LANGUAGE),
    Row(ANY, _on(moves.Look), actions.look, Screen.DETAILS),
    Row(ANY, _on(moves.Changes), actions.stay, Screen.CHANGE),
    Row(ANY, _on(moves.Privacy), actions.stay, Screen.PRIVACY),
    # Data: what is stored is gathered, and shown by the event that answers; deleting leaves a session that is new.
    Row(ANY, _on(moves.MyData), actions.gather, HERE),
    Row(ANY, _on(moves.ShowData), actions.show_data, Screen.MYDATA),
    Row(ANY, _on(moves.Delete), actions.forget, Screen.DELETED),
    Row(OVERLAYS, _on(moves.Back, moves.Resume, moves.Greet), actions.stay, HERE),
    # Answers, in words or by a button.
    Row(ANY, _on(moves.Tell), actions.record, NEXT),
    Row(ANY, _on(moves.Name), actions.ask_which, Screen.WHICH),
    Row(ANY, _on(moves.Refuse), actions.refuse, NEXT),
    Row(ANY, _on(moves.LosePapers), actions.lose_papers, NEXT),
    Row(ANY, _on(moves.OwnWords), actions.take_words, NEXT),
    Row(_at(Screen.RESULT), _on(moves.Mumble), actions.puzzled, Screen.HELP),
    Row(OVERLAYS, _on(moves.Mumble), actions.puzzled, HERE),
    Row(ANY, _on(moves.Mumble), actions.ask_again, Screen.AGAIN),
    # Going back, changing one answer.
    Row(ANY, _on(moves.Back), actions.back, HERE),
    Row(ANY, _on(moves.Revise), actions.revise, Screen.QUESTION),
    Row(ANY, _on(moves.TakeBack), actions.take_back, NEXT),
    # Beside the question.
    Row(ANY, _on(moves.Bring), actions.bring, NEXT),
    Row(ANY, _on(moves.Speak), actions.speak, HERE),
    Row(_at(Screen.START, Screen.DELETED), _on(moves.Greet), actions.stay, NEXT),
    Row(ANY, _on(moves.Greet), actions.greet, HERE),
    Row(ANY, _on(moves.Resume), actions.stay, HERE),
    Row(ANY, _on(moves.Stale), actions.stale, HERE),
    Row(ANY, _on(moves.Nothing), actions.wordless, HERE),
)


def row_for(screen: Screen, move: moves.Move) -> Row:
    """The row that is taken; there always is one (a test holds every pair against the table)."""
    return next(row for row in TABLE if screen in row.at and isinstance(move, row.on))
