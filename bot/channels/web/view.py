"""The lines of a conversation as the templates show them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from bot.knowledge import Knowledge
from bot.store.codec import UnreadableError, decode
from bot.store.transcript import Line
from bot.translation.speaker import Speaker
from flows.session import Screen, Session
from flows.texts import Choice, LanguageName, Message, Sayable

_WITH_TOOLS: Final = (Screen.RESULT, Screen.DETAILS)


_NOTHING: Final = Message(())


@dataclass(frozen=True, slots=True)
class Bubble:
    """One bubble. `words` None on an own line: the person typed, and only their browser knows what."""

    id: int
    own: bool
    speaker: Speaker
    message: Message = _NOTHING
    turn: int = 0
    active: bool = False
    """Whether its buttons can be pressed."""
    tools: bool = False
    """Whether it ends a result: it can be printed and passed on."""
    words: Sayable | None = None
    event: str = ""

    @property
    def blocks(self) -> list[tuple[str, Any]]:
        return [(type(block).__name__, block) for block in self.message.blocks]


class Reader:
    """Reads lines one after another: what a pressed button was called stands in a line before it."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._speaker = knowledge.speaker
        self._languages = knowledge.languages
        self._labels: dict[tuple[int, str], Sayable] = {}

    def bubbles(self, lines: Iterable[Line], session: Session) -> list[Bubble]:
        """The bubbles of lines; those whose button nobody knows, or whose text cannot be read, are left out."""
        found = [self._own(line) if line.own else self._message(line, session) for line in lines]
        return [bubble for bubble in found if bubble is not None]

    def _message(self, line: Line, session: Session) -> Bubble | None:
        try:
            message = decode(line.body)
        except UnreadableError:
            return None
        return self.bubble(message, line.language, line.turn, line.screen, session, line.id)

    def bubble(
        self, message: Message, language: str, turn: int, screen: str, session: Session, number: int = 0
    ) -> Bubble:
        for choice in message.choices:
            self._labels[turn, choice.id] = choice.label
        active = turn == session.turn and bool(message.choices)
        tools = active and screen in _WITH_TOOLS
        return Bubble(number, False, self._speaker(language), message, turn, active, tools)

    def _own(self, line: Line) -> Bubble | None:
        body = json.loads(line.body)
        choice, event = body.get("choice"), str(body.get("event", "")).rpartition(":")[2]
        words = None if choice is None else self._label(line.turn, choice)
        if choice is not None and words is None:
            return None
        return Bubble(line.id, True, self._speaker(line.language), turn=line.turn, words=words, event=event)

    def _label(self, turn: int, choice: str) -> Sayable | None:
        kind, _, language = choice.partition(":")
        if kind == "lang":  # stands on the page as well as below a question
            return LanguageName(language) if language in self._languages else None
        return self._labels.get((turn, choice))


def in_rows(choices: tuple[Choice, ...]) -> list[tuple[str, list[Choice]]]:
    """Choices by what they are for: answers, and ways to go elsewhere, which look quieter."""
    ways = ("back", "human", "restart", "continue", "language", "help")
    answers = [c for c in choices if c.id not in ways and not c.id.startswith("change:")]
    others = [c for c in choices if c not in answers]
    return [row for row in (("answers", answers), ("ways", others)) if row[1]]
