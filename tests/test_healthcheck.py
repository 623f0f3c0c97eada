"""What Docker's HEALTHCHECK runs, in a process as Docker starts it, before a hand-written server."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.answering import Reply, answering
from tests.conftest import ROOT
from tests.fake_service import Asked
from tests.serving import free_port


@contextmanager
def server(status: int, body: str) -> Iterator[tuple[str, list[str]]]:
    """The port of a server that always answers so, and the paths it was asked for so far."""
    paths: list[str] = []

    def answer(asked: Asked) -> Reply:
        paths.append(asked.path)
        return status, body.encode()

    with answering(answer) as url:
        yield url.rpartition(":")[2], paths


def check(*arguments: str, **variables: str) -> tuple[int, str]:
    """Exit code and output, by a Python without a package."""
    words = [sys.executable, "-S", "-m", "server.healthcheck", *arguments]
    done = subprocess.run(words, cwd=ROOT, env={**os.environ, **variables}, capture_output=True, text=True)
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_a_service_that_is_ready_on_its_port_is_healthy() -> None:
    with server(200, '{"status":"ready"}') as (port, asked):
        assert check(PORT=port) == (0, "")
    assert asked == ["/health/ready"]


def test_the_pages_are_asked_where_they_say_it() -> None:
    with server(200, "ok") as (port, asked):
        assert check(port, "/_stcore/health", PORT="1") == (0, "")
    assert asked == ["/_stcore/health"]


@pytest.mark.parametrize("status", [503, 302, 404])
def test_a_service_that_is_not_ready_is_told_with_its_own_words_in_one_line(status: int) -> None:
    with server(status, '{"error":\n "nowhere to log"}\n') as (port, _):
        assert check(PORT=port) == (1, f'not ready: {status} {{"error": "nowhere to log"}}\n')


def test_a_service_that_is_not_there_is_told_in_one_line() -> None:
    code, said = check(PORT=str(free_port()))
    assert (code, said.splitlines()[1:]) == (1, [])
    assert said.startswith("not ready: nothing answers: ConnectionRefusedError")
