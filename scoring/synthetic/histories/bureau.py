"""Credits with other lenders, as the credit bureau reports them."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from scoring.synthetic import draws
from scoring.synthetic.draws import Column, Columns, Floats, Mask
from scoring.synthetic.histories import bureau_marginals as known
from scoring.synthetic.histories.clients import IDS_EACH, Clients
from scoring.synthetic.loans import MONEY_STEP

STRANGER = 1_000_000_000
"""Added to SK_ID_CURR in the rare row of a client whose application the lender doesn't have."""


@dataclass(frozen=True, slots=True)
class Credits:
    """The table's columns, and of each row which client it is of (0 to n - 1) and how careful that client is."""

    columns: Columns
    owner: Column
    care: Floats


def bureau(rng: Generator, clients: Clients) -> Credits:
    """The credits of the clients that the bureau was asked about: older and shorter where a client is careful."""
    listed = clients.looked_up & ~draws.happens(rng, 0.008, len(clients.ids))
    each = draws.from_quantiles(draws.related(rng, 0.15, clients.wealth), known.EACH).astype(int)
    owner, place = draws.ranks(np.where(listed, each, 0))
    care, count = clients.care[owner], len(owner)
    kind = draws.labels(rng, known.TYPE, count)
    size = rng.standard_normal(count)  # what long credits and large ones have in common
    columns = _dates(rng, kind, care, clients.adult_days[owner], size)
    columns |= {
        "SK_ID_CURR": clients.ids[owner] + STRANGER * draws.happens(rng, 0.0005, count),
        "SK_ID_BUREAU": clients.ids[owner] * IDS_EACH + place,
        "CREDIT_CURRENCY": draws.labels(rng, known.CURRENCY, count),
        "CREDIT_TYPE": kind,
    }
    columns |= _amounts(rng, columns, 0.3 * clients.wealth[owner] + 0.7 * size, care)
    columns["AMT_ANNUITY"] = _annuity(rng, columns, draws.happens(rng, 0.38, len(clients.ids))[owner])
    return Credits(columns | _trouble(rng, columns, care), owner, care)


def _dates(rng: Generator, kind: Column, care: Floats, adult_days: Floats, size: Floats) -> Columns:
    count = len(kind)
    age = np.minimum(
        draws.each(draws.related(rng, 0.2, care), kind, known.AGE_DAYS, draws.from_quantiles).astype(float), adult_days
    )
    age = np.floor(age) + 0.0
    plan = np.floor(draws.each(draws.related(rng, 0.6, size), kind, known.PLAN_DAYS, draws.from_quantiles).astype(float))
    over = draws.each(draws.related(rng, -0.15, care), kind, known.LIFE_OVER_PLAN, draws.from_quantiles).astype(float)
    life = np.maximum(np.floor(plan * over), 1)
    closed = life < age
    sold = draws.happens(rng, 0.0038 * np.exp(-0.5 * care), count)
    latest = age - draws.from_quantiles(rng.random(count), known.ACTIVE_UPDATE_DAYS)
    updated = np.minimum(draws.from_quantiles(rng.random(count), known.CLOSED_UPDATE_DAYS) + life, np.maximum(latest, life))
    no_plan = draws.happens(rng, draws.total(known.NO_PLAN, kind) + 0.01, count)
    status = np.where(closed, "Closed", "Active").astype(object)
    status[sold] = "Sold"
    return {
        "CREDIT_ACTIVE": status,
        "DAYS_CREDIT": -age.astype(int),
        "DAYS_CREDIT_ENDDATE": draws.blank(plan - age, no_plan),
        "DAYS_ENDDATE_FACT": draws.blank(life - age, ~closed | (sold & draws.happens(rng, 0.6, count))),
        "DAYS_CREDIT_UPDATE": np.floor(np.where(closed, updated, np.maximum(latest, 0)) - age).astype(int),
    }


