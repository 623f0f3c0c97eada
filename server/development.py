"""Flask's own server, for who has no gunicorn: as silent about callers, and about itself, as the real one."""

from typing import Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler

from server import SERVER


class Discreet(WSGIRequestHandler):
    """Leaves what is said of a request to the access log: its own lines would hold the path."""

    def version_string(self) -> str:
        """What answers call this server."""
        return SERVER

    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing."""


def run(app: Flask, port: int) -> None:
    """Serve on this machine alone, until Ctrl-C."""
    app.run("127.0.0.1", port, request_handler=Discreet)
