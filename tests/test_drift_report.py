"""The drift report of folders: its verdicts by exit code, and what it can't compare."""

import json
from pathlib import Path

import pandas as pd
import pytest

from jobs import drift_report
from model import Scorer
from scoring.fields import APPLICATION, FIELDS, ID, TARGET
from scoring.synthetic import applications, write_sample
from tests.drifting import folder, refused, run, two_tables

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def clients() -> pd.DataFrame:
    return applications(1_000, seed=5)


@pytest.fixture(scope="module")
def both(clients: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return two_tables(clients, tmp_path_factory.mktemp("tables") / "both")


# --- verdicts


def test_one_folder_twice_compares_train_with_test(both: Path, tmp_path: Path, capsys: Capture) -> None:
    found = run(capsys, tmp_path, "--reference", both, "--current", both)
    train, test = (both / f"application_{name}.parquet" for name in ("train", "test"))
    assert (found.code, found.err) == (0, "")
    assert found.out.endswith(f" from {train} to {test}; no drift that matters; see {tmp_path / 'drift.json'}\n")
    assert found.summary["reference"] == {"source": str(train), "clients": 500, "sampled": 500, "rebuilt": False}
    assert found.summary["current"]["source"] == str(test)
    assert found.summary["left_out"]["OWN_CAR_AGE"] == "unknown on both sides"
    assert len(found.summary["fields"]) + len(found.summary["left_out"]) == len(APPLICATION)
    assert found.summary["score"] is None


def test_clients_of_another_kind_drift_field_by_field(both: Path, clients: pd.DataFrame, tmp_path: Path, capsys: Capture) -> None:
    after = clients[:500].assign(AMT_CREDIT=clients.AMT_CREDIT * 2, NAME_INCOME_TYPE="Pensioner").drop(columns=TARGET)
    after.loc[:199, "EXT_SOURCE_2"] = float("nan")
    moved = folder(tmp_path / "moved", application_test=after)
    found = run(capsys, tmp_path, "--reference", both, "--current", moved)
    assert found.code == 1
    assert found.drifted() == {"AMT_CREDIT", "NAME_INCOME_TYPE", "EXT_SOURCE_2", "OWN_CAR_AGE"}
    assert "; DRIFT: fields with " in found.out
    assert found.field("EXT_SOURCE_2")["gone"]["value"] == pytest.approx(0.4, abs=0.02)


def test_generated_clients_are_not_those_that_the_release_remembers(
    both: Path, scorer: Scorer, tmp_path: Path, capsys: Capture
) -> None:
    found = run(capsys, tmp_path, "--current", both)
    assert found.code == 1
    trained = json.loads(scorer.documents["reference.json"].content)["clients"]["all"]
    assert found.summary["reference"]["source"] == f"training of {scorer.model_version}"
    assert (found.summary["reference"]["clients"], found.summary["reference"]["rebuilt"]) == (trained, True)
    assert "OWN_CAR_AGE" in found.drifted()  # nobody's is known now
    assert not {"CODE_GENDER", "NAME_FAMILY_STATUS", ID} & {field["field"] for field in found.summary["fields"]}


def test_with_histories_whole_records_and_their_pds_are_compared(tmp_path: Path, capsys: Capture) -> None:
    generated = tmp_path / "generated"
    write_sample(generated, 300, seed=8, format="parquet", test_share=0.5)
    found = run(capsys, tmp_path, "--reference", generated, "--current", generated, "--histories")
    assert found.code == 0, found.out
    assert len(found.summary["fields"]) + len(found.summary["left_out"]) == len(FIELDS)
    assert found.summary["score"]["psi"]["value"] < found.summary["score"]["psi"]["limit"]


def test_settings_of_ones_own_decide(both: Path, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "own.toml").write_text("sample = 200\n[alarm]\nimportance = 0.999\n")
    found = run(capsys, tmp_path, "--current", both, "--settings", tmp_path / "own.toml")
    assert (found.code, found.summary["alarm"]) == (0, False)
    assert {side: found.summary[side]["sampled"] for side in ("reference", "current")} == {"reference": 200, "current": 200}
    assert found.drifted()


# --- what can't be compared


def test_a_document_gets_the_fields_that_drift_between_its_marks(
    both: Path, clients: pd.DataFrame, tmp_path: Path, capsys: Capture
) -> None:
    moved = folder(
        tmp_path / "moved", application_test=clients[:500].assign(AMT_CREDIT=clients.AMT_CREDIT * 2).drop(columns=TARGET)
    )
    document = tmp_path / "doc.md"
    document.write_text(f"before\n{drift_report.MARK}\nold\n{drift_report.MARK}\nafter\n")
    given = ["--reference", str(both), "--current", str(moved), "--document", str(document), "--no-mlflow"]
    assert drift_report.main(given) == 1
    before, told, after = document.read_text().split(f"{drift_report.MARK}\n")
    assert (before, after) == ("before\n", "after\n")
    rows = [line.split(" | ") for line in told.splitlines() if line.startswith("| `")]
    assert {cells[0] for cells in rows} == {"| `AMT_CREDIT`", "| `OWN_CAR_AGE`"}
    assert "old" not in told
    document.write_text("no marks\n")
    assert drift_report.main(given) == 2
    assert "no marks" in document.read_text()
    assert capsys.readouterr().err.count("\n") == 1


def test_too_few_clients_are_no_drift_and_no_report(clients: pd.DataFrame, tmp_path: Path, capsys: Capture) -> None:
    few = folder(tmp_path / "few", application_train=clients[:99])
    line = refused(run(capsys, tmp_path, "--reference", few, "--current", few))
    assert line == f"error: {few / 'application_train.parquet'} has 99 clients; drift means nothing under 100"
    assert [path.name for path in tmp_path.iterdir()] == ["few"]


def test_a_folder_without_applications_is_told_what_it_lacks(tmp_path: Path, capsys: Capture, clients: pd.DataFrame) -> None:
    empty, other = folder(tmp_path / "empty"), folder(tmp_path / "other", bureau=clients[[ID]])
    wrong = folder(tmp_path / "wrong", application_train=clients.drop(columns="AMT_CREDIT"))
    for given in (empty, other):
        line = refused(run(capsys, tmp_path, "--current", given))
        assert line.startswith(f"error: {given} doesn't hold table application_test or application_train: put there one of ")
    assert "AMT_CREDIT" in refused(run(capsys, tmp_path, "--current", wrong))
    assert refused(run(capsys, tmp_path, "--current", tmp_path / "none")).startswith(f"error: {tmp_path / 'none'} is missing")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "nothing to write: name a page with --html, a summary with --json, or both"),
        (["--json", "{}/no/drift.json"], "{}/no/drift.json can't be written: No such file or directory"),
        (["--html", "{}/drift.html", "--json", "{}/no/drift.json"], "{}/no/drift.json can't be written: No such file"),
        (["--html", "{}/drift", "--json", "{}/drift"], "--html and --json both name {}/drift: name two files"),
        (["--json", "{}/drift.json", "--log-until", "2026-11-01"], "--log-until belongs to --log-since: give both"),
        (["--json", "{}/drift.json", "--log-since", "2026-11-01"], "argument --log-since: not allowed with argument --current"),
        (["--json", "{}/drift.json", "--settings", "{}/no.toml"], "{}/no.toml can't be read: No such file or directory"),
    ],
)
def test_what_is_asked_for_wrongly_is_one_line_and_nothing_is_written(
    arguments: list[str], complaint: str, tmp_path: Path, both: Path, capsys: Capture
) -> None:
    given = ["--current", str(both), "--no-mlflow", *(argument.format(tmp_path) for argument in arguments)]
    assert drift_report.main(given) == 2
    said = capsys.readouterr()
    assert said.out == ""
    [line] = said.err.splitlines()
    assert line.startswith(f"error: {complaint.format(tmp_path)}")
    assert list(tmp_path.iterdir()) == []
