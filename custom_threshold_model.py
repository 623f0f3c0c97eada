"""CustomThresholdModel: one input step, one LightGBM booster, one sigmoid calibration and the threshold of least cost.

A leaf, and one file: beside it the pickle needs numpy, scipy, scikit-learn and LightGBM alone, so that it opens anywhere.
"""

import ctypes
import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

import lightgbm
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted, column_or_1d, validate_data

Floats = NDArray[np.float64]
Columns = Mapping[str, Any]  # field -> n values: numbers (NaN or None where unknown), labels as str or None
Ratios = Sequence[tuple[str, str, tuple[str, ...]]]
LocalMeans = Sequence[tuple[str, str, str, tuple[float, float, float]]]

TREES = {
    "learning_rate": 0.02,
    "num_leaves": 8,
    "min_child_samples": 80,
    "colsample_bytree": 0.5,
    "subsample": 0.8,
    "subsample_freq": 1,
    "reg_lambda": 10.0,
}
NO_PENALTY = 1e6  # none that counts, yet scores that separate the classes get a finite slope
# LightGBM measures the trees' depths anew for each such prediction, in the very trees that another one may be walking.
_CONTRIBUTING = threading.Lock()
FEW_ROWS = 64  # below this more threads cost more than they bring


class CustomThresholdModel(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """A binary classifier whose probability is calibrated and whose label follows the cost of each error.

    PD = sigmoid(a * raw + b), fitted on out-of-fold raw scores (Platt, 1999); `predict` says 1 where PD >= threshold_.

    Parameters
    ----------
    cost_false_negative, cost_false_positive
        What granting to a defaulter and refusing a good client cost.
    categories
        Field -> its labels in the order of their codes; a text column that isn't named here gets alphabetical codes.
    missing_codes
        Field -> a number that stands for "none" there. It becomes NaN, and a 0/1 column `<field>_NONE` tells it from unknown.
    ratios
        (name, operation, fields) of each derived column: "ratio" of two fields; "mean", "min" or "max" of those known.
    local_means
        (name, by, of, (low, high, step)) of each column that is looked up: the mean that column `of` had among the rows of the
        training with nearly the same value of column `by`, in bins of `step` from `low` to `high`; no row counts in its own.
    monotone
        Column -> +1 or -1, held by LightGBM's basic method (the others are known to break their promise).
    params
        LightGBM's parameters of the trees, over those of TREES.
    positive_weight
        Weight of class 1 in the booster's loss, or "balanced"; the calibration takes its effect on the PD back out.

    Attributes
    ----------
    threshold_ : float;  classes_ : (2,);  feature_names_in_ : (fields,), when fitted on named columns
    inputs_ : InputStep;  fields_, columns_ : the names of what goes into it and of its columns, in order
    categories_ : field -> labels seen, in code order
    calibration_ : (a, b), a > 0;  booster_ : lightgbm.Booster
    """

    _one_row: "_OneRow | None" = None  # set up with the first row that is scored alone,
    _one_row_contributions: "_OneRow | None" = None  # or explained alone

    def __init__(
        self,
        *,
        cost_false_negative: float = 10.0,
        cost_false_positive: float = 1.0,
        categories: Mapping[str, Sequence[str]] | None = None,
        missing_codes: Mapping[str, float] | None = None,
        ratios: Ratios = (),
        local_means: LocalMeans = (),
        monotone: Mapping[str, int] | None = None,
        positive_weight: float | str = 1.0,
        n_estimators: int = 600,
        params: Mapping[str, Any] | None = None,
        n_folds: int = 5,
        n_jobs: int = 0,
        random_state: int = 0,
    ) -> None:
        self.cost_false_negative = cost_false_negative
        self.cost_false_positive = cost_false_positive
        self.categories = categories
        self.missing_codes = missing_codes
        self.ratios = ratios
        self.local_means = local_means
        self.monotone = monotone
        self.positive_weight = positive_weight
        self.n_estimators = n_estimators
        self.params = params
        self.n_folds = n_folds
        self.n_jobs = n_jobs
        self.random_state = random_state

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        of_this_process = ("_one_row", "_one_row_contributions")  # they hold addresses
        return {name: state[name] for name in state if name not in of_this_process}

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.allow_nan = True
        return tags

    def fit(self, X: Any, y: ArrayLike, out_of_fold: ArrayLike | None = None) -> Self:
        """Fit on X (n, fields), a DataFrame or an array, and y (n,), two classes of which the second is "defaulted".

        `out_of_fold`: what `out_of_fold(X, y)` gave for these rows, to spare fitting the folds twice.
        """
        columns, target = self._learn(X, y)
        raw = self._cross_fit(columns, target) if out_of_fold is None else np.asarray(out_of_fold, dtype=np.float64)
        self.calibration_ = fit_sigmoid(raw, target)
        self.threshold_ = least_cost_threshold(
            self.probability(raw),
            target,
            cost_false_negative=self.cost_false_negative,
            cost_false_positive=self.cost_false_positive,
            random_state=self.random_state,
        )
        return self._fit_booster(columns, target)

    def out_of_fold(self, X: Any, y: ArrayLike) -> Floats:
        """Raw scores (n,), each from a booster, and an input step, that never saw its row."""
        learner = clone(self)
        raw: Floats = learner._cross_fit(*learner._learn(X, y))
        return raw

    def predict_proba(self, X: Any) -> Floats:
        """Probabilities (n, 2): repaid, defaulted."""
        probability = self.probability(self.raw_score(self.input_matrix(self._columns(X))))
        return np.column_stack([1.0 - probability, probability])

    def predict(self, X: Any) -> NDArray[Any]:
        """Labels (n,): the second class where PD >= threshold_."""
        refused = self.predict_proba(X)[:, 1] >= self.threshold_
        return np.asarray(self.classes_[refused.astype(int)])

    def input_matrix(self, columns: Columns) -> Floats:
        """What the booster sees, (n, len(columns_)), from the client's fields matched by name.

        The one place where labels become codes and ratios are made; unknown values and unseen labels are NaN.
        Raises ValueError naming the columns that are missing.
        """
        return self.inputs_.matrix(columns)

    def raw_score(self, matrix: Floats) -> Floats:
        """The booster's score (n,) in its own log-odds, before calibration."""
        if len(matrix) == 1:
            self._one_row = one_row = self._one_row or _OneRow(self.booster_, _OneRow.RAW_SCORE, 1)
            return one_row.predict(matrix)
        return np.asarray(self.booster_.predict(matrix, raw_score=True, num_threads=self._threads(matrix)), dtype=np.float64)

    def probability(self, raw: ArrayLike) -> Floats:
        """The calibrated probability of default (n,) of raw scores (n,)."""
        a, b = self.calibration_
        return np.asarray(expit(a * np.asarray(raw, dtype=np.float64) + b))

    def contributions(self, matrix: Floats) -> tuple[Floats, float]:
        """(n, len(columns_)) contributions to each client's log-odds of the PD, and the base that they are added to.

        LightGBM's tree SHAP values (Lundberg et al., 2020), times the calibration's slope: base + a row's sum = logit(PD).
        """
        with _CONTRIBUTING:
            raw = self._raw_contributions(matrix)
        a, b = self.calibration_
        return a * raw[:, :-1], float(a * raw[0, -1] + b)

    def _raw_contributions(self, matrix: Floats) -> Floats:
        if len(matrix) > 1:
            raw = self.booster_.predict(matrix, pred_contrib=True, num_threads=self._threads(matrix))
            return np.asarray(raw, dtype=np.float64)
        if self._one_row_contributions is None:
            self._one_row_contributions = _OneRow(self.booster_, _OneRow.CONTRIBUTIONS, len(self.columns_) + 1)
        return self._one_row_contributions.predict(matrix)[None, :]

    def _threads(self, matrix: Floats) -> int:
        return 1 if len(matrix) < FEW_ROWS else self.n_jobs

    def _learn(self, X: Any, y: ArrayLike) -> tuple[dict[str, NDArray[Any]], NDArray[np.int64]]:
        """Names, classes and columns of the training data, with the errors that scikit-learn's users expect."""
        if _is_named(X):
            validate_data(self, X, skip_check_array=True)
            labels = column_or_1d(y, warn=True)
            if len(labels) != len(X):
                raise ValueError(f"X has {len(X)} rows, y has {len(labels)}")
        else:
            X, labels = validate_data(self, X, y, dtype=np.float64, ensure_all_finite="allow-nan")
        check_classification_targets(labels)
        self.classes_, target = np.unique(labels, return_inverse=True)
        if len(self.classes_) > 2:
            raise ValueError(f"Only binary classification is supported. The type of the target is {type_of_target(labels)}.")
        if len(self.classes_) < 2:
            raise ValueError(f"y holds one class, {self.classes_[0]!r}; two are needed to learn from")
        self.fields_ = list(self.feature_names_in_) if _is_named(X) else [f"x{i}" for i in range(X.shape[1])]
        return self._columns(X), target.astype(np.int64)

    def _columns(self, X: Any) -> dict[str, NDArray[Any]]:
        check_is_fitted(self, "fields_")
        if _is_named(X):
            return {name: np.asarray(X[name]) for name in self.fields_ if name in X}
        X = validate_data(self, X, reset=False, dtype=np.float64, ensure_all_finite="allow-nan")
        return dict(zip(self.fields_, X.T, strict=True))

    def _cross_fit(self, columns: Mapping[str, NDArray[Any]], target: NDArray[np.int64]) -> Floats:
        folds = min(self.n_folds, int(np.bincount(target).min()))
        raw = np.zeros(len(target))
        if folds < 2:  # too few of a class to hold any out: no calibration can be learnt
            return raw
        split = StratifiedKFold(folds, shuffle=True, random_state=self.random_state)
        for seen, held_out in split.split(target, target):
            fold = clone(self)
            fold.fields_ = self.fields_
            fold._fit_booster({name: values[seen] for name, values in columns.items()}, target[seen])
            raw[held_out] = fold.raw_score(fold.input_matrix({name: v[held_out] for name, v in columns.items()}))
        return raw

    def _fit_booster(self, columns: Mapping[str, NDArray[Any]], target: NDArray[np.int64]) -> Self:
        self.inputs_ = InputStep(self.fields_, self.missing_codes or {}, self.ratios, self.local_means)
        matrix = self.inputs_.fit(columns, self.categories or {})
        self.columns_, self.categories_ = self.inputs_.columns, self.inputs_.categories
        parameters = self._booster_parameters(target)
        self.booster_ = lightgbm.train(parameters, lightgbm.Dataset(matrix, target, params=parameters), self.n_estimators)
        self._one_row = self._one_row_contributions = None
        return self

    def _booster_parameters(self, target: NDArray[np.int64]) -> dict[str, Any]:
        balanced = self.positive_weight == "balanced"
        monotone = [(self.monotone or {}).get(name, 0) for name in self.columns_]
        return {
            **TREES,
            **(self.params or {}),
            "objective": "binary",
            "scale_pos_weight": float((target == 0).sum() / target.sum()) if balanced else self.positive_weight,
            "monotone_constraints": monotone if any(monotone) else None,
            "num_threads": self.n_jobs,
            "seed": self.random_state,
            "deterministic": True,
            "force_row_wise": True,
            "verbose": -1,
        }


def fit_sigmoid(raw: Floats, target: NDArray[np.int64]) -> tuple[float, float]:
    """(a, b) of PD = sigmoid(a * raw + b), by maximum likelihood on out-of-fold raw scores (n,) and 0/1 targets (n,).

    a stays above 0, so that calibration never reverses an order: (1, 0), the booster's own log-odds, where the folds say nothing.
    """
    if np.ptp(raw) == 0:
        return 1.0, 0.0
    platt = LogisticRegression(C=NO_PENALTY, solver="newton-cholesky", tol=1e-10).fit(raw[:, None], target)
    a, b = float(platt.coef_[0, 0]), float(platt.intercept_[0])
    return (a, b) if a > 0 else (1.0, 0.0)


def least_cost_threshold(
    probability: Floats,
    target: NDArray[np.int64],
    *,
    cost_false_negative: float,
    cost_false_positive: float,
    random_state: int = 0,
    resamples: int = 200,
) -> float:
    """The PD from which to refuse: c_fp / (c_fp + c_fn), optimal for calibrated PDs (Elkan, 2001), unless the data deny it.

    They do where it lies outside the 95% bootstrap interval of the empirical optimum over (n,) out-of-fold PDs: the
    empirical optimum itself is noisy, so it is taken only then.
    """
    theory = cost_false_positive / (cost_false_positive + cost_false_negative)
    (low, high), optimum = optimum_interval(
        probability,
        target,
        cost_false_negative=cost_false_negative,
        cost_false_positive=cost_false_positive,
        random_state=random_state,
        resamples=resamples,
    )
    return theory if low <= theory <= high else optimum


def optimum_interval(
    probability: Floats,
    target: NDArray[np.int64],
    *,
    cost_false_negative: float,
    cost_false_positive: float,
    random_state: int = 0,
    resamples: int = 200,
) -> tuple[tuple[float, float], float]:
    """((low, high), optimum) of the PD of least cost over n clients: its 95% bootstrap interval, and itself.

    probability and target are (n,). Between two neighbouring PDs every threshold costs the same: the optimum is the middle of the
    cheapest such gap, and the interval reaches from the low ends to the high ends of the resamples' cheapest gaps.
    """
    curve = _CostCurve(probability, target, cost_false_negative, cost_false_positive)
    rng = np.random.default_rng(random_state)
    rows = len(target)
    draws = (np.bincount(rng.integers(0, rows, rows), minlength=rows) for _ in range(resamples))
    ends = np.array([curve.optimum(draw) for draw in draws])
    interval = float(np.quantile(ends[:, 0], 0.025)), float(np.quantile(ends[:, 1], 0.975))
    return interval, float(np.mean(curve.optimum(np.ones(rows))))


class _CostCurve:
    """The total cost at every threshold that makes a difference, for any weighting of the rows."""

    def __init__(self, probability: Floats, target: NDArray[np.int64], false_negative: float, false_positive: float) -> None:
        self.order = np.argsort(probability, kind="stable")
        ranked, defaulted = probability[self.order], target[self.order] == 1
        self.loss_granted = np.where(defaulted, false_negative, 0.0)
        self.loss_refused = np.where(defaulted, 0.0, false_positive)
        self.last = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))  # of each run of equal PDs
        self.cuts = np.concatenate([[0.0], ranked[self.last], [1.0]])

    def optimum(self, weight: NDArray[Any]) -> tuple[float, float]:
        """The interval (low, high] of thresholds that reach the least cost, for row weights (n,)."""
        weight = weight[self.order]
        granted, refused = np.cumsum(weight * self.loss_granted), np.cumsum(weight * self.loss_refused)
        cost = refused[-1] + np.append(0.0, (granted - refused)[self.last])  # the k lowest PDs granted, the others refused
        best = np.flatnonzero(np.isclose(cost, cost.min(), rtol=1e-12, atol=0.0))
        return float(self.cuts[best[0]]), float(self.cuts[best[-1] + 1])


