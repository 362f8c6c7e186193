"""Answers that are edited or deleted afterwards: taken at the question that they answered, or taken back."""

from dataclasses import dataclass, field

import pytest

from flows.answered import Answered
from flows.engine import Turn, step
from flows.events import Chose, Edited, Said, Say, Withdrawn
from flows.guide import Guide
from flows.session import Screen, Session
from flows.texts import Heading, Listing, Paragraph, Text
from tests.conftest import NOON

TAKEN_BACK = "Sie haben Ihre Antwort gelöscht. Ich nehme sie zurück."
NOT_SEEN = "Ich sehe nicht, was Sie geändert haben. Bitte schreiben Sie Ihre Antwort noch einmal."
NURSE = ("/start", "1", "Krankenschwester", "Güstrow", "1", "Syrien", "3")
"""Up to the result; the place by its words (message 3), the degree by its number (message 4)."""


@dataclass
class Room:
    """A conversation whose messages can be edited and deleted; a message's id is its place."""

    guide: Guide
    session: Session = field(default_factory=Session)
    kept: dict[int, Answered | None] = field(default_factory=dict)

    def say(self, *texts: str) -> Turn:
        for text in texts:
            turn = self._take(Said(text, NOON))
            self.kept[len(self.kept)] = turn.answered
        return turn

    def edit(self, message: int, text: str) -> Turn:
        turn = self._take(Edited(text, NOON, str(message), self.kept.get(message)))
        self.kept[message] = turn.answered or self.kept.get(message)
        return turn

    def delete(self, message: int) -> Turn:
        return self._take(Withdrawn(NOON, str(message), self.kept.pop(message, None)))

    def _take(self, event: Said | Edited | Withdrawn) -> Turn:
        turn = step(self.guide, self.session, event)
        self.session = turn.session
        return turn


@pytest.fixture
def room(guide: Guide) -> Room:
    return Room(guide)


def told(turn: Turn) -> list[str]:
    """The msgids of what is said: leads of lists, headings, paragraphs."""
    blocks = [b for e in turn.effects if isinstance(e, Say) for b in e.message.blocks]
    texts = [
        b.lead if isinstance(b, Listing) else b.text for b in blocks if isinstance(b, Heading | Listing | Paragraph)
    ]
    return [t.msgid for t in texts if isinstance(t, Text)]


@pytest.mark.parametrize("text", ["Schwerin", "schwerin", "19053", "Ich wohne jetzt in Schwerin"])
def test_an_edited_answer_replaces_that_answer_and_the_guide_goes_on_where_it_was(room: Room, text: str) -> None:
    before = room.say(*NURSE[:5])
    turn = room.edit(3, text)
    assert room.session.facts == {**before.session.facts, "place": "schwerin"}
    assert (turn.screen, turn.asking) == (Screen.QUESTION, before.asking)
    assert "Ich habe verstanden:" in told(turn)


def test_an_edited_number_means_what_was_on_screen_then(room: Room) -> None:
    room.say(*NURSE)
    turn = room.edit(4, "2")
    assert room.session.facts["degree"] == "academic"
    assert turn.screen == Screen.RESULT
    assert "Ich habe verstanden:" in told(turn)


def test_an_edited_answer_can_be_edited_again(room: Room) -> None:
    room.say(*NURSE[:4])
    room.edit(3, "Schwerin")
    room.edit(3, "Wismar")
    assert room.session.facts["place"] == "nordwestmecklenburg"


def test_a_slip_that_was_not_understood_can_be_mended(room: Room) -> None:
    room.say("/start", "1", "qqqq xxxx")
    assert room.session.screen == Screen.AGAIN
    turn = room.edit(2, "Krankenschwester")
    assert room.session.facts["profession"] == "nurse"
    assert turn.screen == Screen.QUESTION


def test_the_first_sentence_can_be_edited(room: Room) -> None:
    room.say("Ich bin Krankenschwester aus Syrien", "1")
    room.edit(0, "Ich bin Krankenschwester aus der Türkei")
    assert room.session.facts == {"concern": "recognition", "profession": "nurse", "origin": "TR"}


def test_what_the_old_text_said_beside_it_goes(room: Room) -> None:
    room.say("Ich bin Krankenschwester aus Syrien")
    room.edit(0, "Ich bin Krankenschwester")
    assert room.session.facts == {"profession": "nurse"}


def test_an_edit_may_refuse(room: Room) -> None:
    room.say(*NURSE)
    turn = room.edit(3, "weiß nicht")
    assert room.session.facts["place"] == "unknown"
    assert "Ich habe verstanden:" in told(turn)


