"""The months of the credits elsewhere: paid (0), late by 1 to 5 classes, unknown (X), closed (C)."""

import numpy as np
import numpy.typing as npt
from numpy.random import Generator

from scoring.synthetic import draws
from scoring.synthetic.draws import DAYS_A_MONTH, Columns, Floats
from scoring.synthetic.histories.bureau import Credits

OLDEST = -96
"""No month is reported after eight years."""

_STATUS = np.array(["X", "0", "1", "2", "3", "4", "5", "C"], dtype=object)
_CLOSED = 7
_NEXT = np.cumsum(
    [  # from each status but the last to each but the last, in their order: the later in the row, the worse
        (0.8825, 0.115, 0.0021, 0.0002, 0, 0, 0.00005),
        (0.078, 0.9014, 0.019, 0.0003, 0, 0, 0.00002),
        (0.038, 0.553, 0.371, 0.037, 0.001, 0, 0),
        (0.04, 0.25, 0.173, 0.203, 0.33, 0.004, 0),
        (0.03, 0.165, 0.05, 0.037, 0.15, 0.545, 0.023),
        (0.04, 0.06, 0.025, 0.004, 0.037, 0.093, 0.741),
        (0.15, 0.09, 0.004, 0.003, 0.002, 0.003, 0.748),
    ],
    axis=1,
)[:, :-1]
_ENDS_BEFORE = (0, 1, 4, 13, 25, 52, 75, 92)  # months before today, of those that aren't reported until today


def bureau_balance(rng: Generator, credits: Credits) -> Columns:
    """Month by month from the credit's first to today's, or until its reports end; reported for not quite half of the clients."""
    columns = credits.columns
    reported = draws.happens(rng, 0.46, int(credits.owner.max(initial=0)) + 1)[credits.owner]
    care = credits.care[reported]
    first = _month(columns["DAYS_CREDIT"][reported])
    closed = _month(columns["DAYS_ENDDATE_FACT"][reported])  # NaN where it isn't
    closed[draws.happens(rng, 0.2, len(care))] = np.nan
    gap = np.floor(draws.from_quantiles(rng.random(len(care)), _ENDS_BEFORE))
    last = np.where(draws.happens(rng, 0.82, len(care)), 0, np.maximum(-gap, first))
    lengths = (last - first + 1).astype(int)
    statuses = _statuses(rng, care, int(lengths.max(initial=0)))
    row, place = draws.ranks(lengths)
    month = first[row] + place
    status = np.where(month >= closed[row], _CLOSED, statuses[place, row])
    return {
        "SK_ID_BUREAU": columns["SK_ID_BUREAU"][reported][row],
        "MONTHS_BALANCE": month.astype(int),
        "STATUS": _STATUS[status],
    }


def _month(days: Floats) -> Floats:
    return np.asarray(np.clip(np.floor(days / DAYS_A_MONTH) + 1, OLDEST, 0))


def _statuses(rng: Generator, care: Floats, months: int) -> npt.NDArray[np.int8]:
    """(months, n) statuses of a Markov chain of its own for each credit, drifting to the worse where its client is careless."""
    status = draws.happens(rng, 0.55, len(care)).astype(np.int8)
    statuses = np.empty((months, len(care)), dtype=np.int8)
    for month in range(months):
        statuses[month] = status
        u = draws.related(rng, -0.18, care)
        status = (u[:, None] > _NEXT[status]).sum(axis=1).astype(np.int8)
    return statuses
