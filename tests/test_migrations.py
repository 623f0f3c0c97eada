"""The log's tables are made by Alembic, and are those that the code knows."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from scoring.decision_log.database import Database
from scoring.decision_log.schema import metadata
from scoring.decision_log.upgrading import check, upgrade
from scoring.errors import SettingError
from tests.conftest import ROOT


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


def alembic(url: str, *words: str) -> subprocess.CompletedProcess[str]:
    """The command as operations type it, from the project's root."""
    environment = {**os.environ, "DATABASE_URL": url}
    return subprocess.run([sys.executable, "-m", "alembic", *words], cwd=ROOT, env=environment, capture_output=True, text=True)


def test_the_migrations_make_the_tables_that_the_code_knows(database: Database) -> None:
    upgrade(database)
    with database.snapshot() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata) == []


def test_upgrading_what_is_up_to_date_changes_nothing(database: Database) -> None:
    upgrade(database)
    upgrade(database)
    check(database)


def test_the_command_brings_an_empty_database_up_to_date(database: Database, database_url: str) -> None:
    with pytest.raises(SettingError, match="at revision none"):
        check(database)
    assert alembic(database_url, "upgrade", "head").returncode == 0
    check(database)


def test_the_command_says_in_one_line_that_the_database_is_not_there(tmp_path: Path) -> None:
    done = alembic(f"postgres://user:s3cret@/db?host={tmp_path}", "upgrade", "head")
    assert done.returncode != 0
    assert "the decision log can't be opened" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert "s3cret" not in done.stdout + done.stderr


def test_code_that_was_rolled_back_serves_on_the_tables_of_the_code_after_it(database: Database, database_url: str) -> None:
    upgrade(database)
    at_revision(database, "9999")
    check(database)
    done = alembic(database_url, "upgrade", "head")
    assert (done.returncode, "newer than this code" in done.stdout) == (0, True), done.stdout + done.stderr
    check(database)


def test_tables_of_something_else_are_not_taken_for_newer_ones(database: Database, database_url: str) -> None:
    upgrade(database)
    at_revision(database, "9999")
    with database.locked() as connection:
        connection.execute(text("DROP TABLE reviews"))
    with pytest.raises(SettingError, match="at revision 9999"):
        check(database)
    assert alembic(database_url, "upgrade", "head").returncode != 0


def at_revision(database: Database, revision: str) -> None:
    with database.locked() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


def test_a_log_is_not_dropped_by_a_command(database: Database, database_url: str) -> None:
    upgrade(database)
    assert alembic(database_url, "downgrade", "base").returncode != 0
    check(database)
