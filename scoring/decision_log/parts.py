"""Which part of the chain is looked at: all of it, what follows a time, or one row; and whether it is the chain of an anchor."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select, true

from scoring.decision_log.chain import GENESIS, Head
from scoring.decision_log.reading import in_order
from scoring.decision_log.schema import CHAINED, decisions, head
from scoring.errors import SettingError, UnknownDecision

NO_HEAD = Head(0, "")
"""What stands for a head that is gone: no chain leads there, not even one without rows."""

_ANCHOR = re.compile(r"(\d{1,18}):([0-9a-f]{64})")


class Part(NamedTuple):
    """Rows (table, row) of the chain that should lead from `start` to `end`; decisions from `since` on are of interest."""

    rows: Iterator[tuple[str, Mapping[str, Any]]]
    start: Head
    end: Head
    since: str = ""


def whole(connection: Connection) -> Part:
    """The chain from its first row to the head."""
    return Part(in_order(connection), Head(0, GENESIS), stored_head(connection))


def part_since(connection: Connection, since: str) -> Part:
    """The chain from the first decision of that time or later to the head.

    What waited in the spool stands after decisions that are younger, so the part may hold older ones too.
    """
    first = connection.execute(select(func.min(decisions.c.position)).where(decisions.c.time >= since)).scalar()
    start = _row_before(connection, first)
    return Part(in_order(connection, start.count), start, stored_head(connection), since)


def single(connection: Connection, decision_id: str) -> Part:
    """One decision's row; raises UnknownDecision."""
    row = (
        connection.execute(select(decisions).where(decisions.c.decision_id == decision_id.strip().lower()))
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise UnknownDecision(f"there is no decision {decision_id!r} in the log")
    end, own = stored_head(connection), Head(row["position"], row["digest"])
    rows = iter([(str(decisions.name), dict(row))])
    return Part(rows, _row_before(connection, own.count), own if own.count < end.count else end)


def stored_head(connection: Connection) -> Head:
    """The chain's head as stored, or NO_HEAD."""
    heads = connection.execute(select(head.c.count, head.c.digest)).all()
    good = len(heads) == 1 and isinstance(heads[0].count, int) and isinstance(heads[0].digest, str)
    return Head(*heads[0]) if good else NO_HEAD


def anchor(text: str, argument: str) -> Head:
    """A head that somebody kept, COUNT:DIGEST; raises SettingError, naming the argument."""
    if not (found := _ANCHOR.fullmatch(text.strip())):
        raise SettingError(f"{argument} must be COUNT:DIGEST as a replay's last line gives the head, not {text[:80]!r}")
    return Head(int(found[1]), found[2])


def anchor_problem(connection: Connection, kept: Head) -> str | None:
    """What is wrong with the row that was the last when a head was kept.

    Where it is the same row, and the chain is whole, nothing that stood before it was changed since.
    """
    queries = [select(table.c.digest).where(table.c.position == kept.count) for table in CHAINED.values()]
    there = [digest for query in queries for digest in connection.execute(query).scalars()] if kept.count else [GENESIS]
    if not there:
        return "the anchor's row isn't there: the log was cut or rewritten since"
    return None if kept.digest in there else "this row isn't the anchor's: the log was rewritten since"


def _row_before(connection: Connection, position: int | None) -> Head:
    """The last row before a position, or the last of all."""
    queries = [
        select(table.c.position, table.c.digest)
        .where(true() if position is None else table.c.position < position)
        .order_by(table.c.position.desc())
        .limit(1)
        for table in CHAINED.values()
    ]
    there = [Head(*row) for query in queries for row in connection.execute(query)]
    return max(there, key=lambda one: one.count, default=Head(0, GENESIS))
