"""A caller's connection as the worker sees it, on a socket whose patience has an end."""

import errno
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from gunicorn.http import get_parser
from gunicorn.workers.gthread import TConn

SILENCE = 5.0
"""Seconds that a caller may take for a request's head, or may stand still while its body or its answer is on the way."""
WHOLE_BODY = 20.0
"""Seconds that a whole body may take; Heroku's router gives up after 30."""
MOMENT = 0.1
"""Seconds that everybody has: many callers send head and body in two pieces."""
HEAD_BYTES = 32 * 1024
"""What a head may hold; gunicorn's own limits, of a line and of a field, hold beside it."""


class Places:
    """For those of a worker's threads that may wait for callers: half of them for bodies, a quarter for answers to be read."""

    def __init__(self, threads: int) -> None:
        self.reading = threading.BoundedSemaphore(max(1, threads // 2))
        self.writing = threading.BoundedSemaphore(max(1, threads // 4))


class PatientSocket(socket.socket):
    """A socket on which "blocking" has an end, and is for some at a time: a thread is there for who doesn't need to wait."""

    _until = 0.0
    _hurries = False

    def __init__(self, fileno: int, places: Places) -> None:
        super().__init__(fileno=fileno)
        self._places = places

    def setblocking(self, flag: bool) -> None:
        """Block for at most SILENCE at a time, and for WHOLE_BODY in all while reading; or not at all."""
        self.settimeout(SILENCE if flag else 0.0)
        self._until = time.monotonic() + WHOLE_BODY
        self._hurries = False

    def hurry(self) -> None:
        """From now on read what is there, for a MOMENT in all; nobody wants it any more."""
        self._until = time.monotonic() + MOMENT
        self._hurries = True

    def recv(self, size: int, flags: int = 0) -> bytes:
        """What there is, or comes in time; raises TimeoutError, after a moment where too many wait already."""
        patience = self.gettimeout()
        if not patience:
            return super().recv(size, flags)
        left = min(patience, self._until - time.monotonic())
        if left <= 0:
            raise TimeoutError
        try:
            self.settimeout(min(left, MOMENT))
            return super().recv(size, flags)
        except TimeoutError:
            if self._hurries:
                raise
            with _place(self._places.reading):
                self.settimeout(left)
                return super().recv(size, flags)
        finally:
            self.settimeout(patience)

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Within SILENCE; whoever doesn't read by then is as good as gone."""
        self.settimeout(0)
        try:
            sent = super().send(data, flags)
        except BlockingIOError:
            sent = 0
        finally:
            self.settimeout(SILENCE)
        if sent == len(data):
            return
        try:
            with _place(self._places.writing):
                super().sendall(memoryview(data)[sent:], flags)
        except TimeoutError:
            raise ConnectionResetError(errno.ECONNRESET, "the caller doesn't read the answer") from None


@contextmanager
def _place(places: threading.BoundedSemaphore) -> Iterator[None]:
    if not places.acquire(timeout=MOMENT):
        raise TimeoutError
    try:
        yield
    finally:
        places.release()


class Connection(TConn):
    """A caller's connection; `head` is what has come of the next request before a thread sees it."""

    def __init__(self, cfg: Any, sock: socket.socket, client: Any, server: Any, places: Places) -> None:
        super().__init__(cfg, PatientSocket(sock.detach(), places), client, server)
        self.head = bytearray()
        self.leaving = False
        self.parser = get_parser(cfg, self.sock, client)
        self.initialized = self.data_ready = True  # for gunicorn, which would wait for the first byte in a thread

    @property
    def has_head(self) -> bool:
        """Whether a thread finds a whole head."""
        return self.head.find(b"\r\n\r\n", 0, HEAD_BYTES) >= 0


class HonestReader:
    """A body's reader that remembers a failure; gunicorn's own takes what is left for the next request."""

    def __init__(self, reader: Any) -> None:
        self._read = reader.read
        self.failed = False

    def read(self, size: int) -> bytes:
        """As the reader does, and raises what it raises."""
        try:
            content: bytes = self._read(size)
        except Exception:
            self.failed = True
            raise
        return content
