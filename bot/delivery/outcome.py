"""What a channel says of a send: a closed union, answered by the sender in one place."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Delivered:
    """The platform has it."""


@dataclass(frozen=True, slots=True)
class Wait:
    """The platform says how long to wait, in seconds (429)."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Blocked, or no such chat: nothing more until the person writes again."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Network or platform trouble: try again later."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The platform will never take this message; `why` is its error text, without content."""

    why: str


Outcome = Delivered | Wait | Unreachable | Failed | Refused
