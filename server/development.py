"""Flask's own server, for who has no gunicorn: as silent about callers, and about itself, as the real one."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

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


@contextmanager
def in_thread(app: Flask) -> Iterator[int]:
    """Serve on a free port of this machine, which is given, until the block ends."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Discreet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
