"""How often a key may ask, counted for all workers together."""

import fcntl
import math
import mmap
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Sequence

from flask import Flask, g

from scoring.errors import TooManyRequests
from scoring.settings import RateLimit

NANOSECONDS = 1_000_000_000


class Limiter:
    """The generic cell rate algorithm (ITU-T I.371): a moment for each key, in memory that processes forked later share.

    A key may make all of its requests at once, and gets them back one by one.
    """

    def __init__(self, limit: RateLimit, names: Sequence[str], clock: Callable[[], int] = time.monotonic_ns) -> None:
        self._clock = clock
        self._interval = limit.seconds * NANOSECONDS // limit.requests
        self._ahead = self._interval * (limit.requests - 1)
        self._places = {name: place for place, name in enumerate(names)}
        self._used_until = memoryview(mmap.mmap(-1, 8 * len(names))).cast("q")
        # The system lets go of a file's lock when its process is killed; threads of a process need one among themselves.
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # open for as long as this lives
        weakref.finalize(self, self._file.close)
        self._lock = threading.Lock()

    def wait(self, name: str) -> int:
        """Nanoseconds until this key may ask; where that is 0, it has asked."""
        place = self._places[name]
        with self._lock:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                now = self._clock()
                used_until = max(now, self._used_until[place])
                wait = max(0, used_until - self._ahead - now)
                if not wait:
                    self._used_until[place] = used_until + self._interval
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)
        return wait


def register(app: Flask, limiter: Limiter) -> None:
    """Refuse, before its body is read, the request of a key that has asked too often."""

    @app.before_request
    def limit() -> None:
        if (name := g.get("key_name")) and (wait := limiter.wait(name)):
            raise TooManyRequests("this key asks more often than it may", retry_after=math.ceil(wait / NANOSECONDS))
