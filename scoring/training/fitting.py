"""One candidate fitted on some clients, with a probability for each of them from a fit that never saw it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.model_selection import cross_val_predict

from custom_threshold_model import CustomThresholdModel, fit_sigmoid, least_cost_threshold
from scoring.cost import COSTS, CostMatrix
from scoring.training.candidates import Candidate
from scoring.training.resampling import Resampled
from scoring.training.splits import folds

Floats = NDArray[np.float64]
Target = NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class Fitted:
    """A classifier fitted on n clients.

    `probability` (n,): out-of-fold PDs, for measuring. `own` (n,): what the fitted model's own calibration makes of the
    out-of-fold scores.
    """

    model: Any
    probability: Floats
    threshold: float
    own: Floats

    @property
    def refused(self) -> NDArray[np.bool_]:
        """Whom (n,) the fitted model refuses, out of fold."""
        return self.own >= self.threshold


def fit(candidate: Candidate, X: pd.DataFrame, y: Target, *, seed: int, threshold: float | None = None) -> Fitted:
    """Fit a candidate on X (n, fields) and y (n,), 0 or 1.

    Its threshold is learnt from its out-of-fold PDs, unless the candidate has one of its own or another fit has given one.
    """
    model = candidate.make(seed)
    if isinstance(model, CustomThresholdModel | Resampled):
        raw = model.out_of_fold(X, y)
        model.fit(X, y, raw)
        probability, own = cross_calibrated(raw, y, seed), model.probability(raw)
    else:
        probability = own = cross_val_predict(model, X, y, cv=folds(seed), method="predict_proba")[:, 1]
        model.fit(X, y)
    if threshold is None:
        threshold = candidate.threshold
    if threshold is None:
        threshold = learnt_threshold(probability, y, costs=COSTS, seed=seed)
    if isinstance(model, CustomThresholdModel | Resampled):
        model.threshold_ = threshold
    return Fitted(model, probability, threshold, own)


def learnt_threshold(probability: Floats, y: Target, *, costs: CostMatrix, seed: int) -> float:
    """What the rule (docs/decisions/0002) makes of out-of-fold PDs (n,)."""
    return least_cost_threshold(
        probability,
        y,
        cost_false_negative=costs.false_negative,
        cost_false_positive=costs.false_positive,
        random_state=seed,
    )


def cross_calibrated(raw: Floats, y: Target, seed: int) -> Floats:
    """PDs (n,) of out-of-fold raw scores (n,), each calibrated on the other folds: no row takes part in its own calibration."""
    probability = np.empty(len(raw))
    for others, fold in folds(seed).split(raw, y):
        a, b = fit_sigmoid(raw[others], y[others])
        probability[fold] = expit(a * raw[fold] + b)
    return probability


def is_ours(model: Any) -> bool:
    """Whether a model can be released: the others are there to compare."""
    return isinstance(model, CustomThresholdModel)


def leaves(model: Any) -> int:
    """LightGBM's leaves over all trees: what scoring and explaining cost, and what selection keeps small."""
    return sum(tree["num_leaves"] for tree in model.booster_.dump_model()["tree_info"])