class InputStep:
    """Fields by name -> the booster's matrix: label codes, "none" columns, ratios and local means, in that order.

    One row goes through it in every request, so all that can be known before is: which columns, at which places.
    """

    def __init__(
        self, fields: Sequence[str], missing_codes: Mapping[str, float], ratios: Ratios, local_means: LocalMeans
    ) -> None:
        self.fields = list(fields)
        for name, _, of in ratios:
            _check_known(name, of, self.fields)
        quotients = [(name, of) for name, operation, of in ratios if operation == "ratio"]
        reduced = [ratio for ratio in ratios if ratio[1] != "ratio"]
        self.columns = [
            *fields,
            *(f"{name}_NONE" for name in missing_codes),
            *(name for name, _ in quotients),
            *(name for name, _, _ in reduced),
            *(name for name, _, _, _ in local_means),
        ]
        at = {name: place for place, name in enumerate(self.columns)}
        for name, by, column, _ in local_means:
            _check_known(name, (by, column), self.columns[: -len(local_means)])
        self._none = [(at[name], at[f"{name}_NONE"], code) for name, code in missing_codes.items()]
        first = len(fields) + len(missing_codes)
        self._quotients = slice(first, first + len(quotients))
        self._over, self._under = (np.array([at[of[side]] for _, of in quotients], dtype=np.intp) for side in (0, 1))
        self._reduced = [(at[name], operation, np.array([at[field] for field in of])) for name, operation, of in reduced]
        self._local = [(at[name], at[by], at[of], _LocalMean(*bins)) for name, by, of, bins in local_means]

    def fit(self, columns: Mapping[str, NDArray[Any]], categories: Mapping[str, Sequence[str]]) -> Floats:
        """Learn label codes and local means from the rows of a training, and give their matrix, (n, columns)."""
        self._learn_categories(columns, categories)
        rows = self._rows(columns)
        for place, by, of, mean in self._local:
            rows[place] = mean.fit(rows[by], rows[of])
        return np.ascontiguousarray(rows.T)

    def matrix(self, columns: Columns) -> Floats:
        """The matrix of any rows; see CustomThresholdModel.input_matrix."""
        rows = self._rows(columns)
        for place, by, _, mean in self._local:
            rows[place] = mean.at(rows[by])
        return np.ascontiguousarray(rows.T)

    def _rows(self, columns: Columns) -> Floats:
        """(columns, n), the local means still empty."""
        rows = self._known(columns)
        for place, none, code in self._none:
            row = rows[place]
            is_none = row == code
            rows[none] = np.where(row == row, is_none, np.nan)
            row[is_none] = np.nan
        with np.errstate(over="ignore"):  # an absurd amount is out of range, and that is said elsewhere
            rows[self._quotients] = _quotient(rows.take(self._over, axis=0), rows.take(self._under, axis=0))
            for place, operation, of in self._reduced:
                rows[place] = _REDUCE[operation](rows.take(of, axis=0))
        return rows

    def _known(self, columns: Columns) -> Floats:
        """(columns, n), of which the fields are filled in: labels as codes, as they are known."""
        try:
            values = [columns[name] for name in self.fields]
        except KeyError:
            absent = [name for name in self.fields if name not in columns]
            raise ValueError(f"columns missing from the input: {', '.join(absent)}") from None
        for place, codes in self._codes:
            values[place] = [codes.get(value, np.nan) for value in values[place]]
        rows = np.empty((len(self.columns), len(values[0])))
        unknown = np.nan
        if len(values[0]) == 1:  # NumPy takes longer over each None than Python does
            rows[: len(values), 0] = np.array([unknown if value is None else value for (value,) in values], dtype=np.float64)
        else:
            rows[: len(values)] = np.array(values, dtype=np.float64)
        return rows

    def _learn_categories(self, columns: Mapping[str, NDArray[Any]], named: Mapping[str, Sequence[str]]) -> None:
        self.categories: dict[str, tuple[str, ...]] = {}
        for name, values in columns.items():
            seen = {value for value in values if isinstance(value, str)} if values.dtype.kind in "OUT" else set()
            if name in named or seen:  # numbers may come as objects, too
                self.categories[name] = tuple(label for label in named.get(name, sorted(seen)) if label in seen)
        self._codes = [
            (self.fields.index(name), {label: float(code) for code, label in enumerate(labels)})
            for name, labels in self.categories.items()
        ]


