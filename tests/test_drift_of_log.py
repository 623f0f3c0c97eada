"""The drift report of the decision log: which decisions count, and what a log says that has none of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import create_app
from model import Scorer
from scoring.decision_log.database import Database
from scoring.decision_log.entries import SIMULATION
from scoring.decision_log.log import SqlLog
from scoring.decision_log.purging import purge
from scoring.decision_log.spool import Spool
from scoring.settings import Settings
from tests.conftest import demo_clients
from tests.databases import upgraded
from tests.drifting import Reported, refused, run
from tests.written_logs import MIDDLE, OLD, YOUNG, entries

Capture = pytest.CaptureFixture[str]
FIRST, NEXT, LAST = "2024-11-01", "2024-11-10", "2024-11-20"
"""The days of OLD, MIDDLE and YOUNG."""


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The log that the command reads, empty."""
    url = f"sqlite:///{tmp_path / 'decisions.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    opened = upgraded(url)
    yield opened
    opened.close()


@pytest.fixture
def log(database: Database, tmp_path: Path) -> SqlLog:
    return SqlLog(database, Spool(tmp_path / "spool"))


def append(log: SqlLog, scorer: Scorer, count: int, time: str, **changes: Any) -> None:
    log.append(entries(scorer, demo_clients()[:count], time, **changes))


def since(capsys: Capture, tmp_path: Path, day: str, *arguments: object) -> Reported:
    return run(capsys, tmp_path, "--log-since", day, *arguments)


# --- which decisions count


def test_decisions_made_through_the_api_are_compared_with_what_the_release_remembers(
    log: SqlLog, scorer: Scorer, tmp_path: Path, capsys: Capture
) -> None:
    client = create_app(Settings.from_env({"API_KEY": "secret"}), scorer, log).test_client()
    answer, what_if = (
        client.post("/predict", json=demo_clients()[:count], headers={"x-api-key": "secret", **headers})
        for count, headers in ((150, {}), (50, {"x-purpose": "simulation"}))
    )
    assert (answer.status_code, what_if.status_code) == (200, 200)
    found = since(capsys, tmp_path, FIRST)
    assert found.code == 1, found.err
    assert found.summary["current"]["source"] == f"decision log since {FIRST}T00:00:00"
    decided = [one["probability"] for one in (answer.json or {})["decisions"]]
    assert found.summary["current"]["clients"] == len(decided)
    assert found.summary["score"]["means"][1] == pytest.approx(sum(decided) / len(decided), rel=1e-5)


def test_simulations_other_models_and_other_days_are_left_out(
    log: SqlLog, scorer: Scorer, tmp_path: Path, capsys: Capture
) -> None:
    append(log, scorer, 110, OLD)
    append(log, scorer, 120, MIDDLE)
    append(log, scorer, 130, YOUNG)
    append(log, scorer, 140, MIDDLE, purpose=SIMULATION)
    append(log, scorer, 150, MIDDLE, model_sha256="f" * 64, model_version="7-ffffffff")
    for arguments, clients in (
        ([FIRST], 360),
        ([NEXT], 250),
        ([LAST], 130),
        ([NEXT, "--log-until", LAST], 120),
        ([f"{NEXT}T12:00:00.001+00:00"], 130),
    ):
        found = since(capsys, tmp_path, *arguments)
        assert found.summary["current"]["clients"] == clients
    assert found.err == ""
    assert since(capsys, tmp_path, NEXT).err == "note: decisions by other models are left out: 150 by 7-ffffffff\n"
    until = since(capsys, tmp_path, FIRST, "--log-until", NEXT).summary["current"]["source"]
    assert until == f"decision log since {FIRST}T00:00:00 before {NEXT}T00:00:00"


def test_purged_records_are_told_and_the_others_compared(
    log: SqlLog, database: Database, scorer: Scorer, tmp_path: Path, capsys: Capture
) -> None:
    append(log, scorer, 150, OLD)
    append(log, scorer, 120, YOUNG)
    purge(database, MIDDLE)
    found = since(capsys, tmp_path, FIRST)
    assert found.err == "note: 150 decisions are left out: their records were purged\n"
    assert (found.summary["current"]["clients"], found.summary["current"]["sampled"]) == (120, 120)


