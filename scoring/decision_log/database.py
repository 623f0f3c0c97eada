"""The database that holds the log, SQLite or PostgreSQL: one writer at a time over all processes, nobody waiting past a limit."""

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from scoring.decision_log.chain import Chain, check_head
from scoring.decision_log.deadline import within
from scoring.decision_log.engines import address_of, of_file, of_server, place_of, read_any_text
from scoring.errors import CreditScoringError, LogRefused, LogUnavailable

log = logging.getLogger(__name__)

T = TypeVar("T")
Work = Callable[[Chain], Any]
"""What is to be done in a transaction; one that raises a CreditScoringError has added nothing."""

SECONDS = 1.4
"""How long a transaction may take. A request may wait for another's before its own, and gets its answer within three seconds."""
LOCK = 0x5C0_1217
"""The advisory lock under PostgreSQL: whoever writes to the chain holds it."""


class Database:
    """Opened at first use, in the process that uses it: connections and threads don't survive a fork."""

    def __init__(self, url: str, seconds: float = SECONDS) -> None:
        self._url = address_of(url)
        self._seconds = seconds
        self._opening = threading.Lock()
        self._engine: Engine | None = None
        self._place: tuple[int, int] | None = None

    @property
    def file(self) -> Path | None:
        """Where a SQLite database lies; None of a server's."""
        return Path(self._url.database or "") if self._url.get_backend_name() == "sqlite" else None

    def write(self, take: Callable[[], Sequence[Work]]) -> list[Any]:
        """Do works in one transaction: the result of each, or the CreditScoringError that it raised.

        They are taken once the log is locked: what came while that was waited for is done with them. Raises LogUnavailable where
        the database can't be reached, or doesn't answer in time: then the works may be done or not.
        """
        taken: list[Work] = []

        def once() -> Sequence[Work]:
            taken.extend(take())
            return taken

        try:
            return self._in_time(lambda: self._together(once))
        except (DataError, IntegrityError) as error:  # one of them is at fault: not all are to suffer
            if len(taken) > 1:
                return [result for work in taken for result in self.write(partial(list, [work]))]
            self.read(check_head)  # or it is the head that is wrong, and what came must not be given up
            log.error("the decision log doesn't take what it is given: %s", reason_of(error))
            return [LogRefused("the decision log doesn't take this")]

    def read(self, query: Callable[[Connection], T]) -> T:
        """What a query finds; raises LogUnavailable as write does."""

        def ask() -> T:
            with self.engine().connect() as connection:
                return query(connection)

        return self._in_time(ask)

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """The log as it is at one moment, however long reading it takes."""
        with self.engine().connect() as connection:
            if self.file is None:
                connection.execution_options(isolation_level="REPEATABLE READ")
            else:
                read_any_text(connection)
            with connection.begin():
                yield connection

    @contextmanager
    def locked(self) -> Iterator[Connection]:
        """A transaction that nobody else writes beside, however long it takes; committed where the block ends well."""
        with self.engine().connect().execution_options(writes=True) as connection, connection.begin():
            if self.file is None:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            yield connection

    def engine(self) -> Engine:
        """The process's own connections; a new SQLite file is readable by its owner only."""
        with self._opening:
            if self._engine and self._place != place_of(self.file):  # or what is committed would go with the file that was there
                self._dispose()
            if self._engine is None:
                self._engine = of_file(self._url, self.file, self._seconds) if self.file else of_server(self._url, self._seconds)
                self._place = place_of(self.file)
            return self._engine

    def close(self) -> None:
        """Give the connections back: before a fork, or at the end. The next use opens new ones."""
        with self._opening:
            self._dispose()

    def _dispose(self) -> None:
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def _together(self, take: Callable[[], Sequence[Work]]) -> list[Any]:
        with self.locked() as connection:
            chain = Chain(connection)
            results = [_result_of(work, chain) for work in take()]
            chain.write()
        return results

    def _in_time(self, ask: Callable[[], T]) -> T:
        try:
            # A server that is frozen holds a connection in spite of every timeout of the network's; a file has one that works.
            return ask() if self.file else within(self._seconds, ask)
        except (DataError, IntegrityError):
            raise
        except (SQLAlchemyError, sqlite3.Error, TimeoutError, OSError) as error:
            raise LogUnavailable("the decision log can't be reached; try again later") from error


def reason_of(error: BaseException) -> str:
    """What kind of error it comes from, without its text: that may hold an address, or what was to be logged."""
    while error.__cause__:
        error = error.__cause__
    return type(error).__name__


def _result_of(work: Work, chain: Chain) -> Any:
    try:
        return work(chain)
    except CreditScoringError as error:
        return error
