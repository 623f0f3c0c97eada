"""How many of a worker's threads wait for callers, at sockets of their own."""

import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from itertools import islice

import pytest

from server.connection import MOMENT, SILENCE, PatientSocket, Places

MORE_THAN_FITS = bytes(16 * 1024 * 1024)


@contextmanager
def waiting(places: Places, number: int, wait: Callable[[PatientSocket], None]) -> Iterator[list["Future[None]"]]:
    """What becomes of so many threads, each at a socket whose caller does nothing, and is gone at the block's end."""
    pairs = [socket.socketpair() for _ in range(number)]
    sockets = [PatientSocket(ours.detach(), places) for ours, _ in pairs]
    with ThreadPoolExecutor(number) as threads:
        for one in sockets:
            one.setblocking(True)
        try:
            yield [threads.submit(wait, one) for one in sockets]
        finally:
            for _, caller in pairs:
                caller.close()
    for one in sockets:
        one.close()


def read(one: PatientSocket) -> None:
    one.recv(1)


def write(one: PatientSocket) -> None:
    one.sendall(MORE_THAN_FITS)


@pytest.mark.parametrize(
    ("threads", "wait", "places"), [(8, read, 4), (64, read, 32), (8, write, 2), (64, write, 16), (1, read, 1), (1, write, 1)]
)
def test_half_of_the_threads_may_wait_for_bodies_and_a_quarter_for_answers_to_be_read(
    threads: int, wait: Callable[[PatientSocket], None], places: int
) -> None:
    with waiting(Places(threads), places + 3, wait) as waits:
        for one in islice(as_completed(waits, SILENCE), 3):
            assert isinstance(one.exception(), TimeoutError | ConnectionResetError)
        time.sleep(2 * MOMENT)
        assert sum(one.done() for one in waits) == 3


def test_bodies_and_answers_are_waited_for_in_places_of_their_own() -> None:
    places = Places(4)
    with waiting(places, 2, read) as bodies, waiting(places, 1, write) as answers:
        time.sleep(4 * MOMENT)
        assert not [one for one in (*bodies, *answers) if one.done()]
