"""What the tests of the web page share: a bot that serves it, one for each file of tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import Running, running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("web")


@pytest.fixture(scope="module")
def lotse(folder: Path) -> Iterator[Running]:
    with running(folder / "log", database_url=f"sqlite:///{folder}/lotse.db") as bot:
        yield bot
