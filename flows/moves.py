"""What a person means by an event, at the point where they are: the input of the dialogue's table.

`flows.hearing` makes a move of an event; `flows.dialogue` says what follows from it.
"""

from dataclasses import dataclass
from typing import Final

from flows.answered import Answered
from flows.session import Option


@dataclass(frozen=True, slots=True)
class Alarm:
    """Violence, a threat, suicide."""


@dataclass(frozen=True, slots=True)
class Force:
    """A passport taken, locked in, work under force."""


@dataclass(frozen=True, slots=True)
class Begin:
    """/start, /restart; with what a link prefilled, and the entry that it was about."""

    facts: tuple[tuple[str, str], ...] = ()
    entry: str | None = None


@dataclass(frozen=True, slots=True)
class Greet:
    """A greeting, or a first message that says nothing that the guide understands."""


@dataclass(frozen=True, slots=True)
class Tell:
    """Facts that the person stated. `heard`: in their own words, so that it is said what was understood."""

    facts: tuple[tuple[str, str], ...]
    heard: bool = False
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refuse:
    """I don't know, I'd rather not say. `heard`: it has to be said that this was understood."""

    heard: bool = False


@dataclass(frozen=True, slots=True)
class LosePapers:
    """Learned, but the papers are missing."""


@dataclass(frozen=True, slots=True)
class Name:
    """More than one value of a fact, told (`several`) or possible; other facts that are sure come with it."""

    fact: str
    options: tuple[Option, ...]
    several: bool = False
    facts: tuple[tuple[str, str], ...] = ()
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mumble:
    """Not understood, for the first time; with the nearest values."""

    nearest: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnWords:
    """Not understood for the second time: taken as it is."""

    words: str


@dataclass(frozen=True, slots=True)
class Bring:
    """A topic beside the question, and nothing else."""

    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """Change an answer, without saying which."""


@dataclass(frozen=True, slots=True)
class Revise:
    """Change this answer."""

    fact: str


@dataclass(frozen=True, slots=True)
class Look:
    """Show one entry in full."""

    entry: str


@dataclass(frozen=True, slots=True)
class Back:
    """/back."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on where we were."""


@dataclass(frozen=True, slots=True)
class Languages:
    """/language without saying which."""


@dataclass(frozen=True, slots=True)
class Speak:
    """Change the language."""

    language: str


@dataclass(frozen=True, slots=True)
class Foreign:
    """Written in letters of a language that the guide does not speak."""


@dataclass(frozen=True, slots=True)
class Help:
    """/help, or (`unknown`) a command that does not exist."""

    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Human:
    """/human."""


@dataclass(frozen=True, slots=True)
class Return:
    """Wrote something after days of silence."""


@dataclass(frozen=True, slots=True)
class Stale:
    """A button that is not on this screen."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """A message without words; `kind` as in `flows.events.Sent`, or `empty`."""

    kind: str = "empty"


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Deleted a message: what it said is taken back."""

    answer: Answered


@dataclass(frozen=True, slots=True)
class Privacy:
    """/privacy."""


@dataclass(frozen=True, slots=True)
class MyData:
    """/mydata."""


@dataclass(frozen=True, slots=True)
class ShowData:
    """What is stored was gathered."""

    data: str


@dataclass(frozen=True, slots=True)
class Delete:
    """/delete."""


Move = (
    Alarm | Force | Begin | Greet | Tell | Refuse | LosePapers | Name | Mumble | OwnWords | Bring
    | Changes | Revise | Look | Back
    | Resume | Languages | Speak | Help | Human | Return | Stale | Nothing
    | Privacy | MyData | ShowData | Delete | Foreign | TakeBack
)  # fmt: skip

ANSWERS: Final = (Tell, Name, Refuse, LosePapers, OwnWords, Bring, Mumble)
"""Moves that answer a question, or try to."""
