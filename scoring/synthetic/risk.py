"""Who repays: the external scores and the outcome."""

import numpy as np
from numpy.random import Generator
from scipy.special import expit

from scoring.fields import NOT_EMPLOYED
from scoring.synthetic import draws, marginals
from scoring.synthetic.draws import DAYS_A_YEAR, Columns, Floats, Mask

_INTERCEPT = 0.82
_BY_EDUCATION = {"Lower secondary": 0.3, "Higher education": -0.4, "Academic degree": -0.4}
_BY_HOUSING = {"Rented apartment": 0.25, "With parents": 0.15}
# How closely each score follows trust and age: correlations of normals, so each pair's squares sum to less than 1.
_FOLLOWS = {"EXT_SOURCE_1": (0.3, 0.6), "EXT_SOURCE_2": (0.55, 0.1), "EXT_SOURCE_3": (0.35, 0.2)}


def external_scores(rng: Generator, trust: Floats, years: Floats) -> Columns:
    """Three scores between 0 and 1, (n,) each, none missing yet: high is good, and they rise with trust and with age."""
    age = (years - 44) / 12
    scores: Columns = {}
    for name, (by_trust, by_age) in _FOLLOWS.items():
        strength = float(np.hypot(by_trust, by_age))
        u = draws.related(rng, strength, (by_trust * trust + by_age * age) / strength)
        scores[name] = np.round(draws.from_quantiles(u, marginals.EXTERNAL_SCORES[name]), 9)
    return scores


def hide_scores(rng: Generator, scores: Columns, no_bureau: Mask) -> Columns:
    """The scores as the lender sees them: who was not looked up at the bureau has no third score, and others lack it too."""
    count = len(no_bureau)
    hidden = {
        "EXT_SOURCE_1": draws.happens(rng, 0.47, count),
        "EXT_SOURCE_2": draws.happens(rng, 0.0015, count),
        "EXT_SOURCE_3": no_bureau | draws.happens(rng, 0.068, count),
    }
    return {name: draws.blank(values, hidden[name]) for name, values in scores.items()}


def default_probability(client: Columns, scores: Columns) -> Floats:
    """(n,) the true probability of TARGET = 1: a logistic model of plausible drivers; sex and family status are none of them."""
    works = client["DAYS_EMPLOYED"] != NOT_EMPLOYED
    employed = np.where(works, -client["DAYS_EMPLOYED"] / DAYS_A_YEAR, 0.0)
    log_odds = (
        _INTERCEPT
        - 2.0 * scores["EXT_SOURCE_1"]
        - 2.4 * scores["EXT_SOURCE_2"]
        - 2.9 * scores["EXT_SOURCE_3"]
        - 0.045 * np.minimum(employed, 15)
        - 0.5 * ~works
        + _of_the_loan(client)
        + draws.total(_BY_EDUCATION, client["NAME_EDUCATION_TYPE"])
        + draws.total(_BY_HOUSING, client["NAME_HOUSING_TYPE"])
        + 0.25 * (client["REGION_RATING_CLIENT_W_CITY"] - 2)
        + 0.17 * client["REG_CITY_NOT_LIVE_CITY"]
        - 0.25 * (client["FLAG_OWN_CAR"] == "Y")
        + 0.22 * np.nan_to_num(client["DEF_30_CNT_SOCIAL_CIRCLE"])
        + 0.00004 * client["DAYS_LAST_PHONE_CHANGE"]
        + 0.00004 * client["DAYS_ID_PUBLISH"]
    )
    return np.asarray(expit(log_odds))


def _of_the_loan(client: Columns) -> Floats:
    """What the loan adds to the log-odds: its weight in the income, its insurance, its kind, its document."""
    burden = np.minimum(client["AMT_ANNUITY"] / client["AMT_INCOME_TOTAL"], 0.6)
    insured = client["AMT_CREDIT"] / np.where(
        np.isnan(client["AMT_GOODS_PRICE"]), client["AMT_CREDIT"], client["AMT_GOODS_PRICE"]
    )
    revolving = client["NAME_CONTRACT_TYPE"] == "Revolving loans"
    return np.asarray(1.2 * burden + 1.3 * (insured - 1) - 0.15 * revolving + 0.1 * client["FLAG_DOCUMENT_3"])
