"""The statements that every decision waits for, sent as texts: SQLAlchemy's work on each would be most of what they cost."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, CursorResult, Dialect, Executable, bindparam, insert, select, update

from scoring.decision_log.schema import CHAINED, head

INSERT = {name: insert(table) for name, table in CHAINED.items()}
SELECT_HEAD = select(head.c.count, head.c.digest)
UPDATE_HEAD = update(head).values(count=bindparam("new_count"), digest=bindparam("new_digest"))
TOGETHER = 500
"""Rows that an INSERT holds: SQLite takes 32,766 parameters."""


def send(connection: Connection, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> None:
    """Execute an INSERT for rows of parameters, or an UPDATE for one."""
    text, order = _as_text(statement, connection.dialect)
    if not order:  # PostgreSQL's driver sends many rows at once
        connection.exec_driver_sql(text, [dict(row) for row in rows])
        return
    # One statement, not one a row: after each, other threads may keep the interpreter for milliseconds.
    begin, values, row_text = text.partition(" VALUES ")
    for first in range(0, len(rows), TOGETHER):
        some = rows[first : first + TOGETHER]
        whole = f"{begin}{values}{', '.join([row_text] * len(some))}" if values else text
        connection.exec_driver_sql(whole, tuple(row[name] for row in some for name in order))


def ask(connection: Connection, statement: Executable) -> CursorResult[Any]:
    """What a SELECT without parameters finds."""
    return connection.exec_driver_sql(_as_text(statement, connection.dialect)[0])


@cache
def _as_text(statement: Any, dialect: Dialect) -> tuple[str, Sequence[str]]:
    """A statement's text for a database, and its parameters in order where that takes them by their place."""
    compiled = statement.compile(dialect=dialect)
    return str(compiled), compiled.positiontup or ()
