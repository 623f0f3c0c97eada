"""The log's tables, made and brought up to date by Alembic: `alembic upgrade head` is its command."""

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from scoring.decision_log.database import Database, reason_of
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
    needed = ScriptDirectory.from_config(_config()).get_current_head()
    found = database.read(lambda connection: MigrationContext.configure(connection).get_current_revision())
    if found != needed:
        raise SettingError(
            f"the decision log's tables are at revision {found or 'none'}, this code needs {needed}: run `alembic upgrade head`"
        )


def _config() -> Config:
    return Config(toml_file=ROOT / "pyproject.toml")
