"""Shared commits: whoever gets the turn commits for all who queued meanwhile.

A commit waits for the disk or the network; in that time others queue, and one commit serves them all. The more callers, the
more share each (group commit, as databases do it themselves: DeWitt et al., 1984).
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

T = TypeVar("T")


MOST = 1000
"""Rows that share a commit, as long as they come in more than one request: a long commit keeps everybody waiting."""


class _Waiting(Generic[T]):
    __slots__ = ("done", "item", "result", "rows")

    def __init__(self, item: T, rows: int) -> None:
        self.item = item
        self.rows = rows
        self.done = False
        self.result: Any = None


class SharedCommits(Generic[T]):
    """Calls `commit` for what several threads bring, one call at a time.

    `commit` is given a function that it calls once, when it is about to begin: it gives the items of all who came until then. It
    returns one result an item, in order; a result that is an exception is raised where its item came from, and what it raises
    itself, everywhere. Called after that, as by a commit that was given up and goes on, the function gives nothing.
    """

    def __init__(self, commit: Callable[[Callable[[], Sequence[T]]], Sequence[Any]]) -> None:
        self._commit = commit
        self._queue: deque[_Waiting[T]] = deque()
        self._state = threading.Condition()
        self._busy = False

    def run(self, item: T, rows: int = 1) -> Any:
        """The result of an item, which is so many rows, once it is committed."""
        waiting = _Waiting(item, rows)
        with self._state:
            self._queue.append(waiting)
        while not self._is_served(waiting):
            self._serve()
        if isinstance(waiting.result, Exception):
            raise waiting.result
        return waiting.result

    def _is_served(self, waiting: _Waiting[T]) -> bool:
        """Whether somebody took it along; if not, it is this caller's turn."""
        with self._state:
            self._state.wait_for(lambda: waiting.done or not self._busy)
            self._busy = self._busy or not waiting.done
            return waiting.done

    def _serve(self) -> None:
        batch: list[_Waiting[T]] | None = None
        over = False

        def take() -> list[T]:
            nonlocal batch
            with self._state:
                batch = [] if over else self._next()
                return [waiting.item for waiting in batch]

        results: Sequence[Any] = []
        error: Exception = RuntimeError("the commit was broken off")
        try:
            results = self._commit(take)
        except Exception as raised:  # noqa: BLE001  # raised anew for each
            error = raised
        finally:
            with self._state:
                over, served = True, self._next() if batch is None else batch
                for waiting, result in zip(served, results or [error] * len(served), strict=True):
                    waiting.result, waiting.done = result, True
                self._busy = False
                self._state.notify_all()

    def _next(self) -> list[_Waiting[T]]:
        batch = [self._queue.popleft()]
        rows = batch[0].rows
        while self._queue and rows + self._queue[0].rows <= MOST:
            batch.append(self._queue.popleft())
            rows += batch[-1].rows
        return batch
