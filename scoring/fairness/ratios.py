"""How often each group is granted credit, as a multiple of how often the best-treated group is."""

from collections.abc import Mapping, Sequence

from scipy.stats.contingency import relative_risk

UNKNOWN: Mapping[str, None] = {"value": None, "low": None, "high": None}


def approval_ratios(
    rates: Sequence[float | None], clients: Sequence[int], compared: Sequence[bool]
) -> list[dict[str, float | None]]:
    """Each group's approval rate over the highest of the groups to be compared: {"value", "low", "high"}.

    Of the groups of one attribute: their rates, how many clients these are of, and which are compared. null where a rate is, or
    nobody compared is granted anything; low and high, 95% (Katz et al., 1978), where the group is granted nothing. The best is
    taken as given, though it is picked as the highest: measured against itself, it has 1 and no doubt.
    """
    known = {place: rate for place, rate in enumerate(rates) if rate is not None}
    best = max((place for place in known if compared[place]), key=known.__getitem__, default=None)
    if best is None or known[best] == 0:
        return [{**UNKNOWN} for _ in rates]
    granted = {place: round(rate * clients[place]) for place, rate in known.items()}
    one = {"value": 1.0, "low": 1.0, "high": 1.0}
    others = {place: _ratio(granted[place], clients[place], granted[best], clients[best]) for place in known if place != best}
    return [{**one} if place == best else others.get(place, {**UNKNOWN}) for place in range(len(rates))]


def _ratio(granted: int, n: int, of_best: int, m: int) -> dict[str, float | None]:
    value = granted * m / (n * of_best)  # of whole numbers, so that four fifths are 0.8: 0.6 / 0.75 is less
    if not granted:
        return {"value": value, "low": None, "high": None}
    interval = relative_risk(granted, n, of_best, m).confidence_interval(0.95)
    return {"value": value, "low": float(interval.low), "high": float(interval.high)}
