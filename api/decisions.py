"""From a request to logged decisions: no decision leaves here that the log doesn't have."""

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import g

from api import context
from api.bodies import read_request
from api.replies import Issued
from model import Scorer
from scoring import __version__
from scoring.decision_log import DecisionLog, Entry, uuid7
from scoring.schema import Request


@dataclass(frozen=True, slots=True)
class Desk:
    """Where decisions are made: the scorer, the log, and how much is taken at once."""

    scorer: Scorer
    log: DecisionLog
    max_body_bytes: int
    max_records: int

    def receive(self) -> Request:
        """The current request's validated records."""
        return read_request(self.max_body_bytes, self.max_records)

    def decide(self) -> tuple[Request, list[Issued]]:
        """Decide the current request's records and log them; raises LogUnavailable where that can't be done."""
        request = self.receive()
        issued = [Issued(uuid7(), decision) for decision in self.scorer.decide(request.records)]
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        latency = context.elapsed_ms()
        self.log.append(
            [
                Entry(
                    decision_id=one.decision_id,
                    time=now,
                    request_id=g.request_id,
                    key_name=g.key_name,
                    record=record.received,
                    raw_score=one.decision.raw,
                    probability=one.decision.probability,
                    threshold=one.decision.threshold,
                    decision=one.decision.word,
                    model_sha256=self.scorer.release.sha256,
                    code_version=__version__,
                    latency_ms=latency,
                )
                for one, record in zip(issued, request.records, strict=True)
            ]
        )
        return request, issued
