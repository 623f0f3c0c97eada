"""What the model is given: which fields, which ratios of them, and the directions the business says they must follow."""

from collections.abc import Mapping

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

# A ratio of a monotone field follows it: more days employed means a DAYS_EMPLOYED further below 0 and a greater share of life.
MONOTONE: Mapping[str, int] = {
    **dict.fromkeys((*_SCORES, "EXT_SOURCE_MEAN", "EXT_SOURCE_MIN", "EXT_SOURCE_MAX"), -1),  # a better outside score never harms
    "PLAN_SCORE": -1,  # nor that of those who took the same plan
    "DAYS_EMPLOYED": 1,  # a longer employment never harms
    "EMPLOYED_TO_AGE": -1,
    "DEF_30_CNT_SOCIAL_CIRCLE": 1,  # fewer defaults around the client never harm
    "DEF_60_CNT_SOCIAL_CIRCLE": 1,
    "REGION_RATING_CLIENT": 1,  # 3 is the lender's worst rating
    "REGION_RATING_CLIENT_W_CITY": 1,
    "OWN_CAR_AGE": 1,  # a newer car never harms
}
