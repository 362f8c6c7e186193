"""One person's conversation, held in memory: what a terminal and the tests drive."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.knowledge import Knowledge
from bot.rendering.plain import render
from flows.engine import Turn, step
from flows.events import Chose, Forget, Gather, Gathered, Recommend, Said, Say
from flows.facts import UNKNOWN
from flows.session import Session

Clock = Callable[[], datetime]


@dataclass
class Conversation:
    """Takes what a person sends and gives the turn; `session` is what would be written to the database."""

    knowledge: Knowledge
    clock: Clock
    session: Session = field(default_factory=Session)
    keep: Callable[[Session], None] = lambda _session: None
    """Called with the new session before the turn is shown."""
    forget: Callable[[], None] = lambda: None
    """Called instead, when everything is to be erased."""

    def said(self, text: str) -> Turn:
        return self._turn(Said(text, self.clock()))

    def chose(self, choice: str) -> Turn:
        return self._turn(Chose(choice, self.clock()))

    def _turn(self, event: Said | Chose) -> Turn:
        guide = self.knowledge.guide(event.at.date())
        turn = step(guide, self.session, event)
        if Gather() in turn.effects:
            turn = step(guide, turn.session, Gathered(turn.session.model_dump_json(indent=1), event.at))
        self.session = Session.model_validate_json(turn.session.model_dump_json())
        if Forget() in turn.effects:
            self.forget()
        else:
            self.keep(self.session)
        return turn


def as_json(knowledge: Knowledge, turn: Turn) -> dict[str, Any]:
    """A turn as DESIGN's contract for programs has it (section 7)."""
    speaker = knowledge.speaker(turn.session.language)
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
        "facts": facts_told(knowledge, turn.session),
        "recommendations": [
            {"id": r.id, "verdict": r.verdict, "reasons": list(r.reasons), "open": list(r.open)} for r in recommended
        ],
    }


def facts_told(knowledge: Knowledge, session: Session) -> dict[str, str]:
    """The session's facts, with what the dictionary knows of the profession."""
    facts = dict(session.facts)
    profession = facts.get("profession", UNKNOWN)
    if profession in knowledge.catalogue.professions:
        facts["isco"] = knowledge.catalogue.professions[profession].isco
        facts["field"] = knowledge.catalogue.field_of[profession]
    return facts
