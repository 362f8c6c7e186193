"""What tests share: the shipped content, read once, and conversations with a clock that stands still."""

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings

from bot import paths
from bot.conversation import Conversation
from bot.knowledge import Knowledge, make_knowledge
from bot.operation.logs import configure
from flows.guide import Guide
from flows.session import Session
from tests.synapse.server import Synapse, homeserver

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TESTS = Path(__file__).parent
LANGUAGES = ("de", "en", "uk", "ar", "pl", "ru", "fa", "ro", "tr", "vi", "fr", "bg", "es")

# Properties are tried with the same examples each time; `make soak` tries new ones.
settings.register_profile("steady", derandomize=True)
settings.load_profile("steady")

Talk = Callable[..., Conversation]


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **time: float) -> None:
        self.at += timedelta(**time)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write what the transcripts' turns give now")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The long campaigns are `make soak`'s."""
    if "soak" in (config.getoption("-m") or ""):
        return
    long = [item for item in items if "soak" in item.keywords]
    config.hook.pytest_deselected(items=long)
    items[:] = [item for item in items if item not in long]


@pytest.fixture(scope="session", autouse=True)
def logs() -> None:
    """Logs as in operation: tests hold them against personal data."""
    configure()
    logging.captureWarnings(False)


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    made = make_knowledge(paths.CONTENT, paths.LOCALES)
    made.lexicon.prepare()
    return made


@pytest.fixture(scope="session")
def guide(knowledge: Knowledge) -> Guide:
    return knowledge.guide(NOON.date())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def talk(knowledge: Knowledge, clock: Clock) -> Talk:
    """`talk("uk")` begins a conversation in Ukrainian."""
    return lambda language="de": Conversation(knowledge, clock, Session(language=language))


@pytest.fixture(scope="session")
def synapse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synapse]:
    """The Matrix homeserver of this test process, with every limit raised. Who changes that restores it."""
    with homeserver(tmp_path_factory.mktemp("synapse")) as server:
        yield server
