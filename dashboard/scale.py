"""The PD and the threshold on one axis, for a decision and for what a simulation would make of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.answers import Decision
from dashboard.words import Words
from scoring.explaining.language import apart

_LEAST_THRESHOLDS, _BEYOND = 3.0, 1.15  # the axis holds so many thresholds, and so much more than the highest PD


@dataclass(frozen=True, slots=True)
class Mark:
    """A PD on the axis: where, in percent of its length, what stands there, and whether it is of "now" or of "before"."""

    at: float
    label: str
    kind: str


@dataclass(frozen=True, slots=True)
class Scale:
    """What the picture shows, and what it says to those who don't see it."""

    marks: Sequence[Mark]
    threshold_at: float
    threshold_label: str
    top_label: str
    said: str


def scale(words: Words, now: Decision, before: Decision | None = None) -> Scale:
    """The axis from 0 to what is needed, 100% at most."""
    decisions = [(now, "now")] if before is None else [(before, "before"), (now, "now")]
    highest = max(decision.probability for decision, _ in decisions)
    top = min(1.0, max(_LEAST_THRESHOLDS * now.threshold, _BEYOND * highest))
    threshold, *written = apart(words.language.probability, now.threshold, *(one.probability for one, _ in decisions))
    marks = [
        Mark(_percent(decision.probability / top), words(f"scale.{kind}", probability=text) if before else text, kind)
        for (decision, kind), text in zip(decisions, written, strict=True)
    ]
    said = words("scale.said", probability=written[-1], threshold=threshold)
    limit = words("scale.threshold", threshold=threshold)
    return Scale(marks, _percent(now.threshold / top), limit, words.language.probability(top), said)


def _percent(share: float) -> float:
    return round(100 * share, 2)
