"""The released model itself: how good it was shown to be, which way it leans, and that it carries nobody's data."""

import csv
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model import Scorer
from scoring.inputs import MODEL_FIELDS, MONOTONE, RATIOS
from scoring.records import fingerprint, read_training
from scoring.synthetic import labelled_records
from tests.conftest import LATEST, ROOT, demo_clients

RELEASED = json.loads((LATEST / "model.json").read_text())


def columns(clients: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {name: [client[name] for client in clients] for name in MODEL_FIELDS}


def test_out_of_fold_it_is_as_good_as_it_has_to_be() -> None:
    metrics = RELEASED["metrics"]
    assert metrics["oof_auc"] >= 0.767
    assert metrics["oof_cost_per_client"] <= 0.516 < metrics["oof_cost_of_granting_all"]
    assert metrics["oof_calibration_error"] <= 0.008


def test_on_the_report_split_it_costs_far_less_than_granting_to_all() -> None:
    metrics = RELEASED["metrics"]
    assert metrics["report_auc"] > 0.75
    assert metrics["report_cost_per_client"] < 0.7 * metrics["report_cost_of_granting_all"]


def test_its_figures_are_those_of_the_real_rows(home_credit: Path) -> None:
    frame = read_training(home_credit)
    assert RELEASED["data"]["fingerprint"] == fingerprint(frame)
    assert (RELEASED["data"]["rows"], RELEASED["data"]["defaults"]) == (len(frame), int(frame["TARGET"].sum()))


def test_it_knows_neither_sex_nor_family_status_nor_id() -> None:
    assert not {"CODE_GENDER", "NAME_FAMILY_STATUS", "SK_ID_CURR", "TARGET"} & {*RELEASED["fields"], *RELEASED["columns"]}


def test_it_is_small() -> None:
    assert (LATEST / "model.pkl").stat().st_size < 5_000_000


def test_it_grants_to_some_demo_clients_and_refuses_some(scorer: Scorer) -> None:
    refused = scorer.score(columns(demo_clients())).refused
    assert 20 <= refused.sum() <= 180


@pytest.fixture(scope="module")
def thousand() -> dict[str, Any]:
    """A thousand clients, of whom each is known in other respects, as columns."""
    frame = labelled_records(1000, seed=11, first_id=76_000_001)
    return {name: frame[name].to_numpy() for name in MODEL_FIELDS}


@pytest.mark.parametrize("field", [name for name in MONOTONE if name in MODEL_FIELDS])
def test_each_monotone_field_moves_the_probability_of_a_thousand_clients_one_way(
    field: str, scorer: Scorer, thousand: dict[str, Any]
) -> None:
    known = json.loads(scorer.documents["reference.json"].content)["columns"][field]["all"]["quantiles"]
    values = np.unique([*scorer.release.ranges[field], *known[::8]])
    steps = [scorer.score({**thousand, field: np.full(1000, value)}).raw for value in values]
    assert (np.diff(steps, axis=0) * MONOTONE[field] >= 0).all()
    gain = {one["column"]: one["gain"] for one in json.loads(scorer.documents["importance.json"].content)["columns"]}
    assert (steps[0] != steps[-1]).any() == (gain[field] > 0)  # of some the trees ask nothing, and the direction costs nothing


def test_what_is_derived_of_a_monotone_field_is_monotone_too() -> None:
    """Else the field itself could move the probability either way."""
    for name, _, of in RATIOS:
        assert name in MONOTONE or not set(of) & set(MONOTONE), name


def test_the_release_tells_every_direction_that_its_model_was_held_to() -> None:
    told = {column: rule["sign"] for rule in RELEASED["monotone"] for column in rule["columns"]}
    assert told == dict(MONOTONE)
    assert all(rule["reason"] for rule in RELEASED["monotone"])


def test_a_larger_instalment_for_the_same_loan_changes_the_probability(scorer: Scorer) -> None:
    before = scorer.score(columns(demo_clients())).raw
    dearer = [{**client, "AMT_ANNUITY": client["AMT_ANNUITY"] and client["AMT_ANNUITY"] * 1.5} for client in demo_clients()]
    assert (scorer.score(columns(dearer)).raw != before).mean() > 0.9


def released_files() -> list[Path]:
    folders = [LATEST.resolve(), (ROOT / "mlruns_reduced").resolve()]
    return sorted({path for folder in folders for path in folder.rglob("*") if path.is_file()})


def test_the_selected_run_is_there_without_its_weight() -> None:
    reduced = ROOT / "mlruns_reduced"
    assert (reduced / "MLmodel").is_file()
    assert float((reduced / "best_threshold").read_text()) == RELEASED["threshold"]
    assert RELEASED["run_id"] in (reduced / "MLmodel").read_text()
    assert sum(path.stat().st_size for path in reduced.rglob("*") if path.is_file()) < 200_000


def test_nothing_released_names_a_place_on_the_machine_that_made_it() -> None:
    for path in released_files():
        text = path.read_bytes().decode("utf-8", "ignore")
        assert not [place for place in ("home", "root", "work", "tmp", "Users") if f"/{place}/" in text], path
        assert "file://" not in text, path


def test_nothing_released_holds_a_clients_number() -> None:
    for path in released_files():
        assert b"SK_ID_CURR" not in path.read_bytes(), path


# Two exact days tell a client among all, whatever was changed beside them. Amounts don't: many ask for the same round ones.
TELLING = (("DAYS_BIRTH", "DAYS_EMPLOYED"), ("DAYS_BIRTH", "DAYS_ID_PUBLISH"))


def pairs_told(text: str) -> set[tuple[str, str, float, float]]:
    """The values of TELLING pairs in the JSON-like objects of a text."""
    found = set()
    for one, other in TELLING:
        for value in re.finditer(rf'{one}"?[:=]\s*"?(-?[\d.]+)', text):
            near = re.search(rf'{other}"?[:=]\s*"?(-?[\d.]+)', text[value.start() : value.start() + 4000])
            if near:
                found.add((one, other, float(value[1]), float(near[1])))
    return found


def test_no_committed_text_tells_a_real_client(home_credit: Path) -> None:
    real = set()
    for table in ("application_train", "application_test"):
        with (home_credit / f"{table}.csv").open() as file:
            for row in csv.DictReader(file):
                real |= {(a, b, float(row[a]), float(row[b])) for a, b in TELLING if row[a] and row[b] and row[b] != "365243"}
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    texts = [ROOT / name for name in listed if Path(name).suffix in {".json", ".md", ".py", ".ipynb"} and (ROOT / name).is_file()]
    told = {path: pairs_told(path.read_text()) & real for path in texts}
    assert not {path.name: pairs for path, pairs in told.items() if pairs}
    one, other, first, second = next(iter(real))
    assert pairs_told(f'{{"{one}": {first}, "AMT_CREDIT": 1, "{other}": {second}}}') & real  # it would be found