def test_an_edit_that_may_mean_several_asks_which(room: Room) -> None:
    room.say(*NURSE[:4])
    turn = room.edit(2, "Koch und Bäcker")
    assert (turn.screen, turn.asking) == (Screen.WHICH, "profession")
    step_on = step(room.guide, turn.session, Chose("cook", NOON))
    assert step_on.session.facts["profession"] == "cook"
    assert step_on.session.facts["place"] == "landkreis_rostock"


def test_own_words_can_be_corrected(room: Room) -> None:
    room.say("/start", "1", "Flusenbandigerin", "Flusenbandigerin")
    room.edit(3, "Flusenbändigerin")
    assert room.session.facts["profession_text"] == "Flusenbändigerin"


def test_words_that_say_nothing_do_not_replace_an_answer_that_was_understood(room: Room) -> None:
    room.say("/start", "1", "qqqq xxxx", "Krankenschwester")
    turn = room.edit(3, "wwww yyyy")
    assert NOT_SEEN in told(turn)
    assert room.session.facts["profession"] == "nurse"


@pytest.mark.parametrize(
    "text",
    [
        "qqqq xxxx",
        "",
        "👍",
        "/restart",
        "/delete",
        "/start place-schwerin",
        "!human Schwerin",
        "Hilfe",
        "zurück",
        "Guten Tag",
    ],
)
def test_an_edit_that_is_no_answer_changes_nothing(room: Room, text: str) -> None:
    before = room.say(*NURSE).session
    turn = room.edit(3, text)
    assert NOT_SEEN in told(turn)
    assert turn.session.model_dump(exclude={"turn", "shown"}) == before.model_dump(exclude={"turn", "shown"})


def test_a_message_that_nothing_is_known_of(room: Room) -> None:
    before = room.say(*NURSE[:3]).session
    turn = room.edit(99, "Schwerin")
    assert NOT_SEEN in told(turn)
    assert turn.session.facts == before.facts


@pytest.mark.parametrize("message", [3, 99])
def test_an_edit_that_is_an_alarm_is_an_alarm(room: Room, message: int) -> None:
    before = room.say(*NURSE[:5]).session
    turn = room.edit(message, "Mein Mann schlägt mich")
    assert (turn.screen, turn.lasts) == (Screen.CRISIS, False)
    assert turn.session.facts == before.facts


def test_a_deleted_answer_is_taken_back_and_asked_for_again(room: Room) -> None:
    room.say(*NURSE)
    turn = room.delete(3)
    assert "place" not in room.session.facts
    assert room.session.facts["notice"] == "partial"
    assert (turn.screen, turn.asking) == (Screen.QUESTION, "place")
    assert TAKEN_BACK in told(turn)


def test_a_deleted_profession_takes_its_words_with_it(room: Room) -> None:
    room.say("/start", "1", "Flusenbändigerin", "Flusenbändigerin", "Reinigung")
    room.delete(3)
    assert room.session.facts == {"concern": "recognition"}
    assert "Flusenbändigerin" not in room.session.model_dump_json()


@pytest.mark.parametrize("message", [0, 99])
def test_nothing_is_said_about_a_deleted_message_that_answered_nothing(room: Room, message: int) -> None:
    before = room.say(*NURSE[:4]).session
    turn = room.delete(message)
    assert turn.effects == ()
    assert turn.session == before


def test_a_later_answer_to_the_same_question_stays(room: Room) -> None:
    room.say(*NURSE, "/back", "/back", "/back", "/back", "Schwerin")
    turn = room.delete(3)
    assert turn.effects == ()
    assert room.session.facts["place"] == "schwerin"


def test_back_does_not_bring_back_what_was_deleted(room: Room) -> None:
    room.say(*NURSE[:5])
    room.delete(2)
    for _ in range(10):
        room.say("/back")
        assert "profession" not in room.session.facts
    assert room.session.asking == "concern"


def test_back_after_the_last_answer_was_deleted_leads_one_question_back(room: Room) -> None:
    room.say(*NURSE[:4])
    room.delete(3)
    assert room.session.asking == "place"
    assert room.say("/back").asking == "profession"


def test_back_after_an_edit_asks_that_question_again(room: Room) -> None:
    room.say(*NURSE[:5])
    room.edit(3, "Schwerin")
    turn = room.say("/back")
    assert turn.asking == "place"
    assert "place" not in room.session.facts
