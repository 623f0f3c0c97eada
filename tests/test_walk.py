"""The main walk by its own commands: tables -> records -> served decisions, the same to the last bit as the batch's."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import requests

from scoring.synthetic.sample import write_sample
from tests.conftest import ROOT
from tests.serving import KEY, serving

TOGETHER = 700
"""Records of every field in a request: as many as MAX_BODY_BYTES takes."""


def job(name: str, *arguments: object) -> None:
    command = [sys.executable, "-m", f"jobs.{name}", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def served(records: list[str], folder: Path) -> dict[int, float]:
    """Client -> the PD that POST /predict gives it."""
    probabilities: dict[int, float] = {}
    with serving(folder) as server:
        for start in range(0, len(records), TOGETHER):
            body = f"[{','.join(records[start : start + TOGETHER])}]".encode()
            headers = {"x-api-key": KEY, "content-type": "application/json"}
            answer = requests.post(f"{server.url}/predict", data=body, headers=headers, timeout=60)
            assert answer.status_code == 200, answer.text[:500]
            probabilities |= {one["SK_ID_CURR"]: one["probability"] for one in answer.json()["decisions"]}
    return probabilities


def assert_same_bits(data: Path, clients: int, folder: Path) -> None:
    job("build_features", "--data", data, "--out", folder / "records.jsonl", "--json")
    records = (folder / "records.jsonl").read_text().splitlines()
    assert "TARGET" not in json.loads(records[0])
    expected = served(records, folder)
    assert len(expected) == clients

    job("score_batch", "--data", data, "--out", folder / "scores.csv")
    with (folder / "scores.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {int(row["SK_ID_CURR"]): float(row["probability"]) for row in rows} == expected
    assert all((row["prediction"] == "1") == (float(row["probability"]) >= float(row["threshold"])) for row in rows)
    assert {(row["prediction"], row["decision"]) for row in rows} == {("0", "granted"), ("1", "refused")}

    job("score_batch", "--data", data, "--out", folder / "scores.parquet")
    scores = pd.read_parquet(folder / "scores.parquet")
    assert dict(zip(scores["SK_ID_CURR"].tolist(), scores["probability"].tolist(), strict=True)) == expected


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_generated_clients_get_one_probability_by_api_and_batch(format: str, tmp_path: Path) -> None:
    write_sample(tmp_path / "data", clients=1500, seed=3, format=format)  # type: ignore[arg-type]  # checked where it is used
    assert_same_bits(tmp_path / "data", 1500, tmp_path)


def test_real_applications_get_one_probability_by_api_and_batch(home_credit: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for table, rows in (("application_train", 1000), ("application_test", 1500)):
        lines = (home_credit / f"{table}.csv").read_text().splitlines(keepends=True)
        (tmp_path / "data" / f"{table}.csv").write_text("".join(lines[: rows + 1]))
    assert_same_bits(tmp_path / "data", 2500, tmp_path)


@pytest.mark.faults  # half a minute: every row there is
def test_every_real_application_gets_one_probability_by_api_and_batch(home_credit: Path, tmp_path: Path) -> None:
    assert_same_bits(home_credit, 25_234 + 48_744, tmp_path)
