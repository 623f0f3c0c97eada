"""What decisions did cost, of clients whose outcomes are known, beside what was expected of these very clients.

Outcomes are known of granted loans above all. What is told of PDs given outcomes isn't biased by that, as far as who was granted
hung on the PD alone; what a reviewer granted for other reasons is chosen by more than the PD.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

from scoring.cost import CostMatrix
from scoring.monitoring.calibration import Recalibration, recalibrate
from scoring.monitoring.estimates import auc, cost_per_client, over_expected, proportion
from scoring.monitoring.expected import Estimate, Expected, checked, expected

Floats = NDArray[np.float64]
Targets = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Realised:
    """What became of a batch of decisions; each Estimate is None where there is nothing to tell it by.

    default_rate: of those granted. cost: per client, in the units of the cost matrix. ratio: observed defaults over expected
    ones, of all clients. Their intervals, and that of the AUC: see scoring/monitoring/estimates.py. intercept, slope: of a
    recalibration (Wald's interval), 0 and 1 where the PDs come true. expected: of the same clients.
    """

    clients: int
    granted: int
    defaults: int
    default_rate: Estimate | None
    cost: Estimate | None
    auc: Estimate | None
    ratio: Estimate | None
    intercept: Estimate | None
    slope: Estimate | None
    expected: Expected

    @property
    def default_rate_as_expected(self) -> bool | None:
        """Whether the default rate lies inside the interval that was expected."""
        return _inside(self.default_rate, self.expected.default_rate)

    @property
    def cost_as_expected(self) -> bool | None:
        """Whether the cost per client lies inside the interval that was expected."""
        return _inside(self.cost, self.expected.cost)


def realised(
    probability: ArrayLike,
    target: ArrayLike,
    granted: ArrayLike,
    costs: CostMatrix,
    covariance: ArrayLike | None = None,
    level: float = 0.95,
) -> Realised:
    """What became of clients with PDs (n,), known outcomes 0 or 1 (n,), and decisions (n,), True where credit was granted.

    covariance, level: see expected.expected. Raises ValueError where the three aren't one per client, or an outcome is unknown.
    """
    told, lent = checked(probability, granted)
    ended = _outcomes(target, told)
    line = recalibrate(told, ended)
    intercept, slope = _wald(line, level) if line else (None, None)
    return Realised(
        clients=len(told),
        granted=int(lent.sum()),
        defaults=int(ended.sum()),
        default_rate=proportion(int(ended[lent].sum()), int(lent.sum()), level),
        cost=cost_per_client(ended, lent, costs, level),
        auc=auc(told, ended, level),
        ratio=over_expected(int(ended.sum()), float(told.sum()), level),
        intercept=intercept,
        slope=slope,
        expected=expected(told, lent, costs, covariance, level),
    )


def threshold_now(probability: ArrayLike, target: ArrayLike, costs: CostMatrix, level: float = 0.95) -> Estimate | None:
    """The threshold that outcomes now ask for, on the model's own scale: the PD (n,) of which the true one is costs.threshold.

    The true PD is a recalibration of the model's on outcomes 0 or 1 (n,); the interval is Fieller's (calibration.asks_for). That
    only those below the threshold were granted doesn't bias the line, but above the highest of their PDs it is drawn on: a
    threshold there rests on the line's being straight. None where it can't be told: too few of an outcome
    (calibration.LEAST_EVENTS), outcomes that a PD separates, or a slope that isn't surely above 0.
    """
    told, _ = checked(probability, np.ones(np.shape(probability), dtype=np.bool_))
    line = recalibrate(told, _outcomes(target, told))
    asked = line.asks_for(costs.threshold, level) if line else None
    return Estimate(*asked) if asked else None


def _outcomes(target: ArrayLike, told: Floats) -> Targets:
    ended = np.asarray(target)
    if ended.shape != told.shape or not np.isin(ended, (0, 1)).all():
        raise ValueError("outcomes are one per client, 0 or 1: leave out clients of whom it isn't known")
    return ended.astype(np.int64)


def _wald(line: Recalibration, level: float) -> tuple[Estimate, Estimate]:
    """Intercept and slope."""
    half = (norm.ppf((1 + level) / 2) * np.sqrt(np.diag(line.covariance))).tolist()
    intercept, slope = (Estimate(v, v - h, v + h) for v, h in zip((line.intercept, line.slope), half, strict=True))
    return intercept, slope


def _inside(found: Estimate | None, foreseen: Estimate | None) -> bool | None:
    return None if found is None or foreseen is None else foreseen.holds(found.value)
