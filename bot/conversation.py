"""One person's conversation, held in memory: what a terminal and the tests drive."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.app import App
from bot.rendering.plain import render
from flows.engine import Turn, step
from flows.events import Chose, Recommend, Said, Say
from flows.facts import UNKNOWN
from flows.session import Session

Clock = Callable[[], datetime]


@dataclass
class Conversation:
    """Takes what a person sends and gives the turn; `session` is what would be written to the database."""

    app: App
    clock: Clock
    session: Session = field(default_factory=Session)

    def said(self, text: str) -> Turn:
        return self._turn(Said(text, self.clock()))

    def chose(self, choice: str) -> Turn:
        return self._turn(Chose(choice, self.clock()))

    def _turn(self, event: Said | Chose) -> Turn:
        turn = step(self.app.guide(event.at.date()), self.session, event)
        self.session = Session.model_validate_json(turn.session.model_dump_json())
        return turn


def as_json(app: App, turn: Turn) -> dict[str, Any]:
    """A turn as DESIGN's contract for programs has it (section 7)."""
    speaker = app.speaker(turn.session.language)
    says = [e.message for e in turn.effects if isinstance(e, Say)]
    recommended = [r for e in turn.effects if isinstance(e, Recommend) for r in e.recommendations]
    return {
        "messages": [
            {
                "text": render(message, speaker),
                "choices": [{"id": c.id, "label": speaker.say(c.label)} for c in message.choices],
            }
            for message in says
        ],
        "language": turn.session.language,
        "asking": turn.asking,
        "facts": facts_told(app, turn.session),
        "recommendations": [
            {"id": r.id, "verdict": r.verdict, "reasons": list(r.reasons), "open": list(r.open)} for r in recommended
        ],
    }


def facts_told(app: App, session: Session) -> dict[str, str]:
    """The session's facts, with what the dictionary knows of the profession."""
    facts = dict(session.facts)
    profession = facts.get("profession", UNKNOWN)
    if profession in app.catalogue.professions:
        facts["isco"] = app.catalogue.professions[profession].isco
        facts["field"] = app.catalogue.field_of[profession]
    return facts
