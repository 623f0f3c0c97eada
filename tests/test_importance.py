"""The global explanation: contributions worked out by hand, and that each field gets what is made of it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit

from custom_threshold_model import CustomThresholdModel
from scoring.explaining.contributions import shares, sources
from scoring.training.fitting import Fitted
from scoring.training.importance import UNIT, importance, meanings
from scoring.training.plots import plot_importance
from scoring.training.run_files import Provenance, write_release
from tests.conftest import demo_clients

ONE_SPLIT = {"num_leaves": 2, "min_child_samples": 1, "reg_lambda": 0.0, "colsample_bytree": 1.0, "subsample": 1.0}


def fitted(X: pd.DataFrame, y: list[int], *, trees: int = 1, **other: Any) -> CustomThresholdModel:
    params = {**ONE_SPLIT, "learning_rate": 1.0, **other.pop("params", {})}
    return CustomThresholdModel(n_estimators=trees, n_jobs=1, params=params, **other).fit(X, y)


def matrix(model: CustomThresholdModel, X: pd.DataFrame) -> Any:
    return model.input_matrix({name: X[name].to_numpy() for name in model.fields_})


@pytest.fixture
def forty() -> tuple[pd.DataFrame, list[int]]:
    """30 clients without a flag, of whom 10 defaulted, and 10 with it, who all did; AGE says nothing."""
    flag = np.repeat([0.0, 1.0], [30, 10])
    return pd.DataFrame({"AGE": np.full(40, 50.0), "FLAG": flag}), [1] * 10 + [0] * 20 + [1] * 10


def test_one_split_contributes_what_it_does_by_hand(forty: tuple[pd.DataFrame, list[int]]) -> None:
    # Half of all defaulted: log-odds 0. A leaf is -(sum of 1/2 - y) / (sum of 1/4): (15 - 10) / 7.5 is -2/3, (5 - 10) / 2.5 is 2.
    X, y = forty
    model = fitted(X, y)
    model.calibration_ = (0.5, 0.25)
    given, base = model.contributions(matrix(model, X))
    np.testing.assert_allclose(given[:, 1], [-1 / 3] * 30 + [1] * 10, rtol=1e-6)
    assert base == pytest.approx(0.25)
    assert importance(model, matrix(model, X)) == {
        "clients": 40,
        "unit": UNIT,
        "columns": [
            {"column": "FLAG", "mean_absolute_contribution": 0.5, "gain": 1.0},  # (30 / 3 + 10) / 40
            {"column": "AGE", "mean_absolute_contribution": 0.0, "gain": 0.0},
        ],
        "fields": [
            {"field": "FLAG", "mean_absolute_contribution": 0.5},
            {"field": "AGE", "mean_absolute_contribution": 0.0},
        ],
    }


def test_the_share_of_a_derived_column_goes_to_its_fields() -> None:
    X = pd.DataFrame({"CREDIT": [1.0, 1, 2, 2] * 10, "ANNUITY": [1.0, 2, 1, 2] * 10, "AGE": [1.0, 2, 3, 4] * 10})
    model = fitted(X, [0, 0, 1, 0] * 10, ratios=[("TERM", "ratio", ("CREDIT", "ANNUITY"))])
    found = importance(model, matrix(model, X))
    first, *others = found["columns"]
    assert first["column"] == "TERM"
    assert all(one["mean_absolute_contribution"] == 0 for one in others)
    half = pytest.approx(first["mean_absolute_contribution"] / 2, rel=1e-5)
    assert found["fields"] == [
        {"field": "CREDIT", "mean_absolute_contribution": half},
        {"field": "ANNUITY", "mean_absolute_contribution": half},
        {"field": "AGE", "mean_absolute_contribution": 0.0},
    ]


def test_every_column_is_made_of_fields_of_the_record() -> None:
    X = pd.DataFrame({"A": [1.0, 2] * 20, "B": [3.0, 9] * 20, "C": [1.0, 5] * 20})
    model = fitted(
        X,
        [0, 1] * 20,
        missing_codes={"B": 9},
        ratios=[("A_TO_B", "ratio", ("A", "B")), ("MEAN", "mean", ("A", "B", "C"))],
    )
    assert sources(model) == {
        "A": ("A",),
        "B": ("B",),
        "C": ("C",),
        "B_NONE": ("B",),
        "A_TO_B": ("A", "B"),
        "MEAN": ("A", "B", "C"),
    }
    assert meanings(model)["MEAN"] == "from A, B, C"
    model.columns_ = [*model.columns_, "X_NEW"]
    with pytest.raises(ValueError, match="made of nobody knows what: X_NEW"):
        sources(model)


def test_what_cancels_out_within_a_client_moves_nothing() -> None:
    given = np.array([[0.3, -0.9, 0.1], [0.3, 0.9, 0.1]])
    of_fields = given @ shares([("A",), ("A", "B", "C"), ("B",)], ["A", "B", "C"])
    np.testing.assert_allclose(of_fields, [[0.0, -0.2, -0.3], [0.6, 0.4, 0.3]], atol=1e-15)
    np.testing.assert_allclose(of_fields.sum(axis=1), given.sum(axis=1))


@pytest.fixture(scope="module")
def trained() -> tuple[CustomThresholdModel, Any]:
    """A small model of generated clients with what a client's risk might be, and their matrix."""
    X = pd.DataFrame(demo_clients())[["EXT_SOURCE_2", "AMT_CREDIT", "AMT_ANNUITY", "NAME_INCOME_TYPE", "DAYS_EMPLOYED"]]
    y = (X["EXT_SOURCE_2"].fillna(0.5) + np.random.default_rng(0).normal(0, 0.2, len(X)) < 0.45).astype(int)
    model = fitted(
        X,
        y.to_list(),
        trees=30,
        params={"num_leaves": 6, "learning_rate": 0.2},
        missing_codes={"DAYS_EMPLOYED": 365243},
        ratios=[("TERM", "ratio", ("AMT_CREDIT", "AMT_ANNUITY"))],
    )
    return model, matrix(model, X)


