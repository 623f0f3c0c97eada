"""The decision log for a command: the one that `make serve` writes, where the environment doesn't name another."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.stored import with_stored
from scoring.errors import LogUnavailable, SettingError
from scoring.settings import ROOT, Settings

if TYPE_CHECKING:
    from scoring.decision_log.database import Database

SECONDS = 600.0
"""How long one question to a server may take; nobody waits for a command as for a request."""


def settings(dotenv: Path = ROOT / ".env") -> Settings:
    """What the environment and .env say, as the server that `make serve` starts reads them."""
    return Settings.from_env(with_stored(dotenv, os.environ))


@contextmanager
def opened(url: str) -> Iterator["Database"]:
    """The log at an address, with the tables that this code needs; in the block, what the database complains of is one line."""
    from sqlalchemy.exc import SQLAlchemyError

    from scoring.decision_log.database import Database, reason_of
    from scoring.decision_log.upgrading import check

    database = Database(url, seconds=SECONDS)
    if database.file is not None and not database.file.is_file():
        raise SettingError(f"there is no decision log at {database.file}: DATABASE_URL (environment or .env) says where it is")
    try:
        try:
            check(database)
        except LogUnavailable as error:
            raise LogUnavailable(f"the decision log can't be reached ({reason_of(error)})") from error
        yield database
    except SQLAlchemyError as error:
        raise LogUnavailable(f"the decision log doesn't do what it was asked ({reason_of(error)})") from error
    finally:
        database.close()
