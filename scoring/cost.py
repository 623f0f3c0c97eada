"""What the decisions cost: the business's measure of a model, in units of refusing one good client.

Every function takes its arguments by name: probability and target are both (n,) arrays of numbers between 0 and 1, and
exchanged by mistake they would still give a number.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CostMatrix:
    """What each error costs: granting to a client who defaults, refusing one who would have repaid."""

    false_negative: float = 10
    false_positive: float = 1

    @property
    def as_dict(self) -> Mapping[str, float]:
        """The two costs under their names, as model.json holds them."""
        return {"false_negative": self.false_negative, "false_positive": self.false_positive}

    @property
    def threshold(self) -> float:
        """The PD from which refusing costs less than granting, where PDs come true (Elkan, 2001)."""
        return self.false_positive / (self.false_positive + self.false_negative)


COSTS = CostMatrix()
"""The lender's costs: a setting of training, never a caller's parameter."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval, both ends included."""

    low: float
    high: float

    def spans_zero(self) -> bool:
        """Whether no difference at all is among what the data allow."""
        return self.low <= 0.0 <= self.high


def client_costs(*, probability: ArrayLike, target: ArrayLike, threshold: float, costs: CostMatrix) -> Floats:
    """What each client's decision cost, (n,): refused where PD >= threshold; a right decision costs nothing."""
    refused = np.asarray(probability) >= threshold
    defaulted = np.asarray(target) == 1
    return np.where(defaulted & ~refused, float(costs.false_negative), np.where(~defaulted & refused, costs.false_positive, 0.0))


def cost_per_client(*, probability: ArrayLike, target: ArrayLike, threshold: float, costs: CostMatrix) -> float:
    """The mean of `client_costs`."""
    return float(client_costs(probability=probability, target=target, threshold=threshold, costs=costs).mean())


def cost_of_granting_all(*, target: ArrayLike, costs: CostMatrix) -> float:
    """The cost per client of a lender who refuses nobody."""
    return float(costs.false_negative * np.mean(np.asarray(target) == 1))


def cost_curve(*, probability: ArrayLike, target: ArrayLike, thresholds: ArrayLike, costs: CostMatrix) -> Floats:
    """The cost per client at each threshold (k,), from one sort of the n clients."""
    order = np.argsort(probability, kind="stable")
    defaulted = np.asarray(target)[order] == 1
    granted = np.searchsorted(np.asarray(probability)[order], thresholds, side="left")  # how many lie below each threshold
    missed = np.concatenate([[0], np.cumsum(defaulted)])[granted]
    spared = np.concatenate([[0], np.cumsum(~defaulted)])[granted]
    total = costs.false_negative * missed + costs.false_positive * ((~defaulted).sum() - spared)
    return np.asarray(total / len(defaulted), dtype=np.float64)


def cost_band(
    *,
    probability: ArrayLike,
    target: ArrayLike,
    thresholds: ArrayLike,
    costs: CostMatrix,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> tuple[Floats, Floats]:
    """The bootstrap interval of `cost_curve` at each threshold alone: its low ends (k,) and its high ends (k,).

    Clients of one outcome between the same two thresholds are alike, so a resample is how often each such group is drawn: the
    counts are drawn, not the n clients (percentile method).
    """
    thresholds = np.asarray(thresholds, dtype=np.float64)
    order = np.argsort(thresholds)
    refused_by = np.searchsorted(thresholds[order], probability, side="right")  # how many of the thresholds
    groups = np.bincount((np.asarray(target) == 1) * (thresholds.size + 1) + refused_by, minlength=2 * (thresholds.size + 1))
    draws = np.random.default_rng(seed).multinomial(groups.sum(), groups / groups.sum(), size=resamples)
    spared, missed = draws.reshape(resamples, 2, -1).cumsum(axis=2).transpose(1, 0, 2)  # good and bad clients granted credit
    total = costs.false_negative * missed[:, :-1] + costs.false_positive * (spared[:, -1:] - spared[:, :-1])
    low, high = np.empty(thresholds.size), np.empty(thresholds.size)
    low[order], high[order] = np.quantile(total / groups.sum(), [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high


def paired_difference(
    *, costs: ArrayLike, reference: ArrayLike, level: float = 0.95, resamples: int = 10_000, seed: int = 0
) -> Interval:
    """Bootstrap interval of mean(costs - reference) over the same n clients (percentile method; Efron & Tibshirani, 1993).

    Resampling clients is drawing how often each distinct difference occurs, and with two costs there are few: so the counts
    are drawn, not the clients. Raises ValueError where the two don't hold one cost per client of the same clients.
    """
    costs, reference = np.asarray(costs, dtype=np.float64), np.asarray(reference, dtype=np.float64)
    if costs.shape != reference.shape or costs.ndim != 1 or not costs.size:
        raise ValueError(f"paired costs are one per client of the same clients, not {costs.shape} and {reference.shape}")
    values, counts = np.unique(costs - reference, return_counts=True)
    draws = np.random.default_rng(seed).multinomial(counts.sum(), counts / counts.sum(), size=resamples)
    low, high = np.quantile(draws @ values / counts.sum(), [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high))
