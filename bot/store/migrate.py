"""Migrations: every start brings the schema up to date, from any released one (Alembic)."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.store.database import Database

_SCRIPTS: Final = Path(__file__).resolve().parent / "migrations"


def config(connection: Connection | None = None) -> Config:
    made = Config()
    made.set_main_option("script_location", str(_SCRIPTS))
    made.attributes["connection"] = connection
    return made


async def migrate(database: Database, revision: str = "head") -> None:
    """Up to a revision. Several workers may start at once: PostgreSQL lets one at a time in."""
    async with database.engine.connect() as connection:
        await connection.run_sync(_upgrade, revision, database.is_sqlite)


def _upgrade(connection: Connection, revision: str, is_sqlite: bool) -> None:
    if is_sqlite and _current(connection) == _newest():
        connection.rollback()
        return
    with connection.begin_nested() if connection.in_transaction() else connection.begin():
        if not is_sqlite:
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7083114)")
        command.upgrade(config(connection), revision)
    connection.commit()


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _newest() -> str | None:
    return ScriptDirectory.from_config(config()).get_current_head()
