"""One step of a conversation: session and event in, session and effects out.

>>> turn = step(guide, Session(), Said("/start", now))          # doctest: +SKIP
>>> turn.session.asking, turn.effects[-1].message.choices[0].id  # doctest: +SKIP
('concern', 'recognition')
"""

from dataclasses import dataclass, replace

from flows.actions import Step, keep_hints, offer_languages, topic_text
from flows.answered import Answered, answered, holds, without
from flows.dialogue import HERE, NEXT, row_for
from flows.events import Effect, Event, Gather, Recommend, Say, Withdrawn
from flows.guide import Guide
from flows.hearing import also_spoken, answering, hear, read
from flows.interview import next_question
from flows.moves import ANSWERS, Delete, Greet, Speak
from flows.screens import SCREENS
from flows.screens.greeting import greeting
from flows.screens.result import recommended
from flows.session import ASKING, Screen, Session
from flows.texts import Message


@dataclass(frozen=True, slots=True)
class Turn:
    """What one event led to. `screen` is what is shown; `lasts` False: an alarm, of which nothing may be kept."""

    session: Session
    effects: tuple[Effect, ...]
    screen: Screen
    lasts: bool = True
    answered: Answered | None = None
    """What the message answered, where it answered or tried to: comes back with the event that edits or deletes it."""

    @property
    def asking(self) -> str | None:
        """The fact that this turn asks for, `language`, or None outside the guide and on the result."""
        if self.screen == Screen.LANGUAGE:
            return "language"
        return self.session.asking if self.screen in ASKING else None


def step(guide: Guide, session: Session, event: Event) -> Turn:
    """Decide one event. Pure: the same arguments give the same turn."""
    if isinstance(event, Withdrawn) and not holds(session, event.answered):
        return Turn(without(session, event.answered), (), session.screen)  # nothing to say about it
    spoken_to = answering(session, event)
    reading = read(guide, spoken_to, event)
    move = hear(guide, spoken_to, event, reading)
    then = spoken_to if isinstance(move, ANSWERS) else session
    row = row_for(then.screen, move)
    taken = row.do(guide, then, move)
    if reading is not None and isinstance(move, (*ANSWERS, Greet)):
        taken = keep_hints(taken, reading)
    if row.lasts and not isinstance(move, Speak | Delete):
        taken = offer_languages(taken, also_spoken(guide, session, reading))
    arrived = _arrive(guide, taken.session, row.to)
    screen = _with_said(SCREENS[arrived.screen](guide, arrived), taken)
    messages = (*_before(session, arrived, taken, guide), *screen)
    effects: list[Effect] = [*taken.effects, *(Say(m) for m in messages)]
    if Gather() in taken.effects:  # nothing is said before what was gathered comes back
        return Turn(session, taken.effects, session.screen)
    if arrived.screen == Screen.RESULT:
        effects.append(Recommend(recommended(guide, arrived)))
    kept = arrived if row.lasts else session
    shown = tuple(c.id for c in messages[-1].choices)
    kept = kept.model_copy(update={"shown": shown, "seen": event.at, "turn": session.turn + 1})
    answer = answered(then, arrived) if isinstance(move, ANSWERS) else None
    return Turn(kept, tuple(effects), arrived.screen, row.lasts, answer)


def _arrive(guide: Guide, session: Session, to: str) -> Session:
    """The session on the screen that the table names."""
    if to == HERE and session.asking is not None:
        return _at(session, session.asking)
    if to in (NEXT, HERE):
        return _at(session, next_question(guide.router, session.facts))
    return session.model_copy(update={"screen": Screen(to)})


def _at(session: Session, asking: str | None) -> Session:
    screen = Screen.QUESTION if asking else Screen.RESULT
    if asking == "degree" and session.facts.get("papers") == "missing" and "degree" not in session.facts:
        screen = Screen.PAPERS
    return session.model_copy(update={"screen": screen, "asking": asking})


def _before(session: Session, arrived: Session, taken: Step, guide: Guide) -> list[Message]:
    """The greeting, on first contact; and the answers to topics that were brought up, each a message of its own."""
    alarmed = arrived.screen in (Screen.CRISIS, Screen.FORCED)
    greeted = [] if session.screen != Screen.START or alarmed else [greeting(guide, arrived)]
    return greeted + [Message((topic_text(guide, t),)) for t in taken.topics]


def _with_said(screen: tuple[Message, ...], taken: Step) -> tuple[Message, ...]:
    """What was understood stands on top of the screen that follows; the way to correct it is among its buttons."""
    if not (taken.said or taken.attached or taken.correct):
        return screen
    first, *more = screen
    *between, last = replace(first, blocks=(*taken.said, *first.blocks, *taken.attached)), *more
    offered = {c.id for c in last.choices}
    correct = tuple(c for c in taken.correct if c.id not in offered)
    return (*between, replace(last, choices=(*last.choices, *correct)))
