"""Purges: what was said of persons before a day is dropped, and the rows stay provable without it."""

from contextlib import closing
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, delete, func, select, text, update

from scoring.decision_log.chain import Chain
from scoring.decision_log.database import Database
from scoring.decision_log.entries import now
from scoring.decision_log.schema import claims, decisions, purges, reviews
from scoring.errors import LogUnavailable, SettingError


class Purged(NamedTuple):
    """How many records, reasons and answers to an Idempotency-Key were dropped, and how many decisions the log holds."""

    records: int
    reasons: int
    answers: int
    decisions: int


def purge(database: Database, before: str) -> Purged:
    """Drop, in one transaction, what was said of persons before a time, and say so in the chain; SettingError in the future.

    Where there is nothing to drop the chain says nothing. `erase` is to follow.
    """
    if before > (time := now()):
        raise SettingError(f"{before} lies in the future: what isn't logged yet can't be purged")
    with database.locked() as connection:
        chain = Chain(connection)
        records = _empty(connection, decisions, before, record=None, client=None)
        reasons = _empty(connection, reviews, before, reason=None)
        answers = connection.execute(delete(claims).where(claims.c.time < before)).rowcount
        if records or reasons or answers:
            chain.add(purges, {"time": time, "before": before, "decisions": records})
            chain.write()
        kept = connection.execute(select(func.count()).select_from(decisions)).scalar_one()
    return Purged(records, reasons, answers, kept)


def erase(database: Database) -> None:
    """Let go of the bytes of what was dropped; raises LogUnavailable where a reader still holds a SQLite log's older state."""
    if database.file is None:
        with database.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM decisions, reviews, claims"))
        return
    # secure_delete wrote zeros over them in the file's new pages: the old ones are in the file and the log beside it until now.
    with closing(database.engine().raw_connection()) as raw, closing(raw.cursor()) as cursor:  # no transaction around it
        [busy, *_] = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise LogUnavailable(
            f"the purge is done, but what it dropped still lies in {database.file.name}-wal, as somebody reads the log; "
            "run it again"
        )


def _empty(connection: Connection, table: Table, before: str, **emptied: Any) -> int:
    [private, *_] = emptied
    query = update(table).where(table.c.time < before, table.c[private].is_not(None)).values(salt=None, **emptied)
    return connection.execute(query).rowcount
