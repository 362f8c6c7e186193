"""What a channel is to the contract: somebody who writes, presses, and sees what comes back."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from flows.session import Screen, Session


@dataclass(frozen=True)
class Shown:
    """What came back for one thing that was done, as the person sees it."""

    text: str
    """All messages, one after another, without what can be chosen."""
    choices: dict[str, str]
    """What can be chosen now: the choice's id → what it is called on screen."""
    links: frozenset[str] = frozenset()
    """Where something leads that can be tapped: `tel:…`, `mailto:…`, `https://…`."""
    attached: str = ""
    """What is in the file that came."""


class Driver(Protocol):
    """One person at one channel. Each call returns when everything that it leads to has arrived.

    `send`, `edit` and `delete` are there where the channel `can`.
    """

    def begin(self) -> Shown:
        """Come for the first time."""

    def say(self, text: str) -> Shown: ...

    def choose(self, choice: str) -> Shown:
        """As this channel lets people choose; fails where the choice is not on screen."""

    def send(self, kind: str) -> Shown:
        """Something without words, one of `flows.events.SENT_KINDS`."""

    def edit(self, ago: int, text: str) -> Shown:
        """Change an own message, 1: the last one."""

    def delete(self, ago: int) -> Shown: ...

    def later(self, days: float) -> None:
        """Nothing is done for so long."""

    def session(self) -> Session | None:
        """What is stored; None where nothing is."""


@dataclass(frozen=True)
class Channel:
    """How to open a channel: the context gives a function that brings somebody of a language."""

    opened: Callable[[Path], AbstractContextManager[Callable[[str], Driver]]]
    session: Session
    """How a session begins here: it decides a few words of what is said."""
    can: frozenset[str] = frozenset()
    """What can be done here beside writing and choosing: the kinds of `Sent`, `edit`, `delete`."""
    tells_language: bool = True
    """Whether the channel knows which language somebody speaks; else they ask for it."""
    commands: str = "/"
    """The sign before a command, as it is shown here."""
    links: tuple[str, ...] = ()
    """Kinds of links that the channel makes itself."""
    own_words: frozenset[Screen] = frozenset()
    """Screens that the channel says in words of its own."""
    at_once: int = 3
    """Conversations at the same time."""
    begins_at_once: bool = True
    """Whether something is stored as soon as somebody has come."""
