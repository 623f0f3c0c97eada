"""A JSON line on each request: which route, whose key, how it ended, how long it took; of what the caller wrote, nothing."""

import logging
import sys
from typing import Any

import msgspec
from flask import Flask, Response, g

from api import context
from scoring.decision_log.entries import now

log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    """Write a line when the answer is there."""

    @app.after_request
    def tell(response: Response) -> Response:
        write(
            request_id=g.request_id,
            status=response.status_code,
            method=context.method(),
            route=context.route(),
            key=g.get("key_name"),
            latency_ms=context.elapsed_ms(),
            bytes=response.content_length,
        )
        return response


def write(**facts: Any) -> None:
    """The line of a request, of which so much is known."""
    log.info(msgspec.json.encode({"time": now(), **facts}).decode())


def to_stdout() -> None:
    """Where a platform looks for it; until then the lines go where the tests catch them."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("%(message)s"))
    log.handlers = [handler]
    log.propagate = False
    log.setLevel(logging.INFO)
