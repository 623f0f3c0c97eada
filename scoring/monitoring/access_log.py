"""What the access log tells of requests, those too that came to no decision: how they ended, and how long each route took."""

import gzip
import zlib
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from math import inf, nan
from pathlib import Path
from typing import IO, Annotated, Any, cast

import msgspec
import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from scoring.errors import SettingError
from scoring.monitoring.counting import LATENCY_LEVELS, counts, quantiles
from scoring.monitoring.decisions import Times
from scoring.monitoring.periods import Periods

FIRST_ERROR = 400
NO_ROUTE = "no route"
OF_LINES = 10_000
"""Lines that are read before that is said."""


class _Line(msgspec.Struct, frozen=True):
    """What api/access_log.py writes of a request, as far as it is counted here; what was never HTTP has no route."""

    time: Annotated[datetime, Meta(tz=True)]
    request_id: str
    status: Annotated[int, Meta(ge=100, le=599)]
    route: str | None = None
    latency_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Requests:
    """n requests; each array is (n,), `latency_ms` NaN where it isn't told, `route` places in `routes`.

    `skipped`: lines of the file that are no JSON of ours.
    """

    time: Times
    status: NDArray[np.int64]
    latency_ms: NDArray[np.float64]
    route: NDArray[np.int64]
    routes: tuple[str, ...]
    skipped: int

    def __len__(self) -> int:
        return len(self.time)


def read_requests(path: Path, since: str, until: str | None, say: Callable[[int], object] = lambda _: None) -> Requests:
    """The requests of [since, until), times as the log writes them, in a file of access-log lines, by its name compressed (.gz).

    Raises SettingError where it can't be read, or has no line of ours.
    """
    inside = _Inside(since, until)
    lines = skipped = 0
    with _opened(path) as file:
        for lines, found in enumerate(_decoded(file), 1):
            if found is None:
                skipped += 1
            else:
                inside.add(found)
            if lines % OF_LINES == 0:
                say(OF_LINES)
    if skipped == lines:
        raise SettingError(
            f"--access-log {path} has no line of this service's access log among its {lines:,}: "
            "give it the JSON lines that the service writes to its standard output"
        )
    return inside.requests(skipped)


class _Inside:
    """Requests of [since, until), one by one as numbers: a log of millions of lines is a few dozen megabytes."""

    def __init__(self, since: str, until: str | None) -> None:
        self._begin = datetime.fromisoformat(since).timestamp()
        self._end = datetime.fromisoformat(until).timestamp() if until else inf
        self._time, self._status, self._latency, self._route = array("d"), array("q"), array("d"), array("q")
        self._routes: dict[str, int] = {}

    def add(self, line: _Line) -> None:
        """Keep a line's request, if it is of that time."""
        time = line.time.timestamp()
        if self._begin <= time < self._end:
            self._time.append(time)
            self._status.append(line.status)
            self._latency.append(nan if line.latency_ms is None else line.latency_ms)
            self._route.append(self._routes.setdefault(line.route or NO_ROUTE, len(self._routes)))

    def requests(self, skipped: int) -> Requests:
        """What was kept."""
        milliseconds = np.round(np.array(self._time) * 1000).astype("datetime64[ms]")
        numbers = np.array(self._status), np.array(self._latency), np.array(self._route)
        return Requests(milliseconds, *numbers, tuple(self._routes), skipped)


def counted_requests(requests: Requests, periods: Periods) -> dict[str, Any]:
    """The figures of every period and of the whole."""
    everything = np.arange(len(requests))
    rows = periods.rows(requests.time)
    return {
        "skipped_lines": requests.skipped,
        "periods": [{**head, **_counted(requests, some)} for head, some in zip(periods.named(), rows, strict=True)],
        "whole": _counted(requests, everything),
    }


def _counted(requests: Requests, rows: NDArray[np.int64]) -> dict[str, Any]:
    status, route, latency = requests.status[rows], requests.route[rows], requests.latency_ms[rows]
    told = ~np.isnan(latency)
    return {
        "requests": len(rows),
        "classes": {f"{first}xx": number for first, number in counts(status // 100).items()},
        "errors": counts(status[status >= FIRST_ERROR]),
        "routes": {
            name: {
                "requests": int((route == place).sum()),
                "latency_ms": quantiles(latency[told & (route == place)], LATENCY_LEVELS),
            }
            for place, name in sorted(enumerate(requests.routes), key=lambda one: one[1])
            if (route == place).any()
        },
    }


def _decoded(file: IO[bytes]) -> Iterator[_Line | None]:
    decode = msgspec.json.Decoder(_Line).decode
    for line in file:
        try:
            yield decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            yield None


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    try:
        with cast("IO[bytes]", gzip.open(path)) if path.suffix == ".gz" else path.open("rb") as file:
            yield file
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or "it isn't whole, or isn't what its name says"
        raise SettingError(f"--access-log {path} can't be read: {reason}") from error
