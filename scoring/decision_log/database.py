"""The database that holds the log, SQLite or PostgreSQL: one writer at a time over all processes, nobody waiting past a limit."""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from scoring.decision_log.chain import Chain
from scoring.errors import CreditScoringError, LogRefused, LogUnavailable

T = TypeVar("T")
Work = Callable[[Chain], Any]
"""What is to be done in a transaction; one that raises a CreditScoringError has added nothing."""

SECONDS = 2.0
"""How long a request waits for the database."""
LOCK = 0x5C0_1217
"""The advisory lock under PostgreSQL: whoever writes to the chain holds it."""


class Database:
    """Opened at first use, in the process that uses it: connections and threads don't survive a fork."""

    def __init__(self, url: str, seconds: float = SECONDS) -> None:
        self._url = make_url(url)
        self._seconds = seconds
        self._opening = threading.Lock()
        self._engine: Engine | None = None

    @property
    def file(self) -> Path | None:
        """Where a SQLite database lies; None of a server's."""
        return Path(self._url.database or "") if self._url.get_backend_name() == "sqlite" else None

    def write(self, works: Sequence[Work]) -> list[Any]:
        """Do the works in one transaction: the result of each, or the CreditScoringError that it raised.

        Raises LogUnavailable where the database can't be reached, or doesn't answer in time: then the works may be done or not.
        """
        try:
            return self._in_time(lambda: self._together(works))
        except (DataError, IntegrityError) as error:  # one of them is at fault: not all are to suffer
            if len(works) == 1:
                return [LogRefused(f"the decision log doesn't take this ({type(error).__name__})")]
            return [result for work in works for result in self.write([work])]

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
            if self._engine is None:
                self._engine = self._sqlite(self.file) if self.file else self._server()
            return self._engine

    def close(self) -> None:
        """Give the connections back: before a fork, or at the end. The next use opens new ones."""
        with self._opening:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None

    def _together(self, works: Sequence[Work]) -> list[Any]:
        with self.locked() as connection:
            chain = Chain(connection)
            results = [_result_of(work, chain) for work in works]
            chain.write()
        return results

    def _in_time(self, ask: Callable[[], T]) -> T:
        try:
            # A server that is frozen holds a connection in spite of every timeout of the network's; a file has one that works.
            return ask() if self.file else within(self._seconds, ask)
        except (DataError, IntegrityError):
            raise
        except (SQLAlchemyError, TimeoutError, OSError) as error:
            raise LogUnavailable(f"the decision log can't be reached ({reason_of(error)}); try again later") from error

    def _sqlite(self, file: Path) -> Engine:
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        engine = create_engine(self._url, connect_args={"timeout": 5}, hide_parameters=True)
        event.listen(engine, "connect", _tune_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    def _server(self) -> Engine:
        wait = round(self._seconds * 1000)
        # What a worker leaves open that is frozen, or whose machine is gone, must not hold the lock for hours.
        limits = {"statement_timeout": wait, "lock_timeout": wait, "idle_in_transaction_session_timeout": 5 * wait}
        options = " ".join(f"-c {name}={value}" for name, value in limits.items())
        connect = {"connect_timeout": 2, "application_name": "credit-scoring", "options": options}
        return create_engine(
            self._url, connect_args=connect, pool_pre_ping=True, pool_timeout=self._seconds, hide_parameters=True
        )


def reason_of(error: Exception) -> str:
    """What kind of error it is, without its text: that may hold an address, or what was to be logged."""
    return type(error.__cause__ or error).__name__


def within(seconds: float, ask: Callable[[], T]) -> T:
    """What `ask` gives, in a thread of its own that is left to itself after so many seconds: then TimeoutError."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(ask())
        except BaseException as error:  # noqa: BLE001  # told where it is waited for
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future.result(seconds)


def _result_of(work: Work, chain: Chain) -> Any:
    try:
        return work(chain)
    except CreditScoringError as error:
        return error


def _tune_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say when a transaction begins
    for setting in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
        connection.execute(f"PRAGMA {setting}")


def _begin_sqlite(connection: Connection) -> None:
    # A writer that begins as a reader can find the file locked when it comes to write, and no timeout helps it then.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")
