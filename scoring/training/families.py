"""What each family of inputs earns: the same model without it, or with it, on the same folds."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from custom_threshold_model import CustomThresholdModel
from scoring.cost import COSTS, Interval, client_costs, paired_difference
from scoring.fields import APPLICATION, FIELDS, HISTORIES
from scoring.inputs import CATEGORIES, LOCAL_MEANS, MISSING_CODES, MODEL_FIELDS, RATIOS
from scoring.training.candidates import lightgbm
from scoring.training.fitting import cross_calibrated

Floats = NDArray[np.float64]
Target = NDArray[np.int64]
Make = Callable[[int], CustomThresholdModel]

_FORM = [f.name for f in APPLICATION]


def _form(*beginnings: str) -> tuple[str, ...]:
    return tuple(name for name in _FORM if name.startswith(beginnings))


FAMILIES: Mapping[str, tuple[str, ...]] = {
    "repayment plan": tuple(name for name, _, _, _ in LOCAL_MEANS),
    "ratios of amounts, dates and incomes": tuple(
        name for name, operation, _ in RATIOS if operation == "ratio" and name not in {by for _, by, _, _ in LOCAL_MEANS}
    ),
    "building, average sizes": tuple(name for name in _FORM if name.endswith("_AVG")),
    "building, kind, material and total area": tuple(
        name for name in _FORM if name.endswith("_MODE") and name.replace("MODE", "AVG") not in _FORM
    ),
    "building, most frequent and median sizes": tuple(
        name
        for name in _FORM
        if name.endswith(("_MODE", "_MEDI")) and name.replace("MODE", "AVG").replace("MEDI", "AVG") in _FORM
    ),
    "documents given": _form("FLAG_DOCUMENT"),
    "social circle": _form("OBS_", "DEF_"),
    "enquiries at the bureau": _form("AMT_REQ_"),
    "region and addresses": _form("REGION_", "REG_", "LIVE_"),
    "education, income type and occupation": ("NAME_EDUCATION_TYPE", "NAME_INCOME_TYPE", "OCCUPATION_TYPE", "ORGANIZATION_TYPE"),
    "phones and e-mail": _form("FLAG_MOBIL", "FLAG_EMP", "FLAG_WORK", "FLAG_CONT", "FLAG_PHONE", "FLAG_EMAIL", "DAYS_LAST_PHONE"),
    **{table: tuple(f.name for f in fields) for table, fields in HISTORIES.items()},
}
"""Families that are measured: fields, or columns that the input step derives."""


@dataclass(frozen=True, eq=False, slots=True)
class OutOfFold:
    """A set of inputs, out of fold: its AUC with each seed, and what each client cost, averaged over the seeds (n,)."""

    auc: Floats
    costs: Floats


@dataclass(frozen=True, slots=True)
class Gain:
    """What a family earns: `used` says whether the model is given it. AUC: mean, lowest and highest of the seeds.

    `cost`: mean and 95% interval of what the client costs less with it (paired bootstrap of the clients).
    """

    family: str
    size: int
    used: bool
    auc: tuple[float, float, float]
    cost: float
    interval: Interval


def known_of(frame: pd.DataFrame) -> pd.DataFrame:
    """Every field of the record (n, fields) but the id: numbers as float64, labels as they are."""
    fields = [field for field in FIELDS if field.type != "integer"]
    return frame[[field.name for field in fields]].astype({field.name: np.float64 for field in fields if field.type != "label"})


def gains(
    X: pd.DataFrame,
    y: Target,
    *,
    seeds: Sequence[int],
    families: Mapping[str, Sequence[str]] = FAMILIES,
    make: Make = lightgbm,
    progress: Callable[[str], object] = lambda step: None,
) -> tuple[OutOfFold, list[Gain]]:
    """The model's own figures and each family's gain, on X (n, every field of the record) and y (n,), with each seed.

    A family that the model is given is left out of it; one that it isn't given is added.
    """
    whole = measure(X, y, MODEL_FIELDS, (), seeds=seeds, make=make)
    progress("the whole model")
    found = []
    for family, names in families.items():
        used = not set(names).isdisjoint({*MODEL_FIELDS, *(name for name, *_ in (*RATIOS, *LOCAL_MEANS))})
        fields = [f for f in MODEL_FIELDS if f not in names] if used else [*MODEL_FIELDS, *names]
        other = measure(X, y, fields, names if used else (), seeds=seeds, make=make)
        found.append(_gain(family, len(names), used, *((whole, other) if used else (other, whole))))
        progress(family)
    return whole, found


def measure(
    X: pd.DataFrame, y: Target, fields: Sequence[str], left_out: Sequence[str], *, seeds: Sequence[int], make: Make
) -> OutOfFold:
    """The model on these fields of X, without the derived columns `left_out`, at the threshold of its costs."""
    return figures_of(list(probabilities(X, y, fields, left_out, seeds=seeds, make=make)), y)


def probabilities(
    X: pd.DataFrame, y: Target, fields: Sequence[str], left_out: Sequence[str], *, seeds: Sequence[int], make: Make
) -> Iterator[Floats]:
    """The out-of-fold PDs (n,) of such a model, with each seed."""
    for seed in seeds:
        model = without(make(seed), fields, left_out)
        yield cross_calibrated(model.out_of_fold(X[list(fields)], y), y, seed)


def figures_of(of_seeds: Sequence[Floats], y: Target) -> OutOfFold:
    """The figures of PDs (n,), some of each seed."""
    costs = np.zeros(len(y))
    for probability in of_seeds:
        costs += client_costs(probability=probability, target=y, threshold=COSTS.threshold, costs=COSTS) / len(of_seeds)
    return OutOfFold(np.array([roc_auc_score(y, probability) for probability in of_seeds]), costs)


def without(model: CustomThresholdModel, fields: Sequence[str], left_out: Sequence[str]) -> CustomThresholdModel:
    """The model with what can be derived of these fields."""
    ratios = [ratio for ratio in RATIOS if set(ratio[2]) <= set(fields) and ratio[0] not in left_out]
    known = {*fields, *(name for name, *_ in ratios)}
    means = [mean for mean in LOCAL_MEANS if {mean[1], mean[2]} <= known and mean[0] not in left_out]
    model.set_params(
        ratios=ratios,
        local_means=means,
        missing_codes={name: code for name, code in MISSING_CODES.items() if name in fields},
        categories={name: labels for name, labels in CATEGORIES.items() if name in fields},
    )
    return model


def _gain(family: str, size: int, used: bool, more: OutOfFold, less: OutOfFold) -> Gain:
    """What `more` is better by than `less`, which lacks the family."""
    auc = more.auc - less.auc
    saved = less.costs - more.costs
    interval = paired_difference(costs=less.costs, reference=more.costs)
    return Gain(family, size, used, (float(auc.mean()), float(auc.min()), float(auc.max())), float(saved.mean()), interval)
