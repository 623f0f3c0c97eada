"""The months of the consumer and cash loans."""

import numpy as np
from numpy.random import Generator

from scoring.synthetic import draws
from scoring.synthetic.draws import DAYS_A_MONTH, Column, Columns, Floats, Mask
from scoring.synthetic.histories.bureau_balance import OLDEST
from scoring.synthetic.histories.previous import Contracts
from scoring.synthetic.histories.repayment import NEVER
from scoring.synthetic.marginals import Shares

_DPD_DAYS = (1, 1, 2, 6, 14, 28, 60, 120)
_FIRST_STATUS: Shares = {"Active": 90.2, "Signed": 8.7, "Returned to the store": 0.55, "Approved": 0.5, "Canceled": 0.01}
_WRITTEN_OFF_DAYS = 300


def loans(contracts: Contracts) -> Mask:
    """Which contracts are loans that began, by now paid off or not."""
    columns = contracts.columns
    return np.asarray((columns["NAME_CONTRACT_TYPE"] != "Revolving loans") & ~np.isnan(columns["DAYS_FIRST_DUE"]))


def pos_cash(rng: Generator, contracts: Contracts) -> Columns:
    """Each loan month by month until it is paid off, or until last month; days past due where it is carelessly paid."""
    chosen = loans(contracts)
    loan = {name: values[chosen] for name, values in contracts.columns.items()}
    count = int(chosen.sum())
    first = np.floor(loan["DAYS_DECISION"] / DAYS_A_MONTH) + draws.happens(rng, 0.49, count)
    ended = np.floor(loan["DAYS_TERMINATION"] / DAYS_A_MONTH) + draws.happens(rng, 0.45, count)
    last = np.minimum(np.where(ended < 0, np.maximum(ended, first), -1), -1)
    first = np.maximum(first, OLDEST)
    row, place = draws.ranks(np.maximum(last - first + 1, 0).astype(int))
    planned, paid = loan["CNT_PAYMENT"][row], contracts.paid[chosen][row]
    completed = (place == (last - first)[row]) & (loan["DAYS_TERMINATION"] < 0)[row]
    stuck = ((loan["DAYS_LAST_DUE"] == NEVER) & (loan["DAYS_LAST_DUE_1ST_VERSION"] < 0))[row]
    dpd = _days_past_due(rng, contracts.care[chosen], row, place, np.where(stuck, place - paid, 0) * 30.0)
    signed = (place == 0) & draws.happens(rng, 0.03, len(row))
    done = np.minimum(np.maximum(place - draws.happens(rng, 0.07, len(row)), 0), np.where(stuck, paid, planned))
    return {
        "SK_ID_PREV": loan["SK_ID_PREV"][row],
        "SK_ID_CURR": loan["SK_ID_CURR"][row],
        "MONTHS_BALANCE": (first[row] + place).astype(int),
        "CNT_INSTALMENT": draws.blank(np.where(completed, np.maximum(paid, 1), planned), signed),
        "CNT_INSTALMENT_FUTURE": draws.blank(np.where(completed, 0, planned - done), signed),
        "NAME_CONTRACT_STATUS": _status(rng, place, completed, dpd),
        "SK_DPD": np.where(completed, 0, dpd).astype(int),
        "SK_DPD_DEF": np.where((dpd < 60) & draws.happens(rng, 0.62, len(row)) & ~completed, dpd, 0).astype(int),
    }


def _days_past_due(rng: Generator, care: Floats, row: Column, place: Column, since_stuck: Floats) -> Floats:
    troubled = draws.happens(rng, np.minimum(0.085 * np.exp(-0.8 * care), 0.9), len(care))[row]
    late = troubled & (place > 0) & draws.happens(rng, 0.17, len(row))
    days = np.ceil(draws.from_quantiles(rng.random(len(row)), _DPD_DAYS))
    return np.asarray(np.where(since_stuck > 0, since_stuck, np.where(late, days, 0)))


def _status(rng: Generator, place: Column, completed: Mask, dpd: Floats) -> Column:
    status = np.full(len(place), "Active", dtype=object)
    began = place == 0
    status[began] = draws.labels(rng, _FIRST_STATUS, int(began.sum()))
    written_off = (dpd > _WRITTEN_OFF_DAYS) & draws.happens(rng, 0.15, len(place))
    status[written_off] = "Demand"
    status[written_off & draws.happens(rng, 0.25, len(place))] = "Amortized debt"
    status[completed] = "Completed"
    return status
