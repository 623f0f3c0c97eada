"""Earlier applications: how the approved ones are repaid, and when."""

import numpy as np
from numpy.random import Generator

from scoring.synthetic import draws
from scoring.synthetic.draws import Column, Columns, Floats, Mask
from scoring.synthetic.histories.offers import annuity

NEVER = 365_243
"""What stands for a day that has not come, or never will."""

_UNDATED = {"Cash loans": 0.078, "Consumer loans": 0.022, "Revolving loans": 0.043}
_FIRST_DUE_DAYS = (30, 30, 31, 31, 34, 46, 69, 120)
_AFTER_LAST_DUE_DAYS = (1, 2, 4, 6, 8, 14, 60, 400)
_FIRST_DRAWING_DAYS = (0, 0, 1, 7, 41, 230, 540, 900)


def repayment(columns: Columns, terms: Columns, bare: Mask) -> Columns:
    card = columns["NAME_CONTRACT_TYPE"] == "Revolving loans"
    of_loan = annuity(columns["AMT_CREDIT"], terms["rate"], terms["months"])
    return {
        "AMT_ANNUITY": draws.blank(np.where(card, columns["AMT_CREDIT"] / 20, of_loan), bare),
        "CNT_PAYMENT": draws.blank(np.where(card, 0.0, terms["months"]), bare),
    }


def dates(rng: Generator, columns: Columns, months: Floats, care: Floats) -> tuple[Columns, Floats]:
    """The dates of approved contracts, missing for the others, and the instalments paid by now, (n,)."""
    count, kind = len(care), columns["NAME_CONTRACT_TYPE"]
    undated = (columns["NAME_CONTRACT_STATUS"] != "Approved") | draws.happens(rng, draws.total(_UNDATED, kind), count)
    of_loans, paid = _of_loans(rng, columns["DAYS_DECISION"], kind == "Cash loans", months, care)
    of_cards, card = _of_cards(rng, columns["DAYS_DECISION"]), kind == "Revolving loans"
    chosen = {name: np.where(card, of_cards[name], days) for name, days in of_loans.items()}
    chosen["NFLAG_INSURED_ON_APPROVAL"] = columns["NFLAG_INSURED_ON_APPROVAL"]
    return {name: draws.blank(values, undated) for name, values in chosen.items()}, paid


def _of_loans(rng: Generator, decision: Column, cash: Mask, months: Floats, care: Floats) -> tuple[Columns, Floats]:
    """Many are repaid early; a few, of the careless, stop being paid and never end."""
    count = len(care)
    first = decision + np.floor(np.where(cash, 30, draws.from_quantiles(rng.random(count), _FIRST_DUE_DAYS)))
    early = draws.happens(rng, np.where(cash, 0.62, 0.43), count)
    repaid = np.where(early, np.ceil(months * (1 - 0.9 * rng.random(count) ** np.where(cash, 1, 2.5))), months)
    stuck = draws.happens(rng, 0.0035 * np.exp(-1.0 * care), count)
    repaid = np.where(stuck, np.ceil(months * rng.random(count) * 0.9), np.maximum(repaid, 1))
    last = first + 30 * (repaid - 1)
    ended = last + np.floor(draws.from_quantiles(rng.random(count), _AFTER_LAST_DUE_DAYS))
    due = np.where(first < 0, np.floor((-1 - first) / 30) + 1, 0)
    return {
        "DAYS_FIRST_DRAWING": np.full(count, NEVER),
        "DAYS_FIRST_DUE": np.where(first < 0, first, NEVER),
        "DAYS_LAST_DUE_1ST_VERSION": np.where(first < 0, first + 30 * (months - 1), NEVER),
        "DAYS_LAST_DUE": np.where(stuck | (last >= 0), NEVER, last),
        "DAYS_TERMINATION": np.where(stuck | (ended >= 0), NEVER, ended),
    }, np.minimum(repaid, due)


def _of_cards(rng: Generator, decision: Column) -> Columns:
    """A third of the cards are never drawn on; some old ones have been given back."""
    count = len(decision)
    drawn = decision + np.floor(draws.from_quantiles(rng.random(count), _FIRST_DRAWING_DAYS))
    drawn[draws.happens(rng, 0.35, count) | (drawn >= 0)] = NEVER
    due = np.where(drawn + 42 < 0, drawn + 42, NEVER)
    ended = np.where((decision < -400) & draws.happens(rng, 0.2, count), np.floor(decision * 0.5 * rng.random(count)), NEVER)
    ended[(due < 0) & (ended < due)] = NEVER
    return {
        "DAYS_FIRST_DRAWING": drawn,
        "DAYS_FIRST_DUE": due,
        "DAYS_LAST_DUE_1ST_VERSION": np.full(count, NEVER),
        "DAYS_LAST_DUE": np.where(drawn < 0, ended, NEVER),
        "DAYS_TERMINATION": ended,
    }