def test_contributions_and_base_add_up_to_the_log_odds(trained: tuple[CustomThresholdModel, Any]) -> None:
    model, rows = trained
    given, base = model.contributions(rows)
    assert given.shape == rows.shape
    assert np.ptp(given.sum(axis=1)) > 1
    np.testing.assert_allclose(base + given.sum(axis=1), logit(model.probability(model.raw_score(rows))), rtol=1e-9)


def test_a_sample_is_the_same_for_ever_and_says_its_size(trained: tuple[CustomThresholdModel, Any]) -> None:
    model, rows = trained
    whole, sampled, again = importance(model, rows), importance(model, rows, most=150), importance(model, rows, most=150)
    assert (whole["clients"], sampled["clients"]) == (len(rows), 150)
    assert json.dumps(sampled) == json.dumps(again) != json.dumps(importance(model, rows, most=150, seed=1))
    first, other = (one["columns"][0] for one in (whole, sampled))
    assert first["column"] == other["column"] == "EXT_SOURCE_2"
    assert other["mean_absolute_contribution"] == pytest.approx(first["mean_absolute_contribution"], rel=0.2)


def test_columns_and_fields_come_in_descending_order_and_gains_are_shares(trained: tuple[CustomThresholdModel, Any]) -> None:
    model, rows = trained
    found = importance(model, rows)
    for key, names in (("column", model.columns_), ("field", model.fields_)):
        assert sorted(one[key] for one in found[f"{key}s"]) == sorted(names)
        values = [one["mean_absolute_contribution"] for one in found[f"{key}s"]]
        assert values == sorted(values, reverse=True)
        assert values == [float(f"{value:.6g}") for value in values]
    assert sum(one["gain"] for one in found["columns"]) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("splits", [True, False])
def test_the_picture_is_drawn_whether_or_not_anything_contributes(
    forty: tuple[pd.DataFrame, list[int]], splits: bool, tmp_path: Path
) -> None:
    X, y = forty
    model = fitted(X if splits else X.assign(FLAG=1.0), y)
    found = importance(model, matrix(model, X))
    assert found["columns"][0]["gain"] == float(splits)
    found["columns"].append({**found["columns"][-1], "column": "A_LONG_NAME_" * 8})
    words = {one["column"]: "what it holds, at length " * 10 for one in found["columns"][1:]}
    plot_importance(found, words, tmp_path / "importance.png")
    assert (tmp_path / "importance.png").read_bytes().startswith(b"\x89PNG")


def test_a_run_keeps_the_same_bytes_and_a_picture(trained: tuple[CustomThresholdModel, Any], tmp_path: Path) -> None:
    model, rows = trained
    X = pd.DataFrame(demo_clients())
    fit = Fitted(model, np.zeros(len(X)), 0.5, np.zeros(len(X), dtype=np.bool_))
    for run in ("first", "again"):
        (tmp_path / run).mkdir()
        write_release(
            fit, X, demo_clients()[:2], {"data": {}, "metrics": {}}, Provenance("t", "c", "g", "f", "now"), tmp_path / run
        )
        assert (tmp_path / run / "importance.png").stat().st_size > 10_000
    kept, again = ((tmp_path / run / "release" / "importance.json").read_bytes() for run in ("first", "again"))
    assert kept == again
    assert json.loads(kept) == importance(model, rows)