def test_fields_that_callers_no_longer_send_drift(log: SqlLog, scorer: Scorer, tmp_path: Path, capsys: Capture) -> None:
    bare = [{name: value for name, value in client.items() if name != "EXT_SOURCE_2"} for client in demo_clients()]
    log.append(entries(scorer, bare))
    found = since(capsys, tmp_path, LAST)
    assert found.field("EXT_SOURCE_2")["unknown"][1] == 1
    assert "EXT_SOURCE_2" in found.drifted()


def test_wide_limits_end_in_0(log: SqlLog, scorer: Scorer, tmp_path: Path, capsys: Capture) -> None:
    append(log, scorer, 200, YOUNG)
    (tmp_path / "wide.toml").write_text("[alarm]\nimportance = 0.999\nscore_psi = 10\n")
    assert since(capsys, tmp_path, LAST, "--settings", tmp_path / "wide.toml").code == 0


# --- what can't be compared


def test_a_log_without_a_decision_of_that_time_is_told(log: SqlLog, scorer: Scorer, tmp_path: Path, capsys: Capture) -> None:
    assert refused(since(capsys, tmp_path, FIRST)) == f"error: the decision log holds no decision since {FIRST}T00:00:00"
    append(log, scorer, 3, OLD)
    append(log, scorer, 3, YOUNG, purpose=SIMULATION)
    line = refused(since(capsys, tmp_path, NEXT, "--log-until", LAST))
    assert line == f"error: the decision log holds no decision since {NEXT}T00:00:00 before {LAST}T00:00:00"
    assert "no decision" in refused(since(capsys, tmp_path, LAST))


def test_a_log_of_another_model_alone_names_it_and_how_to_ask_for_it(
    log: SqlLog, scorer: Scorer, tmp_path: Path, capsys: Capture
) -> None:
    append(log, scorer, 150, YOUNG, model_sha256="f" * 64, model_version="7-ffffffff")
    assert refused(since(capsys, tmp_path, FIRST)) == (
        f"error: the decision log holds decisions since {FIRST}T00:00:00, but none by {scorer.model_version}: 150 by 7-ffffffff; "
        "name their release with --model"
    )


def test_a_log_with_too_few_records_left_is_told(
    log: SqlLog, database: Database, scorer: Scorer, tmp_path: Path, capsys: Capture
) -> None:
    append(log, scorer, 150, OLD)
    append(log, scorer, 10, YOUNG)
    purge(database, MIDDLE)
    few = since(capsys, tmp_path, FIRST)
    assert few.err.splitlines()[-1].endswith(f"decision log since {FIRST}T00:00:00 has 10 clients; drift means nothing under 100")
    assert (few.code, few.summary) == (2, None)
    gone = refused(since(capsys, tmp_path, FIRST, "--log-until", NEXT))
    assert gone.endswith("every record was purged: nothing is left to compare")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["last week"], "--log-since 'last week' is no date and no time"),
        ([NEXT, "--log-until", "soon"], "--log-until 'soon' is no date and no time"),
        ([NEXT, "--log-until", FIRST], f"--log-until {FIRST} is not after --log-since {NEXT}"),
        ([NEXT, "--log-until", NEXT], f"--log-until {NEXT} is not after --log-since {NEXT}"),
    ],
)
def test_a_time_that_is_none_is_told(
    arguments: list[str], complaint: str, database: Database, tmp_path: Path, capsys: Capture
) -> None:
    assert refused(since(capsys, tmp_path, *arguments)).startswith(f"error: {complaint}")


def test_a_log_that_is_not_there_is_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'none.db'}")
    assert refused(since(capsys, tmp_path, FIRST)).startswith(f"error: there is no decision log at {tmp_path / 'none.db'}")
    assert list(tmp_path.iterdir()) == []
