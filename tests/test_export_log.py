"""The export: a decision a line, with its inputs, its outputs and what was said of it; whole or not at all."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from jobs import export_log
from model import Scorer
from scoring.decision_log.entries import Review
from scoring.decision_log.purging import purge
from scoring.decision_log.schema import decisions
from tests.conftest import demo_clients
from tests.written_logs import OLD, Written, entries, failed, told, written_log

DECISIONS = [*range(1, 21), *range(27, 41)]
"""Where Written has decisions that are no simulations."""


@pytest.fixture
def log(database_url: str, tmp_path: Path, scorer: Scorer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Written]:
    """The log that the command reads, in a database of each kind."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    with written_log(database_url, tmp_path, scorer) as written:
        yield written


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out" / "decisions.jsonl"


def lines(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def test_every_decision_but_simulations_is_written_in_the_chains_order(
    log: Written, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = log.ids()
    assert export_log.main(["--out", str(out)]) == 0
    assert told(capsys) == ([], f"wrote 34 decisions to {out}; 3 simulations left out; head {log.head()}")
    assert [line["decision_id"] for line in lines(out)] == [ids[position] for position in DECISIONS]


def test_a_line_holds_all_that_was_logged_of_a_decision(log: Written, scorer: Scorer, out: Path) -> None:
    export_log.main(["--out", str(out)])
    line, row = lines(out)[2], log.rows()[3]
    reviewed = log.rows()[21]["time"]
    [decision] = entries(scorer, demo_clients()[2:3])
    assert line == {
        "decision_id": row["decision_id"],
        "time": OLD,
        "request_id": row["request_id"],
        "key_name": "key 1",
        "model_version": scorer.model_version,
        "model_sha256": scorer.release.sha256,
        "code_version": "0.1.0",
        "inputs": demo_clients()[2],
        "outputs": {
            "raw_score": decision.raw_score,
            "probability": decision.probability,
            "threshold": scorer.threshold,
            "decision": decision.decision,
        },
        "latency_ms": 1.5,
        "status": 200,
        "reviews": [
            {"reviewer": "A. Reviewer", "decision": "granted", "reason": "knows the client well", "time": reviewed},
        ],
        "outcomes": [],
    }
    assert list(line)[:3] == ["decision_id", "time", "request_id"]


def test_what_was_said_later_stands_with_its_decision_oldest_first(log: Written, out: Path) -> None:
    third = log.ids()[3]
    log.log.review(third, Review("B. Reviewer", "refused", "knows him better"), "key 1")
    export_log.main(["--out", str(out)])
    exported = lines(out)
    assert [review["reviewer"] for review in exported[2]["reviews"]] == ["A. Reviewer", "B. Reviewer"]
    assert [outcome["outcome"] for outcome in exported[3]["outcomes"]] == ["repaid", "defaulted"]
    assert set(exported[3]["outcomes"][0]) == {"outcome", "date", "time"}
    assert not [line for line in exported if line not in exported[2:4] and (line["reviews"] or line["outcomes"])]


def test_since_a_time_what_was_decided_then_or_later_is_written(
    log: Written, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = log.ids()
    for since, positions, simulations in (
        ("2024-11-20", [27, 28, 29, *range(31, 41)], 0),
        ("2024-11-10", [27, 28, 29, *range(31, 41)], 3),
    ):
        assert export_log.main(["--out", str(out), "--since", since]) == 0
        assert told(capsys)[1].startswith(f"wrote 13 decisions to {out}; {simulations} simulations left out; ")
        assert [line["decision_id"] for line in lines(out)] == [ids[position] for position in positions]


def test_a_purged_decision_has_no_inputs_and_keeps_its_outputs(log: Written, out: Path) -> None:
    before = log.rows()[1]
    purge(log.database, "2024-11-05T00:00:00.000+00:00")
    assert export_log.main(["--out", str(out)]) == 0
    assert [line["inputs"] is None for line in lines(out)] == [time_is_old(position) for position in DECISIONS]
    assert lines(out)[0]["outputs"]["raw_score"] == before["raw_score"]


def time_is_old(position: int) -> bool:
    return position <= 20 or position == 30


def test_a_log_of_several_batches_is_written_whole(log: Written, scorer: Scorer, out: Path) -> None:
    for _ in range(5):
        log.log.append(entries(scorer, demo_clients()))
    assert export_log.main(["--out", str(out)]) == 0
    ids = log.ids()
    assert [line["decision_id"] for line in lines(out)] == [ids[position] for position in [*DECISIONS, *range(41, 1041)]]


def test_a_record_that_is_none_any_more_stops_the_export_and_the_file_before_stays(
    log: Written, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out.write_text("the file before")
    with log.database.locked() as connection:
        connection.execute(update(decisions).where(decisions.c.position == 40).values(record="{271828"))
    assert export_log.main(["--out", str(out)]) == 2
    assert failed(capsys) == (
        f"error: the record of decision {log.ids()[40]} isn't what was logged: `python -m jobs.replay` says what else"
    )
    assert [path.name for path in out.parent.iterdir()] == [out.name]
    assert out.read_text() == "the file before"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "error: the following arguments are required: --out"),
        (["--out", "no/such/folder/out.jsonl"], "error: no/such/folder/out.jsonl can't be written: No such file"),
        (["--out", "out.jsonl", "--since", "2024-13-01"], "error: --since '2024-13-01' is no date and no time: give one as"),
    ],
)
def test_what_is_asked_for_wrongly_is_one_line(
    tmp_path: Path,
    scorer: Scorer,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    complaint: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    url = f"sqlite:///{tmp_path / 'decisions.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    with written_log(url, tmp_path, scorer):
        assert export_log.main(arguments) == 2
    assert failed(capsys).startswith(complaint)


def test_a_log_that_is_not_there_is_not_made(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'decisions.db'}")
    assert export_log.main(["--out", str(out)]) == 2
    assert failed(capsys).startswith(f"error: there is no decision log at {tmp_path / 'decisions.db'}")
    assert not (tmp_path / "decisions.db").exists()
    assert not out.exists()
