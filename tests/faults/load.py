"""Callers that ask the service without a pause, go on after every fault, and keep what they were answered."""

import json
import threading
import time
from collections.abc import Callable, Sequence
from http.client import HTTPConnection, HTTPException
from itertools import count
from typing import Any, NamedTuple

from tests.serving import KEY

CALLERS = 8
BROKEN_OFF = 0
"""The status of an answer that didn't come whole."""
LONGEST = 20.0
"""Seconds after which a caller gives an answer up."""


class Answer(NamedTuple):
    """What came of a request: when that was known, how long it took, and the ids of the decisions."""

    at: float
    seconds: float
    status: int
    ids: Sequence[str]


class Load:
    """Eight callers, from the block's begin to its end; `port` may change meanwhile, and is None where nobody serves.

    Every request is about clients of its own. Every third caller sends an Idempotency-Key, and the same request again until it is
    answered with 200; what the others ask is asked once.
    """

    def __init__(self, port: int | None = None) -> None:
        self.port = port
        self.over = False
        self._callers = [_Caller(number, self) for number in range(CALLERS)]

    def __enter__(self) -> "Load":
        for caller in self._callers:
            caller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over = True
        for caller in self._callers:
            caller.join()
            caller.hang_up()

    @property
    def answers(self) -> list[Answer]:
        """What all callers were answered until now."""
        return [answer for caller in self._callers for answer in caller.answers]

    def wait_for(self, more: int) -> None:
        """Return when so many more requests are answered with 200."""
        wanted = self._decided() + more
        until(lambda: self._decided() >= wanted, f"{more} more decisions")

    def last_refusal(self) -> float:
        """When the last 503 came."""
        return max(caller.refused_at for caller in self._callers)

    def _decided(self) -> int:
        return sum(caller.decided for caller in self._callers)


class _Caller(threading.Thread):
    """A caller's own counts are written by nobody else: they need no lock."""

    def __init__(self, number: int, load: Load) -> None:
        super().__init__(daemon=True)
        self.answers: list[Answer] = []
        self.decided = 0
        self.refused_at = 0.0
        self._number = number
        self._load = load
        self._connection: HTTPConnection | None = None

    def run(self) -> None:
        for turn in count():
            client = (self._number * 10_000_000 + turn) * 10
            clients = range(client, client + (3 if turn % 5 == 0 else 1))
            key = f"key-{client}" if self._number % 3 == 0 else None
            while not self._load.over:
                answer = self._ask(clients, key)
                self.answers.append(answer)
                if answer.status == 200 or not key:
                    break
            if self._load.over:
                return
            if turn % 20 == 0:  # the next one may meet another worker
                self.hang_up()

    def _ask(self, clients: Sequence[int], key: str | None) -> Answer:
        begun = time.monotonic()
        try:
            status, ids = self._send(clients, key)
        except (OSError, HTTPException, ValueError):
            status, ids = BROKEN_OFF, []
            self.hang_up()
        answered = time.monotonic()
        self.decided += status == 200
        self.refused_at = answered if status == 503 else self.refused_at
        if status != 200:
            time.sleep(0.02)
        return Answer(answered, answered - begun, status, ids)

    def _send(self, clients: Sequence[int], key: str | None) -> tuple[int, Sequence[str]]:
        if (port := self._load.port) is None:
            raise ConnectionRefusedError
        if self._connection and self._connection.port != port:
            self.hang_up()
        self._connection = self._connection or HTTPConnection("127.0.0.1", port, timeout=LONGEST)
        headers = {"x-api-key": KEY, "content-type": "application/json"} | ({"Idempotency-Key": key} if key else {})
        self._connection.request("POST", "/predict", json.dumps(_body(clients)), headers)
        response = self._connection.getresponse()
        body = json.loads(response.read())
        return response.status, _ids(body) if response.status == 200 else []

    def hang_up(self) -> None:
        """Close the connection; the next request opens one."""
        if self._connection:
            self._connection.close()
        self._connection = None


def until(reached: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Return when it is so; AssertionError where that takes too long."""
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        time.sleep(0.01)


def _body(clients: Sequence[int]) -> Any:
    records = [{"SK_ID_CURR": client, "AMT_CREDIT": 1e5} for client in clients]
    return {"data": records} if len(records) > 1 else records[0]


def _ids(body: Any) -> list[str]:
    return [str(one["decision_id"]) for one in body.get("decisions", [body])]
