"""How far two groups of clients are apart in one field, and how far chance alone would put them.

Distances are shares of clients: so many of one side would have to change for both to look alike, at the value, or for the set of
labels, where they differ most. They don't depend on a field's unit, on its outliers, or on how the clients are binned.
"""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DRAWS = 2_000
"""Of two groups from one distribution, to see how far chance puts them apart."""

_DIGITS = 12
_TIE = 1e-9
"""Less than a client's share: few clients have few distances, and chance often makes the one that it may not exceed."""


def of_numbers(reference: Floats, current: Floats) -> float:
    """Kolmogorov and Smirnov's distance of two samples without NaN, (m,) and (n,): the largest gap of their distributions."""
    _, before, after = widest_gap(reference, current)
    return abs(before - after)


def widest_gap(reference: Floats, current: Floats) -> tuple[float, float, float]:
    """The value where the distributions of two samples differ most, and which share of each lies up to it."""
    reference, current = np.sort(reference), np.sort(current)
    at = np.sort(np.concatenate([reference, current]))
    below = [np.searchsorted(side, at, side="right") / len(side) for side in (reference, current)]
    place = int(np.round(np.abs(below[0] - below[1]), _DIGITS).argmax())  # the lowest, where several gaps are alike
    return float(at[place]), float(below[0][place]), float(below[1][place])


def chance_of_numbers(reference: int, current: int, chance: float) -> float:
    """The distance that two samples of one distribution, of these sizes, exceed in a share `chance` of cases, at most.

    The two-sample test's limit (Smirnov, 1948): sqrt(-ln(chance / 2) / 2) * sqrt(1/m + 1/n). Where values are tied, it is
    exceeded less often.
    """
    return math.sqrt(-math.log(chance / 2) / 2 * (1 / reference + 1 / current))


def of_counts(reference: Floats, current: Floats) -> float:
    """The total variation of two sets of counts (labels,): half the sum of what their shares differ by."""
    return float(np.abs(reference / reference.sum() - current / current.sum()).sum() / 2)


def chance_of_counts(reference: Floats, current: Floats, chance: float, seed: int) -> float:
    """The distance that two samples, of these sizes, of the two sides' common shares reach in a share `chance` of cases, at most.

    Drawn, not derived: with rare labels no formula holds.
    """
    rng = np.random.default_rng(seed)
    pooled = (reference + current) / (reference.sum() + current.sum())
    drawn = [rng.multinomial(round(side.sum()), pooled, size=DRAWS) / round(side.sum()) for side in (reference, current)]
    return float(np.quantile(np.abs(drawn[0] - drawn[1]).sum(axis=1) / 2, 1 - chance, method="higher")) + _TIE


def counts(reference: Iterable[Any], current: Iterable[Any]) -> tuple[list[Any], Floats, Floats]:
    """The values that occur in either side, sorted, and how often in each (values,); both come without what is unknown."""
    values = sorted({*reference, *current})
    place = {value: i for i, value in enumerate(values)}
    found = [np.bincount([place[value] for value in side], minlength=len(values)) for side in (reference, current)]
    return values, found[0].astype(np.float64), found[1].astype(np.float64)
