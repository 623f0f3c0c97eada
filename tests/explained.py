"""What tests of explanations make by hand: reference profiles of five levels, and clients with the contributions they need."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.explaining.client import Client, Probability
from scoring.explaining.profile import Profile, read_profile
from scoring.explaining.reasons import Reason, Reasons

LEVELS = [0.1, 0.3, 0.5, 0.7, 0.9]
GROUPS = ("all", "granted", "refused")


def profile(columns: Mapping[str, Any], missing: Mapping[str, float] | None = None) -> Profile:
    """A profile of column -> group -> five quantiles or {label: share}; one of a kind without a group is every group's."""
    by_group = {
        name: told if isinstance(told, dict) and set(told) <= set(GROUPS) else dict.fromkeys(GROUPS, told)
        for name, told in columns.items()
    }
    document = {
        "clients": {"all": 1000, "granted": 700, "refused": 300},
        "levels": LEVELS,
        "columns": {
            name: {
                group: {"missing": (missing or {}).get(name, 0.0), "shares" if isinstance(told, dict) else "quantiles": told}
                for group, told in groups.items()
            }
            for name, groups in by_group.items()
        },
    }
    return read_profile(json.dumps(document).encode())


def around(median: float, low: float | None = None, high: float | None = None) -> list[float]:
    """Five quantiles, the middle one of them the median."""
    half, double = sorted((median / 2, median * 2))
    low, high = (half if low is None else low), (double if high is None else high)
    return [low, (low + median) / 2, median, (median + high) / 2, high]


def client(
    values: Mapping[str, Any],
    by_field: Mapping[str, float] | None = None,
    given: Mapping[str, float] | None = None,
    derived: Mapping[str, float] | None = None,
    probability: float = 0.2,
    refused: bool = True,
) -> Client:
    """A client of these values and `derived` columns, in which what isn't told contributes nothing."""
    columns = {name: _number(value) for name, value in values.items()} | dict(derived or {})
    fields = dict.fromkeys(values, 0.0) | dict(by_field or {})
    return Client(
        values=values,
        columns=columns,
        given=dict.fromkeys(columns, 0.0) | fields | dict(given or {}),
        by_field=fields,
        probability=probability,
        refused=refused,
    )


def _number(value: Any) -> float:
    """A value as it stands in the model's matrix, every label as 0."""
    if value is None:
        return float(np.nan)
    return 0.0 if isinstance(value, str) else float(value)


TYPICAL = {
    "AMT_CREDIT": 500.0,
    "AMT_ANNUITY": 50.0,
    "AMT_INCOME_TOTAL": 200.0,
    "EXT_SOURCE_1": 0.5,
    "EXT_SOURCE_2": 0.5,
    "DAYS_EMPLOYED": -2000.0,
    "DAYS_REGISTRATION": -4000.0,
    "DAYS_ID_PUBLISH": -3000.0,
    "OWN_CAR_AGE": 10.0,
    "REGION_RATING_CLIENT": 2.0,
    "DAYS_BIRTH": -15000.0,
    "CNT_CHILDREN": 0.0,
}
LABELS = {
    "NAME_INCOME_TYPE": {
        "granted": {"Working": 0.5, "Maternity leave": 0.1, "Pensioner": 0.4},
        "refused": {"Working": 0.6, "Maternity leave": 0.3, "Pensioner": 0.1},
        "all": {"Working": 0.55, "Maternity leave": 0.2, "Pensioner": 0.25},
    }
}
FIELDS = (*TYPICAL, *LABELS)


def towards_the_median(risky: Mapping[str, float]) -> Probability:
    """A PD of 0.2 that loses so much for each field of `risky` that isn't the client's 1 any more, but a median."""

    def probability(by_field: Mapping[str, Any]) -> NDArray[np.float64]:
        moved = [risk * (np.asarray(by_field[name], dtype=np.float64) != 1.0) for name, risk in risky.items()]
        return np.asarray(np.full(len(by_field["AMT_CREDIT"]), 0.2) - np.sum(moved, axis=0))

    return probability


def someone(contributions: Mapping[str, float], values: Mapping[str, Any] | None = None, **other: Any) -> Client:
    """A client of whom each number is 1, refused at a PD of 0.2."""
    told = dict.fromkeys(TYPICAL, 1.0) | {"NAME_INCOME_TYPE": "Working"} | dict(values or {})
    return client(told, contributions, **other)


def usual(risky: Mapping[str, float]) -> Profile:
    """A profile in which a 1 is what the refused have of a field that is risky, and what only the granted have of the others."""
    columns: dict[str, Any] = dict(LABELS)
    for name, median in TYPICAL.items():
        granted = around(median, low=min(1.0, 2 * median), high=max(1.0, median))
        refused = [1.0] * 5 if risky.get(name, 0.0) > 0 else [median] * 5
        columns[name] = {"all": around(median), "granted": granted, "refused": refused}
    return profile(columns)


def found(
    who: Client,
    risky: Mapping[str, float],
    columns: Sequence[str] = FIELDS,
    monotone: Mapping[str, int] | None = None,
    known: Profile | None = None,
) -> tuple[list[Reason], list[Reason]]:
    """The reasons of a client, against and in favour, whose median counterfactuals lose so much for each field of `risky`."""
    return Reasons(columns, monotone or {}, known or usual(risky), towards_the_median(risky)).of(who)


def codes(reasons: list[Reason]) -> list[str]:
    return [reason.code for reason in reasons]
