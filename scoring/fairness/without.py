"""What taking a field out does: the same model with and without it, on the same folds, and how often it grants to each group."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.cost import COSTS, Interval, paired_difference
from scoring.inputs import MODEL_FIELDS
from scoring.training.candidates import lightgbm
from scoring.training.families import Make, figures_of, probabilities

Floats = NDArray[np.float64]
Target = NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class Trial:
    """A model out of fold: with each seed its AUC (seeds,) and the share granted by group (groups, seeds), and what each client
    cost, averaged over the seeds (n,).
    """

    auc: Floats
    granted: pd.DataFrame
    costs: Floats

    def ratios(self, compared: NDArray[np.bool_]) -> pd.DataFrame:
        """The share granted over the highest of the groups to be compared (groups,), with each seed (groups, seeds)."""
        return self.granted / self.granted[compared].max()


@dataclass(frozen=True, eq=False, slots=True)
class Removal:
    """The model as it is and without a field; `clients` by group; the interval of what a client costs more without it."""

    field: str
    clients: pd.Series
    whole: Trial
    other: Trial
    interval: Interval


def take_out(
    field: str,
    X: pd.DataFrame,
    y: Target,
    groups: pd.Series,
    *,
    seeds: Sequence[int],
    make: Make = lightgbm,
    progress: Callable[[str], object] = lambda step: None,
) -> Removal:
    """Measure the model on X (n, MODEL_FIELDS) and y (n,) with and without a field and the columns that are made of it.

    groups (n,): labels. It refuses from the PD at which the costs meet.
    """
    kept = [name for name in MODEL_FIELDS if name != field]
    whole, other = (_measured(X, y, fields, groups, seeds, make, progress) for fields in (list(MODEL_FIELDS), kept))
    interval = paired_difference(costs=other.costs, reference=whole.costs)
    return Removal(field, groups.value_counts().sort_index(), whole, other, interval)


def _measured(
    X: pd.DataFrame,
    y: Target,
    fields: list[str],
    groups: pd.Series,
    seeds: Sequence[int],
    make: Make,
    progress: Callable[[str], object],
) -> Trial:
    drawn = []
    for seed, probability in zip(seeds, probabilities(X, y, fields, (), seeds=seeds, make=make), strict=True):
        drawn.append(probability)
        progress(f"{len(fields)} fields, seed {seed}")
    granted = [pd.Series(probability < COSTS.threshold).groupby(groups.to_numpy()).mean() for probability in drawn]
    found = figures_of(drawn, y)
    return Trial(found.auc, pd.concat(granted, axis=1, keys=seeds), found.costs)