class _LocalMean:
    """The mean of one number around each value of another: a table of bins, smoothed by a Gaussian, drawn to the overall mean.

    A bin's mean counts the rows near it and PRIOR rows of the overall mean; unknown values of the first number count as that.
    """

    BANDWIDTH = 1.5  # bins
    REACH = 8  # bins: beyond it the Gaussian is nothing
    PRIOR = 5.0  # rows

    def __init__(self, low: float, high: float, step: float) -> None:
        self.low, self.step, self.bins = low, step, round((high - low) / step) + 1

    def fit(self, by: Floats, of: Floats) -> Floats:
        """Learn the table from n rows; gives each row's own value (n,), in which it doesn't count but in the overall mean."""
        known = ~np.isnan(by)
        place = self._place(by[known])
        overall = float(_mean(of[:, None])[0])
        value = np.where(np.isnan(of), overall, of)[known]
        rows = self._smoothed(np.bincount(place, minlength=self.bins))
        total = self._smoothed(np.bincount(place, value, minlength=self.bins))
        self.table = (total + self.PRIOR * overall) / (rows + self.PRIOR)
        own = np.full(len(by), np.nan)
        own[known] = (total[place] - value + self.PRIOR * overall) / (rows[place] - 1 + self.PRIOR)
        return own

    def at(self, by: Floats) -> Floats:
        """The mean around each of n values; NaN where the value is unknown."""
        return np.where(by == by, self.table[self._place(by)], np.nan)

    def _smoothed(self, by_bin: NDArray[Any]) -> Floats:
        near = np.exp(-0.5 * (np.arange(-self.REACH, self.REACH + 1) / self.BANDWIDTH) ** 2)
        return np.convolve(by_bin, near)[self.REACH : self.REACH + self.bins]

    def _place(self, by: Floats) -> NDArray[np.intp]:
        """The bin of each value; the first one for NaN."""
        with np.errstate(over="ignore"):  # as for the ratios: beyond the last bin is in the last bin
            place = np.rint((by - self.low) / self.step)
        return np.fmin(np.fmax(place, 0), self.bins - 1).astype(np.intp)


