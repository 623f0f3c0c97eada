"""All that a lender asks, at once: each connection has one kind of request and sends it again as soon as it is answered.

By kind, not in turns: in turns the slowest kind would soon have all the connections, and the others none.
"""

import http.client
import json
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import count, cycle, islice

from jobs.servers import HOST
from scoring.errors import Busy
from scoring.settings import Settings
from tests.conftest import demo_clients
from tests.serving import KEY

PATIENCE = 120.0
"""Seconds for an answer; Heroku's router would give up after 30, and the table says how long they took."""
HEADERS = {"x-api-key": KEY, "Content-Type": "application/json"}


@dataclass(slots=True)
class Kind:
    """A kind of request: what is sent, and what came of it.

    `later`: told to come again, as large requests are that wait for others; `refused`: answered in another way, or not at all;
    `refusal`: how, the first time. `slowest`: seconds to a 200.
    """

    name: str
    method: str
    path: str
    body: bytes | None
    answered: int = 0
    slowest: float = 0.0
    later: int = 0
    refused: int = 0
    refusal: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, connection: http.client.HTTPConnection) -> float:
        """Send it and take the answer, which may say how many seconds to wait before the next.

        A connection that broke is opened again by the next.
        """
        begun = time.perf_counter()
        try:
            connection.request(self.method, self.path, self.body, HEADERS)
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            self._count_refused(repr(error))
            return 0.0
        if response.status == HTTPStatus.OK:
            self._count_answered(time.perf_counter() - begun)
            return 0.0
        if response.status == HTTPStatus.SERVICE_UNAVAILABLE and json.loads(content)["error"]["code"] == Busy.code:
            with self._lock:
                self.later += 1
            return float(response.headers["Retry-After"])
        self._count_refused(f"{response.status} {content[:200].decode(errors='replace')}")
        return 0.0

    def _count_answered(self, seconds: float) -> None:
        with self._lock:
            self.answered += 1
            self.slowest = max(self.slowest, seconds)

    def _count_refused(self, refusal: str) -> None:
        with self._lock:
            self.refused += 1
            self.refusal = self.refusal or refusal


def kinds() -> list[Kind]:
    """One client and as many as a body may hold, to be decided and to be explained, with all their fields; and the metrics."""
    clients = batch()
    one, many = (json.dumps(each, separators=(",", ":")).encode() for each in (clients[0], clients))
    of_routes = [
        (Kind(f"{path} of one client", "POST", path, one), Kind(f"{path} of {len(clients)} clients", "POST", path, many))
        for path in ("/predict", "/explain")
    ]
    return [kind for pair in of_routes for kind in pair] + [Kind("/metrics", "GET", "/metrics", None)]


def batch() -> list[dict[str, object]]:
    """The demo clients, under other numbers, until the body or the number of records is at the service's limit."""
    settings = Settings()
    taken: list[dict[str, object]] = []
    size = 2
    for client in _numbered():
        size += len(json.dumps(client, separators=(",", ":"))) + 1
        if size > settings.max_body_bytes or len(taken) == settings.max_records:
            break
        taken.append(client)
    return taken


def _numbered() -> Iterator[dict[str, object]]:
    clients = demo_clients()
    for number in count():
        yield {**clients[number % len(clients)], "SK_ID_CURR": 800_000 + number}


def put_load(port: int, asked: Sequence[Kind], connections: int, seconds: float) -> None:
    """Keep so many connections busy for so long, the first with the first kind and so on in turn; wait for the last answers."""
    enough = threading.Event()
    turns = islice(cycle(asked), connections)
    threads = [threading.Thread(target=_keep_asking, args=(port, kind, enough)) for kind in turns]
    try:
        for thread in threads:
            thread.start()
        time.sleep(seconds)
    finally:
        enough.set()
    for thread in threads:
        thread.join()


def _keep_asking(port: int, kind: Kind, enough: threading.Event) -> None:
    connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE)
    while not enough.is_set():
        enough.wait(kind.ask(connection))
    connection.close()
