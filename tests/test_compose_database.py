"""compose.yaml's release command before a PostgreSQL that asks for a password."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from sqlalchemy import make_url, text

from tests.conftest import ROOT
from tests.databases import administered, postgres
from tests.serving import PROGRAMS

PASSWORD = "a/b@c:d?e#f%20 &="


@pytest.fixture(scope="module")
def socket() -> Iterator[str]:
    """The folder of the socket of a server that has compose's database and user, and the password above."""
    with postgres() as server:
        with administered(server.url) as connection:
            rules = Path(str(connection.scalar(text("SHOW hba_file"))))
            rules.write_text(f"local all scoring scram-sha-256\n{rules.read_text()}")
            connection.execute(text(f"CREATE ROLE scoring LOGIN PASSWORD '{PASSWORD}'"))
            connection.execute(text("CREATE DATABASE scoring OWNER scoring"))
            connection.execute(text("SELECT pg_reload_conf()"))
        yield str(make_url(server.url).query["host"])


@pytest.mark.parametrize(("password", "done"), [(PASSWORD, True), ("another", False)])
def test_its_password_may_hold_what_means_something_in_an_address(socket: str, password: str, done: bool) -> None:
    release = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["release"]
    of_database = {name: value for name, value in release["environment"].items() if "postgres" in value.lower()}
    variables = {name: re.sub(r"\$\{POSTGRES_PASSWORD:[^}]*\}", lambda _: password, value) for name, value in of_database.items()}
    here = {**os.environ, **variables, "DATABASE_URL": variables["DATABASE_URL"].replace("@database/", "@/") + f"?host={socket}"}
    program, *arguments = release["command"]
    ended = subprocess.run([PROGRAMS / program, *arguments], cwd=ROOT, env=here, capture_output=True, text=True)
    assert (ended.returncode == 0) is done, ended.stdout + ended.stderr
