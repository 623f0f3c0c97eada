"""The record's fields as the libraries take them."""

from typing import Self

import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin

from scoring.inputs import CATEGORIES


class Labels(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Label fields as pandas' categories, those that the fit saw; any other is missing. With `missing`, as str instead."""

    def __init__(self, missing: str | None = None) -> None:
        self.missing = missing

    def fit(self, X: pd.DataFrame, _y: object = None) -> Self:
        """Learn the labels."""
        self.labels_ = {name: sorted(X[name].dropna().unique()) for name in CATEGORIES}
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """The fields of any rows, in their order."""
        if self.missing is not None:  # the library knows what to do with a label that it never saw
            return X.assign(**{name: X[name].astype(object).where(X[name].notna(), self.missing) for name in CATEGORIES})
        seen = {name: X[name].where(X[name].isin(labels), None) for name, labels in self.labels_.items()}
        return X.assign(**{name: pd.Categorical(seen[name], labels) for name, labels in self.labels_.items()})


class Known(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """The fields that the fit saw a value of: some libraries can't be given one that is missing throughout."""

    def fit(self, X: pd.DataFrame, _y: object = None) -> Self:
        """Learn which they are."""
        self.fields_ = [name for name in X if X[name].notna().any()]
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Those fields of any rows, in their order."""
        return X[self.fields_]


class Weights(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """OptBinning's weights of evidence of the fields that the fit is given, missing a bin of its own in each."""

    def __init__(self, max_n_prebins: int = 20) -> None:
        self.max_n_prebins = max_n_prebins

    def fit(self, X: pd.DataFrame, y: object) -> Self:
        """Learn each field's bins."""
        from optbinning import BinningProcess

        self.binning_ = BinningProcess(
            list(X),
            categorical_variables=[name for name in X if name in CATEGORIES],
            binning_transform_params={name: {"metric": "woe", "metric_missing": "empirical"} for name in X},
            max_n_prebins=self.max_n_prebins,
        ).fit(X, y)
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """The weights of any rows."""
        weights: pd.DataFrame = self.binning_.transform(X)
        return weights
