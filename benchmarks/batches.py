"""Batches of labelled clients, for benchmarks.expected_cost: what was expected of each, and what became of it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring import markdown
from scoring.cost import CostMatrix
from scoring.monitoring.expected import Estimate, expected
from scoring.monitoring.realised import realised, threshold_now

Indices = NDArray[np.intp]

SIZES = (250, 1000, 2500)
DRAWS, SEED = 400, 0
LEVEL = 0.95


@dataclass(frozen=True, eq=False, slots=True)
class Clients:
    """Outcomes, 0 or 1, who is in the report split, PDs and decisions, each (n,); the model that decided, its costs and the
    covariance (2, 2) of its calibration.
    """

    target: NDArray[np.int64]
    report: NDArray[np.bool_]
    probability: NDArray[np.float64]
    granted: NDArray[np.bool_]
    model_version: str
    costs: CostMatrix
    covariance: NDArray[np.float64]

    def foreseen(self, members: Indices, level: float = LEVEL) -> tuple[Estimate, Estimate]:
        """The cost per client and the default rate of those granted that are expected of some of them."""
        found = expected(self.probability[members], self.granted[members], self.costs, self.covariance, level)
        if found.cost is None or found.default_rate is None:
            raise ValueError("a batch in which nobody is granted credit")
        return found.cost, found.default_rate

    def became(self, members: Indices) -> tuple[float, float]:
        """The cost per client and the default rate of those granted that were realised."""
        target, granted = self.target[members], self.granted[members]
        cost = self.costs.false_negative * (granted & (target == 1)) + self.costs.false_positive * (~granted & (target == 0))
        return float(cost.mean()), float(target[granted].mean())


def split_table(clients: Clients) -> Iterator[str]:
    """The report split as one batch."""
    members = np.flatnonzero(clients.report)
    told, target, granted = (values[members] for values in (clients.probability, clients.target, clients.granted))
    found = realised(told, target, granted, clients.costs, clients.covariance)
    foreseen = found.expected
    rows = [
        ["default rate of those granted", _within(foreseen.default_rate), _within(found.default_rate)],
        ["cost per client", _within(foreseen.cost), _within(found.cost)],
        ["observed over expected defaults", "1", _within(found.ratio)],
        ["slope of a recalibration", "1", _within(found.slope)],
    ]
    for who, chosen in (("all", slice(None)), ("those granted alone", granted)):
        now = threshold_now(told[chosen], target[chosen], clients.costs)
        rows.append([f"threshold that outcomes ask for, of {who}", f"{clients.costs.threshold:.4f}", _within(now)])
    yield f"{clients.model_version} on its report split, {len(members):,} clients of whom {found.granted:,} are granted credit,"
    yield f"as one batch (in brackets: {LEVEL:.0%} intervals):"
    yield ""
    yield from markdown.table(["", "expected", "realised"], rows)


def coverage_table(clients: Clients) -> Iterator[str]:
    """The share of batches whose interval covers what was realised."""
    rng = np.random.default_rng(SEED)
    rows = []
    for name, of in (("report split", clients.report), ("out of fold", ~clients.report)):
        for size in SIZES:
            drawn = [rng.choice(np.flatnonzero(of), size, replace=False) for _ in range(DRAWS)]
            covered = np.mean([_covered(clients, members) for members in drawn], axis=0)
            rows.append([f"{name}, {of.sum():,} clients", f"{size:,}", *(f"{share:.1%}" for share in covered)])
    yield f"The share of {DRAWS} batches, each drawn without replacement, of which the {LEVEL:.0%} interval covers what was"
    yield "realised. Batches of a large part of the clients overlap: they are covered or missed together."
    yield ""
    yield from markdown.table(["drawn of", "clients in a batch", "cost per client", "default rate of those granted"], rows)


def _covered(clients: Clients, members: Indices) -> list[bool]:
    return [one.holds(value) for one, value in zip(clients.foreseen(members), clients.became(members), strict=True)]


def _within(found: Estimate | None) -> str:
    return "–" if found is None else f"{found.value:.4f} ({found.low:.4f} to {found.high:.4f})"
