"""What a message may mean where it told nothing surely: offered when it comes to be asked for, never taken."""

import pytest

from bot.conversation import Conversation
from flows.engine import Turn, step
from flows.events import Say, Withdrawn
from flows.guide import Guide
from flows.session import Option
from flows.texts import Message, Paragraph, Text
from tests.conftest import NOON, Talk

MEANT = "Meinen Sie eine von diesen Antworten? Sonst schreiben Sie es bitte anders."
UNCLEAR = "je suis infirmyair, j'habite Wismar"
"""The town is told; the profession is like the nurse's, but not near enough to be taken."""


@pytest.fixture
def room(talk: Talk) -> Conversation:
    room = talk()
    room.said("/start")
    return room


def press(room: Conversation, *choices: str) -> Turn:
    return [room.chose(choice) for choice in choices][-1]


def asked(turn: Turn) -> Message:
    return [e.message for e in turn.effects if isinstance(e, Say)][-1]


def offered(turn: Turn) -> list[str]:
    return [c.id for c in asked(turn).choices]


def says(turn: Turn) -> list[str]:
    return [b.text.msgid for b in asked(turn).blocks if isinstance(b, Paragraph) and isinstance(b.text, Text)]


def test_a_hint_is_offered_when_its_question_comes(room: Conversation) -> None:
    turn = room.said(UNCLEAR)
    assert turn.session.facts == {"place": "nordwestmecklenburg"}
    assert turn.asking == "concern"
    turn = press(room, "recognition")
    assert (turn.asking, offered(turn)[0]) == ("profession", "nurse")
    assert MEANT in says(turn)
    assert "cook" not in offered(turn)
    assert {"unknown", "human"} <= {*offered(turn)}
    assert press(room, "nurse").session.facts["profession"] == "nurse"


def test_of_a_short_list_all_answers_stay_and_the_likely_one_stands_first(room: Conversation) -> None:
    press(room, "recognition", "nurse", "rostock")
    before = room.session
    plain = offered(press(room, "change:degree"))
    room.session = before.model_copy(update={"hints": {"degree": (Option("academic"),)}})
    turn = press(room, "change:degree")
    assert offered(turn)[0] == "academic"
    assert sorted(offered(turn)) == sorted(plain)
    assert MEANT not in says(turn)


def test_what_else_may_have_been_meant_is_offered_when_the_answer_is_changed(room: Conversation) -> None:
    turn = room.said("Sunt mecanik agrikolh din Bacau")
    assert turn.session.facts["profession"] == "car-mechanic"
    turn = press(room, "recognition", "change:profession")
    assert offered(turn)[0] == "agri-machinery-mechanic"
    assert "car-mechanic" not in offered(turn)


@pytest.mark.parametrize(
    "text", ["je ne suis pas infirmyair, j'habite Wismar", "ma femme est infirmyair, nous habitons Wismar"]
)
def test_what_is_denied_or_of_somebody_else_gives_no_hint(room: Conversation, text: str) -> None:
    assert room.said(text).session.hints == {}


def test_what_is_told_later_needs_no_hint(room: Conversation) -> None:
    room.said(UNCLEAR)
    press(room, "recognition")
    turn = room.said("Köchin")
    assert turn.session.facts["profession"] == "cook"
    assert "profession" not in turn.session.hints


def test_what_was_chosen_needs_no_hint_until_one_goes_back(room: Conversation) -> None:
    room.said(UNCLEAR)
    turn = press(room, "recognition", "nurse")
    assert "profession" not in turn.session.hints
    assert offered(press(room, "back"))[0] == "nurse"
    assert "profession" not in press(room, "unknown").session.hints


def test_hints_go_with_the_message_and_with_a_new_start(room: Conversation, guide: Guide) -> None:
    turn = room.said(UNCLEAR)
    assert turn.session.hints
    assert step(guide, room.session, Withdrawn(NOON, "1", turn.answered)).session.hints == {}
    assert room.session.hints
    assert room.said("/restart").session.hints == {}


def test_what_content_has_no_more_is_not_offered(room: Conversation) -> None:
    room.session = room.session.model_copy(update={"hints": {"profession": (Option("lamplighter"), Option("cook"))}})
    turn = press(room, "recognition")
    assert offered(turn)[:2] == ["cook", "unknown"]


def test_a_hint_that_nobody_takes_stays_a_hint(room: Conversation) -> None:
    room.said(UNCLEAR)
    press(room, "recognition")
    turn = press(room, "unknown")
    assert turn.session.facts["profession"] == "unknown"
    assert turn.asking not in ("profession", "field")
