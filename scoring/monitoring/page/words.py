"""The page's figures as a person reads them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scoring.monitoring.costs import KEEP, TOO_FEW, UNTOLD

Figures = Mapping[str, Any]

NONE = "–"
MOST_NAMED = 8
LATENCY = {"p50": "median", "p95": "95% are below", "p99": "99% are below"}


def percent(share: float | None, digits: int = 1) -> str:
    return NONE if share is None else f"{share:.{digits}%}"


def number(value: float | None, digits: int = 0) -> str:
    return NONE if value is None else f"{value:,.{digits}f}"


def counted(many: int, noun: str) -> str:
    """So many of what a noun names: 1 decision, 2 decisions."""
    return f"{many:,} {noun}{'' if many == 1 else 's'}"


def milliseconds(value: float | None) -> str:
    """To a microsecond where they are few."""
    if value is None:
        return NONE
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def percents(estimate: Figures | None, digits: int = 1) -> str:
    """An estimate of a share with its interval."""
    return _within(estimate, lambda value: percent(value, digits))


def numbers(estimate: Figures | None, digits: int = 3) -> str:
    """An estimate with its interval."""
    return _within(estimate, lambda value: number(value, digits))


def between(values: Sequence[float | None], form: Any) -> str:
    """From the least to the greatest of those that are there."""
    known = [value for value in values if value is not None]
    return f"{form(min(known))} to {form(max(known))}" if known else "no value"


def listed(found: Mapping[str, int]) -> str:
    """Names with their numbers, the most frequent first; of many the rest together."""
    first, rest = most_frequent(found)
    texts = [f"{name} ({found[name]:,})" for name in first]
    return ", ".join(texts + ([f"{len(rest):,} more ({sum(found[name] for name in rest):,})"] if rest else [])) or "none"


def most_frequent(found: Mapping[str, int]) -> tuple[list[str], list[str]]:
    """Up to MOST_NAMED names, the most frequent first, and the others."""
    names = sorted(found, key=lambda name: -found[name])
    return names[:MOST_NAMED], names[MOST_NAMED:]


def named(figures: Figures) -> Iterator[tuple[str, Figures]]:
    """Every period's name and figures, and the whole's."""
    yield from ((row["period"], row) for row in figures["periods"])
    yield "all", figures["whole"]


def threshold_line(threshold: Figures) -> str:
    """Whether the threshold stays, as outcomes have it; of all cohorts together since when, too."""
    last = threshold.get("last_verdict")
    since = f" since the cohort of {threshold['since']}" if last == threshold["verdict"] else ""
    if threshold["verdict"] == TOO_FEW:
        return "too few outcomes of this model's decisions to tell"
    if threshold["verdict"] == UNTOLD:
        return f"no threshold can be told: outcomes don't show that who has a higher PD defaults more often{since}"
    asks = f"outcomes now ask for a threshold of {percents(threshold['asked'])}; {percent(threshold['used'])} is "
    if threshold["verdict"] == KEEP:
        return asks + "among what they allow: it stays"
    but = ", though the last cohort that can tell allows it" if last == KEEP else ""
    return f"{asks}used: another one{since}{but}"


def as_expected(realised: Figures, name: str) -> str:
    """How a realised figure lies to the interval that was expected of it."""
    inside, found, foreseen = realised["as_expected"][name], realised[name], realised["expected"][name]
    if inside is None:
        return "nothing to hold it against"
    return "as expected" if inside else "more than expected" if found["value"] > foreseen["value"] else "less than expected"


def _within(estimate: Figures | None, form: Any) -> str:
    return NONE if estimate is None else f"{form(estimate['value'])} ({form(estimate['low'])} to {form(estimate['high'])})"
