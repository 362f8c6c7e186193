"""Whatever is sent: the conversation goes on, the session round-trips, no fact is lost, an end can be reached."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.answered import Answered
from flows.dialogue import TABLE
from flows.engine import step
from flows.events import Chose, Edited, Event, Said, Say, Withdrawn
from flows.facts import UNKNOWN
from flows.guide import Guide
from flows.proof import MOST_QUESTIONS
from flows.session import Screen, Session
from tests.conftest import NOON

WORDS = [
    "/start", "/restart", "/back", "/help", "/human", "/language", "/language uk", "/nonsense", "Hallo", "ja", "nein",
    "1", "2", "99", "Krankenschwester", "Koch in Wismar", "18055", "aus Syrien", "weiß nicht", "Teilanerkennung",
    "Meine Zeugnisse sind weg", "qqqq", "", "مرحبا", "медсестра", "<b>x</b>", "mein Mann schlägt mich", "😀",
    "darf ich arbeiten", "ich bin Student", "Englisch",
]  # fmt: skip
CHOICES = [
    "recognition", "labour_rights", "employer", "other", "nurse", "cook", "engineer", "rostock", "abroad", "vocational",
    "none", "missing", "SY", "DE", "partial", "full", "yes", "no", UNKNOWN, "back", "human", "help", "restart",
    "continue", "change", "language", "change:profession", "change:place", "change:nothing", "lang:ar", "lang:xx",
    "show:iq-nursing", "show:x", "", ":", "💥",
]  # fmt: skip


ANSWERED = [
    None,
    Answered(screen=Screen.START, facts={"profession": "nurse", "origin": "SY"}),
    Answered(screen=Screen.QUESTION, asked="place", shown=("rostock", "back"), facts={"place": "rostock"}),
    Answered(screen=Screen.PAPERS, asked="degree", shown=("vocational",), facts={"degree": "vocational"}),
    Answered(screen=Screen.WHICH, asked="profession", facts={}),
]


def events() -> st.SearchStrategy[Event]:
    words, answered = st.one_of(st.sampled_from(WORDS), st.text(max_size=60)), st.sampled_from(ANSWERED)
    said = words.map(lambda t: Said(t, NOON))
    edited = st.tuples(words, answered).map(lambda e: Edited(e[0], NOON, "1", e[1]))
    withdrawn = answered.map(lambda a: Withdrawn(NOON, "1", a))
    return st.one_of(said, st.sampled_from(CHOICES).map(lambda c: Chose(c, NOON)), edited, withdrawn)


@settings(max_examples=150, deadline=None)
@given(sent=st.lists(events(), max_size=12))
def test_any_conversation(guide: Guide, sent: list[Event]) -> None:
    session = Session()
    for event in sent:
        turn = step(guide, session, event)
        assert Session.model_validate_json(turn.session.model_dump_json()) == turn.session
        messages = [e.message for e in turn.effects if isinstance(e, Say)]
        session = turn.session
        if isinstance(event, Withdrawn) and not messages:
            continue
        assert messages
        assert all(m.blocks for m in messages)
        assert messages[-1].choices
        assert all(not m.choices for m in messages[:-1]), "choices stand on the last message alone"
    reach_the_end(guide, session)


def reach_the_end(guide: Guide, session: Session) -> None:
    """From any state, answering "don't know" leads to a result within the longest path."""
    turn = step(guide, session, Chose("continue", NOON))
    for _ in range(MOST_QUESTIONS + 1):
        if turn.screen == Screen.RESULT:
            return
        turn = step(guide, turn.session, Chose(UNKNOWN, NOON))
    pytest.fail(f"no end from {session}")


@settings(max_examples=100, deadline=None)
@given(sent=st.lists(events(), max_size=8), beside=st.sampled_from(["/help", "/human", "/language", "99", "stale", ""]))
def test_looking_around_loses_no_fact(guide: Guide, sent: list[Event], beside: str) -> None:
    session = Session()
    for event in sent:
        session = step(guide, session, event).session
    after = step(guide, session, Said(beside, NOON) if beside != "stale" else Chose("forged", NOON)).session
    if session.screen != Screen.AGAIN:  # there a second mistake is taken as the answer
        assert after.facts == session.facts


@settings(max_examples=60, deadline=None)
@given(sent=st.lists(events(), max_size=10))
def test_back_leads_to_the_beginning(guide: Guide, sent: list[Event]) -> None:
    session = step(guide, Session(), Said("/start", NOON)).session
    for event in sent:
        session = step(guide, session, event).session
    for _ in range(2 * len(sent) + 2):
        session = step(guide, session, Said("/back", NOON)).session
    assert session.history == ()


@pytest.mark.parametrize("words", ["ja", "1", "xyz", "hallo", "Krankenschwester", "👍"])
def test_after_deleting_one_can_go_on(guide: Guide, words: str) -> None:
    deleted = step(guide, Session(), Said("/delete", NOON)).session
    reach_the_end(guide, step(guide, deleted, Said(words, NOON)).session)


def test_an_alarm_leaves_the_session_as_it_was(guide: Guide) -> None:
    before = step(guide, Session(), Said("/start", NOON)).session
    after = step(guide, before, Said("Mein Mann schlägt mich", NOON + timedelta(minutes=1)))
    assert after.screen == Screen.CRISIS
    unchanged = {"shown", "seen", "turn"}
    assert after.session.model_dump(exclude=unchanged) == before.model_dump(exclude=unchanged)


def test_alarms_come_first_in_the_table() -> None:
    assert [row.lasts for row in TABLE[:2]] == [False, False]
