"""Callers who take their time, each in its own way, on connections of their own, and what others see of it."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import requests

from tests.serving import KEY, Server

HEAD = f"POST /predict HTTP/1.1\r\nHost: test\r\nx-api-key: {KEY}\r\nContent-Type: application/json\r\n".encode()
CLIENT = {"SK_ID_CURR": 7, "AMT_CREDIT": 500_000}
PAUSE = 0.5
"""Seconds between two bytes."""

Manner = Callable[[socket.socket, threading.Event], None]


def says_nothing(connection: socket.socket, over: threading.Event) -> None:
    """Opens a connection, and that is all."""
    over.wait()


def sends_the_head_byte_by_byte(connection: socket.socket, over: threading.Event) -> None:
    """Begins a request that never gets to its body."""
    _drip(connection, HEAD, over)


def sends_the_body_byte_by_byte(connection: socket.socket, over: threading.Event) -> None:
    """Has a key, and a body that comes a byte at a time."""
    connection.sendall(HEAD + b"Content-Length: 100\r\n\r\n")
    _drip(connection, b'{"AMT_CREDIT": ' + b" " * 80, over)


def sends_chunks_byte_by_byte(connection: socket.socket, over: threading.Event) -> None:
    """The same in chunks."""
    connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    _drip(connection, b"1\r\n \r\n" * 20, over)


def sends_a_body_without_a_key(connection: socket.socket, over: threading.Event) -> None:
    """Is refused at once, and goes on sending."""
    connection.sendall(HEAD.replace(KEY.encode(), b"no-key") + b"Content-Length: 100\r\n\r\n")
    _drip(connection, b" " * 99, over)


def trickles_a_body_without_a_key(connection: socket.socket, over: threading.Event) -> None:
    """The same, many small pieces a second."""
    connection.sendall(HEAD.replace(KEY.encode(), b"no-key") + b"Content-Length: 5000\r\n\r\n")
    while not over.wait(0.03):
        connection.sendall(b" ")


def reads_no_answer(connection: socket.socket, over: threading.Event) -> None:
    """Asks for as much as it can, and reads none of it."""
    connection.settimeout(0.5)
    asks = f"GET /reference HTTP/1.1\r\nHost: test\r\nx-api-key: {KEY}\r\n\r\n".encode()
    while not over.is_set():
        try:
            connection.sendall(asks)
        except TimeoutError:
            over.wait(PAUSE)


MANNERS: tuple[Manner, ...] = (
    says_nothing,
    sends_the_head_byte_by_byte,
    sends_the_body_byte_by_byte,
    sends_chunks_byte_by_byte,
    sends_a_body_without_a_key,
    trickles_a_body_without_a_key,
    reads_no_answer,
)


def slowest_answer(server: Server, manner: Manner, number: int, seconds: float) -> float:
    """Seconds that the slowest of the good requests took, one after the other, while so many callers were slow."""
    with slow_callers(server, manner, number):
        slowest, end = 0.0, time.monotonic() + seconds
        while time.monotonic() < end:
            began = time.monotonic()
            answer = requests.post(f"{server.url}/predict", json=CLIENT, headers={"x-api-key": KEY}, timeout=60)
            slowest = max(slowest, time.monotonic() - began)
            assert answer.status_code == 200, answer.text
            time.sleep(0.05)
    return slowest


@contextmanager
def slow_callers(server: Server, manner: Manner, number: int) -> Iterator[None]:
    """So many of them until the block ends; one who is shown the door comes in again."""
    over = threading.Event()
    callers = [threading.Thread(target=_call, args=(server, manner, over)) for _ in range(number)]
    with ExitStack() as stack:
        for caller in callers:
            caller.start()
            stack.callback(caller.join)
        stack.callback(over.set)
        time.sleep(PAUSE)
        yield


def _call(server: Server, manner: Manner, over: threading.Event) -> None:
    while not over.is_set():
        try:
            with socket.socket() as connection:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                connection.settimeout(10)
                connection.connect(("127.0.0.1", server.port))
                manner(connection, over)
        except OSError:
            over.wait(0.1)


def _drip(connection: socket.socket, text: bytes, over: threading.Event) -> None:
    for place in range(len(text)):
        connection.sendall(text[place : place + 1])
        if over.wait(PAUSE):
            return
    over.wait()
