"""A gunicorn worker whose threads slow callers can't hold: gthread gives a connection to a thread as soon as it is open.

A thread gets one here when a request's head is there, and waits so long and no longer for the body, or for a caller who doesn't
read the answer. Before and after that a connection costs a place in the poller.
"""

import errno
import selectors
import socket
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any

import gunicorn.http.wsgi
from gunicorn.http.errors import ParseException
from gunicorn.workers.gthread import ThreadWorker

from scoring import traces
from server import SERVER, refusals
from server.connection import HEAD_BYTES, SILENCE, Connection, HonestReader, Places

LAST_CALL = 0.5
"""Seconds for a request that is on its way to a worker that stops."""
READ_BYTES = 64 * 1024


class PatientWorker(ThreadWorker):
    """gthread for callers who take their time.

    `keepalived_conns` are between two requests; `pending_conns` have sent a part of a head, or have their last answer and haven't
    closed their side yet. All of these may take SILENCE, so that the first of them is the first to be given up.
    """

    def init_process(self) -> None:
        """In the worker, before it takes anyone."""
        gunicorn.http.wsgi.SERVER = SERVER
        self._places = Places(self.cfg.threads)
        super().init_process()

    def set_accept_enabled(self, enabled: bool) -> None:
        """Told to stop, serve whose request is on the way and let the idle go; gunicorn would wait graceful_timeout for them."""
        super().set_accept_enabled(enabled)
        if self.alive:
            return
        end = time.monotonic() + LAST_CALL
        while (self.keepalived_conns or self.pending_conns) and (left := end - time.monotonic()) > 0:
            self.wait_for_and_dispatch_events(left)
        for conn in (*self.keepalived_conns, *self.pending_conns):
            conn.timeout = 0
        self.murder_keepalived()
        self.murder_pending()

    def accept(self, listener: socket.socket) -> None:
        """Take a connection; where that was the last place, the longest idle one gives up its own."""
        try:
            sock, client = listener.accept()
        except OSError as error:  # gone already, or taken by another worker
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self._make_room()
            return
        self.nr_conns += 1
        self._rest(Connection(self.cfg, sock, client, listener.getsockname(), self._places))
        if self.nr_conns >= self.worker_connections and len(self.keepalived_conns) > 1:
            self._make_room()

    def on_client_socket_readable(self, conn: Connection, client: socket.socket) -> None:
        """The first bytes of a request."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._wait(conn)
        self.on_pending_socket_readable(conn, client)

    def on_pending_socket_readable(self, conn: Connection, client: socket.socket) -> None:
        """More bytes of a head, or of what nobody reads any more."""
        try:
            received = client.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            received = b""
        if not conn.leaving:
            conn.head += received
        if received and not conn.has_head and len(conn.head) <= HEAD_BYTES:
            return
        self.poller.unregister(client)
        self.pending_conns.remove(conn)
        if conn.has_head and received:
            self._hand_over(conn)
        elif conn.head:
            self._refuse(conn, refusals.HEAD_TOO_LARGE if received else refusals.BROKEN_OFF)
        else:
            self._drop(conn)

    def finish_request(self, conn: Connection, fs: "Future[Any]") -> None:
        """A thread is done with it: what the caller has sent already is the next request, else it rests, or leaves."""
        if fs.cancelled() or fs.exception() or not fs.result() or not self.alive:
            self._leave(conn)
            return
        conn.sock.setblocking(False)
        conn.head += conn.parser.unreader.take_buffered()
        if conn.has_head:
            self._hand_over(conn)
        elif conn.head:
            self._wait(conn)
        else:
            self._rest(conn)

    def murder_pending(self) -> None:
        """Give up those who took too long."""
        now = time.monotonic()
        while self.pending_conns and self.pending_conns[0].timeout <= now:
            conn = self.pending_conns.popleft()
            self.poller.unregister(conn.sock)
            self._drop(conn) if conn.leaving else self._refuse(conn, refusals.TOO_SLOW)

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:
        """Refuse what isn't HTTP in the words of the app; gunicorn would say the caller's own back, in a page and in its log."""
        refusal = refusals.of(exc)
        if refusal is refusals.FAILED:
            self.log.error("a request failed outside the app: %s", traces.of(exc))
        client.sendall(refusals.answer(refusal))

    def handle_request(self, req: Any, conn: Connection) -> bool:
        """Answer a request, and say whether another can follow."""
        refusals.check(req)
        reader = req.body.reader = HonestReader(req.body.reader)
        return bool(super().handle_request(req, conn)) and not reader.failed

    def _keepalive_after(self, conn: Connection, keepalive: bool) -> bool:
        conn.sock.hurry()
        try:
            return keepalive and bool(conn.parser.finish_body())
        except (OSError, ParseException):  # what was left is no body: broken chunks or trailers, or it didn't come
            return False

    def _make_room(self) -> None:
        """At the end of this round of events, one of which may be for the connection that has to go."""
        if self.keepalived_conns:
            self.keepalived_conns[0].timeout = 0

    def _hand_over(self, conn: Connection) -> None:
        conn.parser.unreader.unread(bytes(conn.head))
        conn.head.clear()
        self.enqueue_req(conn)

    def _rest(self, conn: Connection) -> None:
        self._watch(conn, self.keepalived_conns, self.cfg.keepalive, self.on_client_socket_readable)

    def _wait(self, conn: Connection) -> None:
        self._watch(conn, self.pending_conns, SILENCE, self.on_pending_socket_readable)

    def _watch(self, conn: Connection, queue: "deque[Connection]", seconds: float, readable: Callable[..., None]) -> None:
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + seconds
        queue.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(readable, conn))

    def _refuse(self, conn: Connection, refusal: refusals.Refusal) -> None:
        with suppress(OSError):
            conn.sock.send(refusals.answer(refusal))
        self._leave(conn)

    def _leave(self, conn: Connection) -> None:
        """End our side and let the caller end its own: a connection closed over unread bytes takes its answer with it."""
        conn.leaving = True
        conn.head.clear()
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:  # the caller has gone
            self._drop(conn)
            return
        self._wait(conn) if self.alive else self._drop(conn)

    def _drop(self, conn: Connection) -> None:
        self.nr_conns -= 1
        conn.close()
