"""How every command of jobs/ stops: by one line, whatever else is being done when the signal comes."""

import argparse
import logging
import signal
import sqlite3

import pytest
from sqlalchemy import create_engine

from jobs import command

STOPPED = "stopped: nothing half-written was left\n"


class StopsWhileItCloses(sqlite3.Connection):
    def close(self) -> None:
        super().close()
        signal.raise_signal(signal.SIGTERM)


def stop_while_a_connection_closes(_: argparse.Namespace) -> None:
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(":memory:", factory=StopsWhileItCloses))
    with engine.connect():
        pass
    engine.dispose()


def test_a_stop_is_one_line_even_while_a_library_closes_a_connection(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    assert command.run(stop_while_a_connection_closes, command.Parser("stops"), []) == command.STOPPED
    assert capsys.readouterr() == ("", STOPPED)
    assert caplog.records == []


def test_what_is_logged_after_a_stopped_command_is_heard(caplog: pytest.LogCaptureFixture) -> None:
    command.run(stop_while_a_connection_closes, command.Parser("stops"), [])
    logging.getLogger("another").error("heard")
    assert caplog.messages == ["heard"]
