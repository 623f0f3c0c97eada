"""What goes on while the database is away: nobody waits for it, and a thread asks until it answers, then empties the spool."""

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from scoring import traces
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
        self._most = TOGETHER
        self.down = False

    def begin(self, *, because: str = "") -> None:
        """In a thread of its own: ask until the database answers, if it is down `because` of something, and empty the spool."""
        with self._state:
            if because and not self.down:
                log.warning("the decision log can't be reached (%s): decisions wait in the spool", because)
            self.down = self.down or bool(because)
            if self._thread is None or not self._thread.is_alive():
                thread = threading.Thread(target=self._recover, daemon=True)
                try:
                    thread.start()
                except RuntimeError as error:  # as many as the system takes; the next who comes tries again
                    log.error("the spool can't be delivered now: %s", error)
                else:
                    self._thread = thread

    def deliver(self) -> None:
        """Bring what the spool holds into the log, unless another process is at it; raises LogUnavailable, OSError."""
        with self._spool.to_ourselves() as ours:
            delivered = 0
            while ours and (batch := self._first_of(self._spool.files())):
                delivered += self._deliver(batch)
        if delivered:
            log.warning("%d decisions went from the spool into the decision log", delivered)

    def _recover(self) -> None:
        while True:
            try:
                if self._is_over():
                    return
                self._database.write(lambda: [Chain.write_head])
                if self.down:
                    log.warning("the decision log answers again")
                self.down = False
                self.deliver()
            except LogUnavailable:
                self.down = True
            except Exception as error:  # noqa: BLE001  # what waits is to be tried again, and the database may be there all the same
                log.error("the spool can't be delivered: %s", traces.of(error))
            time.sleep(PAUSE)

    def _is_over(self) -> bool:
        with self._state:  # whoever fails or spools after this starts another thread
            if self.down or self._spool.files():
                return False
            self._thread = None
            return True

    def _first_of(self, files: Sequence[Path]) -> dict[Path, list[Entry]]:
        batch: dict[Path, list[Entry]] = {}
        for file in files:
            if (entries := self._read(file)) is not None:
                batch[file] = entries
            if sum(map(len, batch.values())) >= self._most:
                break
        return batch

    def _deliver(self, batch: Mapping[Path, Sequence[Entry]]) -> int:
        """One transaction, and few questions for all of it: with a question a file, a server far away would take too long."""
        rows = rows_of(entry for entries in batch.values() for entry in entries)
        try:
            [result] = self._database.write(lambda: [partial(record_unless_there, rows)])
        except LogUnavailable:
            self._most = max(1, self._most // 2)  # it may have been too much to be done in time
            raise
        self._most = TOGETHER
        if not isinstance(result, Exception):
            for file in batch:
                self._spool.remove(file)
            return int(result)
        if len(batch) > 1:  # one of them is at fault
            return sum(self._deliver({file: entries}) for file, entries in batch.items())
        self._set_aside(next(iter(batch)), result)
        return 0

    def _read(self, file: Path) -> list[Entry] | None:
        try:
            return self._spool.read(file)
        except (ValueError, OSError) as error:
            self._set_aside(file, error)
            return None

    def _set_aside(self, file: Path, error: Exception) -> None:
        kept = self._spool.set_aside(file)
        log.error("%s can't be delivered (%s): it is kept as %s", file.name, type(error).__name__, kept.name)