def _amounts(rng: Generator, credit: Columns, size: Floats, care: Floats) -> Columns:
    """What was lent and what of it is still owed: little after a long time; on a card what its holder took."""
    kind, count = credit["CREDIT_TYPE"], len(care)
    active, card = credit["CREDIT_ACTIVE"] == "Active", kind == "Credit card"
    lent = draws.each(draws.related(rng, 0.95, size), kind, known.SUM, draws.from_quantiles).astype(float)
    lent[card & draws.happens(rng, 0.11, count)] = 0  # a card whose limit the bureau isn't told
    lent = _money(np.where(draws.happens(rng, 0.55, count) & (lent > 20_000), np.round(lent / 4_500) * 4_500, lent))
    age = -credit["DAYS_CREDIT"]
    gone = age / np.maximum(np.nan_to_num(credit["DAYS_CREDIT_ENDDATE"]) + age, 1)
    left = np.clip(1 - gone, 0.02, 1) ** 0.85 * np.clip(1.02 + 0.1 * rng.standard_normal(count), 0, 1.2)
    left[draws.happens(rng, 0.05, count)] = 0
    taken = draws.from_quantiles(draws.related(rng, -0.3, care), known.CARD_DEBT_OVER_SUM)
    debt = _money(np.where(active, lent * np.where(card, taken, left), 0))
    limit = np.where(active & card & draws.happens(rng, 0.4, count), np.maximum(lent - debt, 0), 0)
    return {
        "AMT_CREDIT_SUM": lent,
        "AMT_CREDIT_SUM_DEBT": draws.blank(debt, draws.happens(rng, np.where(active, 0.11, 0.165), count)),
        "AMT_CREDIT_SUM_LIMIT": draws.blank(limit, draws.happens(rng, np.where(active, 0.28, 0.39), count)),
    }


def _annuity(rng: Generator, credit: Columns, reported: Mask) -> Floats:
    """What is paid a month, reported for some clients and mostly 0 once a credit is closed."""
    count = len(reported)
    months = np.maximum((np.nan_to_num(credit["DAYS_CREDIT_ENDDATE"]) - credit["DAYS_CREDIT"]) / draws.DAYS_A_MONTH, 3)
    monthly = credit["AMT_CREDIT_SUM"] / np.minimum(months, 240) * rng.uniform(1, 1.5, count)
    none = draws.happens(rng, np.where(credit["CREDIT_ACTIVE"] == "Active", 0.27, 0.74), count)
    return draws.blank(np.where(none, 0, _money(monthly)), ~(reported & draws.happens(rng, 0.87, count)))


def _trouble(rng: Generator, credit: Columns, care: Floats) -> Columns:
    """Days and amounts overdue, today and at worst, and prolongations: the more, the less careful a client is."""
    count, active = len(care), credit["CREDIT_ACTIVE"] == "Active"
    past = np.nan_to_num(credit["DAYS_CREDIT_ENDDATE"], nan=1) < 0
    overdue = active & draws.happens(rng, 0.0025 * np.exp(-0.8 * care) * np.where(past, 6, 1), count)
    days = np.minimum(draws.from_quantiles(rng.random(count), known.OVERDUE_DAYS), -credit["DAYS_CREDIT"])
    ever = overdue | draws.happens(rng, np.minimum(0.2 * np.exp(-0.25 * care), 0.9), count)
    worst = _money(draws.from_quantiles(draws.related(rng, -0.1, care), known.MAX_OVERDUE))
    card = credit["CREDIT_TYPE"] == "Credit card"
    prolonged = draws.happens(rng, np.where(card, 0.014, 0.001) * np.exp(-0.4 * care), count)
    return {
        "CREDIT_DAY_OVERDUE": np.where(overdue, np.maximum(days, 1), 0).astype(int),
        "AMT_CREDIT_SUM_OVERDUE": np.where(overdue, _money(draws.from_quantiles(rng.random(count), known.OVERDUE)), 0),
        "AMT_CREDIT_MAX_OVERDUE": draws.blank(np.where(ever, worst, 0), draws.happens(rng, 0.66, count)),
        "CNT_CREDIT_PROLONG": np.where(prolonged, 1 + rng.binomial(4, 0.06, count), 0),
    }


def _money(amounts: Floats) -> Floats:
    return np.round(amounts / MONEY_STEP) * MONEY_STEP + 0.0
