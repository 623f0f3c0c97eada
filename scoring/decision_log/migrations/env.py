"""What Alembic runs: the migrations, in one transaction that holds the log's lock, so that several at once do them once."""

import os

from alembic import context
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from scoring.decision_log.database import Database, reason_of
from scoring.decision_log.schema import metadata
from scoring.decision_log.upgrading import is_newer
from scoring.errors import CreditScoringError
from scoring.settings import Settings


def run() -> None:
    """Bring the tables of the database that the configuration holds, or else the environment names, to the wanted revision."""
    database = context.config.attributes.get("database") or Database(Settings.from_env(os.environ).database_url, seconds=3600)
    with database.locked() as connection:
        if is_newer(connection):  # Alembic would not know where to begin
            context.config.print_stdout("The decision log's tables are newer than this code, which serves on them as they are")
            return
        context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
        context.run_migrations()


try:
    run()
except CreditScoringError as error:
    raise CommandError(error.message) from None
except (SQLAlchemyError, OSError) as error:
    raise CommandError(f"the decision log can't be opened ({reason_of(error)}): look at DATABASE_URL") from error
