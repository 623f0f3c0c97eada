"""What each family of inputs earns, and how steady decisions are: the measuring, and the tables that are made of it."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from custom_threshold_model import CustomThresholdModel
from jobs import feature_gains, steadiness
from scoring.cost import Interval
from scoring.fields import BY_NAME, TARGET
from scoring.inputs import LOCAL_MEANS, MODEL_FIELDS, RATIOS
from scoring.synthetic import labelled_records, write_sample
from scoring.training import families
from scoring.training.candidates import lightgbm
from scoring.training.families import FAMILIES, Gain, OutOfFold, gains, known_of, measure


def small(seed: int, **other: Any) -> CustomThresholdModel:
    return lightgbm(seed, n_estimators=60, n_jobs=1, params={"min_child_samples": 20, "reg_lambda": 1.0}, **other)


@pytest.fixture(scope="module")
def clients() -> tuple[pd.DataFrame, Any]:
    frame = labelled_records(1500, seed=3)
    return known_of(frame), frame[TARGET].to_numpy()


def test_a_family_is_of_things_that_exist_and_belongs_to_the_model_wholly_or_not_at_all() -> None:
    derived = {name for name, *_ in (*RATIOS, *LOCAL_MEANS)}
    names = [name for members in FAMILIES.values() for name in members]
    assert len(names) == len(set(names))
    assert set(names) <= set(BY_NAME) | derived
    for family, members in FAMILIES.items():
        assert members, family
        assert len({name in MODEL_FIELDS or name in derived for name in members}) == 1, family
    untold = [name for name in MODEL_FIELDS if name not in names and name.startswith(("BUREAU", "PREVIOUS", "POS", "CARD"))]
    assert not untold


def test_what_a_left_out_field_makes_is_left_out_with_it() -> None:
    without = [name for name in MODEL_FIELDS if not name.startswith("EXT_SOURCE")]
    model = families.without(small(0), without, ())
    assert "EXT_SOURCE_MEAN" not in {name for name, *_ in model.ratios}
    assert model.local_means == []  # the plan's score is a mean of external scores
    model = families.without(small(0), MODEL_FIELDS, ("PLAN_SCORE",))
    assert (len(model.ratios), model.local_means) == (len(RATIOS), [])
    assert small(0).get_params()["ratios"] == RATIOS


def test_a_field_that_tells_the_outcome_is_worth_what_is_lost_without_it(
    clients: tuple[pd.DataFrame, Any],
) -> None:
    X, y = clients
    told = X.assign(OWN_CAR_AGE=y + 0.0, FLAG_DOCUMENT_2=1.0 - y)
    two = {"the car": ("OWN_CAR_AGE",), "a document": ("FLAG_DOCUMENT_2",)}
    steps: list[str] = []
    whole, (car, document) = gains(told, y, families=two, seeds=(0, 1), make=small, progress=steps.append)
    assert whole.auc.min() > 0.95
    assert (car.used, document.used) == (True, False)
    assert car.auc[0] > 0.15
    assert car.auc[1] <= car.auc[0] <= car.auc[2]
    assert 0 < car.interval.low < car.cost < car.interval.high
    assert abs(document.auc[0]) < 0.01  # nothing more to gain
    assert steps == ["the whole model", "the car", "a document"]


def test_every_family_can_be_measured(clients: tuple[pd.DataFrame, Any]) -> None:
    X, y = clients
    _, found = gains(X, y, seeds=(0,), make=lambda seed: small(seed).set_params(n_estimators=2))
    assert [gain.family for gain in found] == list(FAMILIES)
    assert {gain.family for gain in found if not gain.used} >= {"documents given", "installments_payments", "bureau_balance"}


def test_what_is_measured_is_the_average_of_the_seeds(clients: tuple[pd.DataFrame, Any]) -> None:
    X, y = clients
    both, *one_each = (measure(X, y, MODEL_FIELDS, (), seeds=seeds, make=small) for seeds in ((0, 1), (0,), (1,)))
    np.testing.assert_array_equal(both.auc, [one_each[0].auc[0], one_each[1].auc[0]])
    np.testing.assert_allclose(both.costs, (one_each[0].costs + one_each[1].costs) / 2)
    assert one_each[0].auc[0] != one_each[1].auc[0]


FOUND = [
    Gain("documents", 20, False, (0.0, -0.001, 0.001), 0.0, Interval(-0.002, 0.002)),
    Gain("bureau", 39, True, (0.002, 0.001, 0.003), 0.004, Interval(-0.001, 0.009)),
]


def test_the_gains_are_a_table_of_what_is_used_first() -> None:
    text = feature_gains.table(OutOfFold(np.array([0.77, 0.78]), np.array([0.4, 0.6])), FOUND, clients=1234)
    lines = text.splitlines()
    assert feature_gains.table(OutOfFold(np.array([0.77, 0.78]), np.array([0.4, 0.6])), [], clients=1234) == f"{lines[0]}\n"
    assert lines[0] == "1,234 clients out of fold, mean of 2 seeds: AUC 0.7750 (0.7700 to 0.7800), cost per client 0.5000."
    assert lines[4:] == [
        "| bureau | 39 | yes | +0.0020 (+0.0010, +0.0030) | +0.0040 (-0.0010 to +0.0090) |",
        "| documents | 20 | no | +0.0000 (-0.0010, +0.0010) | +0.0000 (-0.0020 to +0.0020) |",
    ]


def test_a_document_without_its_marks_is_refused_before_anything_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = tmp_path / "features.md"
    document.write_text("# no mark\n")
    assert feature_gains.main(["--data", str(tmp_path), "--document", str(document)]) == 2
    assert capsys.readouterr().err == f"error: {document} has no two lines <!-- gains --> to write between\n"
    assert document.read_text() == "# no mark\n"


def test_a_document_that_is_not_there_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert feature_gains.main(["--data", str(tmp_path), "--document", str(tmp_path / "none.md")]) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert said.count("\n") == 1


def test_a_document_that_is_no_text_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = tmp_path / "features.md"
    document.write_bytes(b"<!-- gains -->\n\xff<!-- gains -->\n")
    assert feature_gains.main(["--data", str(tmp_path), "--document", str(document)]) == 2
    assert capsys.readouterr().err == f"error: {document} can't be read: it is not UTF-8\n"


def gains_while_somebody_writes(text: str, document: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """The command on a few clients, with FOUND for its measurement, in which the document gets another text."""

    def measured(X: pd.DataFrame, y: Any, **other: Any) -> tuple[OutOfFold, list[Gain]]:
        document.write_text(text)
        return OutOfFold(np.array([0.77]), np.array([0.4, 0.6])), FOUND

    monkeypatch.setattr(families, "gains", measured)
    write_sample(document.parent, clients=50, seed=0, format="csv", histories=False)
    document.write_text("before\n<!-- gains -->\nan older table\n<!-- gains -->\n")
    return feature_gains.main(["--data", str(document.parent), "--document", str(document)])


def test_what_somebody_writes_into_the_document_during_the_measurement_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = tmp_path / "features.md"
    assert gains_while_somebody_writes("new\n<!-- gains -->\n<!-- gains -->\nend\n", document, monkeypatch) == 0
    start, table, end = document.read_text().split("<!-- gains -->\n")
    assert (start, end) == ("new\n", "end\n")
    assert "| bureau | 39 | yes |" in table
    assert "an older table" not in table


def test_a_document_that_lost_its_marks_during_the_measurement_is_left_alone_and_the_table_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    document = tmp_path / "features.md"
    assert gains_while_somebody_writes("no mark\n", document, monkeypatch) == 2
    told = capsys.readouterr()
    assert told.err.endswith(f"error: {document} has no two lines <!-- gains --> to write between\n")
    assert "| bureau | 39 | yes |" in told.out
    assert document.read_text() == "no mark\n"


def test_steadiness_counts_the_decisions_that_turn() -> None:
    before = np.array([0.05, 0.08, 0.10, 0.20])
    after = np.array([0.05, 0.10, 0.09, 0.30])
    text = steadiness.table(before, [("AMT_ANNUITY", -1.0, after)], threshold=0.09)
    # the second turns; 0.09 still refuses. Changes of 0, 2, 1 and 10 points: half of them up to 1.5
    assert text.splitlines()[2].startswith("| AMT_ANNUITY -1% | 25.00% | 1.50 points |")


def test_the_released_model_is_tried_on_applications_without_an_outcome(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_sample(tmp_path, clients=500, seed=0, format="csv")
    assert steadiness.main(["--data", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert ", 100 applications of application_test, threshold " in lines[0]
    assert [line.split("|")[1].strip() for line in lines[3:]] == [
        f"{name} {sign}1%" for name in steadiness.AMOUNTS for sign in ("+", "-")
    ]
