"""Decision logs for tests that are about something else."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from scoring.decision_log.entries import Claim, Entry, Outcome, Review, uuid7
from scoring.errors import LogUnavailable, UnknownDecision


def entry(client: int, **changes: Any) -> Entry:
    """A decision about a client as the log is given it, but for what is changed."""
    made = Entry(
        decision_id=uuid7(),
        time="2026-11-21T12:00:00.000+00:00",
        request_id=uuid7(),
        purpose="decision",
        key_name="key 1",
        client=client,
        record=f'{{"SK_ID_CURR":{client},"AMT_CREDIT":1.5}}',
        raw_score=-2.3025850929940455,
        probability=0.1,
        threshold=1 / 11,
        decision="refused",
        model_sha256="0" * 64,
        model_version="4-00000000",
        code_version="0.1.0",
        latency_ms=1.5,
    )
    return msgspec.structs.replace(made, **changes)


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

    def check(self) -> str:
        if self.broken:
            raise LogUnavailable("the disk is full")
        return "database"

    def find(self, decision_id: str) -> dict[str, Any]:
        raise UnknownDecision(decision_id)

    def review(self, decision_id: str, review: Review, key_name: str) -> Mapping[str, Any]:
        raise UnknownDecision(decision_id)

    def record_outcomes(self, told: Sequence[Outcome], key_name: str) -> list[Mapping[str, Any]]:
        raise UnknownDecision(told[0].decision_id)
