"""What a model was trained on, summed up per column without any client's row: for drift, reasons and out-of-range warnings."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Context
from typing import Any

import numpy as np
from numpy.typing import NDArray

from custom_threshold_model import CustomThresholdModel
from scoring.fields import ID

Floats = NDArray[np.float64]

LEVELS = np.linspace(0.001, 0.999, 200)
LEAST_GROUP = 50  # clients: the quantiles of fewer would be the clients themselves
DIGITS = 6
RANGE_DIGITS = 3


def reference_profile(model: CustomThresholdModel, matrix: Floats, refused: NDArray[np.bool_]) -> dict[str, Any]:
    """The profile of the model's own columns (n, columns) over all clients, those granted and those refused out of fold; a
    group of fewer than LEAST_GROUP clients is only counted.

    {"clients": {group: n}, "levels": the 200 quantile levels, "columns": {column: {group: {"missing": share, and "quantiles":
    [200 values] (none where nothing is known) or, of a label, "shares": {label: share of those known}}}}}.
    """
    groups = {"all": np.ones(len(matrix), dtype=np.bool_), "granted": ~refused, "refused": refused}
    columns = {
        name: {
            group: _profile(values[members], model.categories_.get(name))
            for group, members in groups.items()
            if members.sum() >= LEAST_GROUP
        }
        for name, values in zip(model.columns_, matrix.T, strict=True)
    }
    return {
        "clients": {group: int(members.sum()) for group, members in groups.items()},
        "levels": [_rounded(level) for level in LEVELS],
        "columns": columns,
    }


def _profile(values: Floats, labels: Sequence[str] | None) -> dict[str, Any]:
    known = values[~np.isnan(values)]
    missing = _rounded(1 - len(known) / len(values)) if len(values) else 0.0
    if labels is None:
        # Values that occur, not means of two: the quantile of a flag is a flag.
        quantiles = np.quantile(known, LEVELS, method="inverted_cdf").tolist() if len(known) else []
        return {"missing": missing, "quantiles": [_rounded(value) for value in quantiles]}
    counts = np.bincount(known.astype(np.intp), minlength=len(labels))
    shares = {label: _rounded(count / len(known)) for label, count in zip(labels, counts, strict=True)} if len(known) else {}
    return {"missing": missing, "shares": shares}


def ranges(model: CustomThresholdModel, matrix: Floats) -> dict[str, tuple[float, float]]:
    """[min, max] that training saw of each field that is a number and was ever known, rounded outward to 3 digits."""
    seen = {}
    for name, values in zip(model.columns_, matrix.T, strict=True):
        if name in model.fields_ and name not in model.categories_ and not np.isnan(values).all():
            seen[name] = (_outward(float(np.nanmin(values)), ROUND_FLOOR), _outward(float(np.nanmax(values)), ROUND_CEILING))
    return seen


def golden_records(model: CustomThresholdModel, records: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What is known of each client, without the id, and its raw score: a model that scores otherwise, anywhere, is another."""
    matrix = model.input_matrix({name: [record.get(name) for record in records] for name in model.fields_})
    known = [{name: value for name, value in record.items() if value is not None and name != ID} for record in records]
    return [{"record": record, "raw": raw} for record, raw in zip(known, model.raw_score(matrix).tolist(), strict=True)]


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _outward(value: float, rounding: str) -> float:
    # In decimal, where 0.07 has one digit; times a power of ten it would be a hair above 7.
    return float(Context(prec=RANGE_DIGITS, rounding=rounding).create_decimal(repr(value)))
