"""Earlier applications: the tariff, the term and the amounts."""

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator
from scipy.special import ndtr

from scoring.synthetic import draws
from scoring.synthetic.draws import Column, Columns, Floats, Mask
from scoring.synthetic.marginals import Quantiles, Shares

_GROUPS = ("low_action", "low_normal", "middle", "high")  # dearer and dearer
_YIELD: Mapping[str, Shares] = {
    name: dict(zip(_GROUPS, shares, strict=True))
    for name, shares in {
        "mobile": (0.5, 17, 16, 66),
        "household": (16, 26, 37, 21),
        "industry": (8, 44, 38, 10),
        "other": (6, 34, 47, 13),
        "": (4, 29, 40, 27),  # cash
    }.items()
}
_YEARLY_RATES: Mapping[str, tuple[float, ...]] = {
    "low_action": (0.08, 0.1, 0.18),
    "low_normal": (0.21, 0.235, 0.29),
    "middle": (0.33, 0.37, 0.41, 0.46),
    "high": (0.55, 0.65, 0.71, 0.77),
    "cash low_action": (0.18, 0.2),
    "cash low_normal": (0.22, 0.25, 0.3),
    "cash middle": (0.35, 0.405, 0.46),
    "cash high": (0.555, 0.585, 0.71),
}
_MONTHS: Mapping[str, Shares] = {
    "low_action": {"4": 3.5, "6": 4.5, "10": 3, "12": 30, "18": 2.5, "20": 0.8, "24": 54},
    "low_normal": {"4": 4.6, "5": 1, "6": 17, "8": 2.5, "9": 0.5, "10": 40, "12": 20, "16": 0.5, "18": 5, "24": 6, "36": 2.5},
    "middle": {"3": 0.5, "4": 5.1, "5": 0.6, "6": 26, "8": 2.5, "10": 12.6, "12": 41, "16": 1.1, "18": 5.4, "24": 3.7},
    "high": {"4": 1.8, "6": 33, "8": 8.4, "10": 15, "12": 34, "14": 2.9, "16": 0.9, "18": 1.5, "24": 1.7},
    "cash low_action": {"12": 6.5, "18": 3, "24": 9.5, "30": 1.3, "36": 16, "42": 1.4, "48": 13, "60": 49},
    "cash low_normal": {"6": 2.3, "12": 13, "18": 9, "24": 16, "30": 3, "36": 17, "42": 2, "48": 12, "54": 1, "60": 25},
    "cash middle": {"6": 6.4, "12": 24, "18": 13, "24": 18, "30": 3.7, "36": 16, "42": 1.8, "48": 13, "60": 3.3},
    "cash high": {"6": 12.5, "12": 35, "18": 16, "24": 20, "30": 2.5, "36": 10.5, "42": 0.5, "48": 3.6},
}
_ASKED: Mapping[str, Quantiles] = {
    "mobile": (5_000, 14_000, 25_000, 37_000, 60_000, 110_000, 170_000, 500_000),
    "household": (6_000, 27_000, 50_000, 82_000, 127_000, 240_000, 400_000, 1_200_000),
    "industry": (8_000, 30_000, 65_000, 110_000, 175_000, 380_000, 650_000, 2_500_000),
    "other": (6_000, 25_000, 50_000, 87_000, 150_000, 350_000, 600_000, 1_500_000),
    "": (45_000, 54_000, 135_000, 260_000, 495_000, 1_200_000, 1_700_000, 3_150_000),
}
_LIMIT: Shares = {
    "45000": 24, "67500": 4, "90000": 8, "112500": 4, "135000": 10, "157500": 3, "180000": 13, "202500": 3, "225000": 7,
    "270000": 6, "337500": 2, "450000": 10, "765000": 3, "900000": 2.5,
}  # fmt: skip
_DOWN_SHARE = (0, 0, 0, 0.03, 0.1, 0.31, 0.5, 0.75)
_CREDIT_OVER_PRICE = (1, 1, 1, 1.05, 1.1, 1.2, 1.27, 1.45)
_CASH_OVER_PRICE = (1, 1, 1.06, 1.1, 1.17, 1.31, 1.42, 1.6)
_INSURED_FROM = 0.8, 0.22  # goods, cash: the share whose credit holds no insurance
_DOWN_RATE = 1.089
"""RATE_DOWN_PAYMENT is the payment's share of price and credit, times this, in all of Kaggle's rows."""
_PRIMARY = (0.06, 0.142, 0.161, 0.189, 0.193, 0.197, 0.69, 0.74)
_PRIVILEGED: Shares = {"0.835": 32, "0.867": 19, "0.853": 17, "0.716": 15, "0.638": 10, "0.569": 2, "0.424": 2}


