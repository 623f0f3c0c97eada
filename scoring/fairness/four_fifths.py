"""The four-fifths rule: no group is granted credit less than 0.8 times as often as the group that is granted it most.

After the Uniform Guidelines on Employee Selection Procedures, 29 CFR 1607.4(D) (EEOC, 1978), written for hiring in the US: here a
rule of thumb for a release to stop at, not a test that the law on credit knows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any

LEAST_CLIENTS = 200
"""Of a group, for it to be compared with or held to the rule: a rate of fewer moves by several points by chance."""
LEAST_RATIO = 0.8
CHECKED = ("sex", "family_status")
"""Age is reported and not checked: the model is given it."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A group that is granted credit `ratio` times as often as `best`, the best-treated group of the same attribute."""

    attribute: str
    group: str
    ratio: float
    best: str


def breaches(measured: Mapping[str, Any]) -> list[Breach]:
    """What breaks the rule in what `scoring.fairness.measures.measure` found, in its order; [] if nothing does."""
    found = []
    for attribute in CHECKED:
        ratios = _ratios(measured, attribute)
        best = max(ratios, key=ratios.__getitem__, default="")
        found += [Breach(attribute, group, ratio, best) for group, ratio in ratios.items() if ratio < LEAST_RATIO]
    return found


def unchecked(measured: Mapping[str, Any]) -> list[str]:
    """The checked attributes of which nothing can be said: fewer than two groups are compared, or nobody is granted credit."""
    return [attribute for attribute in CHECKED if len(_ratios(measured, attribute)) < 2]


def lowest_ratios(measured: Mapping[str, Any]) -> dict[str, float]:
    """The lowest ratio of each attribute, checked or not, that has a group large enough."""
    found = {attribute: _ratios(measured, attribute) for attribute in measured["attributes"]}
    return {attribute: min(ratios.values()) for attribute, ratios in found.items() if ratios}


def in_words(breach: Breach) -> str:
    """One clause: family status 'Civil marriage' is granted 0.79 times as often as 'Widow'."""
    ratio = rounded_down(breach.ratio, 2)
    return f"{breach.attribute.replace('_', ' ')} {breach.group!r} is granted {ratio} times as often as {breach.best!r}"


def rounded_down(ratio: float, digits: int) -> str:
    """A ratio as it is to be read beside the line: 0.7999 is not the 0.80 that keeps the rule."""
    return str(Decimal(str(ratio)).quantize(Decimal(1).scaleb(-digits), ROUND_DOWN))


def _ratios(measured: Mapping[str, Any], attribute: str) -> dict[str, float]:
    return {
        one["group"]: one["approval_ratio"]["value"]
        for one in measured["attributes"][attribute]
        if one["clients"] >= LEAST_CLIENTS and one["approval_ratio"]["value"] is not None
    }
