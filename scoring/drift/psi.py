"""The population stability index, as risk teams know it (Siddiqi, "Credit Risk Scorecards", 2006)."""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

Floats = NDArray[np.float64]

BINS = 10
MODERATE, MAJOR = 0.10, 0.25
HALF_A_CLIENT = 0.5  # stands in an empty bin, whose logarithm would be infinite


def edges(reference: Floats) -> Floats:
    """The inner bounds of BINS bins with equally many of the reference's values (n,); fewer where some are tied, none of none."""
    up_to = -(-len(reference) * np.arange(1, BINS) // BINS)  # whole numbers: 0.3 of 100 clients, as a float, are 31
    return np.unique(np.sort(reference)[up_to - 1]) if len(reference) else np.empty(0)


def binned(values: Floats, bounds: Floats) -> Floats:
    """How many of the values (n,) lie in each bin, upper bound included, and, last, how many are unknown (NaN)."""
    known = values[~np.isnan(values)]
    inside = np.bincount(np.searchsorted(bounds, known, side="left"), minlength=len(bounds) + 1)
    return np.append(inside, len(values) - len(known)).astype(np.float64)


def psi(reference: Floats, current: Floats) -> float:
    """The index of two sets of counts (bins,); a bin that both leave empty adds nothing."""
    used = (reference + current) > 0
    before, after = (np.maximum(side[used], HALF_A_CLIENT) / side.sum() for side in (reference, current))
    return float(((after - before) * np.log(after / before)).sum())


def chance(reference: Floats, current: Floats, share: float) -> float:
    """The index that two samples of one distribution exceed in a share of cases (Yurdakul & Naranjo, 2020: a chi-square's)."""
    bins = int(((reference + current) > 0).sum())
    return float(chi2.ppf(1 - share, max(bins - 1, 1)) * (1 / reference.sum() + 1 / current.sum()))


def band(index: float) -> str:
    """What risk teams call it."""
    return "stable" if index < MODERATE else "moderate" if index < MAJOR else "major"
