"""What comes in, and what goes out. Both are closed unions.

An event is what a person did, with the time it happened; an effect is what the shell has to do about it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flows.answered import Answered
from flows.routing import Recommendation
from flows.texts import Message


@dataclass(frozen=True, slots=True)
class Said:
    """A person wrote something. `text` as it came: `flows.understanding.normalise` makes it safe."""

    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Chose:
    """A person pressed a button. `choice` may be stale, forged or not a button's id at all."""

    choice: str
    at: datetime
    turn: int | None = None
    """The turn that showed the button, where the channel knows it: a button of another turn is stale."""


SENT_KINDS: Final = ("photo", "document", "voice", "location", "edited", "undecrypted", "other")


@dataclass(frozen=True, slots=True)
class Sent:
    """A person sent something that is no text; `kind` is one of SENT_KINDS."""

    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Gathered:
    """The answer to `Gather`: everything that is stored of the person, as JSON text."""

    data: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Edited:
    """A person changed a message of theirs; `event_id` is that message's, `text` what it says now."""

    text: str
    at: datetime
    event_id: str
    answered: Answered | None = None
    """What the message answered: filled in by the shell that stored it, None where nothing is known of it."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A person deleted a message of theirs; as with `Edited`."""

    at: datetime
    event_id: str
    answered: Answered | None = None


Event = Said | Chose | Sent | Gathered | Edited | Withdrawn


@dataclass(frozen=True, slots=True)
class Say:
    """Send this message to the person."""

    message: Message


@dataclass(frozen=True, slots=True)
class Recommend:
    """A result was reached: where the person is sent."""

    recommendations: tuple[Recommendation, ...]


@dataclass(frozen=True, slots=True)
class Gather:
    """Collect everything that is stored of the person; answered by `Gathered` in the same transaction."""


@dataclass(frozen=True, slots=True)
class Forget:
    """Erase everything that is stored of the person, this session included; what is said with it is the last trace."""


Effect = Say | Recommend | Gather | Forget
