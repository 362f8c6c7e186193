"""Migrations: every start brings the schema up to date, from any released one (Alembic)."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from bot.store.database import Database

_SCRIPTS: Final = Path(__file__).resolve().parent / "migrations"


def config(connection: Connection | None = None) -> Config:
    made = Config()
    made.set_main_option("script_location", str(_SCRIPTS))
    made.attributes["connection"] = connection
    return made


async def migrate(database: Database, revision: str = "head") -> None:
    """Up to a revision; UnusableSchemaError where that cannot be.

    Several workers may start at once: PostgreSQL lets one at a time in.
    """
    try:
        async with database.engine.connect() as connection:
            await connection.run_sync(_upgrade, revision, database.is_sqlite)
    except CommandError as error:
        raise UnusableSchemaError("die Datenbank ist von einer neueren Version; bitte diese installieren") from error
    except (DBAPIError, OSError) as error:
        raise UnusableSchemaError(_told(error)) from error


class UnusableSchemaError(Exception):
    """A database that this version cannot use; the message says why and what to do."""


def _upgrade(connection: Connection, revision: str, is_sqlite: bool) -> None:
    if is_sqlite and _current(connection) == _newest():
        connection.rollback()
        return
    with connection.begin_nested() if connection.in_transaction() else connection.begin():
        if not is_sqlite:
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7083114)")
        command.upgrade(config(connection), revision)
    connection.commit()


def _told(error: Exception) -> str:
    """What is wrong, for the person who starts the program; without the statement."""
    words = str(getattr(error, "orig", error)).lower()
    for sign, told in (
        ("readonly", "die Datenbank darf nicht beschrieben werden; bitte Rechte von Datei und Ordner prüfen"),
        ("unable to open", "die Datenbank lässt sich nicht öffnen; bitte Pfad und Rechte prüfen"),
        ("locked", "ein anderes Programm hält die Datenbank fest; läuft Lotse schon?"),
        ("not a database", "die Datei ist keine SQLite-Datenbank"),
        ("malformed", "die Datenbank ist beschädigt; bitte die Sicherung zurückspielen"),
        ("full", "die Festplatte ist voll"),
    ):
        if sign in words:
            return told
    return f"die Datenbank ist nicht zu benutzen ({type(getattr(error, 'orig', error)).__name__})"


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _newest() -> str | None:
    return ScriptDirectory.from_config(config()).get_current_head()
