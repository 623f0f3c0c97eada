"""What is asked for, and what the lender sees around it: the loan, its documents, the visit, the enquiries, the circle."""

import numpy as np
from numpy.random import Generator

from scoring.synthetic import draws, marginals
from scoring.synthetic.draws import Column, Columns, Floats

MONEY_STEP = 4.5
"""Kaggle's amounts are whole multiples of it."""
_LEAST, _MOST = 45_000.0, 4_050_000.0
_ENQUIRIES = {  # mean and variance of the counts
    "HOUR": (0.0064, 0.007),
    "DAY": (0.0075, 0.012),
    "WEEK": (0.035, 0.042),
    "MON": (0.26, 0.75),
    "QRT": (0.27, 0.4),
    "YEAR": (1.9, 3.5),
}


def loans(rng: Generator, person: Columns, trust: Floats, no_bureau: Column) -> Columns:
    """The columns about the loan and its application, (n,) each; `no_bureau` (n,) is true where the bureau was not asked."""
    count = len(trust)
    revolving = draws.labels_by(rng, draws.band(-person["DAYS_BIRTH"] / draws.DAYS_A_YEAR, (30,)), marginals.CONTRACT)
    is_revolving = revolving == "Revolving loans"
    situation = np.where(person["NAME_INCOME_TYPE"] == "Pensioner", "cash pensioner", "cash employed").astype(object)
    situation[is_revolving] = "revolving"
    hour = np.clip(np.round(rng.normal(12.07, 3.25, count)), 0, 23).astype(int)
    return (
        {"NAME_CONTRACT_TYPE": revolving, "HOUR_APPR_PROCESS_START": hour}
        | _amounts(rng, person["AMT_INCOME_TOTAL"], is_revolving, trust)
        | {"NAME_TYPE_SUITE": draws.labels(rng, marginals.COMPANY, count)}
        | {"WEEKDAY_APPR_PROCESS_START": draws.labels(rng, marginals.WEEKDAY, count)}
        | _documents(rng, situation)
        | _enquiries(rng, no_bureau)
        | _circle(rng, trust)
    )


def _amounts(rng: Generator, income: Floats, is_revolving: Column, trust: Floats) -> Columns:
    """Goods, credit and annuity: a cash loan buys goods and often its own insurance, a card's annuity is 5% of its limit."""
    count = len(income)
    wish = np.where(is_revolving, 12.45, 12.86) + 0.55 * (np.log(income) - 11.95) + 0.06 * trust
    goods = np.exp(wish + np.where(is_revolving, 0.45, 0.66) * rng.standard_normal(count))
    step = np.where(draws.happens(rng, 0.58, count), 45_000.0, 4_500.0)
    goods = draws.steps(goods, step, _LEAST, _MOST)
    insured = ~is_revolving & draws.happens(rng, 0.65, count)
    ratio = np.where(insured, draws.from_quantiles(draws.related(rng, -0.1, trust), marginals.CREDIT_OVER_GOODS), 1.0)
    credit = draws.steps(goods * ratio, MONEY_STEP, _LEAST, _MOST)
    return {
        "AMT_GOODS_PRICE": draws.blank(goods, is_revolving & draws.happens(rng, 0.01, count)),
        "AMT_CREDIT": credit,
        "AMT_ANNUITY": draws.steps(np.where(is_revolving, credit / 20, _repayment(rng, credit, trust)), MONEY_STEP, 1_620, _MOST),
    }


def _repayment(rng: Generator, credit: Floats, trust: Floats) -> Floats:
    """The constant monthly repayment of a term and a tariff; short terms go with small loans, cheap tariffs with trust."""
    size = (np.log(credit) - 13) / 0.7
    months = draws.labels_at(draws.related(rng, 0.65, size), marginals.TERM_MONTHS).astype(float)
    tariff = np.clip(np.round(2 - 1.1 * trust + 0.8 * rng.standard_normal(len(credit))), 0, 4).astype(int)
    monthly = np.array(marginals.YEARLY_RATES)[tariff] / 12
    return np.asarray(credit * monthly / (1 - (1 + monthly) ** -months))


def _documents(rng: Generator, situation: Column) -> Columns:
    given = draws.labels_by(rng, situation, marginals.DOCUMENT)
    return {f"FLAG_DOCUMENT_{number}": (given == str(number)).astype(int) for number in range(2, 22)}


def _enquiries(rng: Generator, no_bureau: Column) -> Columns:
    return {
        f"AMT_REQ_CREDIT_BUREAU_{period}": draws.blank(_counts(rng, mean, variance, len(no_bureau)), no_bureau)
        for period, (mean, variance) in _ENQUIRIES.items()
    }


def _circle(rng: Generator, trust: Floats) -> Columns:
    """Observed at 60 days are nearly all who were at 30; who defaulted was observed."""
    unknown = draws.happens(rng, 0.003, len(trust))
    observed = _counts(rng, 1.42, 5.2, len(trust))
    late = rng.binomial(observed, np.clip(0.1 * np.exp(-0.25 * trust), 0, 0.6))
    later = rng.binomial(late, 0.7)
    columns = {"OBS_30": observed, "DEF_30": late, "OBS_60": np.maximum(rng.binomial(observed, 0.99), later), "DEF_60": later}
    return {f"{name}_CNT_SOCIAL_CIRCLE": draws.blank(values, unknown) for name, values in columns.items()}


def _counts(rng: Generator, mean: float, variance: float, count: int) -> Column:
    """Negative binomial: counts whose variance is above their mean."""
    return rng.negative_binomial(mean**2 / (variance - mean), mean / variance, count)
