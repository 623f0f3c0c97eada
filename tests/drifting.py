"""jobs.drift_report for tests: run here, or as a process of its own."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from jobs import drift_report
from scoring.fields import TARGET
from tests.conftest import ROOT


@dataclass(frozen=True, slots=True)
class Reported:
    """What came of a run: its exit code, what it said, and its summary, where it wrote one."""

    code: int
    out: str
    err: str
    summary: Any

    def field(self, name: str) -> dict[str, Any]:
        """A field of the summary."""
        [found] = [field for field in self.summary["fields"] if field["field"] == name]
        return dict(found)

    def drifted(self) -> set[str]:
        return {field["field"] for field in self.summary["fields"] if field["drifted"]}


def folder(path: Path, **tables: pd.DataFrame) -> Path:
    """A folder of tables."""
    path.mkdir()
    for name, frame in tables.items():
        frame.to_parquet(path / f"{name}.parquet")
    return path


def two_tables(clients: pd.DataFrame, path: Path) -> Path:
    """Half of the clients in each of the two tables; nobody's car's age is known."""
    unknown, half = clients.assign(OWN_CAR_AGE=float("nan")), len(clients) // 2
    return folder(path, application_train=unknown[:half], application_test=unknown[half:].drop(columns=TARGET))


def run(capsys: pytest.CaptureFixture[str], folder: Path, *arguments: object) -> Reported:
    """The command, here, with its summary in folder/drift.json; nothing that imports Evidently or MLflow."""
    path = folder / "drift.json"
    capsys.readouterr()
    code = drift_report.main([*map(str, arguments), "--json", str(path), "--no-mlflow"])
    said = capsys.readouterr()
    return Reported(code, said.out, said.err, json.loads(path.read_text()) if path.is_file() else None)


def start(*arguments: object, json_file: Path) -> Reported:
    """The command as a process of its own."""
    command = [sys.executable, "-m", "jobs.drift_report", *map(str, arguments), "--json", str(json_file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return Reported(done.returncode, done.stdout, done.stderr, json.loads(json_file.read_text()) if json_file.is_file() else None)


def refused(reported: Reported) -> str:
    """The one line that the command gives instead of doing anything."""
    assert (reported.code, reported.out, reported.summary) == (2, "", None)
    [line] = reported.err.splitlines()
    return line
