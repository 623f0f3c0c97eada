"""Many processes on one log at once: writers, and commands that bring its tables up to date."""

import os
import subprocess
import sys
from collections.abc import Sequence

from scoring.decision_log.database import Database
from scoring.decision_log.upgrading import check
from tests.conftest import ROOT
from tests.faults.outcome import Outcome, Place, against_the_log
from tests.serving import PROGRAMS

WRITERS = 8
COMMANDS, TIMES = 4, 3


def many_writers(place: Place) -> Outcome:
    """Eight processes of four threads write at once: none may find the log locked, or be kept waiting too long."""
    url = place.log()
    said = at_once([[sys.executable, "-m", "tests.faults.writer", url, str(number)] for number in range(WRITERS)])
    return against_the_log(f"{WRITERS} processes write at once", url, 1, [line for one in said for line in one.split()])


def many_upgrades(place: Place) -> Outcome:
    """Four `alembic upgrade head` at once on an empty database."""
    for _ in range(TIMES):
        url = place.database()
        at_once([[str(PROGRAMS / "alembic"), "upgrade", "head"]] * COMMANDS, DATABASE_URL=url)
        database = Database(url, seconds=60)
        check(database)
        database.close()
    return against_the_log(f"{COMMANDS} `alembic upgrade head` at once", url, TIMES, [])


def at_once(commands: Sequence[Sequence[str]], **environment: str) -> list[str]:
    """What each prints; AssertionError where one fails."""
    started = [
        subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stdout=-1, stderr=-1, text=True)
        for command in commands
    ]
    try:
        ended = [(process, *process.communicate(timeout=120)) for process in started]
    finally:
        for process in started:
            process.kill()
    assert not [errors for process, _, errors in ended if process.returncode], [errors for _, _, errors in ended]
    return [output for _, output, _ in ended]
