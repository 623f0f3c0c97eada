"""What decisions are expected to cost before anybody knows how they end, from the PDs that they rest on.

Where PDs come true, the sum of n outcomes follows the Poisson binomial law (Poisson, 1837; Hong, 2013), and the cost of a batch
is a weighted one: that a calibrated model tells its own performance is the idea of confidence-based performance estimation
(CBPE; NannyML). Here its interval is that of what will be realised: chance, and how unsure the calibration is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm, pearson3

from scoring.cost import CostMatrix
from scoring.monitoring.calibration import gradient

Floats = NDArray[np.float64]
Part = tuple[float, Floats]
"""Clients who each add a weight with a probability, (k,), of their own."""

EXACT_UP_TO = 200
"""Clients: the law itself is added up for so many; for more its first three moments tell it (tests/test_expected_cost.py)."""

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and the ends of its interval, both included; low <= value <= high."""

    value: float
    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Whether a value lies inside the interval, whatever sums in another order leave between equal numbers."""
        return self.low - _ROUNDING <= value <= self.high + _ROUNDING


@dataclass(frozen=True, slots=True)
class Expected:
    """What a batch of decisions leads to expect. default_rate: of those granted, None where nobody is; cost: per client, in the
    units of the cost matrix, None where there is no client.
    """

    clients: int
    granted: int
    default_rate: Estimate | None
    cost: Estimate | None


def expected(
    probability: ArrayLike,
    granted: ArrayLike,
    costs: CostMatrix,
    covariance: ArrayLike | None = None,
    level: float = 0.95,
) -> Expected:
    """What PDs (n,) lead to expect of decisions (n,), True where credit is granted: granting costs c_fn * PD, refusing
    c_fp * (1 - PD).

    An interval holds what will be realised with probability `level`, if outcomes are independent given true PDs. Up to
    EXACT_UP_TO clients that is at least `level`, by the law itself: what is realised is one of few numbers, and no curve fits
    them. Beyond, it is a Pearson III curve of the same mean, variance and skewness, which is the normal one where there is no
    skewness; it isn't symmetric, as defaults are rare. `covariance` (2, 2): of intercept and slope of the PDs' own calibration;
    it widens both sides (delta method, squares added). No end lies beyond what is possible.
    Raises ValueError where PDs and decisions aren't one per client, or a PD is none.
    """
    told, decided = checked(probability, granted)
    clients, many = len(told), int(decided.sum())
    lent, refused = told[decided], told[~decided]
    rate = cost = None
    if many:
        rate = _predicted([(1 / many, lent)], np.where(decided, 1 / many, 0.0), told, covariance, level)
    if clients:
        lost, missed = costs.false_negative / clients, costs.false_positive / clients
        cost = _predicted([(lost, lent), (missed, 1 - refused)], np.where(decided, lost, -missed), told, covariance, level)
    return Expected(clients, many, rate, cost)


def checked(probability: ArrayLike, granted: ArrayLike) -> tuple[Floats, NDArray[np.bool_]]:
    """PDs and decisions as arrays (n,); ValueError where they aren't one per client, or a PD is none."""
    told, decided = np.asarray(probability, dtype=np.float64), np.asarray(granted, dtype=np.bool_)
    if told.shape != decided.shape or told.ndim != 1:
        raise ValueError(f"PDs and decisions are one per client, not {told.shape} and {decided.shape}")
    if not ((told >= 0) & (told <= 1)).all():
        raise ValueError("a PD is a number from 0 to 1")
    return told, decided


def _predicted(parts: Sequence[Part], pull: Floats, told: Floats, covariance: ArrayLike | None, level: float) -> Estimate:
    """The sum over all parts: mean and interval. pull (n,): how much it moves with each client's PD."""
    value = float(sum(weight * chance.sum() for weight, chance in parts))
    few = sum(len(chance) for _, chance in parts) <= EXACT_UP_TO
    low, high = _exact(parts, level) if few else _approximate(parts, value, level)
    if covariance is not None:
        slope = gradient(pull, told)
        unsure = float(norm.ppf((1 + level) / 2) * np.sqrt(slope @ np.asarray(covariance, dtype=np.float64) @ slope))
        low, high = value - np.hypot(value - min(low, value), unsure), value + np.hypot(max(high, value) - value, unsure)
    most = max(value, sum(weight * len(chance) for weight, chance in parts))  # rounding may put the value above
    return Estimate(value, float(max(0.0, min(low, value))), float(min(most, max(high, value))))


def _exact(parts: Sequence[Part], level: float) -> tuple[float, float]:
    """The outermost values of the sum that its law leaves no more than half of 1 - level beyond."""
    values, law = np.zeros(1), np.ones(1)
    for weight, chance in parts:
        count = np.ones(1)
        for one in chance:
            count = np.convolve(count, [1 - one, one])
        values = np.add.outer(values, weight * np.arange(len(count))).ravel()
        law = np.multiply.outer(law, count).ravel()
    order = np.argsort(values)
    ends = np.searchsorted(law[order].cumsum(), [(1 - level) / 2 - _ROUNDING, (1 + level) / 2 - _ROUNDING])
    low, high = values[order][np.minimum(ends, len(values) - 1)]
    return low, high


def _approximate(parts: Sequence[Part], value: float, level: float) -> tuple[float, float]:
    variance = sum(weight**2 * (chance * (1 - chance)).sum() for weight, chance in parts)
    if not variance:
        return value, value
    third = sum(weight**3 * (chance * (1 - chance) * (1 - 2 * chance)).sum() for weight, chance in parts)
    low, high = pearson3.ppf([(1 - level) / 2, (1 + level) / 2], third / variance**1.5, value, np.sqrt(variance))
    return low, high
