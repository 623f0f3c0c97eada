"""The statements that every decision waits for, sent as texts: SQLAlchemy's work on each would be most of what they cost."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, CursorResult, Dialect, Executable, bindparam, insert, select, update

from scoring.decision_log.schema import CHAINED, head

INSERT = {name: insert(table) for name, table in CHAINED.items()}
SELECT_HEAD = select(head.c.count, head.c.digest)
UPDATE_HEAD = update(head).values(count=bindparam("new_count"), digest=bindparam("new_digest"))


def send(connection: Connection, statement: Executable, rows: Sequence[Mapping[str, Any]] = ()) -> CursorResult[Any]:
    """Execute one of these statements, once for each row of parameters, or once without any."""
    text, order = _as_text(statement, connection.dialect)
    parameters: list[Any] = [tuple(row[name] for name in order) for row in rows] if order else [dict(row) for row in rows]
    return connection.exec_driver_sql(text, parameters or None)


@cache
def _as_text(statement: Any, dialect: Dialect) -> tuple[str, Sequence[str]]:
    """A statement's text for a database, and its parameters in order where that takes them by their place."""
    compiled = statement.compile(dialect=dialect)
    return str(compiled), compiled.positiontup or ()
