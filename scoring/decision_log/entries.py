"""What the log is given, and what whoever keeps a log must do with it."""

import secrets
import time
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

import msgspec

DECISION, SIMULATION = "decision", "simulation"
PURPOSES = (DECISION, SIMULATION)


class Entry(msgspec.Struct, frozen=True):
    """One decision: `time` as `now` writes it, latency in milliseconds, `record` the client's as JSON."""

    decision_id: str
    time: str
    request_id: str
    purpose: str
    key_name: str
    client: int | None
    record: str
    raw_score: float
    probability: float
    threshold: float
    decision: str
    model_sha256: str
    model_version: str
    code_version: str
    latency_ms: float
    status: int = 200


class Claim(msgspec.Struct, frozen=True):
    """An Idempotency-Key of a caller, the sha256 of the request that it came with, and the answer that it stands for."""

    key_name: str
    key: str
    request_sha256: str
    reply: bytes


class Review(msgspec.Struct, frozen=True):
    """A person's decision in the place of the service's; the service's stays on record."""

    reviewer: str
    decision: str
    reason: str


class Outcome(msgspec.Struct, frozen=True):
    """What became of a loan: repaid or defaulted, and the day (YYYY-MM-DD) on which that was known."""

    decision_id: str
    outcome: str
    date: str


class DecisionLog(Protocol):
    """Where decisions go before they are answered. Every method raises LogUnavailable where the log can't be reached."""

    def append(self, entries: Sequence[Entry], claim: Claim | None = None) -> bytes | None:
        """Record all of one request's entries or none; returns once they outlast a power cut.

        Gives the earlier answer, and records nothing, where the claim's key came with the same request before; raises
        IdempotencyConflict where it came with another.
        """

    def check(self) -> str:
        """Try to record nothing, and say where decisions go now: "database", or "spool" while that is away."""

    def find(self, decision_id: str) -> dict[str, Any]:
        """A decision as logged, with its reviews and outcomes; raises UnknownDecision."""

    def review(self, decision_id: str, review: Review, key_name: str) -> Mapping[str, Any]:
        """Record a review, and give it as logged; raises UnknownDecision, or InvalidRequest for a simulation."""

    def record_outcomes(self, told: Sequence[Outcome], key_name: str) -> list[Mapping[str, Any]]:
        """Record all of the outcomes or none, and give them as logged; raises InvalidRequest naming decisions that don't fit."""


def now() -> str:
    """The time in UTC, such that texts sort as times do."""
    return as_logged(datetime.now(UTC))


def as_logged(time: datetime) -> str:
    """A time as the log writes it: UTC, to the millisecond, of one width."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds")


def uuid7() -> str:
    """A UUIDv7 (RFC 9562, 5.7): 48 bits of Unix time in milliseconds, then 74 random ones, so that ids sort by time."""
    value = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))
