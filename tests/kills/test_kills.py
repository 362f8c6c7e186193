"""SIGKILL at random moments under load: no answer lost, no update handled twice, no message dropped.

Twenty people write through the Bot API emulator while the workers are killed and started again. What each person
must have received is worked out beforehand by the dialogue alone; a message may come twice where a kill hit between
sending and noting, at most once a chat and kill.
"""

import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

import pytest

from bot.conversation import Conversation
from bot.knowledge import Knowledge
from bot.rendering.plain import render
from bot.store.leases import LEASE
from flows.events import Say
from flows.session import Session
from tests.databases import new_url
from tests.emulator.telegram import Emulator, User
from tests.running import Running

PEOPLE = 20
ANSWERS = ["/start", "1", "Krankenschwester", "Güstrow", "1", "Syrien", "3", "/back", "4", "/restart", "4", "Wismar"]
SETUPS = [("sqlite", 1), ("postgresql", 1), ("postgresql", 3)]


def expected(knowledge: Knowledge, rounds: int) -> list[list[str]]:
    """For each thing that is written, the texts that must come."""
    conversation = Conversation(
        knowledge, lambda: datetime(2026, 11, 23, tzinfo=UTC), Session(language="de", channel="telegram")
    )
    speaker = knowledge.speaker("de")
    turns = []
    for text in ANSWERS * rounds:
        turn = conversation.said(text)
        turns.append([render(e.message, speaker) for e in turn.effects if isinstance(e, Say)])
    return turns


def received(user: User) -> list[str]:
    return [m.text for m in user.messages]


def without_repeats(texts: list[str]) -> list[str]:
    return [text for text, _group in groupby(texts)]


def write(user: User, turns: list[list[str]], texts: list[str], failures: list[str]) -> None:
    """Write the next thing when everything that the last one had to bring is there."""
    awaited: list[str] = []
    for text, answers in zip(texts, turns, strict=True):
        user.send(text)
        awaited += answers
        until = time.monotonic() + 60
        while without_repeats(received(user)) != without_repeats(awaited):
            if time.monotonic() > until:
                got = without_repeats(received(user))
                failures.append(f"{user.id} after {text!r}: {len(got)} of {len(awaited)}, last {got[-1:]}")
                return
            time.sleep(0.05)


class Workers:
    """The workers of a setup; `kill_one` ends one at random and starts another."""

    def __init__(self, start: Callable[[], Running], count: int, draw: random.Random) -> None:
        self._start = start
        self._draw = draw
        self.all = [start() for _ in range(count)]

    def kill_one(self) -> None:
        victim = self._draw.randrange(len(self.all))
        self.all[victim].kill()
        self.all[victim] = self._start()

    def stop(self) -> None:
        for worker in self.all:
            worker.kill()


def campaign(kind: str, workers: int, kills: int, knowledge: Knowledge, folder: Path) -> tuple[int, int]:
    """Run one; gives how many messages came and how many of them came again."""
    draw = random.Random(kills * 100 + workers)
    rounds = max(1, kills // 5)
    turns, texts = expected(knowledge, rounds), ANSWERS * rounds
    url = new_url(kind, folder)
    failures: list[str] = []
    with Emulator() as tg:
        pool = Workers(
            lambda: Running(folder / "log", database_url=url, telegram_token=tg.token, telegram_api_url=tg.url),
            workers,
            draw,
        )
        try:
            pool.all[0].wait_ready()
            people = [tg.user(id=100 + i, language_code="de") for i in range(PEOPLE)]
            threads = [threading.Thread(target=write, args=(p, turns, texts, failures)) for p in people]
            for thread in threads:
                thread.start()
            # Another worker takes over when the killed one's lease ends: somebody has to live that long now and then.
            longest = 4.0 if kind == "sqlite" or workers > 1 else 3 * LEASE
            for _ in range(kills):
                time.sleep(draw.uniform(1.0, longest))
                if any(t.is_alive() for t in threads):
                    pool.kill_one()
            for thread in threads:
                thread.join(timeout=60.0 * len(texts))
        finally:
            pool.stop()
        assert failures == [], "\n".join(failures)
        awaited = [text for answers in turns for text in answers]
        repeats = 0
        for user in people:
            got = received(user)
            assert without_repeats(got) == without_repeats(awaited)
            again = len(got) - len(awaited)
            assert 0 <= again <= kills, f"{user.id}: {again} messages came again after {kills} kills"
            repeats += again
    return len(awaited) * PEOPLE, repeats


@pytest.mark.parametrize(("kind", "workers"), SETUPS)
def test_five_kills(kind: str, workers: int, knowledge: Knowledge, tmp_path: Path) -> None:
    campaign(kind, workers, 5, knowledge, tmp_path)


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("kind", "workers"), SETUPS)
def test_sixty_kills(kind: str, workers: int, knowledge: Knowledge, tmp_path: Path) -> None:
    messages, repeats = campaign(kind, workers, 60, knowledge, tmp_path)
    print(f"\n{kind}, {workers} worker(s): 60 kills, {messages} messages, {repeats} came again, none lost")
