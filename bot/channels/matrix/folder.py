"""The folder of the Matrix device (LOTSE_MATRIX_STORE): its login, its keys. Whoever has it, is the bot.

It belongs to the database: both are backed up together. Only its owner may read it, and one process uses it at a time.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from bot.channels.matrix.trouble import UnusableError

_LOCK: Final = "lock"
_ACCOUNT: Final = "account"


class FolderError(UnusableError):
    """A folder that cannot be used."""

    def __init__(self, message: str) -> None:
        super().__init__("LOTSE_MATRIX_STORE", message)


class InUseError(FolderError):
    """A folder that another process uses."""


@dataclass(frozen=True, slots=True)
class Account:
    """A login: it is made once, and used for as long as the folder exists."""

    user_id: str
    device_id: str
    access_token: str


class Folder:
    """One folder; made, for its owner alone, where it is missing. FolderError where that cannot be."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.chmod(0o700)
        except OSError as error:
            raise FolderError(f"der Ordner {path} lässt sich nicht anlegen; bitte Pfad und Rechte prüfen") from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other process out; the system ends it with this one. InUseError if one is there already."""
        with os.fdopen(os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT, 0o600), "a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise InUseError(f"den Ordner {self.path} benutzt schon ein anderer Prozess; läuft Lotse?") from error
            yield

    def account(self) -> Account | None:
        """The login, if there was one."""
        found = self.load(_ACCOUNT)
        return None if found is None else Account(**found)

    def remember(self, account: Account) -> None:
        self.save(_ACCOUNT, asdict(account))

    def load(self, name: str) -> dict[str, Any] | None:
        """What `save` wrote under this name; None where nothing was. FolderError for a damaged file."""
        try:
            found: dict[str, Any] = json.loads(self._file(name).read_text("utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise FolderError(f"{self._file(name)} ist nicht lesbar; bitte die Sicherung zurückspielen") from error
        return found

    def save(self, name: str, what: dict[str, Any]) -> None:
        """Write a file that only its owner may read: all of it or nothing, and on disk when this returns."""
        new = self._file(name).with_suffix(".new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(what, file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._file(name))

    def _file(self, name: str) -> Path:
        return self.path / f"{name}.json"
