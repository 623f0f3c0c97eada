"""No leak: what is measured out of fold, or on the report split, was never seen by what measured it."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.metrics import roc_auc_score

from scoring.synthetic import labelled_records
from scoring.training.candidates import Candidate, lightgbm, logistic_regression, resampled
from scoring.training.clients import Clients, clients_of
from scoring.training.fitting import fit
from scoring.training.resampling import smote, undersampling
from scoring.training.splits import folds

CLIENTS = 3000
LEARNS_BY_HEART = {"learning_rate": 0.1, "min_child_samples": 10, "reg_lambda": 1.0}
FEW: dict[str, Any] = {"n_estimators": 60, "n_jobs": 1}
CANDIDATES = (
    Candidate("lightgbm", partial(lightgbm, **FEW, params=LEARNS_BY_HEART)),
    Candidate("lightgbm_class_weighted", partial(lightgbm, **FEW, params=LEARNS_BY_HEART, positive_weight="balanced")),
    Candidate("lightgbm_undersampled", partial(resampled, undersampling, {**FEW, **LEARNS_BY_HEART})),
    Candidate("lightgbm_smote", partial(resampled, smote, {**FEW, **LEARNS_BY_HEART})),
    Candidate("logistic_regression", logistic_regression),
)
each_candidate = pytest.mark.parametrize("candidate", CANDIDATES, ids=lambda candidate: candidate.name)


@pytest.fixture(scope="module")
def clients() -> Clients:
    return clients_of(labelled_records(CLIENTS, seed=8, first_id=75_000_001))


@each_candidate
def test_outcomes_dealt_at_random_cannot_be_told_out_of_fold(candidate: Candidate, clients: Clients) -> None:
    """A leak of the outcome anywhere (folds, resampling, calibration, input step) would tell them."""
    shuffled = np.random.default_rng(1).permutation(clients.y)
    auc = roc_auc_score(shuffled, fit(candidate, clients.X, shuffled, seed=0).probability)
    defaults = shuffled.sum()
    spread = np.sqrt((CLIENTS + 1) / (12 * defaults * (CLIENTS - defaults)))  # of the AUC of a coin (Hanley & McNeil, 1982)
    assert abs(auc - 0.5) < 3 * spread
    assert roc_auc_score(clients.y, fit(candidate, clients.X, clients.y, seed=0).probability) > 0.5 + 4 * spread


@each_candidate
def test_nothing_that_is_fitted_for_a_client_saw_those_held_out_beside_him(candidate: Candidate, clients: Clients) -> None:
    """Half of the clients held out are given other values and labels: the other half's probabilities keep their bits.

    What the input step learns (labels, plans' means, scales, fillings) would move them, had it seen those it is to measure.
    """
    _, held_out = next(folds(0).split(clients.X, clients.y))
    changed, watched = held_out[::2], held_out[1::2]
    before, after = (measured(candidate, X, clients.y, watched) for X in (clients.X, made_strange(clients.X, changed)))
    assert_array_equal(before, after)
    others = np.setdiff1d(np.arange(CLIENTS), held_out)[:200]
    assert (measured(candidate, made_strange(clients.X, others), clients.y, watched) != before).any()


def measured(candidate: Candidate, X: pd.DataFrame, y: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """What these rows are measured by before any calibration, which rightly learns from the other folds' scores."""
    model = candidate.make(0)
    if hasattr(model, "out_of_fold"):
        return np.asarray(model.out_of_fold(X, y)[rows])
    return np.asarray(fit(candidate, X, y, seed=0).probability[rows])


def made_strange(X: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """The same clients, some with other loans, scores, dates and occupations."""
    strange = X.copy()
    for name, factor in {
        "AMT_CREDIT": 3.0,
        "AMT_ANNUITY": 0.4,
        "EXT_SOURCE_2": 0.1,
        "EXT_SOURCE_3": 0.2,
        "DAYS_BIRTH": 0.7,
    }.items():
        strange.loc[strange.index[rows], name] *= factor
    strange.loc[strange.index[rows], "OCCUPATION_TYPE"] = "HR staff"
    strange.loc[strange.index[rows], "AMT_REQ_CREDIT_BUREAU_YEAR"] = np.nan
    return strange
