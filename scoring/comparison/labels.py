"""The record's labels as the libraries take them."""

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
