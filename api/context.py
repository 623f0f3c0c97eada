"""What every request has: an id, told in the answer and the log, the moment it began, and a name for what it asks."""

import re
import time
from functools import cache

from flask import Flask, Response, g, request

from scoring.decision_log.entries import uuid7

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_VARIABLE = re.compile(r"<(?:\w+:)?(\w+)>")


def register(app: Flask) -> None:
    """Give each request its id before anything else happens to it."""

    @app.before_request
    def begin() -> None:
        g.started = time.perf_counter()
        g.request_id = uuid7()

    @app.after_request
    def tell(response: Response) -> Response:
        response.headers["x-request-id"] = g.request_id
        return response


def elapsed() -> float:
    """Seconds since the current request began."""
    seconds: float = time.perf_counter() - g.started
    return seconds


def elapsed_ms() -> float:
    """The same in milliseconds, as the logs tell it."""
    return round(elapsed() * 1000, 3)


def route() -> str | None:
    """The current request's route as it is documented, "/decisions/{id}", None where there is none: never the path itself."""
    return _documented(request.url_rule.rule) if request.url_rule else None


@cache
def _documented(rule: str) -> str:
    return _VARIABLE.sub(r"{\1}", rule)


def method() -> str | None:
    """The current request's method, None where it is a word of the caller's own."""
    return request.method if request.method in METHODS else None
