"""What a message may mean where it told nothing surely: offered when it comes to be asked for, never taken."""

from dataclasses import dataclass, field

import pytest

from flows.engine import Turn, step
from flows.events import Chose, Event, Said, Say, Withdrawn
from flows.guide import Guide
from flows.session import Option, Session
from flows.texts import Message, Paragraph, Text
from tests.conftest import NOON

MEANT = "Meinen Sie eine von diesen Antworten? Sonst schreiben Sie es bitte anders."
UNCLEAR = "je suis infirmyair, j'habite Wismar"
"""The town is told; the profession is like the nurse's, but not near enough to be taken."""


@dataclass
class Room:
    guide: Guide
    session: Session = field(default_factory=Session)

    def take(self, *events: Event | str) -> Turn:
        for event in events:
            turn = step(self.guide, self.session, Said(event, NOON) if isinstance(event, str) else event)
            self.session = turn.session
        return turn

    def press(self, *choices: str) -> Turn:
        return self.take(*(Chose(choice, NOON) for choice in choices))


@pytest.fixture
def room(guide: Guide) -> Room:
    return Room(guide)


def asked(turn: Turn) -> Message:
    return [e.message for e in turn.effects if isinstance(e, Say)][-1]


def offered(turn: Turn) -> list[str]:
    return [c.id for c in asked(turn).choices]


def says(turn: Turn) -> list[str]:
    return [b.text.msgid for b in asked(turn).blocks if isinstance(b, Paragraph) and isinstance(b.text, Text)]


def test_a_hint_is_offered_when_its_question_comes(room: Room) -> None:
    turn = room.take("/start", UNCLEAR)
    assert turn.session.facts == {"place": "nordwestmecklenburg"}
    assert turn.asking == "concern"
    turn = room.press("recognition")
    assert (turn.asking, offered(turn)[0]) == ("profession", "nurse")
    assert MEANT in says(turn)
    assert "cook" not in offered(turn)
    assert {"unknown", "human"} <= {*offered(turn)}
    assert room.press("nurse").session.facts["profession"] == "nurse"


def test_of_a_short_list_all_answers_stay_and_the_likely_one_stands_first(room: Room) -> None:
    room.take("/start")
    room.press("recognition", "nurse", "rostock")
    plain = offered(Room(room.guide, room.session).press("change:degree"))
    room.session = room.session.model_copy(update={"hints": {"degree": (Option("academic"),)}})
    turn = room.press("change:degree")
    assert offered(turn)[0] == "academic"
    assert sorted(offered(turn)) == sorted(plain)
    assert MEANT not in says(turn)


def test_what_else_may_have_been_meant_is_offered_when_the_answer_is_changed(room: Room) -> None:
    turn = room.take("/start", "Sunt mecanik agrikolh din Bacau")
    assert turn.session.facts["profession"] == "car-mechanic"
    turn = room.press("recognition", "change:profession")
    assert offered(turn)[0] == "agri-machinery-mechanic"
    assert "car-mechanic" not in offered(turn)


@pytest.mark.parametrize(
    "text", ["je ne suis pas infirmyair, j'habite Wismar", "ma femme est infirmyair, nous habitons Wismar"]
)
def test_what_is_denied_or_of_somebody_else_gives_no_hint(room: Room, text: str) -> None:
    assert room.take("/start", text).session.hints == {}


def test_what_is_told_later_needs_no_hint(room: Room) -> None:
    room.take("/start", UNCLEAR)
    room.press("recognition")
    turn = room.take("Köchin")
    assert turn.session.facts["profession"] == "cook"
    assert "profession" not in turn.session.hints


def test_what_was_chosen_needs_no_hint_until_one_goes_back(room: Room) -> None:
    room.take("/start", UNCLEAR)
    turn = room.press("recognition", "nurse")
    assert "profession" not in turn.session.hints
    assert offered(room.press("back"))[0] == "nurse"
    assert "profession" not in room.press("unknown").session.hints


def test_hints_go_with_the_message_and_with_a_new_start(room: Room) -> None:
    turn = room.take("/start", UNCLEAR)
    assert turn.session.hints
    assert room.take(Withdrawn(NOON, "1", turn.answered)).session.hints == {}
    assert room.take(UNCLEAR).session.hints
    assert room.take("/restart").session.hints == {}


def test_what_content_has_no_more_is_not_offered(room: Room) -> None:
    room.take("/start")
    room.session = room.session.model_copy(update={"hints": {"profession": (Option("lamplighter"), Option("cook"))}})
    turn = room.press("recognition")
    assert offered(turn)[:2] == ["cook", "unknown"]


def test_a_hint_that_nobody_takes_stays_a_hint(room: Room) -> None:
    room.take("/start", UNCLEAR)
    room.press("recognition")
    turn = room.press("unknown")
    assert turn.session.facts["profession"] == "unknown"
    assert turn.asking not in ("profession", "field")
