"""What moves the probability: each column's, and each field's, mean contribution over the clients of a training."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from custom_threshold_model import CustomThresholdModel
from scoring.fields import BY_NAME

Floats = NDArray[np.float64]
Sources = Mapping[str, tuple[str, ...]]

UNIT = "log-odds of the probability of default"
MOST_CLIENTS = 5_000  # contributions take LightGBM a while
DIGITS = 6


def importance(model: CustomThresholdModel, matrix: Floats, *, most: int = MOST_CLIENTS, seed: int = 0) -> dict[str, Any]:
    """The mean absolute contribution over the clients of a matrix (n, columns), or over a seeded sample of `most` of them.

    {"clients": how many, "unit": UNIT, "columns": [{"column", "mean_absolute_contribution", "gain"}], "fields": [{"field",
    "mean_absolute_contribution"}]}, both by descending contribution. "gain": the column's share of what all splits won of the
    training's loss, from 0 to 1. Raises ValueError as `sources` does.
    """
    made_of = sources(model)
    sample = _sample(matrix, most, seed)
    given, _ = contributions(model, sample)
    gain = model.booster_.feature_importance("gain")
    shares = gain / (gain.sum() or 1.0)  # a booster without a split won nothing
    columns = [
        {"column": name, "mean_absolute_contribution": mean, "gain": _rounded(share)}
        for name, mean, share in zip(model.columns_, _mean_absolute(given), shares, strict=True)
    ]
    of_fields = by_field(given, [made_of[name] for name in model.columns_], model.fields_)
    fields = [
        {"field": name, "mean_absolute_contribution": mean}
        for name, mean in zip(model.fields_, _mean_absolute(of_fields), strict=True)
    ]
    return {"clients": len(sample), "unit": UNIT, "columns": _descending(columns), "fields": _descending(fields)}


def contributions(model: CustomThresholdModel, matrix: Floats) -> tuple[Floats, float]:
    """(n, columns) contributions to each client's log-odds of the PD, and the base that they are added to.

    LightGBM's tree SHAP values (Lundberg et al., 2020), times the calibration's slope: base + a row's sum = logit(PD).
    """
    a, b = model.calibration_
    raw = np.asarray(model.booster_.predict(matrix, pred_contrib=True, num_threads=model.n_jobs), dtype=np.float64)
    return a * raw[:, :-1], float(a * raw[0, -1] + b)


def sources(model: CustomThresholdModel) -> dict[str, tuple[str, ...]]:
    """Column of the model -> the record's fields that it is made of, itself where it is one.

    Raises ValueError naming the columns of which the model doesn't say what they are made of.
    """
    made_of: dict[str, tuple[str, ...]] = {name: (name,) for name in model.fields_}
    made_of |= {f"{name}_NONE": (name,) for name in model.missing_codes or {}}
    for name, _, parts in model.ratios:
        made_of[name] = tuple(dict.fromkeys(field for part in parts for field in made_of[part]))
    made_of |= {name: made_of[by] for name, by, _, _ in model.local_means}  # the other column is other clients'
    if unknown := [name for name in model.columns_ if name not in made_of]:
        raise ValueError(f"columns that are made of nobody knows what: {', '.join(unknown)}")
    return {name: made_of[name] for name in model.columns_}


def by_field(given: Floats, made_of: Sequence[Sequence[str]], fields: Sequence[str]) -> Floats:
    """Contributions (n, fields) of the record's fields, from those of the columns (n, columns).

    A column's contribution goes in equal parts to the fields that it is made of (`made_of`, one entry a column); what a field
    gets of several columns is added with its sign, so that what cancels out for a client moves nothing.
    """
    place = {name: i for i, name in enumerate(fields)}
    total = np.zeros((len(given), len(fields)))
    for column, names in zip(given.T, made_of, strict=True):
        for name in names:
            total[:, place[name]] += column / len(names)
    return total


def meanings(model: CustomThresholdModel) -> dict[str, str]:
    """Column of the model -> what it holds, in a few words; of a derived one, what it is made of."""
    return {
        name: _in_short(name) if fields == (name,) else f"from {', '.join(fields)}" for name, fields in sources(model).items()
    }


def _sample(matrix: Floats, most: int, seed: int) -> Floats:
    if len(matrix) <= most:
        return matrix
    return matrix[np.sort(np.random.default_rng(seed).choice(len(matrix), most, replace=False))]


def _mean_absolute(given: Floats) -> list[float]:
    return [_rounded(mean) for mean in np.abs(given).mean(axis=0).tolist()]


def _descending(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """By contribution; those alike stay in the model's order."""
    return sorted(rows, key=lambda row: -row["mean_absolute_contribution"])


def _in_short(field: str) -> str:
    meaning = BY_NAME[field].meaning if field in BY_NAME else ""
    return meaning.partition(";")[0].partition(" (")[0]


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")
