"""Recourse: the smallest change of the loan asked for that turns a refusal, proposed only where the model holds it steadily.

A counterfactual over what the client can act on (Ustun, Spangher and Liu, 2019): less credit, a larger down payment, a longer
duration, or one of the first two with the third.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.explaining.client import Floats, Probability, repeated
from scoring.explaining.loan import ANNUITY, CREDIT, GOODS, LEVERS, NEIGHBOURS, Loan, Offers, offers, populated_plans
from scoring.explaining.profile import Profile

MOST_EVALUATIONS = 2_000
CHUNK = 128
"""Offers that are scored at once: most refusals that can be turned are turned by a small change."""
CHECKED = 8
"""Granted offers whose neighbours are scored at once."""
MOST_CHECKED = 200


@dataclass(frozen=True, slots=True)
class Recourse:
    """`to`: field of the record -> what to put there, empty where nothing suffices; `levers`: what is turned, or was tried.

    `probability`: the PD of the changed record, or the best that any change reached; None where there was nothing to try.
    """

    to: Mapping[str, float]
    levers: tuple[str, ...]
    probability: float | None


class RecourseSearch:
    """Searches, for one model: `ranges` are what training saw of each field, `threshold` the PD from which credit is refused."""

    def __init__(
        self, ranges: Mapping[str, tuple[float, float]], threshold: float, profile: Profile, probability: Probability
    ) -> None:
        self._ranges = ranges
        self._threshold = threshold
        self._profile = profile
        self._plans = populated_plans(profile)
        self._probability = probability

    def of(self, values: Mapping[str, Any]) -> Recourse:
        """The smallest steady change of a refused client's loan, in at most MOST_EVALUATIONS scores; values: field -> value."""
        loan = Loan.of(values)
        tried = offers(loan, self._plans, self._profile, self._ranges) if loan else None
        if not tried:
            return Recourse({}, (), None)
        best, checks = 1.0, MOST_CHECKED
        levers = tuple(lever for lever in LEVERS if any(lever in of for of in tried.levers))
        tried = tried.take(slice(MOST_EVALUATIONS - MOST_CHECKED * len(NEIGHBOURS) - 1))
        for start in range(0, len(tried), CHUNK):
            part = tried.take(slice(start, start + CHUNK))
            found = self._scored(values, part)
            best = min(best, float(found.min()))
            granted = np.flatnonzero(found < self._threshold)[:checks]
            checks -= len(granted)
            for at in range(0, len(granted), CHECKED):
                candidates = part.take(granted[at : at + CHECKED])
                for which in np.flatnonzero(self._steady(values, candidates)).tolist():
                    if settled := self._settled(values, candidates, which):
                        return settled
        return Recourse({}, levers, best)

    def _steady(self, values: Mapping[str, Any], candidates: Offers) -> NDArray[np.bool_]:
        near = self._scored(values, candidates.neighbours()).reshape(len(candidates), -1)
        return np.asarray(near.max(axis=1) < self._threshold)

    def _settled(self, values: Mapping[str, Any], candidates: Offers, which: int) -> Recourse | None:
        """The offer as a client would send it, scored alone."""
        offered = {
            CREDIT: float(candidates.credit[which]),
            ANNUITY: float(candidates.annuity[which]),
            GOODS: float(candidates.goods[which]),
        }
        to = {name: value for name, value in offered.items() if value == value and value != values[name]}
        [probability] = self._probability(repeated({**values, **to}, 1)).tolist()
        return Recourse(to, candidates.levers[which], probability) if probability < self._threshold else None

    def _scored(self, values: Mapping[str, Any], asked: Offers) -> Floats:
        columns = repeated(values, len(asked))
        return self._probability(columns | {CREDIT: asked.credit, ANNUITY: asked.annuity, GOODS: asked.goods})
