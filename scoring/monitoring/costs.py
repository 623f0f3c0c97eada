"""What the decisions are expected to cost, period by period, and what those cost whose outcomes are known, month by month."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import takewhile
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from scoring.cost import CostMatrix
from scoring.monitoring.calibration import LEAST_EVENTS
from scoring.monitoring.counting import share
from scoring.monitoring.decisions import UNKNOWN, Decisions
from scoring.monitoring.expected import Estimate, expected
from scoring.monitoring.periods import Periods
from scoring.monitoring.realised import realised, threshold_now

LEAST_OUTCOMES = 100
"""With fewer known outcomes a cohort is called too few, and gets no figure but their number."""
CHANGE, KEEP, TOO_FEW, UNTOLD = "change", "keep", "too few", "untold"
"""What outcomes say of the threshold; UNTOLD: there are enough, and they don't follow the PDs, so that no threshold is theirs."""


@dataclass(frozen=True, slots=True)
class Price:
    """What an error costs, and how unsure the calibration of the PDs is: (2, 2), of intercept and slope; None: not told."""

    costs: CostMatrix
    covariance: ArrayLike | None = None


def expected_costs(decisions: Decisions, periods: Periods, price: Price) -> dict[str, Any]:
    """Of every period and of the whole: the default rate expected of the granted, and the cost per client of all decisions."""
    by_period = [decisions.picked(rows) for rows in periods.rows(decisions.time)]
    return {
        "periods": [{**head, **_expected(some, price)} for head, some in zip(periods.named(), by_period, strict=True)],
        "whole": _expected(decisions, price),
    }


def realised_costs(decisions: Decisions, price: Price, model_sha256: str) -> dict[str, Any]:
    """Of every cohort, the decisions of a month, and of all: what came of those whose outcome is known, beside what was expected
    of the same; and whether the threshold of a model stays, by its own decisions alone: another's PDs say nothing of it.
    """
    cohorts = [{"cohort": month, **_realised(some, price, model_sha256)} for month, some in _months(decisions)]
    whole = _realised(decisions, price, model_sha256)
    whole["threshold"] |= _lately(cohorts)
    return {"least_outcomes": LEAST_OUTCOMES, "cohorts": cohorts, "whole": whole}


def _expected(decisions: Decisions, price: Price) -> dict[str, Any]:
    return asdict(expected(decisions.probability, decisions.granted, price.costs, price.covariance))


def _months(decisions: Decisions) -> Iterator[tuple[str, Decisions]]:
    months = decisions.time.astype("datetime64[M]")
    for month in np.unique(months):
        yield str(month), decisions.picked(months == month)


def _realised(decisions: Decisions, price: Price, model_sha256: str) -> dict[str, Any]:
    known = decisions.picked(decisions.outcome != UNKNOWN)
    found: dict[str, Any] = {
        "decisions": len(decisions),
        "granted": int(decisions.granted.sum()),
        "lent": int(decisions.lent.sum()),
        "outcomes": len(known),
        "known_of_lent": share(int(known.lent.sum()), int(decisions.lent.sum())),
        "defaulted": int(known.outcome.sum()),
        "last_known": str(known.outcome_date.max()) if len(known) else None,
        "realised": None,
        "threshold": _threshold(known.picked(known.by_model(model_sha256)), price.costs),
    }
    if len(known) < LEAST_OUTCOMES:
        return found
    came = realised(known.probability, known.outcome, known.granted, price.costs, price.covariance)
    as_expected = {"default_rate": came.default_rate_as_expected, "cost": came.cost_as_expected}
    found["realised"] = asdict(came) | {"as_expected": as_expected}
    return found


def _threshold(known: Decisions, costs: CostMatrix) -> dict[str, Any]:
    """Whether the threshold of one model stays, as decisions of its own have it whose outcome is known."""
    found: dict[str, Any] = {"outcomes": len(known), "used": None, "asked": None, "verdict": TOO_FEW}
    defaulted = int(known.outcome.sum())
    if len(known) < LEAST_OUTCOMES or min(defaulted, len(known) - defaulted) < LEAST_EVENTS:
        return found
    used = float(known.threshold[-1])
    asked = threshold_now(known.probability, known.outcome, costs)
    verdict = _verdict(asked, used) if asked else UNTOLD
    return found | {"used": used, "asked": asdict(asked) if asked else None, "verdict": verdict}


def _verdict(asked: Estimate, used: float) -> str:
    return KEEP if asked.low <= used <= asked.high else CHANGE


def _lately(cohorts: list[dict[str, Any]]) -> dict[str, str | None]:
    """What the last cohort that can tell says, and since which cohort every one that can has said so."""
    verdicts = [(cohort["threshold"]["verdict"], cohort["cohort"]) for cohort in cohorts]
    told = [one for one in verdicts if one[0] != TOO_FEW]
    if not told:
        return {"last_verdict": None, "since": None}
    last = told[-1][0]
    alike = list(takewhile(lambda one: one[0] == last, reversed(told)))
    return {"last_verdict": last, "since": alike[-1][1]}
