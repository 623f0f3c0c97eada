"""What moves the probability: each column's, and each field's, mean contribution over the clients of a training."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from custom_threshold_model import CustomThresholdModel
from scoring.explaining.contributions import shares, sources
from scoring.fields import BY_NAME

Floats = NDArray[np.float64]

UNIT = "log-odds of the probability of default"
MOST_CLIENTS = 5_000  # contributions take LightGBM a while
DIGITS = 6


def importance(model: CustomThresholdModel, matrix: Floats, *, most: int = MOST_CLIENTS, seed: int = 0) -> dict[str, Any]:
    """The mean absolute contribution over the clients of a matrix (n, columns), or over a seeded sample of `most` of them.

    {"clients": how many, "unit": UNIT, "columns": [{"column", "mean_absolute_contribution", "gain"}], "fields": [{"field",
    "mean_absolute_contribution"}]}, both by descending contribution. "gain": the column's share of what all splits won of the
    training's loss, from 0 to 1. Raises ValueError as `sources` does.
    """
    sample = _sample(matrix, most, seed)
    given, _ = model.contributions(sample)
    gain = model.booster_.feature_importance("gain")
    gained = gain / (gain.sum() or 1.0)  # a booster without a split won nothing
    columns = [
        {"column": name, "mean_absolute_contribution": mean, "gain": _rounded(share)}
        for name, mean, share in zip(model.columns_, _mean_absolute(given), gained, strict=True)
    ]
    of_fields = given @ shares(sources(model).values(), model.fields_)
    fields = [
        {"field": name, "mean_absolute_contribution": mean}
        for name, mean in zip(model.fields_, _mean_absolute(of_fields), strict=True)
    ]
    return {"clients": len(sample), "unit": UNIT, "columns": _descending(columns), "fields": _descending(fields)}


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
