"""The log's tables, made and brought up to date by Alembic: `alembic upgrade head` is its command.

A migration only adds: code that was rolled back serves on the tables of the code after it.
"""

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, inspect

from scoring.decision_log.database import Database, reason_of
from scoring.decision_log.schema import metadata
from scoring.errors import LogUnavailable, SettingError
from scoring.settings import ROOT


def upgrade(database: Database) -> None:
    """Bring the tables to what this code needs; several at once do it once. Raises SettingError where that can't be."""
    config = _config()
    config.attributes["database"] = database
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise SettingError(str(error)) from error


def make_ready(database: Database) -> None:
    """What a start does: bring a file up to date, and look whether a server is; raises SettingError or LogUnavailable."""
    try:
        check(database)
    except LogUnavailable as error:
        if database.file is None and reason_of(error) != "ProgrammingError":  # that is an address that no server has
            raise
        raise SettingError(f"the decision log can't be opened ({reason_of(error)}): look at DATABASE_URL") from error
    except SettingError:
        if database.file is None:
            raise
        upgrade(database)


def check(database: Database) -> None:
    """Raise SettingError where the tables aren't what this code needs, LogUnavailable where nobody answers."""
    database.read(_check)


def _check(connection: Connection) -> None:
    needed, found = _scripts().get_current_head(), _revision(connection)
    if found != needed and not is_newer(connection):
        raise SettingError(
            f"the decision log's tables are at revision {found or 'none'}, this code needs {needed}: run `alembic upgrade head`"
        )


def is_newer(connection: Connection) -> bool:
    """Whether the tables are there, at a revision that this code doesn't know: code after it made them."""
    known = {script.revision for script in _scripts().walk_revisions()}
    revision = _revision(connection)
    return revision is not None and revision not in known and set(metadata.tables) <= set(inspect(connection).get_table_names())


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    return Config(toml_file=ROOT / "pyproject.toml")
