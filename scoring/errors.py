"""Everything that can go wrong for a reason its reader can act on: one tree, each kind with a stable code.

No HTTP here: which status a code becomes is the edge's business (api/errors.py), which exit code the jobs'.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one field of one client's record."""

    client: int | str | None
    field: str | None
    problem: str


class CreditScoringError(Exception):
    """The root: `code` is stable and for programs, the message one line for people."""

    code = "error"

    def __init__(self, message: str, details: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.details = tuple(details)


class SettingError(CreditScoringError):
    """A setting is missing or has a value that means nothing."""

    code = "setting"


class MalformedBody(CreditScoringError):
    """The bytes of a request are not one JSON document."""

    code = "malformed_json"


class SlowBody(CreditScoringError):
    """The bytes of a request didn't come in time."""

    code = "request_timeout"


class InvalidRequest(CreditScoringError):
    """Valid JSON that is not a valid request."""

    code = "invalid_request"


class TooManyRecords(CreditScoringError):
    """More records in one request than the service takes at once."""

    code = "too_many_records"


class UnsupportedBody(CreditScoringError):
    """A content type or an encoding that the service does not read."""

    code = "unsupported_media_type"


class Unauthenticated(CreditScoringError):
    """No valid API key came with the request."""

    code = "unauthenticated"


class TooManyRequests(CreditScoringError):
    """A key asked more often than it may; `retry_after`: whole seconds until it may ask again."""

    code = "too_many_requests"

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Busy(CreditScoringError):
    """Too much is asked at once."""

    code = "busy"


class TableError(CreditScoringError):
    """A table is missing, or holds something other than what its description says."""

    code = "table"


class ModelError(CreditScoringError):
    """The released model is missing, or is not the one that its model.json describes."""

    code = "model"


class TrainingError(CreditScoringError):
    """Training, selection or release can't go on."""

    code = "training"


class OutputError(CreditScoringError):
    """A result can't be written where it was asked for."""

    code = "output"


class LogUnavailable(CreditScoringError):
    """The decision can't be recorded, so it isn't issued."""

    code = "log_unavailable"


class NotReady(CreditScoringError):
    """The service is there and can't be asked for decisions."""

    code = "not_ready"


class LogRefused(CreditScoringError):
    """The decision log is there and doesn't take what it is given: a fault of ours."""

    code = "log_refused"


class UnknownDecision(CreditScoringError):
    """The log has no decision of that id."""

    code = "unknown_decision"


class NotExplainable(CreditScoringError):
    """A logged decision can't be explained any more: its model or its record is gone."""

    code = "not_explainable"


class IdempotencyConflict(CreditScoringError):
    """An Idempotency-Key came with another request before."""

    code = "idempotency_conflict"
