"""Logistic recalibration of PDs: the true PD's log-odds as a line in the model's (Cox, 1958), and how unsure that line is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit
from scipy.stats import norm
from sklearn.linear_model import LogisticRegression

Floats = NDArray[np.float64]

LEAST_EVENTS = 20
"""Of the rarer outcome: ten for each of the line's two parameters (Peduzzi et al., 1996); with fewer it is biased and unsure."""

_SMALLEST = 1e-12  # a PD nearer to 0 or 1 has the log-odds of this one
_SINGULAR = 1e12  # condition number from which an inverse has no digit left that counts


@dataclass(frozen=True, eq=False, slots=True)
class Recalibration:
    """logit(true PD) = intercept + slope * logit(PD); covariance (2, 2) of the two. Where the PDs come true: 0 and 1."""

    intercept: float
    slope: float
    covariance: Floats

    def asks_for(self, probability: float, level: float) -> tuple[float, float, float] | None:
        """(value, low, high): the model's PD of which the true one is `probability`.

        The interval is Fieller's (1954): every PD whose recalibrated one, by its own interval, may be `probability`. It has two
        ends only where the slope is surely above 0 at this level; None elsewhere.
        """
        z = norm.ppf((1 + level) / 2)
        wanted = logit(probability) - self.intercept
        of_intercept, of_both, of_slope = z**2 * self.covariance[[0, 0, 1], [0, 1, 1]]
        square = self.slope**2 - of_slope
        if self.slope <= 0 or square <= 0:
            return None
        middle = (wanted * self.slope + of_both) / square
        half = np.sqrt(max(0.0, middle**2 - (wanted**2 - of_intercept) / square))
        value, low, high = expit([wanted / self.slope, middle - half, middle + half]).tolist()
        return value, low, high


def log_odds(probability: Floats) -> Floats:
    """logit of PDs (n,), finite for all."""
    return np.asarray(logit(np.clip(probability, _SMALLEST, 1 - _SMALLEST)), dtype=np.float64)


def gradient(weights: Floats, probability: Floats) -> Floats:
    """How sum(weights * PD), both (n,), moves with intercept and slope of a recalibration, (2,), at 0 and 1."""
    pull = weights * probability * (1 - probability)
    return np.array([pull.sum(), pull @ log_odds(probability)])


def calibration_covariance(probability: Floats) -> Floats | None:
    """The covariance (2, 2) of intercept and slope that outcomes of clients with these true PDs (n,) would give.

    None where the PDs tell no line.
    """
    return _inverse_information(log_odds(probability), probability)


def recalibrate(probability: Floats, target: NDArray[np.int64]) -> Recalibration | None:
    """The line of maximum likelihood, unpenalised, for PDs (n,) and outcomes 0 or 1 (n,).

    None where it can't be told: fewer than LEAST_EVENTS of an outcome, equal PDs, or outcomes that a PD separates.
    """
    good, bad = probability[target == 0], probability[target == 1]
    if min(len(good), len(bad)) < LEAST_EVENTS or good.max() <= bad.min() or bad.max() <= good.min():
        return None
    told = log_odds(probability)
    fitted = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-10).fit(told[:, None], target)
    intercept, slope = float(fitted.intercept_[0]), float(fitted.coef_[0, 0])
    covariance = _inverse_information(told, expit(intercept + slope * told))
    return None if covariance is None else Recalibration(intercept, slope, covariance)


def _inverse_information(told: Floats, true: Floats) -> Floats | None:
    """The inverse of the Fisher information X'WX, of X = [1, log-odds told] (n, 2) and W = PD (1 - PD) of the true PDs (n,)."""
    design = np.column_stack([np.ones(len(told)), told])
    information = (design.T * (true * (1 - true))) @ design
    if np.linalg.cond(information) > _SINGULAR:
        return None
    return np.asarray(np.linalg.inv(information), dtype=np.float64)