class _OneRow:
    """LightGBM's prediction of one row, set up once: the bits of Booster.predict without its preparations for each call.

    LightGBM's C API, LGBM_BoosterPredictForMatSingleRowFast; it locks, so threads can share it.
    """

    RAW_SCORE, CONTRIBUTIONS = 1, 3
    _FLOAT64, _ALL_TREES = 1, -1

    def __init__(self, booster: lightgbm.Booster, kind: int, length: int) -> None:
        self._length = length
        self._booster = booster  # what the prepared call points into
        self._columns = booster.num_feature()
        self._library = lightgbm.basic._LIB  # type: ignore[attr-defined]  # the library that made the booster
        self._prepared = ctypes.c_void_p()
        failed = self._library.LGBM_BoosterPredictForMatSingleRowFastInit(
            booster._handle,
            ctypes.c_int(kind),
            ctypes.c_int(0),
            ctypes.c_int(self._ALL_TREES),
            ctypes.c_int(self._FLOAT64),
            ctypes.c_int32(self._columns),
            ctypes.c_char_p(b"num_threads=1"),
            ctypes.byref(self._prepared),
        )
        if failed:
            raise lightgbm.basic.LightGBMError(self._library.LGBM_GetLastError().decode())
        weakref.finalize(self, self._library.LGBM_FastConfigFree, self._prepared)

    def predict(self, matrix: Floats) -> Floats:
        """(length,) from (1, columns); ValueError for another number of columns than the booster's, past which it would read."""
        if matrix.shape != (1, self._columns):
            raise ValueError(f"the booster takes {self._columns} columns, not {matrix.shape[1]}")
        matrix = np.ascontiguousarray(matrix, dtype=np.float64)
        score, length = np.empty(self._length), ctypes.c_int64()
        failed = self._library.LGBM_BoosterPredictForMatSingleRowFast(
            self._prepared, ctypes.c_void_p(matrix.ctypes.data), ctypes.byref(length), ctypes.c_void_p(score.ctypes.data)
        )
        if failed:
            raise lightgbm.basic.LightGBMError(self._library.LGBM_GetLastError().decode())
        return score


def _is_named(X: Any) -> bool:
    return hasattr(X, "columns") and all(isinstance(name, str) for name in X.columns)


def _check_known(name: str, parts: Sequence[str], known: Sequence[str]) -> None:
    if unknown := sorted(set(parts) - set(known)):
        raise ValueError(f"{name} is to be made of {', '.join(unknown)}, which is not there to make it of")


def _quotient(over: Floats, under: Floats) -> Floats:
    under[under == 0] = np.nan
    return over / under


def _mean(rows: Floats) -> Floats:
    known = rows == rows
    # Summed up in one order, row by row, so that one client and a million get the same bits.
    total = np.add.accumulate(np.where(known, rows, 0.0), axis=0)[-1]
    return _quotient(total, known.sum(axis=0, dtype=np.float64))


_REDUCE: dict[str, Callable[[Floats], Floats]] = {"mean": _mean, "min": np.fmin.reduce, "max": np.fmax.reduce}
