"""What the generator knows of Home Credit's applications: shares and quantiles of whole columns, rounded, never a row.

Read off Kaggle's labelled and test applications as aggregates of 74,000 clients. A share table is scaled to sum to 1; None in it
is a missing value.
"""

from collections.abc import Mapping

from scoring import fields

Shares = Mapping[str | None, float]
Quantiles = tuple[float, ...]

PROBABILITIES = (0, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1)
"""Where every quantile table is read."""

AGE_YEARS = (20.6, 26, 34.2, 43.2, 53.9, 63.5, 66.5, 68.9)
EMPLOYED_YEARS = (0, 0.5, 2.3, 4.7, 9, 21, 33, 46)
REGISTRATION_SHARE_OF_LIFE = (0, 0.02, 0.13, 0.3, 0.47, 0.7, 0.85, 1)
ID_PUBLISH_DAYS = (0, 380, 1700, 3250, 4300, 4950, 5500, 6300)
PHONE_CHANGE_DAYS = (0, 0, 270, 770, 1560, 2520, 3200, 4100)
CAR_AGE_YEARS = (0, 1, 5, 9, 15, 30, 64, 70)
CREDIT_OVER_GOODS = (1.03, 1.05, 1.11, 1.14, 1.2, 1.33, 1.5, 1.7)
POPULATION: Mapping[str, Quantiles] = {  # by the region's rating
    "1": (0.006, 0.012, 0.031, 0.046, 0.072, 0.0725, 0.0725, 0.0725),
    "2": (0.001, 0.005, 0.01, 0.019, 0.029, 0.036, 0.046, 0.046),
    "3": (0.0005, 0.002, 0.01, 0.018, 0.02, 0.021, 0.03, 0.03),
}
EXTERNAL_SCORES: Mapping[str, Quantiles] = {
    "EXT_SOURCE_1": (0.015, 0.16, 0.34, 0.51, 0.67, 0.82, 0.88, 0.96),
    "EXT_SOURCE_2": (0, 0.15, 0.4, 0.56, 0.66, 0.75, 0.79, 0.855),
    "EXT_SOURCE_3": (0.001, 0.16, 0.37, 0.52, 0.66, 0.78, 0.83, 0.9),
}


def _table(labels: str, rows: Mapping[str, tuple[float, ...]]) -> Mapping[str, Shares]:
    """One share table a row, over the same labels."""
    return {row: dict(zip(labels.split("|"), shares, strict=True)) for row, shares in rows.items()}


PENSIONER_BY_AGE = ((20, 40, 45, 50, 55, 60, 65, 69), (0.003, 0.007, 0.02, 0.06, 0.35, 0.8, 0.88, 0.92))
INCOME_TYPE = _table(
    "Working|Commercial associate|State servant|Pensioner|Student|Businessman|Maternity leave|Unemployed",
    {"employed": (63.4, 28, 8.5, 0, 0.01, 0.01, 0.005, 0), "pensioner": (0, 0, 0, 99.96, 0, 0, 0, 0.04)},
)
EDUCATION = _table(
    "Lower secondary|Secondary / secondary special|Incomplete higher|Higher education|Academic degree",
    {
        "Commercial associate": (0.8, 61, 5, 33, 0.1),
        "State servant": (0.3, 54, 4, 42, 0.1),
        "Pensioner": (2, 81, 1, 16, 0.1),
        "": (1.2, 73, 3.5, 22.5, 0.1),
    },
)
AGE_BANDS = (30, 40, 50, 60)
FAMILY_STATUS = _table(  # by age band
    "Married|Civil marriage|Single / not married|Separated|Widow",
    {
        "0": (52, 12, 33, 3, 0.2),
        "1": (71, 10, 13, 5, 1),
        "2": (70, 10, 11, 8, 3),
        "3": (67, 7, 10, 8, 8),
        "4": (58, 5, 11, 6, 19),
    },
)
CHILDREN = _table(  # by age band
    "0|1|2|3|4|5",
    {
        "0": (60, 30, 9, 0.8, 0.05, 0.01),
        "1": (41, 34, 21, 3.2, 0.3, 0.05),
        "2": (65, 26, 8, 1.2, 0.15, 0.03),
        "3": (94, 5, 0.8, 0.1, 0.02, 0),
        "4": (98.9, 0.8, 0.2, 0, 0, 0),
    },
)
HOUSING = _table(  # by age band
    "House / apartment|With parents|Municipal apartment|Rented apartment|Office apartment|Co-op apartment",
    {"0": (78, 14, 3.5, 2.6, 1, 0.6), "": (90.5, 3, 3.8, 1.4, 0.8, 0.4)},
)
OCCUPATION: Mapping[str, Shares] = {
    "F": {
        None: 19, "Sales staff": 18, "Laborers": 14, "Core staff": 14, "Managers": 8, "Accountants": 6, "Medicine staff": 5,
        "High skill tech staff": 4.6, "Cooking staff": 3, "Cleaning staff": 2.4, "Private service staff": 1.7,
        "Security staff": 1.2, "Secretaries": 0.8, "Waiters/barmen staff": 0.6, "Drivers": 0.6, "Realty agents": 0.5,
        "HR staff": 0.3, "Low-skill Laborers": 0.2, "IT staff": 0.1,
    },
    "": {
        None: 12, "Laborers": 35, "Drivers": 19, "Managers": 11, "Core staff": 6, "Security staff": 4.6, "Sales staff": 4,
        "High skill tech staff": 4.3, "Low-skill Laborers": 1.8, "Cooking staff": 0.7, "IT staff": 0.4, "Accountants": 0.4,
        "Cleaning staff": 0.4, "Medicine staff": 0.3, "Waiters/barmen staff": 0.2, "Private service staff": 0.2,
    },
}  # fmt: skip


