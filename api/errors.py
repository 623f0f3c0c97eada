"""The one error shape, and the one place that knows which status an error has."""

import logging
from collections.abc import Sequence
from typing import Any

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from api.replies import json_response
from scoring import traces
from scoring.errors import (
    Busy,
    CreditScoringError,
    IdempotencyConflict,
    InvalidRequest,
    LogUnavailable,
    MalformedBody,
    NotExplainable,
    NotReady,
    Problem,
    SlowBody,
    TooManyRecords,
    TooManyRequests,
    Unauthenticated,
    UnknownDecision,
    UnsupportedBody,
)

STATUS: dict[type[CreditScoringError], int] = {
    MalformedBody: 400,
    Unauthenticated: 401,
    UnknownDecision: 404,
    SlowBody: 408,
    IdempotencyConflict: 409,
    NotExplainable: 410,
    TooManyRecords: 413,
    UnsupportedBody: 415,
    InvalidRequest: 422,
    TooManyRequests: 429,
    Busy: 503,
    LogUnavailable: 503,
    NotReady: 503,
}
RETRY_AFTER_SECONDS = "5"

# The code and the message of what Werkzeug refuses.
_OF_WERKZEUG = {
    400: ("bad_request", "the request could not be read"),
    404: ("not_found", "there is no such path; GET / lists the routes"),
    405: ("method_not_allowed", "this path does not take this method; GET / lists the routes"),
    413: ("body_too_large", "the body is larger than this service takes"),
}

log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    """Answer every error in the one shape."""
    app.register_error_handler(CreditScoringError, _of_ours)
    app.register_error_handler(HTTPException, _of_werkzeug)
    app.register_error_handler(Exception, _of_nobody)
    app.before_request(_refuse_more_slashes)


def _refuse_more_slashes() -> None:
    """Werkzeug takes //predict for /predict."""
    if request.environ["PATH_INFO"].startswith("//"):
        raise NotFound


def _of_ours(error: CreditScoringError) -> Response:
    status = STATUS.get(type(error), 500)
    if status >= 500:
        log.error("request %s: %s", g.get("request_id"), error.message)
    response = _answer(status, error.code, error.message, error.details)
    if status == 503:
        response.headers["Retry-After"] = RETRY_AFTER_SECONDS
    if isinstance(error, TooManyRequests):
        response.headers["Retry-After"] = str(error.retry_after)
    if status == 401:
        response.headers["WWW-Authenticate"] = "ApiKey"
    return response


def _of_werkzeug(error: HTTPException) -> Response:
    status = error.code or 500
    response = _answer(status, *_OF_WERKZEUG.get(status, ("http_error", error.name)))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _of_nobody(error: Exception) -> Response:
    """A fault of ours: the log gets the trace, the caller the request id to ask with."""
    log.error("request %s failed: %s", g.get("request_id"), traces.of(error))
    return _answer(500, "internal", "the service failed; the request id says where to look")


def _answer(status: int, code: str, message: str, details: Sequence[Problem] = ()) -> Response:
    return json_response(shape(g.get("request_id"), code, message, details), status)


def shape(request_id: str | None, code: str, message: str, details: Sequence[Problem] = ()) -> dict[str, Any]:
    """{"error": {"code", "message", "details": [{"client", "field", "problem"}], "request_id"}}, whoever refuses."""
    return {"error": {"code": code, "message": message, "details": details, "request_id": request_id}}
