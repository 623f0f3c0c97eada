"""A server that answers as a test says, request by request, and one that changes what a service behind it answers."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from typing import Any

import requests

from tests.fake_service import Asked

Reply = tuple[int, Any]
"""The status and the body: bytes, or what is sent as JSON."""


@contextmanager
def answering(answer: Callable[[Asked], Reply], tls: SSLContext | None = None, **headers: str) -> Iterator[str]:
    """The address of a server that answers so until the block ends, with these headers; over TLS where there is a context."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply()

        def do_POST(self) -> None:
            self._reply()

        def do_PUT(self) -> None:
            self._reply()

        def _reply(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            told = {name.lower(): value for name, value in self.headers.items()}
            status, content = answer(Asked(self.command, self.path, told, body))
            sent = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            for name, value in {"content-length": str(len(sent)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with _Server(("127.0.0.1", 0), Handler) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # none is left behind

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: who asked has gone."""


@contextmanager
def in_front_of(url: str, change: Callable[[Asked, Reply], Reply]) -> Iterator[str]:
    """The address of somebody who hands every request to the service at `url`, and what it answers on, changed."""

    def answer(asked: Asked) -> Reply:
        kept = {name: value for name, value in asked.headers.items() if name in ("x-api-key", "x-purpose", "content-type")}
        real = requests.request(asked.method, f"{url}{asked.path}", data=asked.body, headers=kept, timeout=30)
        return change(asked, (real.status_code, real.json()))

    with answering(answer) as own:
        yield own
