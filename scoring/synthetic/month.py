"""A month of applications, among which poorer clients with worse scores come more and more often from some day on."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scoring.synthetic.demo import labelled_records
from scoring.synthetic.draws import Floats

SCORES = ("EXT_SOURCE_2", "EXT_SOURCE_3")
INCOME = "AMT_INCOME_TOTAL"


@dataclass(frozen=True, slots=True)
class Month:
    """So many days of so many clients; from the day `drift_from` (1 is the first) those come who score about `shift` standard
    deviations lower, and earn less by about as much, than who came before.
    """

    days: int
    clients: int
    drift_from: int
    shift: float
    seed: int


def month(wanted: Month) -> tuple[pd.DataFrame, list[pd.DataFrame]]:
    """Clients from before, as many as the month's, and those of each day, as scoring.synthetic.demo.labelled_records gives them.

    Nobody changes: who comes does, so that each one's outcome still belongs to the record. Somebody may come on two days.
    """
    count = wanted.days * wanted.clients
    everybody = labelled_records(2 * count, wanted.seed)
    before, pool = everybody.iloc[:count], everybody.iloc[count:].reset_index(drop=True)
    rng = np.random.default_rng(wanted.seed)
    even, worse = np.full(count, 1 / count), _drawn_to_the_worse(pool, wanted.shift)
    chances = [worse if day >= wanted.drift_from else even for day in range(1, wanted.days + 1)]
    return before, [pool.iloc[rng.choice(count, wanted.clients, replace=False, p=p)] for p in chances]


def _drawn_to_the_worse(pool: pd.DataFrame, shift: float) -> Floats:
    """How likely each client is to be drawn, (n,)."""
    parts = np.array([_standardised(pool[list(SCORES)].mean(axis=1)), _standardised(np.log(pool[INCOME]))])
    worse = _standardised(pd.Series(-parts.sum(axis=0)))
    # Weights exp(t z) move the mean of a standard normal z by t, and of what goes with it by t times their correlation.
    together = np.mean([abs(np.corrcoef(worse, part)[0, 1]) for part in parts])
    weights = np.exp(worse * shift / together)
    return np.asarray(weights / weights.sum())


def _standardised(values: pd.Series) -> Floats:
    """Mean 0, standard deviation 1; 0 where unknown."""
    return ((values - values.mean()) / values.std()).fillna(0.0).to_numpy()
