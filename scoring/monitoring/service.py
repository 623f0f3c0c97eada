"""What the service did: how many decisions, which way, how sure, how fast, by which model, and what people made of them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.monitoring.counting import LATENCY_LEVELS, PD_LEVELS, counts, quantiles, share
from scoring.monitoring.decisions import OUTCOMES, UNKNOWN, Decisions
from scoring.monitoring.periods import Periods

Mask = NDArray[np.bool_]

OK = 200
_GRANTED, _REFUSED = 1, 0


def service(decisions: Decisions, periods: Periods) -> dict[str, Any]:
    """The figures of every period and of the whole, PDs by what was decided and by what came of it, and the reviews."""
    by_period = [decisions.picked(rows) for rows in periods.rows(decisions.time)]
    return {
        "periods": [{**head, **_counted(some)} for head, some in zip(periods.named(), by_period, strict=True)],
        "whole": _counted(decisions),
        "probability": _probability(decisions),
        "reviews": _reviews(decisions),
    }


def _counted(decisions: Decisions) -> dict[str, Any]:
    granted = int(decisions.granted.sum())
    return {
        "decisions": len(decisions),
        "granted": granted,
        "refused": len(decisions) - granted,
        "approval_rate": share(granted, len(decisions)),
        "probability": quantiles(decisions.probability, PD_LEVELS),
        "latency_ms": quantiles(decisions.latency_ms, LATENCY_LEVELS),
        "other_statuses": counts(decisions.status[decisions.status != OK]),
        "reviews": int((decisions.reviewed != UNKNOWN).sum()),
        "overrides": int(_overridden(decisions).sum()),
        "versions": _by_version(decisions),
    }


def _by_version(decisions: Decisions) -> dict[str, int]:
    """How many each version made of those that made any, by their names."""
    made: dict[str, int] = {}
    codes, numbers = np.unique(decisions.version, return_counts=True)
    for code, number in zip(codes.tolist(), numbers.tolist(), strict=True):
        name = decisions.versions[code].name
        made[name] = made.get(name, 0) + number
    return made


def _probability(decisions: Decisions) -> dict[str, Any]:
    """Quantiles of the PDs of those granted, refused, and by what became of the loan."""
    groups = {
        "granted": decisions.granted,
        "refused": ~decisions.granted,
        **{word: decisions.outcome == code for word, code in OUTCOMES.items()},
        "outcome unknown": decisions.outcome == UNKNOWN,
    }
    return {
        name: {"decisions": int(members.sum()), "probability": quantiles(decisions.probability[members], PD_LEVELS)}
        for name, members in groups.items()
    }


def _reviews(decisions: Decisions) -> dict[str, Any]:
    """How many decisions a person looked at, and in what each kind of review ended; the last review of a decision counts."""
    reviewed = decisions.reviewed != UNKNOWN
    overridden = _overridden(decisions)
    return {
        "reviewed": _followed(decisions, reviewed),
        "confirmed": _followed(decisions, reviewed & ~overridden),
        "refused_then_granted": _followed(decisions, overridden & (decisions.reviewed == _GRANTED)),
        "granted_then_refused": _followed(decisions, overridden & (decisions.reviewed == _REFUSED)),
    }


def _followed(decisions: Decisions, members: Mask) -> dict[str, Any]:
    outcome = decisions.outcome[members]
    told = {word: int((outcome == code).sum()) for word, code in OUTCOMES.items()}
    return {
        "decisions": int(members.sum()),
        "outcomes": sum(told.values()),
        **told,
        "default_rate": share(told["defaulted"], sum(told.values())),
    }


def _overridden(decisions: Decisions) -> Mask:
    """Whether the last review says other than the service."""
    overridden: Mask = np.logical_and(decisions.reviewed != UNKNOWN, decisions.reviewed != decisions.granted)
    return overridden
