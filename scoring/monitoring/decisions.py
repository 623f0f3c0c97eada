"""The log's decisions of a time, without their records, as arrays: a million of them are a few dozen megabytes."""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Small = NDArray[np.int8]
Times = NDArray[np.datetime64]

UNKNOWN = -1
REVIEWED = {"refused": 0, "granted": 1}
OUTCOMES = {"repaid": 0, "defaulted": 1}


@dataclass(frozen=True, slots=True)
class Version:
    """A model that decided."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Decisions:
    """n decisions that are no simulations, in the chain's order; each array is (n,).

    `time` in UTC, `latency_ms` in milliseconds, `version`: places in `versions`. `reviewed`: what the last review says, -1 none,
    0 refused, 1 granted; `outcome`: the last told, -1 unknown, 0 repaid, 1 defaulted, known at `outcome_date` (or NaT).
    """

    position: Integers
    time: Times
    probability: Floats
    threshold: Floats
    granted: NDArray[np.bool_]
    latency_ms: Floats
    status: Integers
    version: Integers
    reviewed: Small
    outcome: Small
    outcome_date: Times
    versions: tuple[Version, ...]

    def __len__(self) -> int:
        return len(self.position)

    def picked(self, rows: NDArray[Any]) -> "Decisions":
        """Those of some rows, given as places or as a mask (n,)."""
        arrays = {one.name: getattr(self, one.name)[rows] for one in fields(self) if one.name != "versions"}
        return replace(self, **arrays)

    @property
    def lent(self) -> NDArray[np.bool_]:
        """Who was granted credit in the end, (n,): by the last review, or by the service where there is none."""
        return np.where(self.reviewed == UNKNOWN, self.granted, self.reviewed == REVIEWED["granted"])

    def by_model(self, sha256: str) -> NDArray[np.bool_]:
        """Which of them a model made, (n,)."""
        ours = np.array([version.sha256 == sha256 for version in self.versions], dtype=np.bool_)
        return np.asarray(ours[self.version], dtype=np.bool_)
