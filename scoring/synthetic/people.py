"""Who applies: age, sex, family, home, work, income, addresses."""

import numpy as np
from numpy.random import Generator

from scoring.fields import NOT_EMPLOYED
from scoring.synthetic import draws, marginals
from scoring.synthetic.draws import DAYS_A_YEAR, Column, Columns, Floats, Mask

_ADULT_YEARS, _SCHOOL_DAYS = 18, 14 * 365  # nobody works before 18; the first identity document comes at 14
_INCOME_BY_EDUCATION = {"Lower secondary": -0.1, "Incomplete higher": 0.12, "Higher education": 0.22, "Academic degree": 0.22}
_INCOME_BY_TYPE = {"Commercial associate": 0.13, "State servant": 0.03, "Pensioner": -0.1, "Businessman": 0.9}
_INCOME_BY_RATING = {"1": 0.3, "3": -0.06}


def people(rng: Generator, trust: Floats) -> Columns:
    """The columns about the person, (n,) each; `trust` (n,) is the standard normal that makes careful payers of some."""
    count = len(trust)
    years = draws.from_quantiles(rng.random(count), marginals.AGE_YEARS)
    pensioner = draws.happens(rng, np.interp(years, *marginals.PENSIONER_BY_AGE), count)
    person = _sex_and_family(rng, years) | _region(rng, trust) | _contacts(rng, pensioner) | _addresses(rng, pensioner)
    person |= _work(rng, years, pensioner, person["CODE_GENDER"], trust)
    person |= _dates(rng, years, trust)
    person["AMT_INCOME_TOTAL"] = _income(rng, person, years)
    return person | _belongings(rng, person["CODE_GENDER"], years)


def _sex_and_family(rng: Generator, years: Floats) -> Columns:
    count, bands = len(years), draws.band(years, marginals.AGE_BANDS)
    sex = np.where(draws.happens(rng, 0.48 - 0.006 * (years - 20), count), "M", "F").astype(object)
    sex[draws.happens(rng, 0.00002, count)] = "XNA"
    status = draws.labels_by(rng, bands, marginals.FAMILY_STATUS)
    children = draws.labels_by(rng, bands, marginals.CHILDREN).astype(int)
    children[(status == "Single / not married") & draws.happens(rng, 0.6, count)] = 0
    partner = np.isin(status.astype(str), ("Married", "Civil marriage"))
    return {
        "CODE_GENDER": sex,
        "NAME_FAMILY_STATUS": status,
        "CNT_CHILDREN": children,
        "CNT_FAM_MEMBERS": 1.0 + partner + children,
        "NAME_HOUSING_TYPE": draws.labels_by(rng, bands, marginals.HOUSING),
    }


def _work(rng: Generator, years: Floats, pensioner: Mask, sex: Column, trust: Floats) -> Columns:
    income_type = draws.labels_by(rng, np.where(pensioner, "pensioner", "employed"), marginals.INCOME_TYPE)
    standing = draws.related(rng, 0.5, 0.09 * (years - 44) + 0.2 * trust)
    days = np.minimum(draws.from_quantiles(standing, marginals.EMPLOYED_YEARS), years - _ADULT_YEARS) * DAYS_A_YEAR
    return {
        "NAME_INCOME_TYPE": income_type,
        "NAME_EDUCATION_TYPE": draws.labels_by(rng, income_type, marginals.EDUCATION),
        "DAYS_EMPLOYED": np.where(pensioner, NOT_EMPLOYED, -days.astype(int)),
        "OCCUPATION_TYPE": draws.unlabel(draws.labels_by(rng, sex, marginals.OCCUPATION), pensioner),
        "ORGANIZATION_TYPE": np.where(pensioner, "XNA", draws.labels_by(rng, income_type, marginals.ORGANISATION)),
    }


