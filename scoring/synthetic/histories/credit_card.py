"""The months of the cards."""

import numpy as np
from numpy.random import Generator

from scoring.synthetic import draws
from scoring.synthetic.draws import DAYS_A_MONTH, Column, Columns, Floats, Mask
from scoring.synthetic.histories.bureau_balance import OLDEST
from scoring.synthetic.histories.card_months import Cards, card_months
from scoring.synthetic.histories.previous import Contracts
from scoring.synthetic.histories.repayment import NEVER

_ENDS_BEFORE = (1, 1, 1, 1, 2, 3, 4, 4)  # months before today
_PRINCIPAL = 0.96
_BLOCKED_AFTER = (0, 2, 8, 22, 35, 70, 90, 95)  # months, of those that are


def credit_card(rng: Generator, contracts: Contracts) -> Columns:
    """Each card month by month: a third lies unused; the careless draw more and pay later."""
    chosen = (contracts.columns["NAME_CONTRACT_TYPE"] == "Revolving loans") & ~np.isnan(contracts.columns["DAYS_TERMINATION"])
    card = {name: values[chosen] for name, values in contracts.columns.items()}
    first, cards = _cards(rng, card, contracts.care[chosen])
    months = card_months(rng, cards)
    row, place = draws.ranks(cards.months.astype(int))
    month = {name: values[place, row] for name, values in months.items()}
    closed = card["DAYS_TERMINATION"][row] < (first[row] + place) * DAYS_A_MONTH
    limit = np.where((place >= cards.blocked[row]) & (month["balance"] == 0), 0, cards.limit[row])
    unknown = (month["least"] == 0) & draws.happens(rng, np.where(cards.used[row] & (place > 0), 0.02, 0.3), len(row))
    matured = np.cumsum(months["least"] > 0, axis=0)[place, row]
    columns = {name: card[name][row] for name in ("SK_ID_PREV", "SK_ID_CURR")} | _balance(rng, month)
    columns |= {
        "MONTHS_BALANCE": (first[row] + place).astype(int),
        "AMT_CREDIT_LIMIT_ACTUAL": limit.astype(int),
        "AMT_INST_MIN_REGULARITY": draws.blank(month["least"], unknown),
        "CNT_INSTALMENT_MATURE_CUM": draws.blank(matured, unknown),
        "NAME_CONTRACT_STATUS": _status(rng, closed, place),
    }
    return columns | _drawings(rng, month, cards.used[row], place)


def _cards(rng: Generator, card: Columns, care: Floats) -> tuple[Floats, Cards]:
    """The month that each card begins in, (n,), and the cards."""
    count = len(care)
    first = np.floor(card["DAYS_DECISION"] / DAYS_A_MONTH) + draws.happens(rng, 0.51, count)
    first = np.maximum(first, OLDEST)
    last = -np.floor(draws.from_quantiles(rng.random(count), _ENDS_BEFORE))
    blocked = np.where(draws.happens(rng, 0.35, count), draws.from_quantiles(rng.random(count), _BLOCKED_AFTER), np.inf)
    return first, Cards(
        care=care,
        limit=card["AMT_CREDIT"],
        used=card["DAYS_FIRST_DRAWING"] < NEVER,
        months=np.maximum(last - first + 1, 0),
        blocked=np.minimum(blocked, card["DAYS_TERMINATION"] / DAYS_A_MONTH - first),
    )


def _balance(rng: Generator, month: Columns) -> Columns:
    """What is owed and paid."""
    owed = month["balance"]
    total = np.round(owed * np.where(draws.happens(rng, 0.1, len(owed)), rng.uniform(0.98, 1.004, len(owed)), 1), 3)
    no_payment = (month["paid"] == 0) & (owed == 0) & draws.happens(rng, 0.45, len(owed))
    return {
        "AMT_BALANCE": owed,
        "AMT_PAYMENT_CURRENT": draws.blank(month["paid"], no_payment),
        "AMT_PAYMENT_TOTAL_CURRENT": month["paid"],
        "AMT_RECEIVABLE_PRINCIPAL": np.round(owed * _PRINCIPAL, 3),
        "AMT_RECIVABLE": total,
        "AMT_TOTAL_RECEIVABLE": total,
        "SK_DPD": month["dpd"].astype(int),
        "SK_DPD_DEF": np.minimum(month["dpd"], draws.happens(rng, 0.6, len(owed))).astype(int),
    }


def _drawings(rng: Generator, month: Columns, used: Mask, place: Column) -> Columns:
    """What was drawn, by cash machine, in shops and otherwise; unknown, mostly, where nothing ever was."""
    drawn = month["atm"] + month["pos"] + month["other"]
    unknown = (drawn == 0) & draws.happens(rng, np.where(used, np.where(place == 0, 0.5, 0.02), 0.7), len(drawn))
    names = {"ATM": "atm", "POS": "pos", "OTHER": "other"}
    amounts = {f"AMT_DRAWINGS_{name}_CURRENT": draws.blank(month[of], unknown) for name, of in names.items()}
    counts = {f"CNT_DRAWINGS_{name}_CURRENT": draws.blank(month[f"n_{of}"], unknown) for name, of in names.items()}
    total = {"AMT_DRAWINGS_CURRENT": drawn, "CNT_DRAWINGS_CURRENT": month["n_atm"] + month["n_pos"] + month["n_other"]}
    return amounts | counts | total


def _status(rng: Generator, closed: Mask, place: Column) -> Column:
    status = np.where(closed, "Completed", "Active").astype(object)
    status[(place < 12) & draws.happens(rng, 0.012, len(closed))] = "Signed"
    status[(place == 0) & draws.happens(rng, 0.005, len(closed))] = "Sent proposal"
    return status
