"""What a decision didn't know: how far the PD could go with what is missing, and where values lie outside the training's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scoring.explaining.client import Client, Probability, changed
from scoring.explaining.profile import Profile
from scoring.explaining.topics import TOPIC_OF

TRIED = 5
MOST = 3
VALUES = 9
LOW, HIGH = 0.05, 0.95
"""Levels of the profile between which a value is plausible; a label is, when at least LOW of the clients have it."""
LEAST = 0.005
"""A range of the PD that is narrower didn't matter, unless the decision could have been the other."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A field that isn't known, and the lowest and highest PD that its plausible values give."""

    field: str
    probability: tuple[float, float]
    decides: bool


class Gaps:
    """Finds gaps, for one model; `by_importance`: the fields of the record, those that move the PD most first."""

    def __init__(self, by_importance: Sequence[str], threshold: float, profile: Profile, probability: Probability) -> None:
        self._threshold = threshold
        self._probability = probability
        plausible = {name: _spread(profile.plausible(name, LOW, HIGH)) for name in by_importance if name in TOPIC_OF}
        self._plausible = {name: values for name, values in plausible.items() if values}

    def of(self, client: Client) -> list[Gap]:
        """Up to MOST of the TRIED most important unknown fields, one a topic: those that could have mattered, by width."""
        missing = self._missing(client)
        if not missing:
            return []
        changes: list[Mapping[str, object]] = [{name: value} for name in missing for value in self._plausible[name]]
        found = iter(self._probability(changed(client.values, changes)).tolist())
        gaps = [self._gap(name, [next(found) for _ in self._plausible[name]]) for name in missing]
        mattered = [gap for gap in gaps if gap.decides or gap.probability[1] - gap.probability[0] >= LEAST]
        return sorted(mattered, key=lambda gap: gap.probability[0] - gap.probability[1])[:MOST]

    def _missing(self, client: Client) -> list[str]:
        of_topic: dict[str, str] = {}
        for name in self._plausible:
            if client.lacks(name):
                of_topic.setdefault(TOPIC_OF[name].code, name)
        return list(of_topic.values())[:TRIED]

    def _gap(self, field: str, probabilities: Sequence[float]) -> Gap:
        low, high = min(probabilities), max(probabilities)
        return Gap(field, (low, high), low < self._threshold <= high)


def _spread(values: Sequence[object]) -> list[object]:
    """VALUES of them at most, the first and the last among them; all of a few."""
    if len(values) <= VALUES or isinstance(values[0], str):
        return list(values)
    return [values[round(i * (len(values) - 1) / (VALUES - 1))] for i in range(VALUES)]
