"""One dialogue on every channel: the same scenarios on real peers, and what follows means the same on each."""

import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from bot.knowledge import Knowledge
from flows.hearing import COMMANDS
from flows.session import Session
from tests.contract.driver import Channel, Driver, Shown
from tests.contract.drivers import CHANNELS
from tests.contract.expected import Dialogue, Expected, contacts_in
from tests.contract.scenarios import SCENARIOS, Scenario
from tests.web.client import plain

_COMMAND = re.compile(rf"(?<![\w/.])/({'|'.join(COMMANDS)})\b")
OF_THE_CHANNEL = {"channel", "seen"}
"""What may differ in a session: which channel it is on, and the time."""


@pytest.mark.parametrize("name", CHANNELS)
def test_every_scenario_means_the_same(
    name: str, knowledge: Knowledge, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    channel = CHANNELS[name]
    played = [s if channel.tells_language else s.begun_in_german() for s in SCENARIOS if s.needs <= channel.can]
    with channel.opened(tmp_path) as somebody, ThreadPoolExecutor(channel.at_once) as pool:
        done = {s.name: pool.submit(play, s, channel, knowledge, somebody) for s in played}
        for scenario, failure in done.items():
            with subtests.test(channel=name, scenario=scenario):
                failure.result()


def play(scenario: Scenario, channel: Channel, knowledge: Knowledge, somebody: Callable[[str], Driver]) -> None:
    """Play a scenario, and hold each turn against what the dialogue says. AssertionError names the turn."""
    person = somebody(scenario.language)
    dialogue = Dialogue(knowledge, channel.session.model_copy(update={"language": scenario.language}))
    for number, expected in enumerate(dialogue.play(scenario)):
        shown = person.begin() if number == 0 else do(person, expected.did)
        faults = list(differences(expected, shown, channel, knowledge))
        if number or channel.begins_at_once:
            faults += differing(expected.session, person.session())
        assert not faults, f"turn {number}, {expected.did}:\n" + "\n".join(faults) + f"\nshown: {shown}"


def do(person: Driver, did: dict[str, Any]) -> Shown:
    if "after" in did:
        person.later(did["after"])
    match did:
        case {"say": text}:
            return person.say(text)
        case {"choose": choice}:
            return person.choose(choice)
        case {"edit": ago, "to": text}:
            return person.edit(ago, text)
        case {"delete": ago}:
            return person.delete(ago)
    return person.send(did["send"])


def differences(expected: Expected, shown: Shown, channel: Channel, knowledge: Knowledge) -> Iterator[str]:
    """In what the person sees: words, choices, whom to reach and how, the file."""
    text, at = plain(shown.text), 0
    if not text:
        yield "nothing is said"
    for line in () if expected.screen in channel.own_words else named(expected.lines, channel):
        found = text.find(line, at)
        if found < 0:
            yield f"not said, or not in its place: {line}"
        else:
            at = found + len(line)
    choices = dict(zip(expected.choices, named(expected.choices.values(), channel), strict=True))
    if shown.choices != choices:
        yield f"choices: {shown.choices} instead of {choices}"
    if (contacts := contacts_in(knowledge, text)) != expected.contacts:
        yield f"contacts: {set(contacts)} instead of {set(expected.contacts)}"
    links = {link for link in expected.links if link.startswith(tuple(f"{kind}:" for kind in channel.links))}
    if shown.links != links:
        yield f"links: {set(shown.links)} instead of {links}"
    if expected.attached and expected.session is not None:
        yield from (f"not in the file: {v}" for v in expected.session.facts.values() if v not in shown.attached)


def named(lines: Iterable[str], channel: Channel) -> list[str]:
    """Lines with the commands as they are written here."""
    return [_COMMAND.sub(rf"{channel.commands}\1", line) for line in lines]


def differing(expected: Session | None, stored: Session | None) -> Iterator[str]:
    """In what is stored."""
    if expected is None or stored is None:
        yield from [] if expected is stored else [f"session: {stored} instead of {expected}"]
        return
    is_, should = stored.model_dump(exclude=OF_THE_CHANNEL), expected.model_dump(exclude=OF_THE_CHANNEL)
    yield from (f"session.{k}: {is_[k]!r} instead of {should[k]!r}" for k in should if is_[k] != should[k])
