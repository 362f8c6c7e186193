"""A conversation's state: plain data, written to the database and read back on every turn.

Example: `Session(language="uk", screen="question", asking="place", facts={"concern": "recognition"})`.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from pydantic import BaseModel, ConfigDict

AWAY_AFTER: Final = timedelta(days=3)
"""Whoever comes back later than this is asked whether to go on or start again."""
HISTORY: Final = 100
"""How many answers /back can take back."""
WORDS: Final = 80
"""The longest answer, in characters, that is kept in the person's own words."""


class Screen(StrEnum):
    """What is on a person's screen."""

    START = "start"
    QUESTION = "question"
    AGAIN = "again"
    WHICH = "which"
    PAPERS = "papers"
    RESULT = "result"
    DETAILS = "details"
    CHANGE = "change"
    LANGUAGE = "language"
    HELP = "help"
    HUMAN = "human"
    CRISIS = "crisis"
    FORCED = "forced"
    RETURNING = "returning"
    PRIVACY = "privacy"
    MYDATA = "mydata"
    DELETED = "deleted"


ASKING: Final = (Screen.QUESTION, Screen.AGAIN, Screen.WHICH, Screen.PAPERS)
"""Screens on which the fact `asking` is being asked for."""
OVERLAYS: Final = (
    Screen.DETAILS,
    Screen.CHANGE,
    Screen.LANGUAGE,
    Screen.HELP,
    Screen.HUMAN,
    Screen.RETURNING,
    Screen.PRIVACY,
    Screen.MYDATA,
)
"""Screens laid over the guide: closing one leads back to where the person was."""


class Option(NamedTuple):
    """A value that may be meant; `words`: what to show beside its label, e.g. the town of a district."""

    value: str
    words: str = ""


class Plain(BaseModel):
    """Data that is stored as JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Position(Plain):
    """Where /back leads to."""

    asking: str | None
    facts: dict[str, str]
    topics: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    hints: dict[str, tuple[Option, ...]] = {}


class Session(Plain):
    """One person's conversation. `asking` is the fact that the guide is at; None before it starts and at the result."""

    language: str = "de"
    channel: str = "terminal"
    encrypted: bool | None = None
    """Whether what is written is encrypted from end to end, where a channel has both."""
    turn: int = 0
    """Counts the turns: a button says which turn it was shown in."""
    screen: Screen = Screen.START
    asking: str | None = None
    facts: dict[str, str] = {}
    history: tuple[Position, ...] = ()
    shown: tuple[str, ...] = ()
    """The ids of the choices on screen, in their order: what a number means."""
    options: tuple[Option, ...] = ()
    """On `again` and `which`: the values that may be meant."""
    hints: dict[str, tuple[Option, ...]] = {}
    """Fact → values that the person's words may have meant: offered when it is asked for."""
    detail: str | None = None
    """On `details`: the entry that is shown."""
    topics: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    """Other professions that the person named, for a handoff."""
    offered: bool = False
    """Whether another language was offered because something was written in it: that is done once."""
    seen: datetime | None = None

    @property
    def asked(self) -> str:
        """The fact that is being asked for; ValueError where nothing is."""
        if self.asking is None:
            raise ValueError(f"nothing is being asked on {self.screen}")
        return self.asking

    @property
    def position(self) -> Position:
        return Position(asking=self.asking, facts=self.facts, topics=self.topics, aside=self.aside, hints=self.hints)

    def remembering(self, **changes: object) -> "Session":
        """The session after an answer: what was before it can be gone back to."""
        history = (*self.history, self.position)[-HISTORY:]
        return self.model_copy(update={"history": history, **changes})