def _dates(rng: Generator, years: Floats, trust: Floats) -> Columns:
    life = np.floor(years * DAYS_A_YEAR)
    registered = life * draws.from_quantiles(rng.random(len(years)), marginals.REGISTRATION_SHARE_OF_LIFE)
    identity = np.minimum(draws.from_quantiles(rng.random(len(years)), marginals.ID_PUBLISH_DAYS), life - _SCHOOL_DAYS)
    phone = draws.from_quantiles(draws.related(rng, 0.25, trust), marginals.PHONE_CHANGE_DAYS)
    return {
        "DAYS_BIRTH": -life.astype(int),
        "DAYS_REGISTRATION": 0.0 - np.floor(registered),
        "DAYS_ID_PUBLISH": -identity.astype(int),
        "DAYS_LAST_PHONE_CHANGE": 0.0 - np.floor(phone),
    }


def _income(rng: Generator, person: Columns, years: Floats) -> Floats:
    centre = (
        11.8
        + draws.total(_INCOME_BY_EDUCATION, person["NAME_EDUCATION_TYPE"])
        + draws.total(_INCOME_BY_TYPE, person["NAME_INCOME_TYPE"])
        + draws.total(_INCOME_BY_RATING, person["REGION_RATING_CLIENT"].astype(str))
        + 0.18 * (person["CODE_GENDER"] == "M")
        - 0.004 * np.abs(years - 42)
    )
    income = np.exp(centre + 0.43 * rng.standard_normal(len(years)))
    step = np.where(draws.happens(rng, 0.75, len(years)), 22_500.0, 4_500.0)  # most people say a round figure
    return draws.steps(income, step, 27_000, 4_500_000)


def _belongings(rng: Generator, sex: Column, years: Floats) -> Columns:
    count = len(years)
    car = draws.happens(rng, np.where(sex == "M", 0.58, 0.25) - 0.006 * np.maximum(years - 45, 0), count)
    car_age = np.floor(draws.from_quantiles(rng.random(count), marginals.CAR_AGE_YEARS))
    return {
        "FLAG_OWN_CAR": np.where(car, "Y", "N"),
        "OWN_CAR_AGE": draws.blank(car_age, ~car),
        "FLAG_OWN_REALTY": np.where(draws.happens(rng, 0.69, count), "Y", "N"),
    }


def _region(rng: Generator, trust: Floats) -> Columns:
    rating = draws.labels_at(draws.related(rng, -0.4, trust), marginals.REGION_RATING).astype(int)
    population = np.array([draws.from_quantiles(rng.random(len(trust)), table) for table in marginals.POPULATION.values()])
    return {
        "REGION_RATING_CLIENT": rating,
        "REGION_RATING_CLIENT_W_CITY": draws.labels_by(rng, rating.astype(str), marginals.CITY_RATING).astype(int),
        "REGION_POPULATION_RELATIVE": np.round(population[rating - 1, np.arange(len(trust))], 4),
    }


def _contacts(rng: Generator, pensioner: Mask) -> Columns:
    shares = {"FLAG_MOBIL": 0.99999, "FLAG_CONT_MOBILE": 0.9984, "FLAG_PHONE": 0.28, "FLAG_EMAIL": 0.12}
    flags: Columns = {name: draws.happens(rng, share, len(pensioner)).astype(int) for name, share in shares.items()}
    at_work = draws.happens(rng, 0.245, len(pensioner)) & ~pensioner
    return flags | {"FLAG_EMP_PHONE": (~pensioner).astype(int), "FLAG_WORK_PHONE": at_work.astype(int)}


def _addresses(rng: Generator, pensioner: Mask) -> Columns:
    """Other cities, and in about a fifth of those cases other regions too: a region can't differ where the city doesn't."""
    city = draws.labels_by(rng, np.where(pensioner, "pensioner", "employed"), marginals.ADDRESS_PATTERNS)
    region = np.where(draws.happens(rng, 0.22, len(pensioner)), city, "000")
    return {
        pair.format(level): np.array([int(pattern[place]) for pattern in patterns])
        for level, patterns in (("REGION", region), ("CITY", city))
        for place, pair in enumerate(("REG_{0}_NOT_LIVE_{0}", "REG_{0}_NOT_WORK_{0}", "LIVE_{0}_NOT_WORK_{0}"))
    }
