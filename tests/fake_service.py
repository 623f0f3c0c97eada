"""A service over HTTP that answers as a test says, also as none should; it keeps what it was asked."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LONGEST = 30.0  # seconds that it keeps anybody waiting: nobody who waits that long has a limit


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came; the names of its headers in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Caller:
    """Who waits for an answer: what is sent, byte for byte, and how to wait until nobody waits any more."""

    send: Callable[[bytes], object]
    over: threading.Event


Answer = Callable[[Caller], object]


@dataclass(slots=True)
class FakeService:
    """Where it answers, what it was asked, and how it answers a path; any other as `otherwise` says."""

    url: str
    otherwise: Answer
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def fake_service(otherwise: Answer) -> Iterator[FakeService]:
    """It runs, on a port of its own, until the block ends."""
    over = threading.Event()
    server = _Server(("127.0.0.1", 0), _Handler)
    server.over = over
    server.fake = fake = FakeService(f"http://127.0.0.1:{server.server_port}", otherwise)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield fake
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def replying(status: int, body: Any = b"", **headers: str) -> Answer:
    """Answers with this status and these headers, an underscore in a name being a dash; a body that isn't bytes is JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    told = {"content-type": "application/json", "content-length": str(len(content))}
    return sending(head(status, **told, **headers) + content)


def sending(content: bytes) -> Answer:
    """Answers these bytes, be they HTTP or not."""
    return lambda caller: caller.send(content)


def dribbling(first: bytes) -> Answer:
    """Answers these bytes, then one more every now and then."""

    def answer(caller: Caller) -> None:
        caller.send(first)
        for _ in range(int(LONGEST / 0.2)):
            if caller.over.wait(0.2):
                return
            caller.send(b"x")

    return answer


def stopping(first: bytes = b"") -> Answer:
    """Answers these bytes, then nothing more."""

    def answer(caller: Caller) -> None:
        caller.send(first)
        caller.over.wait(LONGEST)

    return answer


def head(status: int, **headers: str) -> bytes:
    """The beginning of an answer."""
    lines = [f"HTTP/1.1 {status} so", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode("latin-1")


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # none is left behind
    over: threading.Event
    fake: FakeService


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        fake = self.server.fake
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        fake.asked.append(Asked(self.command, self.path, headers, body))
        with suppress(OSError):  # who asked has gone
            fake.answers.get(self.path, fake.otherwise)(Caller(self.wfile.write, self.server.over))

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""
