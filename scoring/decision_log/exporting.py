"""The decisions of the log as they are handed on: each with its inputs, its outputs, and what was said of it later."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, func, select

from scoring.decision_log.entries import DECISION, SIMULATION
from scoring.decision_log.reading import BATCH
from scoring.decision_log.schema import decisions, outcomes, reviews
from scoring.errors import LogRefused

_BEFORE = ("decision_id", "time", "request_id", "key_name", "model_version", "model_sha256", "code_version")
_OUTPUTS = ("raw_score", "probability", "threshold", "decision")
_AFTER = ("latency_ms", "status")
_REVIEW = ("reviewer", "decision", "reason", "time")
_OUTCOME = ("outcome", "date", "time")


def exported(connection: Connection, since: str = "") -> Iterator[dict[str, Any]]:
    """Every decision of a time or later but simulations, in the chain's order; streamed.

    `inputs` is None after a purge. Raises LogRefused where a record isn't one.
    """
    query = select(decisions).where(decisions.c.purpose == DECISION, decisions.c.time >= since).order_by(decisions.c.position)
    with connection.execute(query, execution_options={"yield_per": BATCH}) as found:
        for batch in found.mappings().partitions():
            yield from _together(connection, [dict(row) for row in batch])


def simulations(connection: Connection, since: str = "") -> int:
    """How many decisions the export leaves out."""
    query = select(func.count()).where(decisions.c.purpose == SIMULATION, decisions.c.time >= since)
    return connection.execute(query).scalar_one()


def _together(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    ids = [row["decision_id"] for row in rows]
    reviewed, known = _said(connection, reviews, _REVIEW, ids), _said(connection, outcomes, _OUTCOME, ids)
    for row in rows:
        yield {
            **_picked(row, _BEFORE),
            "inputs": _inputs(row),
            "outputs": _picked(row, _OUTPUTS),
            **_picked(row, _AFTER),
            "reviews": reviewed[row["decision_id"]],
            "outcomes": known[row["decision_id"]],
        }


def _picked(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: row[name] for name in names}


def _inputs(row: Mapping[str, Any]) -> Any:
    try:
        return None if row["record"] is None else msgspec.json.decode(row["record"])
    except msgspec.DecodeError:
        raise LogRefused(
            f"the record of decision {row['decision_id']} isn't what was logged: `python -m jobs.replay` says what else"
        ) from None


def _said(connection: Connection, table: Table, names: Sequence[str], ids: Sequence[str]) -> defaultdict[str, list[Any]]:
    """What a table says of these decisions, oldest first."""
    said: defaultdict[str, list[Any]] = defaultdict(list)
    query = select(table).where(table.c.decision_id.in_(ids)).order_by(table.c.position)
    for row in connection.execute(query).mappings():
        said[row["decision_id"]].append(_picked(dict(row), names))
    return said
