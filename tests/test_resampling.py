"""The candidates that resample: in the fit of each fold only, with probabilities that can be compared."""

import pickle
from functools import partial
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest
from imblearn.base import BaseSampler  # type: ignore[import-untyped]  # it ships no types
from imblearn.pipeline import Pipeline  # type: ignore[import-untyped]
from numpy.typing import NDArray
from sklearn.dummy import DummyClassifier
from sklearn.preprocessing import FunctionTransformer

from scoring.cost import COSTS
from scoring.inputs import MODEL_FIELDS, NUMBERS
from scoring.synthetic import labelled_records
from scoring.training.candidates import Candidate, lightgbm, resampled
from scoring.training.fitting import fit, is_ours
from scoring.training.resampling import DERIVED, Resampled, smote, undersampling

Target = NDArray[np.int64]
SMALL = {"n_estimators": 20, "min_child_samples": 20, "n_jobs": 1}
BOTH = pytest.mark.parametrize("sampling", [undersampling, smote])


@pytest.fixture(scope="module")
def clients() -> tuple[pd.DataFrame, Target]:
    frame = labelled_records(1500, seed=3)
    X = frame[list(MODEL_FIELDS)]
    return X.astype(dict.fromkeys(NUMBERS, np.float64)), frame["TARGET"].to_numpy()


class Doubling(BaseSampler):  # type: ignore[misc]
    """A sampler that gives every row twice, and remembers the rows that it was given."""

    _sampling_type = "over-sampling"
    given: ClassVar[list[set[float]]] = []

    def fit_resample(self, X: pd.DataFrame, y: Target) -> tuple[pd.DataFrame, Target]:
        self.given.append(set(X["row"]))
        return pd.concat([X, X]), np.tile(y, 2)

    def _fit_resample(self, X: Any, y: Any) -> Any:
        raise NotImplementedError


def test_a_row_is_scored_by_a_fit_that_neither_saw_nor_resampled_it() -> None:
    Doubling.given.clear()
    y = np.arange(100) % 2
    pipeline = Pipeline([("as_it_is", FunctionTransformer()), ("sampling", Doubling()), ("trees", DummyClassifier())])
    raw = Resampled(pipeline, COSTS).out_of_fold(pd.DataFrame({"row": np.arange(100.0)}), y)
    assert raw.shape == (100,)  # what is scored is not resampled
    assert [len(rows) for rows in Doubling.given] == [80] * 5
    held_out = [set(range(100)) - rows for rows in Doubling.given]
    assert sorted(row for rows in held_out for row in rows) == list(range(100))


def test_a_resampled_booster_sees_the_columns_of_our_own_model(clients: tuple[pd.DataFrame, Target]) -> None:
    X, y = clients
    ours = lightgbm(0, n_estimators=1, n_jobs=1).fit(X, y, np.linspace(-3, 0, len(y)))
    made = resampled(undersampling, SMALL, 0).fit(X, y, np.linspace(-3, 0, len(y))).pipeline_.named_steps["inputs"].transform(X)
    np.testing.assert_array_equal(made.to_numpy(), ours.input_matrix({name: X[name].to_numpy() for name in MODEL_FIELDS}))
    assert list(made.columns) == ours.columns_ == [*MODEL_FIELDS, *DERIVED]


@BOTH
def test_the_fits_see_as_many_of_each_outcome_and_the_probability_is_of_clients_as_they_are(
    sampling: Any, clients: tuple[pd.DataFrame, Target]
) -> None:
    X, y = clients
    fitted = fit(Candidate("resampled", partial(resampled, sampling, SMALL)), X, y, seed=0)
    assert fitted.model.pipeline_.predict_proba(X)[:, 1].mean() > 3 * y.mean()
    assert fitted.probability.mean() == pytest.approx(y.mean(), abs=0.01)
    assert fitted.model.predict_proba(X)[:, 1].mean() == pytest.approx(y.mean(), abs=0.03)
    assert fitted.threshold == fitted.model.threshold_ < 0.3
    assert not is_ours(fitted.model)


@BOTH
def test_the_same_seed_gives_the_same_model_to_the_byte(sampling: Any, clients: tuple[pd.DataFrame, Target]) -> None:
    X, y = clients
    raw = np.linspace(-3, 0, len(y))
    one, again, other = (pickle.dumps(resampled(sampling, SMALL, seed).fit(X, y, raw).pipeline_) for seed in (0, 0, 1))
    assert one == again != other


@BOTH
def test_unknown_values_and_unseen_labels_get_a_probability(sampling: Any, clients: tuple[pd.DataFrame, Target]) -> None:
    X, y = clients
    model = resampled(sampling, SMALL, 0).fit(X, y, np.linspace(-3, 0, len(y)))
    unknown = X.head(2).copy()
    unknown[list(NUMBERS)] = np.nan
    unknown["NAME_CONTRACT_TYPE"] = [None, "never seen"]
    assert ((model.predict_proba(unknown) > 0) & (model.predict_proba(unknown) < 1)).all()
