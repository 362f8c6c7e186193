"""What takes long to make from content and catalogues, kept between starts: reading it takes a tenth of the time.

It is kept in the user's cache folder under a name made of everything that it depends on, so it can never be stale.
It is made by a process of its own (`python -m bot.cache`): the bot neither stops for it nor keeps its crumbs in
memory. Where nothing can be kept, or nothing can be made, the bot makes it itself, and meets the error itself.
"""

import hashlib
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from pkgutil import resolve_name
from typing import Any, Final, TypeVar

import bot
import flows

T = TypeVar("T")
Make = Callable[[Path, Path], T]
"""Makes something of content/ and locales/: a function of a module, so that another process can call it by name."""

KEPT: Final = 4
"""How many of a kind are kept: of a checkout, an installed version, a test's."""


class Cache:
    """What was made of two folders."""

    def __init__(self, content: Path, locales: Path) -> None:
        self._content = content.resolve()
        self._locales = locales.resolve()

    def have(self, make: Make[T]) -> T:
        """What `make` makes: as it was kept, else made now, and kept. Raises what `make` raises."""
        if command := self.command(make):
            subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)  # noqa: S603
        with suppress(OSError, EOFError, pickle.UnpicklingError, AttributeError, ImportError):
            with self._path(make).open("rb") as file:
                found: T = pickle.load(file)  # noqa: S301 (our own file, in a folder that is only ours)
            return found
        return make(self._content, self._locales)

    def command(self, make: Make[Any]) -> list[str] | None:
        """The command that makes it and keeps it; None where it is kept already, or nothing can be."""
        if self._path(make).exists() or not _is_writable(_folder()):
            return None
        called = f"{make.__module__}:{make.__name__}"
        return [sys.executable, "-m", "bot.cache", called, str(self._content), str(self._locales)]

    def keep(self, make: Make[Any]) -> None:
        """Make it and write it, all or nothing; what was kept of before goes."""
        path = self._path(make)
        data = pickle.dumps(make(self._content, self._locales), pickle.HIGHEST_PROTOCOL)
        if Cache(self._content, self._locales)._name != self._name:
            return  # somebody edited meanwhile: what was made has no name
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(data)
        Path(file.name).replace(path)
        of_a_kind = sorted(path.parent.glob(f"{make.__name__}-*.pickle"), key=lambda p: p.stat().st_mtime)
        for old in of_a_kind[:-KEPT]:
            old.unlink(missing_ok=True)

    def _path(self, make: Make[Any]) -> Path:
        return _folder() / f"{make.__name__}-{self._name}.pickle"

    @cached_property
    def _name(self) -> str:
        """Of the content, the languages, the code that makes it and the Python that reads it."""
        digest = hashlib.blake2b(sys.version.encode(), digest_size=12)
        for path in self._made_of():
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def _made_of(self) -> Iterator[Path]:
        yield from sorted(self._content.rglob("*.yaml"))
        yield from sorted(self._locales.rglob("*.po"))
        for package in (bot, flows):
            yield from sorted(Path(package.__path__[0]).rglob("*.py"))


def _folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lotse"


def _is_writable(folder: Path) -> bool:
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.access(folder, os.W_OK)


if __name__ == "__main__":
    called, content, locales = sys.argv[1:]
    Cache(Path(content), Path(locales)).keep(resolve_name(called))
