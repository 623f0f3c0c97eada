"""Load for a server on this machine, as light as Python makes it: one thread, raw sockets, requests made beforehand."""

import math
import re
import selectors
import socket
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

import psutil

WARM_UP = 0.5
"""Seconds before it counts: a new connection's first request, and caches that another server had."""
TRIES = 1000
"""Connections opened, at most, until each worker has its share."""
PATIENCE = 30.0
"""Seconds without any answer that end the benchmark."""

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Measured:
    """What a server did: answers a second, their times in milliseconds, and how many it gave, the uncounted with them."""

    per_second: float
    p50: float
    p99: float
    answered: int


class Connection:
    """A kept-alive connection with one request under way."""

    def __init__(self, port: int, requests: Iterator[bytes]) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.own_port: int = self.socket.getsockname()[1]
        self.asked = 0.0
        self._requests = requests
        self._got = b""

    def ask(self) -> None:
        """Send the next request."""
        self._got = b""
        self.asked = time.perf_counter()
        self.socket.sendall(next(self._requests))

    def is_answered(self) -> bool:
        """Take what has come: whether the answer is whole. Ends the benchmark at any that isn't a 200."""
        got = self.socket.recv(65536)
        self._got += got
        if not got or not b"HTTP/1.1 200 ".startswith(self._got[:13]):
            raise SystemExit(f"error: not a 200 but: {self._got[:500].decode(errors='replace') or 'a closed connection'}")
        end = self._got.find(b"\r\n\r\n")
        length = LENGTH.search(self._got, 0, end + 2) if end >= 0 else None
        return length is not None and len(self._got) >= end + 4 + int(length[1])


def measure(server: int, port: int, requests: Sequence[bytes], connections: int, seconds: float) -> Measured:
    """Keep so many connections busy for so long, spread evenly over the workers of the process `server`.

    Each connection begins elsewhere in the requests, and no answer is left behind: all that was sent is in `answered`.
    """
    step = max(1, len(requests) // connections)
    turns = [islice(cycle(requests), step * number, None) for number in range(connections)]
    opened, asked = _spread(psutil.Process(server).children(), port, turns)
    with selectors.DefaultSelector() as selector:
        for connection in opened:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.ask()
        answered, times = _keep_busy(selector, connections, seconds)
    for connection in opened:
        connection.socket.close()
    times.sort()
    p50, p99 = statistics.median(times) * 1e3, times[int(0.99 * len(times))] * 1e3
    return Measured(len(times) / seconds, p50, p99, asked + answered)


def _spread(workers: Sequence[psutil.Process], port: int, turns: Sequence[Iterator[bytes]]) -> tuple[list[Connection], int]:
    """A connection for each of `turns`, as many with each worker, and how many requests it took to know.

    Workers race for a new connection: left to chance, one of two often gets all 16, and the other nothing to do.
    """
    share = math.ceil(len(turns) / len(workers))
    opened: list[Connection] = []
    held: Counter[int] = Counter()
    for tried in range(1, TRIES):
        connection = Connection(port, turns[len(opened)])
        connection.ask()
        while not connection.is_answered():
            pass
        worker = next(worker.pid for worker in workers if _holds(worker, connection))
        held[worker] += 1
        if held[worker] > share:
            connection.socket.close()
            continue
        opened.append(connection)
        if len(opened) == len(turns):
            return opened, tried
    raise SystemExit(f"error: one of {len(workers)} workers takes no connection")


def _holds(worker: psutil.Process, connection: Connection) -> bool:
    return any(one.raddr and one.raddr.port == connection.own_port for one in worker.net_connections("tcp"))


def _keep_busy(selector: selectors.BaseSelector, busy: int, seconds: float) -> tuple[int, list[float]]:
    begin = time.perf_counter() + WARM_UP
    end = begin + seconds
    answered, times = 0, []
    while busy:
        events = selector.select(PATIENCE)
        if not events:
            raise SystemExit(f"error: no answer for {PATIENCE:.0f} s")
        for key, _ in events:
            connection: Connection = key.data
            if not connection.is_answered():
                continue
            now = time.perf_counter()
            answered += 1
            if begin <= now < end:
                times.append(now - connection.asked)
            if now < end:
                connection.ask()
            else:
                busy -= 1
    return answered, times
