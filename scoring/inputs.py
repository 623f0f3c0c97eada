"""What the model is given: which fields, which ratios of them, and the directions the business says they must follow."""

from collections.abc import Mapping
from dataclasses import dataclass

from scoring.fields import FIELDS, NOT_EMPLOYED

MODEL_FIELDS: tuple[str, ...] = tuple(f.name for f in FIELDS if f.role == "model")

CATEGORIES: Mapping[str, tuple[str, ...]] = {f.name: f.allowed for f in FIELDS if f.role == "model" and f.type == "label"}

NUMBERS: tuple[str, ...] = tuple(name for name in MODEL_FIELDS if name not in CATEGORIES)

MISSING_CODES: Mapping[str, float] = {"DAYS_EMPLOYED": NOT_EMPLOYED}

_SCORES = ("EXT_SOURCE_1", "EXT_SOURCE_2", "EXT_SOURCE_3")

RATIOS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("EXT_SOURCE_MEAN", "mean", _SCORES),
    ("EXT_SOURCE_MIN", "min", _SCORES),
    ("EXT_SOURCE_MAX", "max", _SCORES),
    ("CREDIT_TO_ANNUITY", "ratio", ("AMT_CREDIT", "AMT_ANNUITY")),
    ("ANNUITY_TO_INCOME", "ratio", ("AMT_ANNUITY", "AMT_INCOME_TOTAL")),
    ("CREDIT_TO_INCOME", "ratio", ("AMT_CREDIT", "AMT_INCOME_TOTAL")),
    ("CREDIT_TO_GOODS", "ratio", ("AMT_CREDIT", "AMT_GOODS_PRICE")),
    ("INCOME_PER_MEMBER", "ratio", ("AMT_INCOME_TOTAL", "CNT_FAM_MEMBERS")),
    ("EMPLOYED_TO_AGE", "ratio", ("DAYS_EMPLOYED", "DAYS_BIRTH")),
    ("ID_PUBLISH_TO_AGE", "ratio", ("DAYS_ID_PUBLISH", "DAYS_BIRTH")),
    ("REGISTRATION_TO_AGE", "ratio", ("DAYS_REGISTRATION", "DAYS_BIRTH")),
)

LOCAL_MEANS: tuple[tuple[str, str, str, tuple[float, float, float]], ...] = (
    ("PLAN_SCORE", "CREDIT_TO_ANNUITY", "EXT_SOURCE_MEAN", (4.0, 46.0, 0.02)),
)


@dataclass(frozen=True, slots=True)
class Direction:
    """Columns of which more never lowers the probability of default (+1), or never raises it (-1), and why the lender says so."""

    columns: tuple[str, ...]
    sign: int
    reason: str


_LATE = ("COUNT", "SHARE", "1Y", "2Y")
# What is derived of a field that has a direction follows it: more days employed are a DAYS_EMPLOYED further below 0 and a greater
# share of life, a higher income is a lower share of it for the annuity.
DIRECTIONS: tuple[Direction, ...] = (
    Direction((*_SCORES, "EXT_SOURCE_MEAN", "EXT_SOURCE_MIN", "EXT_SOURCE_MAX"), -1, "a better external score never harms"),
    Direction(("PLAN_SCORE",), -1, "nor do better scores of those who took the same plan"),
    Direction(("DAYS_EMPLOYED",), 1, "a longer employment never harms (its days are negative)"),
    Direction(("EMPLOYED_TO_AGE",), -1, "nor does a greater share of life in the same job"),
    Direction(("AMT_INCOME_TOTAL", "INCOME_PER_MEMBER"), -1, "a higher income never harms"),
    Direction(("ANNUITY_TO_INCOME", "CREDIT_TO_INCOME"), 1, "a loan that takes less of the income never harms"),
    Direction(("DEF_30_CNT_SOCIAL_CIRCLE", "DEF_60_CNT_SOCIAL_CIRCLE"), 1, "fewer defaults around the client never harm"),
    Direction(("REGION_RATING_CLIENT", "REGION_RATING_CLIENT_W_CITY"), 1, "3 is the lender's worst rating of a region"),
    Direction(("OWN_CAR_AGE",), 1, "a newer car never harms"),
    Direction(
        ("BUREAU_BAD_COUNT", "BUREAU_OVERDUE_TOTAL", "BUREAU_OVERDUE_COUNT", "BUREAU_MAX_OVERDUE_MAX", "BUREAU_MAX_OVERDUE_MEAN"),
        1,
        "less overdue or written off at other lenders never harms",
    ),
    Direction(
        (*(f"POS_LATE_{name}" for name in _LATE), "POS_DAYS_LATE_MAX", "CARD_LATE_COUNT", "CARD_DAYS_LATE_MAX"),
        1,
        "having paid this lender late less often never harms",
    ),
    Direction(
        tuple(f"PREVIOUS_REFUSED_{name}" for name in _LATE), 1, "having been refused by this lender less often never harms"
    ),
)
"""The business's directions: the one list of them."""

MONOTONE: Mapping[str, int] = {column: direction.sign for direction in DIRECTIONS for column in direction.columns}
