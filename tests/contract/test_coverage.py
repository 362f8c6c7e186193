"""The scenarios meet everything that there is: a new screen, effect, command or block without one fails here."""

from typing import get_args

import pytest

from bot.knowledge import Knowledge
from flows.events import SENT_KINDS, Effect, Event
from flows.hearing import COMMANDS
from flows.screens import SCREENS
from flows.session import Session
from flows.texts import Block
from tests.contract.drivers import CHANNELS
from tests.contract.expected import Dialogue, Expected
from tests.contract.scenarios import SCENARIOS


@pytest.fixture(scope="module")
def everything(knowledge: Knowledge) -> list[Expected]:
    return [e for s in SCENARIOS for e in Dialogue(knowledge, Session(language=s.language)).play(s)]


def test_every_screen_is_shown(everything: list[Expected]) -> None:
    assert {e.screen for e in everything} == set(SCREENS)


def test_every_effect_happens(everything: list[Expected]) -> None:
    assert {effect for e in everything for effect in e.effects} == set(get_args(Effect))


def test_every_block_is_shown(everything: list[Expected]) -> None:
    assert {block for e in everything for block in e.blocks} == set(get_args(Block))


def test_every_command_is_sent(everything: list[Expected]) -> None:
    said = {e.did.get("say", "").removeprefix("/").partition(" ")[0] for e in everything}
    assert set(COMMANDS) - said == set()


def test_everything_without_words_can_be_sent_somewhere(everything: list[Expected]) -> None:
    assert {e.did.get("send") for e in everything} - {None} == set(SENT_KINDS)
    assert all(any(s.needs <= channel.can for channel in CHANNELS.values()) for s in SCENARIOS)


def test_every_event_happens(everything: list[Expected]) -> None:
    assert {event for e in everything for event in e.events} == set(get_args(Event))


def test_every_channel_is_asked_for_the_same(knowledge: Knowledge) -> None:
    """A channel decides some words of what is said, and nothing else: each is held against its own (test_contract)."""
    for scenario in SCENARIOS:
        begun = [c.session.model_copy(update={"language": scenario.language}) for c in CHANNELS.values()]
        played = [Dialogue(knowledge, session).play(scenario) for session in begun]
        for turns in zip(*played, strict=True):
            assert len({(t.screen, tuple(t.choices), t.contacts, t.links) for t in turns}) == 1, turns[0].did