def tariff(rng: Generator, kind: Column, goods: Column, care: Floats, size: Floats) -> Columns:
    """Yield group, months and rate a year, (n,) each: cheaper for the careful, longer for more money; `goods` is "" for cash."""
    group = draws.each(draws.related(rng, -0.15, care), goods, _YIELD, draws.labels_at)
    table = np.where(kind == "Cash loans", "cash " + group, group)
    rates: dict[str, Shares] = {name: {str(rate): 1.0 for rate in of} for name, of in _YEARLY_RATES.items()}
    return {
        "group": group,
        "months": draws.each(draws.related(rng, 0.75, size), table, _MONTHS, draws.labels_at).astype(float),
        "rate": draws.each(rng.random(len(kind)), table, rates, draws.labels_at).astype(float),
    }


def amounts(rng: Generator, kind: Column, goods: Column, size: Floats, bare: Mask) -> Columns:
    """What was asked for, paid down and lent, (n,) each, by the standard normal `size`: none for a bare one but of goods."""
    count = len(kind)
    consumer, card = kind == "Consumer loans", kind == "Revolving loans"
    wish = draws.each(ndtr(size), goods, _ASKED, draws.from_quantiles).astype(float)
    asked = np.round(wish / np.where(consumer, 45, 4_500)) * np.where(consumer, 45.0, 4_500.0)
    asked[card] = draws.labels_at(ndtr(size), _LIMIT).astype(float)[card]
    down = np.round(asked * draws.from_quantiles(rng.random(count), _DOWN_SHARE) / 4.5) * 4.5
    down[~consumer | draws.happens(rng, 0.22, count)] = 0
    u = rng.random(count)
    over = np.where(consumer, draws.from_quantiles(u, _CREDIT_OVER_PRICE), draws.from_quantiles(u, _CASH_OVER_PRICE))
    lent = np.where(card, asked, np.round((asked - down) * over / 4.5) * 4.5)
    unasked = card & draws.happens(rng, 0.38, count)  # a card that the lender offers
    nothing = bare & ~consumer
    known = consumer & draws.happens(rng, 0.98, count) | (kind == "Cash loans") & ~bare & draws.happens(rng, 0.1, count)
    special = consumer & ~bare & draws.happens(rng, 0.01, count)
    return {
        "AMT_APPLICATION": np.where(nothing | unasked, 0.0, asked),
        "AMT_CREDIT": np.where(nothing, 0.0, lent),
        "AMT_GOODS_PRICE": draws.blank(asked, nothing | unasked),
        "AMT_DOWN_PAYMENT": draws.blank(down, ~known),
        "RATE_DOWN_PAYMENT": draws.blank(np.round(_DOWN_RATE * down / (down + lent), 9), ~known),
        "RATE_INTEREST_PRIMARY": draws.blank(draws.from_quantiles(rng.random(count), _PRIMARY).round(4), ~special),
        "RATE_INTEREST_PRIVILEGED": draws.blank(draws.labels(rng, _PRIVILEGED, count), ~special),
        "NFLAG_INSURED_ON_APPROVAL": (~card & (u > np.where(consumer, *_INSURED_FROM))).astype(float),
    }


def annuity(lent: Floats, rate: Floats, months: Floats) -> Floats:
    """(n,) the constant monthly repayment, in steps of 0.045."""
    monthly = rate / 12
    return np.asarray(np.round(lent * monthly / (1 - (1 + monthly) ** -months) / 0.045) * 0.045).round(3)
