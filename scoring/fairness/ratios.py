"""How often each group is granted credit, as a multiple of how often the best-treated group is."""

from collections.abc import Mapping, Sequence
from typing import Any

from scipy.stats.contingency import relative_risk

UNKNOWN: Mapping[str, None] = {"value": None, "low": None, "high": None}


def approval_ratios(found: Sequence[Mapping[str, Any]], *, least_clients: int) -> list[dict[str, float | None]]:
    """Each group's approval rate over the highest of a group of `least_clients` or more: {"value", "low", "high"}.

    `found`: the groups of one attribute, with their "clients" and "approval_rate". null where a rate is, or no group is as large;
    low and high, 95% (Katz et al., 1978), where nobody is granted anything. Measured against itself, a group has 1 and no doubt.
    """
    known = [one for one in found if one["approval_rate"]["value"] is not None]
    compared = [one for one in known if one["clients"] >= least_clients]
    best = max(compared, key=_rate, default=None)
    if best is None or _rate(best) == 0:
        return [{**UNKNOWN} for _ in found]
    return [_ratio(one, best) if one in known else {**UNKNOWN} for one in found]


def _rate(one: Mapping[str, Any]) -> float:
    return float(one["approval_rate"]["value"])


def _ratio(one: Mapping[str, Any], best: Mapping[str, Any]) -> dict[str, float | None]:
    n, m = one["clients"], best["clients"]
    granted, of_best = round(_rate(one) * n), round(_rate(best) * m)
    value = granted * m / (n * of_best)  # of whole numbers, so that four fifths are 0.8: 0.6 / 0.75 is less
    if one is best:
        return {"value": value, "low": value, "high": value}
    if not granted:
        return {"value": value, "low": None, "high": None}
    interval = relative_risk(granted, n, of_best, m).confidence_interval(0.95)
    return {"value": value, "low": float(interval.low), "high": float(interval.high)}
