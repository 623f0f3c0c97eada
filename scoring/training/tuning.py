"""Tuning: parameters of our trees found by Optuna's TPE, where each trial follows from the trials before it and the seed alone.

So a tuning that was broken off and goes on finds what one that wasn't would have found.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import optuna
import pandas as pd
from numpy.typing import NDArray
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from sklearn.metrics import log_loss

from custom_threshold_model import TREES, CustomThresholdModel
from scoring.training.candidates import REGULARISED, Candidate
from scoring.training.fitting import cross_calibrated

SPACE: Mapping[str, BaseDistribution] = {
    "n_estimators": IntDistribution(400, 800, step=200),
    "num_leaves": IntDistribution(4, 16),
    "min_child_samples": IntDistribution(50, 400, log=True),
    "colsample_bytree": FloatDistribution(0.1, 0.6),
    "subsample": FloatDistribution(0.5, 1.0),
    "reg_lambda": FloatDistribution(1.0, 200.0, log=True),
    "positive_weight": CategoricalDistribution((1.0, "balanced")),
}
RECIPE: Mapping[str, Any] = {name: (CustomThresholdModel().get_params() | TREES | REGULARISED)[name] for name in SPACE}
"""What the candidate lightgbm is made with: the first trial, so that tuning never ends with worse by its own measure."""

MOST_LEAVES = 6_000  # over all trees, a quarter more than the recipe's: a decision must stay as cheap to explain
RANDOM_TRIALS = 4  # the recipe and three drawn blindly, before TPE has something to learn from


@dataclass(frozen=True, slots=True)
class Trial:
    """What was tried, from 0 on: the parameters, by SPACE's names, and the log loss that they reached."""

    number: int
    parameters: Mapping[str, Any]
    value: float


def tune(
    candidate: Candidate,
    X: pd.DataFrame,
    y: NDArray[np.int64],
    *,
    seed: int,
    known: Mapping[int, Trial],
    tried: Callable[[Trial], object],
) -> Trial:
    """The best of candidate.trials trials on X (n, fields) and y (n,), the earliest of equals.

    known: trials of before by number, taken where they are what would be tried now. tried: told each trial, known or not.
    """
    trials: list[Trial] = []
    for number in range(candidate.trials):
        parameters = suggestion(trials, seed)
        trial = known.get(number)
        if trial is None or trial.parameters != parameters:
            trial = Trial(number, parameters, loss(candidate, parameters, X, y, seed=seed))
        trials.append(trial)
        tried(trial)
    return min(trials, key=lambda trial: (trial.value, trial.number))


def suggestion(tried: Sequence[Trial], seed: int) -> dict[str, Any]:
    """What to try after these trials: a function of them and the seed, with no state beside."""
    if not tried:
        return dict(RECIPE)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.TPESampler(n_startup_trials=RANDOM_TRIALS, seed=_other_seed(seed, len(tried)))
    study = optuna.create_study(direction="minimize", sampler=sampler)
    for trial in tried:
        study.add_trial(optuna.trial.create_trial(params=dict(trial.parameters), distributions=dict(SPACE), value=trial.value))
    return dict(study.ask(dict(SPACE)).params)


def arguments(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """A suggestion as what a candidate's `make` takes; many leaves get fewer trees, to stay below MOST_LEAVES."""
    trees = {name: value for name, value in parameters.items() if name not in ("n_estimators", "positive_weight")}
    n_estimators = min(parameters["n_estimators"], MOST_LEAVES // parameters["num_leaves"])
    return {"n_estimators": n_estimators, "positive_weight": parameters["positive_weight"], "params": trees}


def loss(candidate: Candidate, parameters: Mapping[str, Any], X: pd.DataFrame, y: NDArray[np.int64], *, seed: int) -> float:
    """The log loss out of fold, calibrated across the folds; other folds than those that the seed's figures are measured on."""
    folds_seed = _other_seed(seed)
    raw = candidate.make(folds_seed, **arguments(parameters)).out_of_fold(X, y)
    return float(log_loss(y, cross_calibrated(raw, y, folds_seed)))


def _other_seed(seed: int, *trial: int) -> int:
    return int(np.random.SeedSequence([seed, *trial]).generate_state(1)[0]) >> 1
