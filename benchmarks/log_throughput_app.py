"""What benchmarks.log_throughput has gunicorn serve beside app:from_environment(): the same app with another log."""

import os
import threading
from collections.abc import Sequence
from functools import partial

from flask import Flask

from app import create_app
from model import Scorer
from scoring.decision_log.database import Database
from scoring.decision_log.entries import Claim, DecisionLog, Entry
from scoring.decision_log.log import SqlLog
from scoring.decision_log.spool import Spool
from scoring.decision_log.writing import record, rows_of
from scoring.settings import Settings
from tests.logs import MemoryLog


class NoLog(MemoryLog):
    """A log that discards: what the service takes without one."""

    def append(self, entries: Sequence[Entry], claim: Claim | None = None) -> bytes | None:
        """Forget them."""
        return None


class LogCommittingEach(SqlLog):
    """The real log, but each request has a transaction to itself; threads take turns at it, as they do there.

    Without turns it would do worse still: then all threads wait in SQLite's busy handler, not one of each process.
    """

    def __init__(self, database: Database, spool: Spool) -> None:
        super().__init__(database, spool)
        self._alone = database
        self._one_at_a_time = threading.Lock()

    def append(self, entries: Sequence[Entry], claim: Claim | None = None) -> bytes | None:
        """As DecisionLog says; no spool: a benchmark's database is there."""
        work = partial(record, rows_of(entries), claim)
        with self._one_at_a_time:
            result: bytes | Exception | None = self._alone.write(lambda: [work])[0]
        if isinstance(result, Exception):
            raise result
        return result


def discarding() -> Flask:
    """The service with its log off."""
    return _app(Settings.from_env(os.environ), NoLog())


def committing_each() -> Flask:
    """The service with a commit for each request."""
    settings = Settings.from_env(os.environ)
    log = LogCommittingEach(Database(settings.database_url), Spool(settings.spool_dir))
    log.prepare()
    return _app(settings, log)


def _app(settings: Settings, log: DecisionLog) -> Flask:
    return create_app(settings, Scorer.load(settings.model_dir), log)
