"""How sure a measured figure is: bootstrap intervals over the clients (percentile method; Efron & Tibshirani, 1993).

Resampling clients is counting how often each is drawn. They are sorted by probability once, and every figure of a resample
follows from its counts.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring.cost import CostMatrix, Interval, client_costs
from scoring.training.metrics import Sample, calibration_error

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

_SMALLEST = float(np.finfo(np.float64).eps)  # a PD nearer to 0 or 1 has the log loss of this one, as in scikit-learn


def intervals(
    sample: Sample, *, threshold: float, costs: CostMatrix, level: float = 0.95, resamples: int = 400, seed: int = 0
) -> dict[str, Interval]:
    """The interval of each figure that metrics.figures gives of a sample but the cost of granting to all, by its name.

    The calibration error is a mean of distances, which noise can only raise, so that no resampling covers the true one: its
    interval is the range in which a perfectly calibrated model's would lie by chance, outcomes being drawn from these PDs.
    Raises ValueError where only one outcome occurs.
    """
    ranked, of_each = _Ranked(sample.probability, sample.target), _of_each_client(sample, threshold, costs)
    drawn: dict[str, list[float]] = {}
    for counts in _draws(ranked.defaulted, resamples, seed):
        means = {name: float((counts * values).mean()) for name, values in of_each.items()}
        for name, value in (ranked.figures(counts) | means).items():
            drawn.setdefault(name, []).append(value)
    drawn["calibration_error"] = _by_chance(sample.probability, resamples, seed)
    return {name: _percentiles(values, level) for name, values in drawn.items()}


def paired_auc_difference(
    *, probability: ArrayLike, reference: ArrayLike, target: ArrayLike, level: float = 0.95, resamples: int = 400, seed: int = 0
) -> Interval:
    """The interval of AUC(probability) - AUC(reference): two models' PDs (n,) of the same clients, and their outcomes (n,).

    Raises ValueError where they don't hold one value per client of the same clients, or only one outcome occurs.
    """
    model, other = (_Ranked(values, target) for values in (probability, reference))
    return _percentiles([model.auc(counts) - other.auc(counts) for counts in _draws(model.defaulted, resamples, seed)], level)


class _Ranked:
    """n clients by ascending PD, in runs of equal ones; each figure is of how often each client was drawn, (n,)."""

    def __init__(self, probability: ArrayLike, target: ArrayLike) -> None:
        found, self.defaulted = np.asarray(probability, dtype=np.float64), np.asarray(target) == 1
        if found.shape != self.defaulted.shape or found.ndim != 1:
            raise ValueError(f"PDs and outcomes are one per client, not {found.shape} and {self.defaulted.shape}")
        if self.defaulted.all() or not self.defaulted.any():
            raise ValueError("only one outcome occurs: there is nothing to tell apart")
        self.order = np.argsort(found, kind="stable")
        self.probability, self.is_default = found[self.order], self.defaulted[self.order]
        self.last = np.flatnonzero(np.append(self.probability[1:] != self.probability[:-1], True))  # of each run

    def figures(self, counts: Counts) -> dict[str, float]:
        """AUC, Gini and KS."""
        auc = self.auc(counts)
        good, bad = self._up_to_each_run(counts)
        ks = max(0.0, float((good / good[-1] - bad / bad[-1]).max()))
        return {"auc": auc, "gini": 2 * auc - 1, "ks": ks}

    def auc(self, counts: Counts) -> float:
        """The share of pairs of a defaulter and a good client in which the defaulter's PD is the higher; a tie is half a pair."""
        good, bad = self._up_to_each_run(counts)
        below = np.append(0, good[:-1])
        return float(np.diff(bad, prepend=0) @ (below + good) / 2 / (good[-1] * bad[-1]))

    def _up_to_each_run(self, counts: Counts) -> tuple[Counts, Counts]:
        """How many good clients, and how many defaulters, were drawn up to the end of each run of equal PDs."""
        weight = counts[self.order]
        bad = np.cumsum(weight * self.is_default)[self.last]
        return np.cumsum(weight)[self.last] - bad, bad


def _of_each_client(sample: Sample, threshold: float, costs: CostMatrix) -> dict[str, Floats]:
    """What each client (n,) adds to the figures that are means."""
    probability, target = sample.probability, sample.target
    of_outcome = np.clip(np.where(target == 1, probability, 1 - probability), _SMALLEST, 1.0)
    return {
        "brier": (probability - target) ** 2,
        "log_loss": -np.log(of_outcome),
        "cost_per_client": client_costs(probability=probability, target=target, threshold=threshold, costs=costs),
        "approval_rate": (probability < threshold).astype(np.float64),
    }


def _by_chance(probability: Floats, resamples: int, seed: int) -> list[float]:
    """The calibration errors of PDs (n,) that come true, so many times."""
    rng, clients = np.random.default_rng(seed), len(probability)
    drawn = ((rng.random(clients) < probability).astype(np.int64) for _ in range(resamples))
    return [calibration_error(probability=probability, target=target) for target in drawn]


def _draws(defaulted: NDArray[np.bool_], resamples: int, seed: int) -> Iterator[Counts]:
    """How often each of the n clients is drawn, (n,), so many times; a draw of one outcome alone has no AUC and doesn't count."""
    rng, clients, left = np.random.default_rng(seed), len(defaulted), resamples
    while left:
        counts = np.bincount(rng.integers(0, clients, clients), minlength=clients)
        if 0 < counts[defaulted].sum() < clients:
            left -= 1
            yield counts


def _percentiles(drawn: Sequence[float], level: float) -> Interval:
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high))
