"""LightGBM on resampled clients, to be compared with weights: resampling inside each fold's fit, its effect on the PD taken out.

Resampling changes the share of defaulters, and with it every probability; the sigmoid, learnt on clients as they are, puts that
right, as it does for our own model. These models are never released: they need pandas and imbalanced-learn to be opened.
"""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE  # type: ignore[import-untyped]  # it ships no types
from imblearn.pipeline import Pipeline  # type: ignore[import-untyped]
from imblearn.under_sampling import RandomUnderSampler  # type: ignore[import-untyped]
from lightgbm import LGBMClassifier
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin, clone
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from custom_threshold_model import TREES, CustomThresholdModel, InputStep, fit_sigmoid, least_cost_threshold
from scoring.cost import CostMatrix
from scoring.inputs import CATEGORIES, LOCAL_MEANS, MISSING_CODES, MODEL_FIELDS, NUMBERS, RATIOS
from scoring.training.splits import folds

Floats = NDArray[np.float64]

DERIVED = tuple(InputStep(MODEL_FIELDS, MISSING_CODES, RATIOS, LOCAL_MEANS).columns[len(MODEL_FIELDS) :])
RARE = 20  # a label with fewer clients shares a column with the other rare ones
NEIGHBOURS = 5  # of a defaulter, among whom SMOTE draws


class Resampled(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """A classifier that resamples when it fits, with PD = sigmoid(a * log-odds + b) fitted out of fold on clients as they are.

    Attributes: threshold_ (the PD of least cost), calibration_ (a, b), classes_ (2,), pipeline_ (fitted).
    """

    def __init__(self, pipeline: Pipeline, costs: CostMatrix, random_state: int = 0) -> None:
        self.pipeline = pipeline
        self.costs = costs
        self.random_state = random_state

    def out_of_fold(self, X: pd.DataFrame, y: NDArray[np.int64]) -> Floats:
        """Log-odds (n,) before calibration, each from a pipeline that never saw, nor resampled, its row."""
        return _log_odds(cross_val_predict(self.pipeline, X, y, cv=folds(self.random_state), method="predict_proba"))

    def fit(self, X: pd.DataFrame, y: NDArray[np.int64], out_of_fold: Floats | None = None) -> Self:
        """Fit on X (n, fields) and y (n,), 0 or 1; `out_of_fold`: what out_of_fold gave for these rows."""
        raw = self.out_of_fold(X, y) if out_of_fold is None else out_of_fold
        self.calibration_ = fit_sigmoid(raw, y)
        self.threshold_ = least_cost_threshold(
            self.probability(raw),
            y,
            cost_false_negative=self.costs.false_negative,
            cost_false_positive=self.costs.false_positive,
            random_state=self.random_state,
        )
        self.pipeline_ = clone(self.pipeline).fit(X, y)
        self.classes_ = self.pipeline_.classes_
        return self

    def probability(self, raw: ArrayLike) -> Floats:
        """The calibrated probability of default (n,) of log-odds (n,)."""
        a, b = self.calibration_
        return np.asarray(expit(a * np.asarray(raw, dtype=np.float64) + b))

    def predict_proba(self, X: pd.DataFrame) -> Floats:
        """Probabilities (n, 2): repaid, defaulted."""
        probability = self.probability(_log_odds(self.pipeline_.predict_proba(X)))
        return np.column_stack([1.0 - probability, probability])


class Inputs(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Our own model's input step as a transformer: fields (n, fields) -> its columns (n, columns), labels as codes."""

    def fit(self, X: pd.DataFrame, y: object = None) -> Self:
        """Learn label codes and local means."""
        self.fit_transform(X, y)
        return self

    def fit_transform(self, X: pd.DataFrame, _y: object = None) -> pd.DataFrame:
        """Learn them, and give the columns of the rows learnt from, none of which sees itself in a local mean."""
        self.inputs_ = InputStep(MODEL_FIELDS, MISSING_CODES, RATIOS, LOCAL_MEANS)
        return self._framed(self.inputs_.fit(_by_name(X), CATEGORIES), X)

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """The columns of any rows."""
        return self._framed(self.inputs_.matrix(_by_name(X)), X)

    def _framed(self, matrix: Floats, X: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame(matrix, columns=self.inputs_.columns, index=X.index)


def _by_name(X: pd.DataFrame) -> dict[str, NDArray[Any]]:
    return {name: X[name].to_numpy() for name in MODEL_FIELDS}


def undersampling(seed: int, **trees: Any) -> Pipeline:
    """As many good clients as defaulters, drawn at random; what is unknown stays so, as in our own model."""
    return _pipeline("passthrough", RandomUnderSampler(random_state=seed), seed, trees)


def smote(seed: int, **trees: Any) -> Pipeline:
    """As many defaulters as good clients, the new ones between two that are alike (Chawla et al., 2002).

    Likeness needs numbers on one scale without gaps: `dense`.
    """
    return _pipeline(dense([*NUMBERS, *DERIVED]), SMOTE(k_neighbors=NEIGHBOURS, random_state=seed), seed, trees)


def dense(numbers: Sequence[str]) -> ColumnTransformer:
    """One-hot labels, and these numbers scaled, their gaps filled with the median and told by a column for "missing"."""
    missing = SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)
    labels = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=RARE, sparse_output=False)
    return ColumnTransformer(
        [("numbers", make_pipeline(missing, StandardScaler()), list(numbers)), ("labels", labels, list(CATEGORIES))]
    )


def _pipeline(columns: Any, sampler: Any, seed: int, trees: dict[str, Any]) -> Pipeline:
    given = TREES | {"n_estimators": CustomThresholdModel().n_estimators, "n_jobs": 0} | trees
    booster = LGBMClassifier(**given, random_state=seed, deterministic=True, force_row_wise=True, verbose=-1)
    return Pipeline([("inputs", Inputs()), ("columns", columns), ("sampling", sampler), ("trees", booster)])


def _log_odds(probabilities: Floats) -> Floats:
    return np.asarray(logit(probabilities[:, 1]), dtype=np.float64)
