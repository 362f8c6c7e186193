"""What must follow on every channel: the dialogue alone, without any channel, plays the same scenario."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.knowledge import Knowledge
from bot.rendering.plain import block_text
from flows.answered import Answered
from flows.engine import Turn, step
from flows.events import Chose, Edited, Event, Forget, Gather, Gathered, Said, Say, Sent, Withdrawn
from flows.session import Screen, Session
from flows.texts import Attachment, Contact
from tests.contract.scenarios import Scenario
from tests.web.client import plain


@dataclass(frozen=True)
class Expected:
    """What one turn must lead to."""

    did: dict[str, Any]
    screen: Screen
    session: Session | None
    """None: nothing is kept any more."""
    lines: tuple[str, ...]
    """What must be said, in this order."""
    choices: dict[str, str]
    contacts: frozenset[str]
    """Telephone numbers, addresses and pages that are in the text."""
    links: frozenset[str]
    attached: bool
    events: frozenset[type]
    effects: frozenset[type]
    blocks: frozenset[type]


class Dialogue:
    """One person's conversation that begins with this session, by the engine alone."""

    def __init__(self, knowledge: Knowledge, session: Session) -> None:
        self._knowledge = knowledge
        self._at = datetime.now(UTC)
        self._session = session
        self._answered: list[Answered | None] = []
        self._events: set[type] = set()
        self._effects: set[type] = set()

    def play(self, scenario: Scenario) -> Iterator[Expected]:
        for did in ({"say": "/start"}, *scenario.turns):
            self._at += timedelta(days=did.get("after", 0))
            turn = self._turn(self._event(did))
            if "edit" in did:
                self._answered[-did["edit"]] = turn.answered
            elif "delete" not in did:
                self._answered.append(turn.answered)
            yield self._told(did, turn)

    def _event(self, did: dict[str, Any]) -> Event:
        if "send" in did:
            return Sent(did["send"], self._at)
        if "say" in did:
            return Said(did["say"], self._at)
        if "edit" in did:
            return Edited(did["to"], self._at, "", self._answered[-did["edit"]])
        if "delete" in did:
            return Withdrawn(self._at, "", self._answered[-did["delete"]])
        assert did["choose"] in self._session.shown, f"{did}: on screen are {self._session.shown}"
        return Chose(did["choose"], self._at, self._session.turn)

    def _turn(self, event: Event) -> Turn:
        guide = self._knowledge.guide(self._at.date())
        turn = step(guide, self._session, event)
        self._events, self._effects = {type(event)}, {type(e) for e in turn.effects}
        if Gather() in turn.effects:
            turn = step(guide, turn.session, Gathered("", self._at))
            self._events.add(Gathered)
            self._effects |= {type(e) for e in turn.effects}
        self._session = turn.session
        return turn

    def _told(self, did: dict[str, Any], turn: Turn) -> Expected:
        speaker = self._knowledge.speaker(turn.session.language)
        messages = [e.message for e in turn.effects if isinstance(e, Say)]
        blocks = [block for message in messages for block in message.blocks]
        texts = [block_text(block, speaker) for block in blocks if not isinstance(block, Attachment)]
        return Expected(
            did=did,
            screen=turn.screen,
            session=None if Forget() in turn.effects else turn.session,
            lines=tuple(words for text in texts for line in text.splitlines() if (words := spoken(line))),
            choices={c.id: plain(speaker.say(c.label)) for c in messages[-1].choices},
            contacts=contacts_in(self._knowledge, plain("\n".join(texts))),
            links=frozenset(link for block in blocks if isinstance(block, Contact) for link in _links(block)),
            attached=any(isinstance(block, Attachment) for block in blocks),
            events=frozenset(self._events),
            effects=frozenset(self._effects),
            blocks=frozenset(type(block) for block in blocks),
        )


def spoken(line: str) -> str:
    """A line as it is compared: a channel may have its own sign for an item of a list."""
    return plain(line).removeprefix("• ")


def contacts_in(knowledge: Knowledge, text: str) -> frozenset[str]:
    """Every telephone number, e-mail address, page and address of our content that is in a text."""
    contacts = [e.contact for e in knowledge.catalogue.entries.values() if e.contact is not None]
    ways = {plain(way or "") for c in contacts for way in (c.phone, c.email, c.web, c.address)}
    ways |= {plain(h.phone) for h in knowledge.catalogue.crisis.helplines}
    return frozenset(way for way in ways if way and way in text)


def _links(contact: Contact) -> Iterator[str]:
    if contact.phone:
        yield "tel:" + "".join(c for c in contact.phone if c in "+0123456789")
    if contact.email:
        yield f"mailto:{contact.email}"
    if contact.web:
        yield contact.web if contact.web.startswith("http") else f"https://{contact.web}"
