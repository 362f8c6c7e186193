"""What comes in, and what goes out. Both are closed unions.

An event is what a person did, with the time it happened; an effect is what the shell has to do about it.
"""

from dataclasses import dataclass
from datetime import datetime

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


Event = Said | Chose


@dataclass(frozen=True, slots=True)
class Say:
    """Send this message to the person."""

    message: Message


@dataclass(frozen=True, slots=True)
class Recommend:
    """A result was reached: where the person is sent."""

    recommendations: tuple[Recommendation, ...]


Effect = Say | Recommend
