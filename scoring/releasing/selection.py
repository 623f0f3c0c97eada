"""Which run of a training is released."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.cost import paired_difference
from scoring.errors import TrainingError

AUC_DIGITS = 3


@dataclass(frozen=True, eq=False, slots=True)
class RunSummary:
    """What selection needs of a run: `costs` (n,) is what each client's out-of-fold decision cost, in the training's order."""

    run_id: str
    candidate: str
    auc: float
    leaves: int
    costs: NDArray[np.float64]


def select(runs: Sequence[RunSummary]) -> RunSummary:
    """The run to release, of the runs of one training whose model is a CustomThresholdModel.

    The lowest cost; among those whose 95% paired bootstrap difference from it spans 0 (their cost may be as low), the highest
    AUC to .001; then the fewest leaves; then the name. Raises TrainingError where there is none, or they saw other clients.
    """
    if not runs:
        raise TrainingError("this training has no run whose model is a CustomThresholdModel: nothing to release")
    if len({len(run.costs) for run in runs}) > 1:
        sizes = ", ".join(f"{run.candidate} {len(run.costs)}" for run in runs)
        raise TrainingError(f"the runs of this training saw different numbers of clients: {sizes}")
    cheapest = min(runs, key=lambda run: (run.costs.mean(), run.candidate))
    as_cheap = [run for run in runs if paired_difference(costs=run.costs, reference=cheapest.costs).spans_zero()]
    return min(as_cheap, key=lambda run: (-round(run.auc, AUC_DIGITS), run.leaves, run.candidate))
