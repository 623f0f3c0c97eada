"""The decision log in a database, with a spool beside it for the time when that is away."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from scoring.decision_log.chain import Chain
from scoring.decision_log.commits import SharedCommits
from scoring.decision_log.database import Database, Work, reason_of
from scoring.decision_log.entries import Claim, Entry, Outcome, Review
from scoring.decision_log.reading import find, shown
from scoring.decision_log.recovery import Recovery
from scoring.decision_log.schema import outcomes, reviews
from scoring.decision_log.spool import Spool
from scoring.decision_log.writing import NO_SUCH_DECISION, record, record_outcomes, record_review, rows_of
from scoring.errors import InvalidRequest, LogUnavailable, UnknownDecision
from scoring.settings import Settings

log = logging.getLogger(__name__)


class SqlLog:
    """A DecisionLog; made before a fork or after, it opens everything at first use."""

    def __init__(self, database: Database, spool: Spool) -> None:
        self._spool = spool
        self._recovery = Recovery(database, spool)
        self._database = database
        self._commits: SharedCommits[Work] = SharedCommits(self._write)
        self._spooled: SharedCommits[Sequence[Entry]] = SharedCommits(lambda take: spool.put(take()))
        self._looked = False

    @classmethod
    def of(cls, settings: Settings) -> "SqlLog":
        """The log that the settings name."""
        return cls(Database(settings.database_url), Spool(settings.spool_dir))

    def prepare(self) -> None:
        """Before a server's workers are there: a file gets its tables, a server's are looked at, and what waited is delivered.

        Raises SettingError where the tables aren't what this code needs, or the spool can't be where it is to be. A database that
        doesn't answer stops no start.
        """
        from scoring.decision_log import upgrading  # Alembic is needed here alone

        self._spool.prepare()
        try:
            upgrading.make_ready(self._database)
            self._recovery.deliver()
        except (LogUnavailable, OSError) as error:
            log.warning("what waits in the spool can't be delivered (%s): decisions wait there", reason_of(error))
        finally:
            self._database.close()  # connections don't survive a fork

    def append(self, entries: Sequence[Entry], claim: Claim | None = None) -> bytes | None:
        """As DecisionLog says. While the database is away decisions wait in the spool.

        Not those with a claim: whether its key was used before, only the database knows.
        """
        self._look_for_what_waits()
        try:
            earlier: bytes | None = self._commits.run(partial(record, rows_of(entries), claim), len(entries))
            return earlier
        except LogUnavailable:
            if claim:
                raise
        self._spooled.run(entries, len(entries))
        self._recovery.begin()
        return None

    def check(self) -> str:
        """As DecisionLog says."""
        self._look_for_what_waits()
        try:
            self._commits.run(Chain.write_head)
        except LogUnavailable:
            self._spool.check()
            return "spool"
        return "database"

    def find(self, decision_id: str) -> dict[str, Any]:
        """As DecisionLog says."""
        self._look_for_what_waits()
        self._refuse_while_down()
        with self._unknown_only_if_nothing_waits():
            return self._database.read(partial(find, decision_id))

    def review(self, decision_id: str, review: Review, key_name: str) -> Mapping[str, Any]:
        """As DecisionLog says."""
        with self._unknown_only_if_nothing_waits():
            return shown(reviews, self._commits.run(partial(record_review, decision_id, review, key_name)))

    def record_outcomes(self, told: Sequence[Outcome], key_name: str) -> list[Mapping[str, Any]]:
        """As DecisionLog says."""
        with self._unknown_only_if_nothing_waits():
            rows = self._commits.run(partial(record_outcomes, told, key_name), len(told))
        return [shown(outcomes, row) for row in rows]

    @contextmanager
    def _unknown_only_if_nothing_waits(self) -> Iterator[None]:
        """A decision that may still be in the spool isn't called unknown."""
        waits = bool(self._spool.files())  # asked first: meanwhile it may arrive
        try:
            yield
        except (UnknownDecision, InvalidRequest) as error:
            said = {error.message, *(problem.problem for problem in error.details)}
            if waits and NO_SUCH_DECISION in said:
                raise LogUnavailable("decisions are on their way to the log; try again later") from None
            raise

    def _write(self, take: Callable[[], Sequence[Work]]) -> list[Any]:
        self._refuse_while_down()
        try:
            return self._database.write(take)
        except LogUnavailable as error:
            self._recovery.begin(because=reason_of(error))
            raise

    def _refuse_while_down(self) -> None:
        if self._recovery.down:
            raise LogUnavailable("the decision log can't be reached; try again later")

    def _look_for_what_waits(self) -> None:
        """Once in a process: what an earlier one left in the spool."""
        if not self._looked:
            self._looked = True
            if self._spool.files():
                self._recovery.begin()
