"""What is asked of the log: one decision with all that was said of it, or every row in the chain's order."""

import heapq
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, select

from scoring.decision_log.schema import CHAINED, PRIVATE, decisions, outcomes, purges, reviews
from scoring.decision_log.verifying import Purge
from scoring.decision_log.writing import NO_SUCH_DECISION
from scoring.errors import UnknownDecision

BATCH = 1000
_INNER = {"position", "digest", "salt"}


def find(decision_id: str, connection: Connection) -> dict[str, Any]:
    """A decision as logged, with its reviews and outcomes, oldest first; raises UnknownDecision.

    Its `record` is None after a purge.
    """
    row = connection.execute(select(decisions).where(decisions.c.decision_id == decision_id)).mappings().one_or_none()
    if row is None:
        raise UnknownDecision(NO_SUCH_DECISION)
    record = row["record"]
    return {
        **shown(decisions, dict(row)),
        "record": msgspec.json.decode(record) if record else None,
        "reviews": [shown(reviews, one) for one in _of(connection, reviews, decision_id)],
        "outcomes": [shown(outcomes, one) for one in _of(connection, outcomes, decision_id)],
    }


def shown(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row without what only the chain needs."""
    inner = {*_INNER, f"{PRIVATE.get(table.name)}_digest"}
    return {name: row[name] for name in table.columns.keys() if name not in inner}  # noqa: SIM118  # a collection's own names


def in_order(connection: Connection, after: int | None = None) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every row, or every one after a position of the chain, as (table, row), in the chain's order; streamed."""
    streams = [_stream(connection, table, after) for table in CHAINED.values()]
    return heapq.merge(*streams, key=lambda found: found[1]["position"])


def recorded_purges(connection: Connection) -> list[Purge]:
    """The purges that the log speaks of."""
    return [Purge(*row) for row in connection.execute(select(purges.c.position, purges.c.before))]


def _of(connection: Connection, table: Table, decision_id: str) -> list[Mapping[str, Any]]:
    query = select(table).where(table.c.decision_id == decision_id).order_by(table.c.position)
    return [dict(row) for row in connection.execute(query).mappings()]


def _stream(connection: Connection, table: Table, after: int | None) -> Iterator[tuple[str, Mapping[str, Any]]]:
    query = select(table).order_by(table.c.position)
    if after is not None:  # without one, a row put in before the first is met too
        query = query.where(table.c.position > after)
    found = connection.execution_options(yield_per=BATCH).execute(query).mappings()
    return ((str(table.name), dict(row)) for row in found)
