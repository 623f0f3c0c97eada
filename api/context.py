"""What every request has: an id, told in the answer and the log, and the moment it began."""

import time

from flask import Flask, Response, g

from scoring.decision_log.entries import uuid7


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


def elapsed_ms() -> float:
    """Milliseconds since the current request began."""
    elapsed: float = time.perf_counter() - g.started
    return round(elapsed * 1000, 3)
