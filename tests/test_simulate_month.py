"""jobs.simulate_month as a user runs it: the real app decides, and the reports see the drift on the day it begins."""

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from tests.conftest import ROOT

DAYS, CLIENTS, FROM = 5, 150, 4


def simulate(out: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "jobs.simulate_month", "--out", str(out), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    out = tmp_path_factory.mktemp("simulated") / "month"
    wanted = ["--days", str(DAYS), "--clients", str(CLIENTS), "--drift-from", str(FROM), "--shift", "0.8"]
    return simulate(out, *wanted), out


def rows(out: Path, query: str) -> list[Any]:
    engine = create_engine(f"sqlite:///{out / 'decisions.db'}")
    try:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]
    finally:
        engine.dispose()


def test_the_alarm_rings_on_the_first_day_of_the_drift_and_not_before(
    simulated: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    done, out = simulated
    assert done.returncode == 0, done.stderr
    began = f"{datetime.now(UTC) - timedelta(days=DAYS - FROM + 1):%Y-%m-%d}"
    lines = (out / "days.md").read_text().splitlines()[2:]
    assert next(line.split("|")[1].strip() for line in lines if "**yes**" in line) == began
    assert f"others come from {began} on, the alarm rings on {began} for the first time since" in done.stdout


def test_every_day_has_its_decisions_in_a_log_that_is_whole(simulated: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    _, out = simulated
    by_day = rows(out, "SELECT substr(time, 1, 10), count(*) FROM decisions GROUP BY 1 ORDER BY 1")
    today = datetime.now(UTC)
    assert by_day == [(f"{today - timedelta(days=day):%Y-%m-%d}", CLIENTS) for day in range(DAYS, 0, -1)]
    replay = subprocess.run(
        [sys.executable, "-m", "jobs.replay"],
        cwd=ROOT,
        env={"PATH": "", "DATABASE_URL": f"sqlite:///{out / 'decisions.db'}"},
        capture_output=True,
        text=True,
    )
    assert replay.returncode == 0, replay.stdout + replay.stderr


def test_what_became_of_each_loan_that_was_granted_in_the_end_is_known(
    simulated: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    _, out = simulated
    granted = rows(
        out,
        "SELECT decision_id FROM decisions d WHERE coalesce((SELECT decision FROM reviews r WHERE r.decision_id = d.decision_id),"
        " d.decision) = 'granted' ORDER BY 1",
    )
    assert granted == rows(out, "SELECT decision_id FROM outcomes ORDER BY 1")
    assert {outcome for (outcome,) in rows(out, "SELECT DISTINCT outcome FROM outcomes")} == {"repaid", "defaulted"}


def test_the_reports_are_there_to_be_looked_at(simulated: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    _, out = simulated
    assert (out / "days.png").read_bytes().startswith(b"\x89PNG")
    assert "EXT_SOURCE_2" in (out / "drift.html").read_text()
    assert "<html" in (out / "monitor.html").read_text()[:500]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--clients", "99"], "--clients 99 isn't one of 100 to 10,000"),
        (["--clients", "1000000000"], "--clients 1000000000 isn't one of 100 to 10,000"),
        (["--days", "1"], "--days 1 isn't one of 2 to 365"),
        (["--drift-from", "31"], "--drift-from 31 isn't one of 2 to 30"),
        (["--shift", "-1"], "--shift -1.0 isn't one of 0 to 2"),
        (["--shift", "nan"], "--shift nan isn't one of 0 to 2"),
        (["--seed", "-1"], "--seed -1: give 0 or more"),
    ],
)
def test_a_month_that_means_nothing_is_refused_in_one_line_before_anything_is_made(
    tmp_path: Path, arguments: list[str], said: str
) -> None:
    done = simulate(tmp_path / "month", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "month").exists()


def test_a_path_that_no_database_can_have_is_refused(tmp_path: Path) -> None:
    done = simulate(tmp_path / "which?month")
    assert (done.returncode, list(tmp_path.iterdir())) == (2, [])
    assert done.stderr.startswith(f"error: --out {tmp_path}/which?month: a '?' in a path ends the name of a database")


def test_a_month_that_is_stopped_leaves_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "jobs.simulate_month", "--out", str(tmp_path / "month"), "--days", "60"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        while running.poll() is None and not list(tmp_path.glob("*/decisions.db")):
            time.sleep(0.05)
        running.terminate()
        out, error = running.communicate()
    assert (running.returncode, out, error) == (130, "", "stopped: nothing half-written was left\n")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    done = simulate(tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: --out {tmp_path} is there already")
