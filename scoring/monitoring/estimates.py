"""Figures of clients whose outcomes are known, each with the interval of what such clients would have it at."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit
from scipy.stats import binomtest, chi2, norm, rankdata

from scoring.cost import CostMatrix
from scoring.monitoring.expected import Estimate

Floats = NDArray[np.float64]
Targets = NDArray[np.int64]

_NOTHING = 1e-12  # defaults


def proportion(some: int, of: int, level: float) -> Estimate | None:
    """some / of with Wilson's interval (1927); None of nothing."""
    if not of:
        return None
    within = binomtest(some, of).proportion_ci(level, method="wilson")
    return Estimate(some / of, float(within.low), float(within.high))


def cost_per_client(target: Targets, granted: NDArray[np.bool_], costs: CostMatrix, level: float) -> Estimate | None:
    """The cost per client (n,): two shares of errors, priced; their intervals are joined by MOVER (Zou & Donner, 2008)."""
    lost = proportion(int((granted & (target == 1)).sum()), len(target), level)
    missed = proportion(int((~granted & (target == 0)).sum()), len(target), level)
    if lost is None or missed is None:
        return None
    priced = ((costs.false_negative, lost), (costs.false_positive, missed))
    value = sum(price * one.value for price, one in priced)
    below = math.hypot(*(price * (one.value - one.low) for price, one in priced))
    above = math.hypot(*(price * (one.high - one.value) for price, one in priced))
    return Estimate(float(value), max(0.0, value - below), value + above)


def over_expected(observed: int, foreseen: float, level: float) -> Estimate | None:
    """Observed defaults over those that PDs add up to; None where that is nothing.

    Garwood's limits (1936) of a Poisson count, as of a standardised mortality ratio: a little wide, for a client defaults once.
    """
    if foreseen < _NOTHING:
        return None
    low = chi2.ppf((1 - level) / 2, 2 * observed) / 2 if observed else 0.0
    high = chi2.ppf((1 + level) / 2, 2 * observed + 2) / 2
    return Estimate(observed / foreseen, float(low / foreseen), float(high / foreseen))


def auc(probability: Floats, target: Targets, level: float) -> Estimate | None:
    """The AUC of PDs (n,) and outcomes 0 or 1 (n,); None where only one outcome occurs.

    DeLong's variance (1988; computed from ranks, Sun & Xu, 2014), on the logit scale, so that the interval stays between 0 and 1
    (Pepe, 2003). Where DeLong's says nothing, of a single client of an outcome or of PDs that rank without a fault, it is 0 to 1.
    """
    good, bad = probability[target == 0], probability[target == 1]
    if not len(good) or not len(bad):
        return None
    among_all = rankdata(np.concatenate([bad, good]))
    of_bad = (among_all[: len(bad)] - rankdata(bad)) / len(good)  # the share of good clients that each defaulter's PD is above
    of_good = 1 - (among_all[len(bad) :] - rankdata(good)) / len(bad)
    value = float(of_bad.mean())
    if min(len(good), len(bad)) < 2 or not 0 < value < 1:
        return Estimate(value, 0.0, 1.0)
    deviation = np.sqrt(of_bad.var(ddof=1) / len(bad) + of_good.var(ddof=1) / len(good))
    half = norm.ppf((1 + level) / 2) * deviation / (value * (1 - value))
    low, high = expit([logit(value) - half, logit(value) + half]).tolist()
    return Estimate(value, low, high)
