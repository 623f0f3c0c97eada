"""What goes on while the database is away: nobody waits for it, and a thread asks until it answers, then empties the spool."""

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from scoring.decision_log.chain import Chain
from scoring.decision_log.database import Database
from scoring.decision_log.entries import Entry
from scoring.decision_log.spool import Spool
from scoring.decision_log.writing import record_unless_there, rows_of
from scoring.errors import LogUnavailable

PAUSE = 0.25
"""Seconds between two questions whether the database answers."""
TOGETHER = 1000
"""Decisions of the spool's files that share a transaction, and a file at least: requests wait for it meanwhile."""

log = logging.getLogger(__name__)


class Recovery:
    """A circuit breaker (Nygard, Release It!, 2007), `down` from a failure until the database takes a transaction again."""

    def __init__(self, database: Database, spool: Spool) -> None:
        self._database = database
        self._spool = spool
        self._state = threading.Lock()
        self._thread: threading.Thread | None = None
        self.down = False

    def begin(self, *, down: bool) -> None:
        """In a thread of its own: ask until the database answers, if it is `down`, and empty the spool."""
        with self._state:
            if down and not self.down:
                log.warning("the decision log can't be reached: decisions wait in the spool")
            self.down = self.down or down
            if self._thread is None:
                self._thread = threading.Thread(target=self._recover, daemon=True)
                self._thread.start()

    def deliver(self) -> int:
        """Bring what the spool holds into the log, and give its number of decisions; raises LogUnavailable."""
        delivered = 0
        while files := self._spool.files():
            for batch in self._batches(files):
                delivered += self._deliver(batch)
        return delivered

    def _recover(self) -> None:
        while not self._is_over():
            try:
                self._database.write([Chain.touch])
                if self.down:
                    log.warning("the decision log answers again")
                self.down = False
                if delivered := self.deliver():
                    log.warning("%d decisions went from the spool into the decision log", delivered)
            except Exception as error:  # whatever it is, what waits is to be tried again
                if not isinstance(error, LogUnavailable):
                    log.error("the spool can't be delivered", exc_info=error)
                self.down = True
                time.sleep(PAUSE)

    def _is_over(self) -> bool:
        with self._state:  # whoever fails or spools after this starts another thread
            if self.down or self._spool.files():
                return False
            self._thread = None
            return True

    def _batches(self, files: Sequence[Path]) -> Iterator[list[tuple[Path, list[Entry]]]]:
        batch: list[tuple[Path, list[Entry]]] = []
        for file in files:
            if (entries := self._read(file)) is not None:
                batch.append((file, entries))
            if sum(len(entries) for _, entries in batch) >= TOGETHER:
                yield batch
                batch = []
        if batch:
            yield batch

    def _deliver(self, batch: Sequence[tuple[Path, list[Entry]]]) -> int:
        works = [partial(record_unless_there, rows_of(entries)) for _, entries in batch]
        delivered = 0
        for (file, _), result in zip(batch, self._database.write(works), strict=True):
            if isinstance(result, Exception):
                self._set_aside(file, result)
                continue
            self._spool.remove(file)
            delivered += result
        return delivered

    def _read(self, file: Path) -> list[Entry] | None:
        try:
            return self._spool.read(file)
        except FileNotFoundError:  # another process delivered it
            return None
        except ValueError as error:
            self._set_aside(file, error)
            return None

    def _set_aside(self, file: Path, error: Exception) -> None:
        log.error("%s can't be delivered (%s): it is kept as %s", file.name, error, self._spool.set_aside(file).name)
