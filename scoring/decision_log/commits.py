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
    """Calls `commit` with what several threads bring, one call at a time.

    `commit` gives one result an item, in order; a result that is an exception is raised where its item came from, and what
    `commit` raises, everywhere.
    """

    def __init__(self, commit: Callable[[Sequence[T]], Sequence[Any]]) -> None:
        self._commit = commit
        self._queue: deque[_Waiting[T]] = deque()
        self._turn = threading.Lock()

    def run(self, item: T, rows: int = 1) -> Any:
        """The result of an item, which is so many rows, once it is committed."""
        waiting = _Waiting(item, rows)
        self._queue.append(waiting)
        with self._turn:
            while not waiting.done:  # nobody took it along
                self._serve(self._next())
        if isinstance(waiting.result, Exception):
            raise waiting.result
        return waiting.result

    def _next(self) -> list[_Waiting[T]]:
        batch = [self._queue.popleft()]
        rows = batch[0].rows
        while self._queue and rows + self._queue[0].rows <= MOST:
            batch.append(self._queue.popleft())
            rows += batch[-1].rows
        return batch

    def _serve(self, batch: Sequence[_Waiting[T]]) -> None:
        try:
            results = self._commit([waiting.item for waiting in batch])
        except Exception as error:  # noqa: BLE001  # raised anew for each
            results = [error] * len(batch)
        for waiting, result in zip(batch, results, strict=True):
            waiting.result, waiting.done = result, True