def _with_the_rest(main: Mapping[str | None, float], rest: float) -> Shares:
    """The main organisations' shares, and `rest` spread evenly over the others of the field table."""
    others = [name for name in fields.BY_NAME["ORGANIZATION_TYPE"].allowed if name not in main and name != "XNA"]
    return {**main, **dict.fromkeys(others, rest / len(others))}


ORGANISATION: Mapping[str, Shares] = {
    "State servant": _with_the_rest(
        {"Medicine": 15, "Government": 14, "Other": 13, "School": 12, "Military": 8, "Kindergarten": 8, "Police": 7}, 20
    ),
    "": _with_the_rest(
        {
            "Business Entity Type 3": 29, "Self-employed": 16, "Other": 6, "Business Entity Type 2": 4, "Medicine": 3.5,
            "Government": 3, "Trade: type 7": 3, "Construction": 2.6, "Business Entity Type 1": 2.5, "School": 2.5,
            "Transport: type 4": 2.2, "Kindergarten": 2, "Industry: type 3": 1.5, "Trade: type 3": 1.5, "Security": 1.3,
        },
        18,
    ),
}  # fmt: skip
REGION_RATING: Shares = {"1": 11.5, "2": 72.9, "3": 15.6}
CITY_RATING = _table("1|2|3", {"1": (1, 0, 0), "2": (0.007, 0.993, 0), "3": (0.02, 0.09, 0.89)})
CONTRACT: Mapping[str, Shares] = _table("Cash loans|Revolving loans", {"0": (93, 7), "": (96, 4)})
ADDRESS_PATTERNS = _table(  # registered elsewhere than living, registered elsewhere than working, living elsewhere than working
    "000|011|110|111|100|101", {"employed": (71, 19.5, 6.8, 1.5, 0.6, 0.5), "pensioner": (97.5, 0, 0, 0, 2.5, 0)}
)
COMPANY: Shares = {
    "Unaccompanied": 80.7, "Family": 13, "Spouse, partner": 3.9, "Children": 1.1, "Other_B": 0.6, "Other_A": 0.3,
    "Group of people": 0.1, None: 0.4,
}  # fmt: skip
WEEKDAY: Shares = {
    "MONDAY": 16.5, "TUESDAY": 16.9, "WEDNESDAY": 16.7, "THURSDAY": 17.1, "FRIDAY": 16.4, "SATURDAY": 11.2, "SUNDAY": 5.2,
}  # fmt: skip
TERM_MONTHS: Shares = {"12": 24, "18": 18, "24": 24, "30": 12, "36": 13, "42": 5, "48": 4, "54": 2, "60": 3}
YEARLY_RATES = (0.13, 0.17, 0.21, 0.26, 0.32)
"""The tariffs, cheapest first; a lender offers the cheap ones to those it trusts."""
DOCUMENT: Mapping[str, Shares] = {  # the one document given: its number, "0" for none
    "cash employed": {"3": 85, "8": 10.5, "5": 1.5, "6": 0.8, "0": 1, "9": 0.5, "16": 0.4, "18": 0.4, "11": 0.2, "13": 0.1},
    "cash pensioner": {"3": 53, "6": 44.5, "8": 1.2, "5": 1.2, "0": 0.1},
    "revolving": {"0": 91, "3": 4, "5": 2, "11": 1, "18": 0.9, "8": 0.9, "13": 0.3, "14": 0.2, "21": 0.3, "7": 0.2, "9": 0.2},
}
