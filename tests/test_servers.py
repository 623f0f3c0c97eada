"""The end of a server that a command started: real processes, and none of them left."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from jobs.servers import running
from tests.processes import alive, eventually

LONG = "sleep 60"


@pytest.fixture
def stops_raise() -> Iterator[None]:
    """SIGTERM does what jobs.command makes it do."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    yield
    signal.signal(signal.SIGTERM, before)


def test_one_that_does_not_end_when_asked_is_killed_with_what_it_started(tmp_path: Path) -> None:
    words = ["sh", "-c", f"trap '' TERM; {LONG} & touch started; wait"]
    with running("deaf", words, tmp_path, os.environ, end_seconds=0.2) as server:
        eventually((tmp_path / "started").exists)
        family = [psutil.Process(server.process.pid), *psutil.Process(server.process.pid).children()]
    assert len(family) == 2
    assert not alive(family)


@pytest.mark.usefixtures("stops_raise")
def test_a_stop_right_after_its_start_leaves_no_orphan(tmp_path: Path) -> None:
    words = ["sh", "-c", f"echo $$ > pid; kill -TERM $PPID; exec {LONG}"]
    with pytest.raises(KeyboardInterrupt), running("new", words, tmp_path, os.environ):
        signal.pause()
    assert not psutil.pid_exists(int((tmp_path / "pid").read_text()))


@pytest.mark.usefixtures("stops_raise")
def test_a_stop_while_it_ends_waits_until_it_has_ended(tmp_path: Path) -> None:
    words = [
        "sh",
        "-c",
        "trap 'kill -TERM $PPID; sleep 1; touch ended; exit' TERM; touch started; while :; do sleep 0.05; done",
    ]
    with pytest.raises(KeyboardInterrupt), running("slow", words, tmp_path, os.environ):
        eventually((tmp_path / "started").exists)
    assert (tmp_path / "ended").exists()
