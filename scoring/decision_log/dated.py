"""A log whose decisions carry a time that is given, not the present: for a simulation, that has no month to wait."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from scoring.decision_log.entries import Claim, DecisionLog, Entry, Outcome, Review, as_logged


class DatedLog:
    """A DecisionLog over another one; `clock` says what time it is to be."""

    def __init__(self, log: DecisionLog, clock: Callable[[], datetime]) -> None:
        self._log = log
        self._clock = clock

    def append(self, entries: Sequence[Entry], claim: Claim | None = None) -> bytes | None:
        """As DecisionLog says, at the clock's time."""
        time = as_logged(self._clock())
        return self._log.append([msgspec.structs.replace(entry, time=time) for entry in entries], claim)

    def check(self) -> str:
        """As DecisionLog says."""
        return self._log.check()

    def find(self, decision_id: str) -> dict[str, Any]:
        """As DecisionLog says."""
        return self._log.find(decision_id)

    def review(self, decision_id: str, review: Review, key_name: str) -> Mapping[str, Any]:
        """As DecisionLog says."""
        return self._log.review(decision_id, review, key_name)

    def record_outcomes(self, told: Sequence[Outcome], key_name: str) -> list[Mapping[str, Any]]:
        """As DecisionLog says."""
        return self._log.record_outcomes(told, key_name)
