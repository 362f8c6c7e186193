"""The dictionary of all names and phrases, kept between starts: making it takes seconds, reading it a third of one.

It is kept in the user's cache folder under a name made of everything that it depends on, so it can never be stale;
where it cannot be written, it is made each time.
"""

import hashlib
import os
import pickle
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from flows import understanding
from flows.understanding.lexicon import Dictionary


def keep(content: Path, locales: Path, make: Callable[[], Dictionary]) -> Dictionary:
    """The dictionary of these two folders: as it was kept, else made now, and kept."""
    path = _folder() / f"dictionary-{_name(content, locales)}.pickle"
    with suppress(OSError, EOFError, pickle.UnpicklingError, AttributeError, ImportError):
        with path.open("rb") as file:
            found = pickle.load(file)  # noqa: S301 (our own file, in a folder that is only ours)
        if isinstance(found, Dictionary):
            return found
    made = make()
    with suppress(OSError):
        _write(path, pickle.dumps(made, pickle.HIGHEST_PROTOCOL))
    return made


def _folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lotse"


def _name(content: Path, locales: Path) -> str:
    """Of the content, the languages, the code that makes it and the Python that reads it."""
    digest = hashlib.blake2b(sys.version.encode(), digest_size=12)
    for path in _made_of(content, locales):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _made_of(content: Path, locales: Path) -> Iterator[Path]:
    yield from sorted(content.rglob("*.yaml"))
    yield from sorted(locales.rglob("*.po"))
    yield from sorted(Path(understanding.__file__).parent.glob("*.py"))


def _write(path: Path, data: bytes) -> None:
    """All or nothing; what was kept of before goes."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(data)
    Path(file.name).replace(path)
    for old in sorted(path.parent.glob("dictionary-*.pickle"), key=lambda p: p.stat().st_mtime)[:-KEPT]:
        old.unlink(missing_ok=True)


KEPT = 4
"""Dictionaries that are kept: of a checkout, an installed version, a test's."""
