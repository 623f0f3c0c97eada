"""One candidate fitted on some clients, with a probability for each of them from a fit that never saw it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.model_selection import cross_val_predict

from custom_threshold_model import CustomThresholdModel, fit_sigmoid, least_cost_threshold
from scoring.cost import COSTS
from scoring.training.candidates import Candidate
from scoring.training.resampling import Resampled
from scoring.training.splits import folds

Floats = NDArray[np.float64]
Target = NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class Fitted:
    """A classifier fitted on n clients.

    `probability` (n,): out-of-fold PDs, for measuring. `own` (n,): what the fitted model's own calibration makes of the
    out-of-fold scores; its threshold was learnt from them.
    """

    model: Any
    probability: Floats
    threshold: float
    own: Floats

    @property
    def refused(self) -> NDArray[np.bool_]:
        """Whom (n,) the fitted model's own calibration and threshold refuse, out of fold."""
        return self.own >= self.threshold


def fit(candidate: Candidate, X: pd.DataFrame, y: Target, *, seed: int) -> Fitted:
    """Fit a candidate on X (n, fields) and y (n,), 0 or 1, and learn its threshold from out-of-fold PDs."""
    model = candidate.make(seed)
    if isinstance(model, CustomThresholdModel | Resampled):
        raw = model.out_of_fold(X, y)
        model.fit(X, y, raw)
        return Fitted(model, cross_calibrated(raw, y, seed), model.threshold_, model.probability(raw))
    probability = cross_val_predict(model, X, y, cv=folds(seed), method="predict_proba")[:, 1]
    threshold = candidate.threshold
    if threshold is None:
        threshold = least_cost_threshold(
            probability,
            y,
            cost_false_negative=COSTS.false_negative,
            cost_false_positive=COSTS.false_positive,
            random_state=seed,
        )
    return Fitted(model.fit(X, y), probability, threshold, probability)


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
