"""The service as operations start it: the Procfile's own command, real gunicorn, a port of its own."""

import os
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from sqlalchemy import select

from scoring.decision_log.database import Database
from scoring.decision_log.schema import decisions
from scoring.settings import Settings
from tests.conftest import ROOT

KEY = "a-key-for-tests"
PROGRAMS = Path(sys.executable).parent


@dataclass(frozen=True, slots=True)
class Server:
    """A running service: where it answers, where it logs decisions, and its process."""

    url: str
    port: int
    database_url: str
    spool: Path
    process: subprocess.Popen[str]

    def logged(self, column: str = "decision_id") -> list[str]:
        """That column of the decisions in its log, in the chain's order."""
        database = Database(Settings.from_env({"DATABASE_URL": self.database_url}).database_url, seconds=60)
        try:
            with database.snapshot() as connection:
                return list(connection.scalars(select(decisions.c[column]).order_by(decisions.c.position)))
        finally:
            database.close()


@contextmanager
def serving(
    folder: Path, command: Sequence[str] = (), arguments: str = "", root: str | Path = ROOT, **environment: str
) -> Iterator[Server]:
    """Run the service, as the Procfile or `command` says, until the block ends; what it prints goes to folder/server.log.

    `arguments` are more of gunicorn's, `root` is where the project lies.
    """
    port = free_port()
    variables = server_environment(folder, port, **environment)
    variables["GUNICORN_CMD_ARGS"] += f" {arguments}"
    with (folder / "server.log").open("w") as output:
        process = subprocess.Popen(command or web_command(), cwd=root, env=variables, stdout=output, stderr=output, text=True)
    server = Server(f"http://127.0.0.1:{port}", port, variables["DATABASE_URL"], Path(variables["SPOOL_DIR"]), process)
    try:
        _wait_until_it_answers(server, folder / "server.log")
        yield server
    finally:
        process.terminate()
        process.wait(30)


def web_command(programs: Path = PROGRAMS) -> list[str]:
    """The Procfile's web command, by the programs of that folder."""
    line = next(line for line in (ROOT / "Procfile").read_text().splitlines() if line.startswith("web:"))
    program, *arguments = shlex.split(line.removeprefix("web:"))
    return [str(programs / program), *arguments]


def server_environment(folder: Path, port: int, **environment: str) -> dict[str, str]:
    """An environment for a server on this port that logs into this folder."""
    return {
        **os.environ,
        "API_KEY": KEY,
        "DATABASE_URL": f"sqlite:///{folder / 'decisions.db'}",
        "SPOOL_DIR": str(folder / "spool"),
        "PORT": str(port),
        "GUNICORN_CMD_ARGS": f"--bind 127.0.0.1:{port}",
        **environment,
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_it_answers(server: Server, output: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            if requests.get(server.url, timeout=1).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise AssertionError(f"the server did not start:\n{output.read_text()}")
