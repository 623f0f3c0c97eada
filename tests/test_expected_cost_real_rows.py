"""Expected costs against the truth, on real clients whom the model never saw: it is fitted here, on the others."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scoring.cost import COSTS
from scoring.fields import ID, TARGET
from scoring.monitoring.calibration import calibration_covariance
from scoring.monitoring.realised import Realised, realised
from scoring.records import read_training
from scoring.training.candidates import lightgbm
from scoring.training.splits import in_report_split

BATCHES, SIZE = 200, 1_000


@pytest.fixture(scope="module")
def unseen(home_credit: Path) -> tuple[Any, Any, Any]:
    """PDs and outcomes of the report split (n,), and the covariance of the calibration that the others gave."""
    clients = read_training(home_credit)
    held_out = in_report_split(clients[ID])
    model = lightgbm(0).set_params(n_folds=2)  # fewer fits; the calibration has as many clients
    X, y = clients.drop(columns=[ID, TARGET]), clients[TARGET].to_numpy()
    out_of_fold = model.out_of_fold(X[~held_out], y[~held_out])
    model.fit(X[~held_out], y[~held_out], out_of_fold)
    probability = model.predict_proba(X[held_out])[:, 1]
    return probability, y[held_out], calibration_covariance(model.probability(out_of_fold))


def told(unseen: tuple[Any, Any, Any], rows: Any) -> Realised:
    probability, target, covariance = unseen
    some = probability[rows]
    return realised(some, target[rows], some < COSTS.threshold, COSTS, covariance)


def test_the_interval_covers_what_the_report_split_did_cost(unseen: tuple[Any, Any, Any]) -> None:
    found = told(unseen, slice(None))
    assert found.cost_as_expected
    assert found.default_rate_as_expected


def test_of_many_batches_about_as_many_are_covered_as_the_level_says(unseen: tuple[Any, Any, Any]) -> None:
    rng = np.random.default_rng(0)
    batches = [told(unseen, rng.choice(len(unseen[0]), SIZE, replace=False)) for _ in range(BATCHES)]
    for covered in ([one.cost_as_expected is True for one in batches], [one.default_rate_as_expected is True for one in batches]):
        assert 0.90 <= np.mean(covered) <= 0.995
