"""Scoring a folder of applications: one decision a client, as the scorer gives it, in files that are whole or not there."""

import csv
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from numpy.typing import ArrayLike

from jobs import score_batch
from jobs.score_batch import decision_schema, decisions
from model import Scorer, Scores
from scoring.fields import FIELDS, ID, TARGET
from scoring.output import write_batches
from scoring.records import columns, read_records
from tests.application_tables import labelled, row, write_csv
from tests.conftest import ROOT, skip_unless_required

HEADER = [ID, "probability", "threshold", "prediction", "decision"]

SIX = [
    labelled(6, "0", EXT_SOURCE_1="0.1"),
    labelled(1, "1", EXT_SOURCE_1="0.25"),
    labelled(4, "0", EXT_SOURCE_1=""),
    labelled(2, "0", EXT_SOURCE_1="0.2499999999999999"),
    labelled(5, "1", EXT_SOURCE_1="0.30000000000000004"),
    labelled(3, "0", EXT_SOURCE_1="0"),
]


class FirstScore:
    """A scorer whose PD is EXT_SOURCE_1, or a half where that is unknown; it refuses from a quarter on."""

    threshold = 0.25
    model_version = "0-fake"

    def score(self, columns: Mapping[str, ArrayLike]) -> Scores:
        assert list(columns) == [f.name for f in FIELDS]
        probability = np.nan_to_num(np.asarray(columns["EXT_SOURCE_1"], dtype=np.float64), nan=0.5)
        return Scores(probability, probability, probability >= self.threshold)


EXPECTED = [
    [1, 0.25, 0.25, 1, "refused"],
    [2, 0.2499999999999999, 0.25, 0, "granted"],
    [3, 0.0, 0.25, 0, "granted"],
    [4, 0.5, 0.25, 1, "refused"],
    [5, 0.30000000000000004, 0.25, 1, "refused"],
    [6, 0.1, 0.25, 0, "granted"],
]


def scored(folder: Path, format: str, rows: int) -> Path:
    out = folder / f"out{format}"
    with read_records(folder, rows) as records, out.open("wb") as file:
        assert write_batches(file, format, decision_schema(), decisions(records.batches, FirstScore())) == records.count
    return out


def read_decisions(path: Path) -> list[list[Any]]:
    """The rows under the header, numbers as numbers."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    assert header == HEADER
    return [[int(line[0]), float(line[1]), float(line[2]), int(line[3]), line[4]] for line in lines]


def job(*arguments: str | Path) -> int:
    return score_batch.main([str(argument) for argument in arguments])


@pytest.fixture
def model() -> Path:
    directory = ROOT / "models" / "latest"
    if not (directory / "model.json").is_file():
        skip_unless_required(f"no model in {directory} (run `make train release`)")
    return directory


def test_six_clients_get_the_decisions_worked_out_by_hand_whatever_the_batch(tmp_path: Path) -> None:
    write_csv(tmp_path, "application_train", SIX)
    assert read_decisions(scored(tmp_path, ".csv", rows=4)) == EXPECTED
    assert [list(line.values()) for line in pq.read_table(scored(tmp_path, ".parquet", rows=10)).to_pylist()] == EXPECTED


def test_a_csv_holds_exact_numbers_as_python_writes_them(tmp_path: Path) -> None:
    write_csv(tmp_path, "application_train", SIX)
    lines = scored(tmp_path, ".csv", 6).read_bytes().split(b"\n")
    assert lines[0] == ",".join(HEADER).encode()
    assert lines[2] == b"2,0.2499999999999999,0.25,0,granted"


def test_the_released_model_decides_in_batch_as_it_does_alone(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_csv(tmp_path, "application_train", SIX[:3])
    write_csv(tmp_path, "application_test", [{k: v for k, v in line.items() if k != TARGET} for line in SIX[3:]])
    out = tmp_path / "decisions.csv"
    assert job("--data", tmp_path, "--out", out, "--model", model) == 0
    scorer = Scorer.load(model)
    assert capsys.readouterr().out == f"wrote 6 decisions of model {scorer.model_version} to {out}\n"
    with read_records(tmp_path, rows=1) as records:
        alone = [float(scorer.score(columns(batch)).probability[0]) for batch in records.batches]
    expected = [
        [i, pd, scorer.threshold, int(pd >= scorer.threshold), "refused" if pd >= scorer.threshold else "granted"]
        for i, pd in enumerate(alone, start=1)
    ]
    assert read_decisions(out) == expected


def test_the_real_test_applications_are_scored(model: Path, home_credit: Path, tmp_path: Path) -> None:
    (tmp_path / "application_test.csv").symlink_to(home_credit / "application_test.csv")
    assert job("--data", tmp_path, "--out", tmp_path / "decisions.parquet", "--model", model) == 0
    found = pq.read_table(tmp_path / "decisions.parquet").to_pydict()
    assert len(found[ID]) == 48_744
    assert found[ID] == sorted(found[ID])
    assert all(0 < pd < 1 for pd in found["probability"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--data", ".", "--out", "decisions.xlsx"), "ends in .csv or .parquet"),
        (("--data", ".", "--out", "decisions.csv", "--model", "nowhere"), "nowhere"),
        (("--out", "decisions.csv"), "--data"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(
    arguments: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_csv(tmp_path, "application_test", [row(1)])
    assert job(*arguments) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["application_test.csv"]


def test_a_table_that_is_refused_leaves_the_older_decisions(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_csv(tmp_path, "application_test", [row(1, CODE_GENDER="female")])
    out = tmp_path / "decisions.csv"
    out.write_text("older")
    assert job("--data", tmp_path, "--out", out, "--model", model) == 2
    error = capsys.readouterr().err
    assert "application_test.csv: CODE_GENDER holds a label that is not known in 1 row" in error
    assert error.count("\n") == 1
    assert out.read_text() == "older"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_stop_in_the_middle_leaves_no_half_written_file(model: Path, home_credit: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "application_train.csv").symlink_to(home_credit / "application_train.csv")
    arguments = ["--data", tmp_path / "data", "--out", tmp_path / "out.csv", "--model", model]
    command = [sys.executable, "-m", "jobs.score_batch", *map(str, arguments)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 30
        while not list(tmp_path.glob("*.part")):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        _, stderr = process.communicate(timeout=30)
    assert process.returncode == 130
    assert stderr.splitlines()[1:] == ["stopped: nothing half-written was left"]
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
