"""What fell due on the loans and cards, and when it was paid."""

import numpy as np
from numpy.random import Generator

from scoring.synthetic import draws
from scoring.synthetic.draws import DAYS_A_MONTH, Column, Columns, Floats
from scoring.synthetic.histories.pos_cash import loans
from scoring.synthetic.histories.previous import Contracts

_LATE_DAYS = (-190, -37, -17, -8, -4, 4, 21, 100)
_CARD_LATE_DAYS = (-30, -19, -8, -2, 0, 0, 10, 60)
_UNPAID_AFTER_DAYS = 20


def installments(rng: Generator, contracts: Contracts, cards: Columns) -> Columns:
    """The payments of the loans and of the cards (version 0): most before the day, the careless after it or in parts."""
    of_loans, of_cards = _of_loans(rng, contracts), _of_cards(rng, cards)
    both = {name: np.concatenate([of_loans[name], of_cards[name]]) for name in of_loans}
    order = np.argsort(both["SK_ID_PREV"], kind="stable")
    return {name: values[order] for name, values in both.items()}


def _of_loans(rng: Generator, contracts: Contracts) -> Columns:
    chosen = loans(contracts) & (contracts.paid > 0)
    loan = {name: values[chosen] for name, values in contracts.columns.items()}
    paid, care = contracts.paid[chosen], contracts.care[chosen]
    row, place = draws.ranks(paid.astype(int))
    rest = _rest(loan, contracts.rate[chosen], paid)
    early = (paid < loan["CNT_PAYMENT"]) & (loan["DAYS_TERMINATION"] < 0)
    last = place == paid[row] - 1
    changed = np.where(draws.happens(rng, 0.07, len(paid)), np.floor(rng.random(len(paid)) * paid), paid)
    amount = loan["AMT_ANNUITY"][row] + np.where(last & early[row], rest[row], 0)
    columns = {
        "SK_ID_PREV": loan["SK_ID_PREV"][row],
        "SK_ID_CURR": loan["SK_ID_CURR"][row],
        "NUM_INSTALMENT_VERSION": 1.0 + (place >= changed[row]) + (last & early[row]),
        "NUM_INSTALMENT_NUMBER": place + 1,
        "DAYS_INSTALMENT": loan["DAYS_FIRST_DUE"][row] + 30.0 * place,
        "AMT_INSTALMENT": np.round(amount, 3),
    }
    return _paid(rng, columns, care[row], loan["DAYS_DECISION"][row])


def _rest(loan: Columns, rate: Floats, paid: Floats) -> Floats:
    """(n,) what is still owed after so many instalments."""
    monthly = rate / 12
    grown = (1 + monthly) ** paid
    return np.asarray(np.maximum(loan["AMT_CREDIT"] * grown - loan["AMT_ANNUITY"] * (grown - 1) / monthly, 0))


def _paid(rng: Generator, due: Columns, care: Floats, decision: Column) -> Columns:
    """Add when and what was paid, some of it in two parts; what is long due today and not yet paid has neither."""
    days = due["DAYS_INSTALMENT"]
    entry = days + np.floor(draws.from_quantiles(draws.related(rng, -0.2, care), _LATE_DAYS))
    unpaid = entry > _UNPAID_AFTER_DAYS
    entry = np.clip(entry, decision, -1)
    split = draws.happens(rng, np.minimum(0.075 * np.exp(-0.3 * care), 0.6), len(care)) & ~unpaid
    row, place = draws.ranks(1 + split)
    share = np.where(split, rng.uniform(0.05, 0.95, len(care)), 1)
    first = np.round(due["AMT_INSTALMENT"] * share, 3)
    amount = np.where(place == 0, first[row], np.round(due["AMT_INSTALMENT"] - first, 3)[row])
    later = np.minimum(entry[row] + place * rng.integers(1, 20, len(row)), -1)
    return {name: values[row] for name, values in due.items()} | {
        "DAYS_ENTRY_PAYMENT": draws.blank(later, unpaid[row]),
        "AMT_PAYMENT": draws.blank(amount, unpaid[row]),
    }


def _of_cards(rng: Generator, cards: Columns) -> Columns:
    """The month's instalment, and what was paid beyond it as one to three more, each due on the day that it came."""
    chosen = cards["AMT_PAYMENT_TOTAL_CURRENT"] > 0
    month = {name: values[chosen] for name, values in cards.items()}
    paid = month["AMT_PAYMENT_TOTAL_CURRENT"]
    least = np.minimum(np.nan_to_num(month["AMT_INST_MIN_REGULARITY"]), paid)
    more = np.where(paid - least > 45, 1 + rng.binomial(2, 0.5, len(paid)), 0)
    row, place = draws.ranks(1 + more)
    each = np.round((paid - least) / np.maximum(more, 1), 3)
    amount = np.where(place == 0, least[row], each[row])
    days = np.floor(month["MONTHS_BALANCE"] * DAYS_A_MONTH)[row] + 0.0
    late = np.floor(draws.from_quantiles(rng.random(len(row)), _CARD_LATE_DAYS))
    entry = np.minimum(days + np.where(place == 0, late, rng.integers(1, 25, len(row))), -1)
    due = np.where(place == 0, days, entry)
    return {
        "SK_ID_PREV": month["SK_ID_PREV"][row],
        "SK_ID_CURR": month["SK_ID_CURR"][row],
        "NUM_INSTALMENT_VERSION": np.zeros(len(row)),
        "NUM_INSTALMENT_NUMBER": _numbers(month["SK_ID_PREV"][row]),
        "DAYS_INSTALMENT": due,
        "AMT_INSTALMENT": amount,
        "DAYS_ENTRY_PAYMENT": entry,
        "AMT_PAYMENT": amount,
    }


def _numbers(ids: Column) -> Column:
    """(n,) 1, 2, ... within each run of one id."""
    starts = np.flatnonzero(np.diff(ids, prepend=-1))
    return draws.ranks(np.diff(starts, append=len(ids)))[1] + 1
