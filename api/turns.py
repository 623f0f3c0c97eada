"""Large requests take turns in a process: side by side none would be done sooner, and each would keep its memory longer."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from api import memory
from scoring.errors import Busy

LARGE = 200_000  # bytes of a body: some thirty clients of whom everything is known
MOST_WAITING = 8
LONGEST_WAIT = 10.0  # seconds; Heroku's router gives up after 30, and the work comes after the wait


class Turns:
    """First come, first served; no more than `waiting` wait, and none longer than `seconds`. What isn't `large` passes."""

    def __init__(self, waiting: int = MOST_WAITING, seconds: float = LONGEST_WAIT, large: int = LARGE) -> None:
        self._large = large
        self._waiting = waiting
        self._seconds = seconds
        self._lock = threading.Lock()
        self._queue: deque[threading.Event] = deque()
        """Whose turn it is, and who waits."""

    @contextmanager
    def turn(self, size: int) -> Iterator[None]:
        """The block, on a body of so many bytes, runs while no other large one does; raises Busy where that won't be soon."""
        if size < self._large:
            yield
            return
        mine = threading.Event()
        self._line_up(mine)
        if not mine.wait(self._seconds) and self._leave(mine):
            raise Busy("other large requests come first; try again later, or with fewer records")
        try:
            yield
        finally:
            memory.give_back()
            self._pass_on()

    def _line_up(self, mine: threading.Event) -> None:
        with self._lock:
            if len(self._queue) > self._waiting:
                raise Busy("too many large requests wait already; try again later, or with fewer records")
            self._queue.append(mine)
            self._queue[0].set()

    def _leave(self, mine: threading.Event) -> bool:
        """Whether we did, or it became our turn at the last moment."""
        with self._lock:
            if mine.is_set():
                return False
            self._queue.remove(mine)
            return True

    def _pass_on(self) -> None:
        with self._lock:
            self._queue.popleft()
            if self._queue:
                self._queue[0].set()
