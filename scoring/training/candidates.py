"""The models that a training compares. A new candidate is one entry in CANDIDATES."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sklearn.compose import ColumnTransformer
from sklearn.dummy import DummyClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from custom_threshold_model import CustomThresholdModel
from scoring.cost import COSTS
from scoring.inputs import CATEGORIES, MISSING_CODES, MODEL_FIELDS, MONOTONE, RATIOS
from scoring.training.splits import N_FOLDS

# Over the estimator's own: on these 120 correlated columns, trees that see fewer of them, with leaves that count for more
# clients, cost less out of fold on each of three seeds tried, at the same AUC.
REGULARISED = {"colsample_bytree": 0.3, "min_child_samples": 150, "reg_lambda": 50.0}
RARE = 20  # a label with fewer clients shares a column with the other rare ones


@dataclass(frozen=True, slots=True)
class Candidate:
    """A named way to make an unfitted classifier from a seed.

    `threshold`: the PD from which it refuses, where it isn't to be chosen from the data.
    """

    name: str
    make: Callable[[int], Any]
    threshold: float | None = None


def lightgbm(seed: int, **other: Any) -> CustomThresholdModel:
    """Our model on the client record; `other` goes to its constructor."""
    return CustomThresholdModel(
        cost_false_negative=COSTS.false_negative,
        cost_false_positive=COSTS.false_positive,
        categories=CATEGORIES,
        missing_codes=MISSING_CODES,
        ratios=RATIOS,
        monotone=MONOTONE,
        params=REGULARISED,
        n_folds=N_FOLDS,
        random_state=seed,
        **other,
    )


def logistic_regression(_seed: int) -> Pipeline:
    """One-hot labels, scaled numbers with a column for "missing"; its optimum is unique, so a seed changes nothing."""
    missing = SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)
    labels = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=RARE, sparse_output=False)
    columns = ColumnTransformer(
        [
            ("numbers", make_pipeline(missing, StandardScaler()), [f for f in MODEL_FIELDS if f not in CATEGORIES]),
            ("labels", labels, list(CATEGORIES)),
        ]
    )
    # Newton's steps take a dozen iterations where lbfgs, with this many correlated columns, runs out of them.
    return make_pipeline(columns, LogisticRegression(solver="newton-cholesky", C=0.1))


def _grant_all(_seed: int) -> DummyClassifier:
    return DummyClassifier(strategy="prior")


def _class_weighted(seed: int) -> CustomThresholdModel:
    return lightgbm(seed, positive_weight="balanced")


CANDIDATES: tuple[Candidate, ...] = (
    Candidate("grant_all", _grant_all, threshold=1.0),
    Candidate("logistic_regression", logistic_regression),
    Candidate("lightgbm", lightgbm),
    Candidate("lightgbm_class_weighted", _class_weighted),
)
