"""Decision logs for tests that are about something else."""

from collections.abc import Mapping, Sequence
from typing import Any

from scoring.decision_log.entries import Claim, Entry, Outcome, Review
from scoring.errors import LogUnavailable, UnknownDecision


class MemoryLog:
    """A decision log that keeps the decisions it is given, or refuses them, and knows of nothing that comes after."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.broken = False

    def append(self, entries: Sequence[Entry], claim: Claim | None = None) -> bytes | None:
        if self.broken:
            raise LogUnavailable("the disk is full")
        self.entries += entries
        return None

    def find(self, decision_id: str) -> dict[str, Any]:
        raise UnknownDecision(decision_id)

    def review(self, decision_id: str, review: Review, key_name: str) -> Mapping[str, Any]:
        raise UnknownDecision(decision_id)

    def record_outcomes(self, told: Sequence[Outcome], key_name: str) -> list[Mapping[str, Any]]:
        raise UnknownDecision(told[0].decision_id)
