"""The peers: each takes the client record's MODEL_FIELDS as ours does, (n, fields) of numbers and labels with gaps.

Their libraries are imported where they are used: this module is read without them. Like a Candidate's `make`, each function
takes a seed; `other` goes to the library's own constructor.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
from lightgbm import LGBMClassifier
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import make_scorer
from sklearn.model_selection import TunedThresholdClassifierCV
from sklearn.pipeline import Pipeline, make_pipeline

from scoring.comparison.labels import Known, Labels, Weights
from scoring.cost import COSTS, cost_per_client
from scoring.errors import SettingError
from scoring.inputs import CATEGORIES
from scoring.training.candidates import logistic_regression
from scoring.training.resampling import Inputs
from scoring.training.splits import folds

OURS = "ours"


@dataclass(frozen=True, slots=True)
class Peer:
    """A named way to make an unfitted classifier from a seed.

    `needs`: the libraries that `make setup-compare` brings. `threshold`: the PD from which it refuses, where that is fixed;
    `chooses`: it finds one itself, its best_threshold_. For the others it is chosen as ours is.
    """

    name: str
    title: str
    make: Callable[..., Any]
    needs: tuple[str, ...] = ()
    threshold: float | None = None
    chooses: bool = False


def woe_scorecard(_seed: int, **other: Any) -> Pipeline:
    """OptBinning's weights of evidence, missing a bin of its own in each field, and a logistic regression on them."""
    return make_pipeline(Known(), Weights(**other), LogisticRegression(solver="newton-cholesky"))


def hist_gradient_boosting(seed: int, **other: Any) -> Pipeline:
    """scikit-learn's own boosting, with its defaults."""
    return make_pipeline(Labels(), Known(), HistGradientBoostingClassifier(random_state=seed, **other))


def xgboost(seed: int, **other: Any) -> Pipeline:
    """XGBoost with its defaults."""
    from xgboost import XGBClassifier

    return make_pipeline(Labels(), XGBClassifier(enable_categorical=True, random_state=seed, **other))


def catboost(seed: int, **other: Any) -> Pipeline:
    """CatBoost with its defaults."""
    # A tuple: of a list CatBoost keeps a copy, and then scikit-learn can't clone it.
    return make_pipeline(Labels(missing=""), _catboost(seed, cat_features=tuple(CATEGORIES), **other))


def lightgbm(seed: int, **other: Any) -> Pipeline:
    """LightGBM with its defaults."""
    return make_pipeline(
        Labels(), LGBMClassifier(random_state=seed, deterministic=True, force_row_wise=True, verbose=-1, **other)
    )


def tuned_threshold(seed: int, **other: Any) -> TunedThresholdClassifierCV:
    """scikit-learn's search for the threshold of least cost, over the same folds, around LightGBM with its defaults."""
    return TunedThresholdClassifierCV(lightgbm(seed, **other), scoring=make_scorer(_saved), cv=folds(seed), random_state=seed)


def catboost_on_our_columns(seed: int, **other: Any) -> Pipeline:
    """CatBoost with its defaults on the matrix of our input step, labels as numbers."""
    return make_pipeline(Inputs(), _catboost(seed, **other))


def xgboost_tuned_on_our_columns(seed: int, **other: Any) -> Pipeline:
    """XGBoost regularised much as ours is, on the matrix of our input step."""
    from xgboost import XGBClassifier

    trees = {
        "n_estimators": 700,
        "learning_rate": 0.03,
        "max_depth": 3,
        "colsample_bytree": 0.3,
        "subsample": 0.8,
        "min_child_weight": 10,  # some 140 clients, at the default rate's p (1 - p)
        "reg_lambda": 20,
    }
    return make_pipeline(Inputs(), XGBClassifier(random_state=seed, **trees | other))


PEERS: tuple[Peer, ...] = (
    Peer("woe_scorecard", "WoE scorecard (OptBinning)", woe_scorecard, needs=("optbinning",)),
    Peer("logistic_regression", "logistic regression", logistic_regression),
    Peer("hist_gradient_boosting", "HistGradientBoosting", hist_gradient_boosting),
    Peer("xgboost", "XGBoost", xgboost, needs=("xgboost",)),
    Peer("catboost", "CatBoost", catboost, needs=("catboost",)),
    Peer("lightgbm_defaults", "LightGBM", lightgbm),
    Peer("lightgbm_at_half", "LightGBM refusing from 0.5", lightgbm, threshold=0.5),
    Peer("tuned_threshold", "LightGBM, TunedThresholdClassifierCV", tuned_threshold, chooses=True),
    Peer("catboost_on_our_columns", "CatBoost on our columns", catboost_on_our_columns, needs=("catboost",)),
    Peer("xgboost_tuned_on_our_columns", "XGBoost, tuned, on our columns", xgboost_tuned_on_our_columns, needs=("xgboost",)),
)


def peers_of(names: str | None) -> tuple[Peer, ...]:
    """The peers of these names, separated by commas, in the order of PEERS; all for None.

    Raises SettingError for a name that none has, and where a library is missing.
    """
    known = {peer.name for peer in PEERS}
    wanted = {name.strip() for name in names.split(",")} if names else known
    if unknown := sorted(wanted - known):
        raise SettingError(f"there is no peer {unknown[0]!r}; there are {', '.join(peer.name for peer in PEERS)}")
    chosen = tuple(peer for peer in PEERS if peer.name in wanted)
    if missing := _missing(chosen):
        raise SettingError(f"jobs.compare_models needs {', '.join(missing)}: make setup-compare")
    return chosen


def _missing(peers: Sequence[Peer]) -> list[str]:
    return sorted({library for peer in peers for library in peer.needs if find_spec(library) is None})


def _catboost(seed: int, **other: Any) -> Any:
    from catboost import CatBoostClassifier

    return CatBoostClassifier(random_seed=seed, verbose=0, allow_writing_files=False, **other)


def _saved(target: NDArray[np.int64], refused: NDArray[np.int64]) -> float:
    """What these refusals (n,), 0 or 1, cost per client, less being more."""
    return -cost_per_client(probability=refused, target=target, threshold=0.5, costs=COSTS)
