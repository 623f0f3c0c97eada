"""Small figures that several parts of the page share: quantiles that occur, and shares of what may be nobody."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PD_LEVELS = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
LATENCY_LEVELS = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


def quantiles(values: Floats, levels: Mapping[str, float]) -> dict[str, float] | None:
    """Values (n,) that occur at these levels (inverted_cdf); None of none."""
    if not len(values):
        return None
    found = np.quantile(values, list(levels.values()), method="inverted_cdf").tolist()
    return dict(zip(levels, found, strict=True))


def share(part: int, whole: int) -> float | None:
    """part / whole; None of nobody."""
    return part / whole if whole else None


def counts(values: Sequence[Any] | NDArray[Any]) -> dict[str, int]:
    """Each value that occurs, as text, ascending, and how often it does."""
    found, numbers = np.unique(np.asarray(values), return_counts=True)
    return {str(value): number for value, number in zip(found.tolist(), numbers.tolist(), strict=True)}
