"""What goes on while the database is away: nobody waits for it, and a thread asks until it answers, then empties the spool."""

import logging
import threading
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from scoring.decision_log.database import Database
from scoring.decision_log.entries import Entry
from scoring.decision_log.spool import Spool
from scoring.decision_log.writing import record_unless_there, rows_of
from scoring.errors import LogUnavailable

PAUSE = 0.25
"""Seconds between two questions whether the database answers."""
TOGETHER = 50
"""Files of the spool that share a transaction."""

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
        while files := self._spool.files()[:TOGETHER]:
            delivered += self._deliver(files)
        return delivered

    def _recover(self) -> None:
        while not self._is_over():
            try:
                delivered = self._deliver(self._spool.files()[:TOGETHER])  # none to deliver: it asks as a request would
                if self.down:
                    log.warning("the decision log answers again")
                self.down = False
                delivered += self.deliver()
                if delivered:
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

    def _deliver(self, files: Sequence[Path]) -> int:
        there = [(file, entries) for file in files if (entries := self._read(file)) is not None]
        works = [partial(record_unless_there, rows_of(entries)) for _, entries in there]
        delivered = 0
        for (file, _), result in zip(there, self._database.write(works), strict=True):
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
