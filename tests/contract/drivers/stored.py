"""What the database of a running bot has of a person: the same question for every channel."""

import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flows.session import Session


class Stored:
    """One address in a SQLite file that a program has open."""

    def __init__(self, file: Path, address: str) -> None:
        self._file = file
        self._address = address

    def session(self) -> Session | None:
        found = self._asked("SELECT state FROM people WHERE address = ?")
        return Session.model_validate_json(found[0][0]) if found else None

    def settled(self, before: int, patience: float = 60.0) -> None:
        """Wait until a turn later than `before` is written, or everything erased, and all that it says is sent."""
        until = time.monotonic() + patience
        while time.monotonic() < until:
            turns = self._asked("SELECT json_extract(state, '$.turn') FROM people WHERE address = ?")
            later = turns != [(before,)] if before else bool(turns)
            if later and not self._asked("SELECT id FROM outbox WHERE outcome IS NULL AND address = ?"):
                return
            time.sleep(0.05)
        raise AssertionError(f"{self._address}: nothing after turn {before} within {patience} s")

    def age(self, days: float) -> None:
        """As if the last message had come so long ago."""
        session = self.session()
        assert session is not None
        seen = (session.seen or datetime.now(UTC)) - timedelta(days=days)
        state = session.model_copy(update={"seen": seen}).model_dump_json()
        with closing(sqlite3.connect(self._file, timeout=30)) as connection, connection:
            connection.execute("UPDATE people SET state = ? WHERE address = ?", (state, self._address))

    def _asked(self, query: str) -> list[Any]:
        with closing(sqlite3.connect(f"file:{self._file}?mode=ro", uri=True, timeout=30)) as connection:
            return connection.execute(query, (self._address,)).fetchall()
