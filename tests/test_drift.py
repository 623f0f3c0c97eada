"""The drift report as a command: its verdicts by exit code, its page and summary, and what it can't compare."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from scoring.fields import ID, TARGET
from scoring.synthetic.applications import applications
from tests.conftest import ROOT


def folder(path: Path, **tables: pd.DataFrame) -> Path:
    path.mkdir()
    for name, frame in tables.items():
        frame.to_parquet(path / f"{name}.parquet")
    return path


@pytest.fixture(scope="module")
def clients() -> pd.DataFrame:
    return applications(800, seed=5)


def report(reference: Path, current: Path, out: Path) -> tuple[subprocess.CompletedProcess[str], Any]:
    arguments = ["--reference", reference, "--current", current, "--html", out / "d.html", "--json", out / "d.json"]
    command = [sys.executable, "-m", "jobs.drift_report", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    path = out / "d.json"
    return done, json.loads(path.read_text()) if path.is_file() else None


def test_train_against_test_of_one_folder_does_not_drift_and_an_empty_field_is_named(
    clients: pd.DataFrame, tmp_path: Path
) -> None:
    train, test = clients[:400].assign(OWN_CAR_AGE=float("nan")), clients[400:].drop(columns=TARGET)
    both = folder(tmp_path / "both", application_train=train, application_test=test)
    done, summary = report(both, both, tmp_path)
    assert done.returncode == 0, done.stderr
    assert (summary["reference"]["source"], summary["current"]["source"]) == (
        str(both / "application_train.parquet"),
        str(both / "application_test.parquet"),
    )
    assert (summary["reference"]["rows"], summary["current"]["rows"]) == (400, 400)
    assert summary["empty"] == ["OWN_CAR_AGE"]
    assert "no drift" in done.stdout
    assert "<html" in (tmp_path / "d.html").read_text()[:2000]


def test_clients_of_another_kind_drift_field_by_field(clients: pd.DataFrame, tmp_path: Path) -> None:
    numbers = [
        name
        for name in map(str, clients.select_dtypes("number"))
        if name not in (ID, TARGET) and "FLAG" not in name and "NOT_" not in name
    ]
    moved = clients.assign(**{name: clients[name] * 3 + 1 for name in numbers})
    before = folder(tmp_path / "before", application_train=clients)
    after = folder(tmp_path / "after", application_test=moved.drop(columns=TARGET))
    done, summary = report(before, after, tmp_path)
    assert done.returncode == 1, done.stderr
    drifted = {field["field"] for field in summary["fields"] if field["drifted"]}
    assert {"AMT_CREDIT", "EXT_SOURCE_2", "DAYS_BIRTH"} <= drifted
    assert not {"NAME_INCOME_TYPE", "FLAG_OWN_CAR", "CODE_GENDER"} & drifted
    assert summary["share"] == len(drifted) / len(summary["fields"])


def test_too_few_clients_are_no_drift_and_no_report(clients: pd.DataFrame, tmp_path: Path) -> None:
    few = folder(tmp_path / "few", application_train=clients[:99])
    done, summary = report(few, few, tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        f"error: {few / 'application_train.parquet'} has 99 clients; drift means nothing under 100"
    ]
    assert summary is None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["few"]


def test_a_folder_without_applications_is_named(tmp_path: Path) -> None:
    done, _ = report(tmp_path, tmp_path, tmp_path)
    assert done.returncode == 2
    assert str(tmp_path) in done.stderr
    assert len(done.stderr.splitlines()) == 1
