"""From a request to logged decisions: no decision leaves here that the log doesn't have."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from flask import Response, g, request

from api import context
from api.bodies import read_body
from api.replies import Issued, encoded_response, json_response
from api.turns import Turns
from model import Decision, Scorer
from scoring import __version__
from scoring.decision_log.entries import DECISION, PURPOSES, Claim, DecisionLog, Entry, now, uuid7
from scoring.errors import InvalidRequest, Problem
from scoring.schema import Request, parse
from scoring.settings import Settings

KEY_LENGTH = 255
Compose = Callable[[Request, Sequence[Issued]], Any]
"""Decisions as the body of a reply."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where decisions are made: the scorer, the log, the settings that say how much is taken at once, and who counts them."""

    scorer: Scorer
    log: DecisionLog
    settings: Settings
    issued: Callable[[str, Sequence[Decision]], None]
    _turns: Turns = field(default_factory=Turns)

    def understand(self, compose: Callable[[Request], Any]) -> Response:
        """Reply about the current request's validated records; nothing is decided."""
        body = self.body()
        with self._turns.turn(len(body)):
            return json_response(compose(self._parse(body)))

    def check_headers(self) -> None:
        """Raise InvalidRequest where `answer` would, for a request that it isn't asked to answer."""
        _purpose()
        _idempotency_key()

    def body(self) -> bytes:
        """The current request's body."""
        return read_body(self.settings.max_body_bytes)

    def answer(self, compose: Compose, body: bytes | None = None) -> Response:
        """Decide the current request's records, log them, and reply; as before, if its Idempotency-Key came with the same before.

        `body`: the request's, where it was read already.
        Raises LogUnavailable where they can't be logged, IdempotencyConflict where the key came with another request, Busy where
        too many large requests come at once.
        """
        purpose, key = _purpose(), _idempotency_key()
        body = self.body() if body is None else body
        with self._turns.turn(len(body)):
            return self._answer(compose, body, purpose, key)

    def _answer(self, compose: Compose, body: bytes, purpose: str, key: str | None) -> Response:
        records = self._parse(body)
        issued = [Issued(uuid7(), decision) for decision in self.scorer.decide(records.records)]
        entries = self._entries(purpose, records, issued)
        reply = msgspec.json.encode(compose(records, issued))
        claim = Claim(g.key_name, key, _digest(purpose, body), reply) if key else None
        earlier = self.log.append(entries, claim)
        response = encoded_response(earlier or reply)
        if earlier:
            response.headers["Idempotent-Replayed"] = "true"
        else:
            self.issued(purpose, [one.decision for one in issued])
        return response

    def _parse(self, body: bytes) -> Request:
        return parse(body, self.settings.max_records, self.settings.max_nesting)

    def _entries(self, purpose: str, request: Request, issued: Sequence[Issued]) -> list[Entry]:
        time, latency = now(), context.elapsed_ms()
        return [
            Entry(
                decision_id=one.decision_id,
                time=time,
                request_id=g.request_id,
                purpose=purpose,
                key_name=g.key_name,
                client=record.client,
                record=msgspec.json.encode(record.received).decode(),
                raw_score=one.decision.raw,
                probability=one.decision.probability,
                threshold=one.decision.threshold,
                decision=one.decision.word,
                model_sha256=self.scorer.release.sha256,
                model_version=self.scorer.model_version,
                code_version=__version__,
                latency_ms=latency,
            )
            for one, record in zip(issued, request.records, strict=True)
        ]


def _purpose() -> str:
    given = request.headers.get("x-purpose", "").strip().lower() or DECISION
    if given not in PURPOSES:
        raise InvalidRequest("the request is not valid", [Problem(None, "x-purpose", f"must be {' or '.join(PURPOSES)}")])
    return given


def _idempotency_key() -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not (0 < len(key) <= KEY_LENGTH and key.isascii() and key.isprintable()):
        problem = f"must be 1 to {KEY_LENGTH} printable ASCII characters"
        raise InvalidRequest("the request is not valid", [Problem(None, "Idempotency-Key", problem)])
    return key


def _digest(purpose: str, body: bytes) -> str:
    """What makes a request the same as another: where it goes, what for, and its bytes."""
    return hashlib.sha256(f"{request.endpoint}\n{purpose}\n".encode() + body).hexdigest()
