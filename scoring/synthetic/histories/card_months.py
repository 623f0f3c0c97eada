"""What happens on a card from month to month: drawn, charged, paid; most cards fall asleep in the end."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from scoring.synthetic import draws
from scoring.synthetic.draws import Columns, Floats, Mask

_MONTHLY_INTEREST = 0.035
_MINIMUM = 0.05
_DRAWN_OVER_LIMIT = (0.0, 0.01, 0.03, 0.1, 0.28, 0.95, 1, 1)
_PAID_OVER_MINIMUM = (0.9, 1, 1, 1.05, 1.6, 8, 25, 60)
_ASLEEP_AFTER = (4, 6, 14, 36, 80, 100, 110, 120)  # months


@dataclass(frozen=True, slots=True)
class Cards:
    """Cards, (n,) each: `care` of who holds it, its `limit`, whether it is `used` at all, its `months` until now.

    From month `blocked` nothing is drawn on it any more.
    """

    care: Floats
    limit: Floats
    used: Mask
    months: Floats
    blocked: Floats


def card_months(rng: Generator, cards: Cards) -> Columns:
    """Name -> (months, n) amounts and counts of every card; those after a card's own months mean nothing."""
    count, months = len(cards.care), int(cards.months.max(initial=0))
    asleep = np.where(cards.used, draws.from_quantiles(draws.related(rng, -0.2, cards.care), _ASLEEP_AFTER), 0)
    stuck = np.where(draws.happens(rng, 0.03 * np.exp(-0.7 * cards.care), count), np.ceil(rng.random(count) * 24), np.inf)
    state = {"balance": np.zeros(count), "dpd": np.zeros(count)}
    rows = []
    for month in range(months):
        state = _month(rng, cards, state, month, month < np.minimum(asleep, cards.blocked), month >= stuck)
        rows.append(state)
    return {name: np.array([row[name] for row in rows]).reshape(months, count) for name in (rows or [state])[0]}


def _month(rng: Generator, cards: Cards, before: Columns, month: int, awake: Mask, stuck: Mask) -> Columns:
    count, owed = len(cards.care), before["balance"]
    least = np.where(owed > 0, np.minimum(np.maximum(_MINIMUM * owed, 225), owed), 0).round(3)
    times = np.where(awake, draws.from_quantiles(draws.related(rng, 0.3, cards.care), _PAID_OVER_MINIMUM), 12)
    missed = stuck | draws.happens(rng, np.minimum(0.03 * np.exp(-0.6 * cards.care), 0.5), count)
    due = np.round(owed * (1 + _MONTHLY_INTEREST), 3)
    paid = np.where(missed, 0, np.minimum(np.round(least * times / 4.5) * 4.5, due))
    paid = np.where((due - paid < 450) & (paid > 0), due, paid)  # nobody leaves small change
    eager = np.clip((0.28 + 0.55 * np.exp(-month / 4)) * np.exp(-0.2 * cards.care), 0, 0.95)
    wish = draws.from_quantiles(draws.related(rng, -0.15, cards.care), _DRAWN_OVER_LIMIT) * cards.limit
    drawing = awake & ~stuck & draws.happens(rng, eager, count)
    drawn = np.floor(np.where(drawing, np.clip(wish, 0, np.maximum(cards.limit - due + paid, 0)), 0) / 45) * 45
    atm = drawn * draws.happens(rng, 0.6, count)
    other = (drawn - atm) * draws.happens(rng, 0.03, count)
    return {
        "balance": np.round(due - paid + drawn, 3) * ~stuck + stuck * owed,
        "least": least,
        "paid": paid,
        "dpd": np.where(missed & (owed > 0), np.where(stuck, before["dpd"] + 30, 1), 0),
        "atm": atm,
        "other": other,
        "pos": drawn - atm - other,
        "n_atm": rng.geometric(0.5, count) * (atm > 0),
        "n_other": rng.geometric(0.8, count) * (other > 0),
        "n_pos": rng.geometric(0.18, count) * (drawn - atm - other > 0),
    }
