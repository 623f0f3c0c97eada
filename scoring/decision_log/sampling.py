"""Records of the log drawn at random, for who looks at many decisions and can't look at all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, and_, func, select

from scoring.decision_log.entries import DECISION
from scoring.decision_log.reading import BATCH
from scoring.decision_log.schema import decisions
from scoring.errors import InvalidRequest, LogRefused
from scoring.schema import Record, logged_record

CHUNK = 500
"""Records fetched at once."""
ALWAYS = "9"
"""Sorts after every time until the year 9000."""

_AT = decisions.c.position


@dataclass(frozen=True, slots=True)
class Period:
    """From a time on, and before another, as the log writes them."""

    since: str = ""
    until: str = ALWAYS

    def holds(self) -> ColumnElement[bool]:
        """The condition that a decision is of this time, and no simulation."""
        return and_(decisions.c.purpose == DECISION, decisions.c.time >= self.since, decisions.c.time < self.until)


def by_model(connection: Connection, period: Period) -> dict[str, tuple[str, int]]:
    """The models that decided: sha256 -> (version, how many decisions)."""
    columns = decisions.c.model_sha256, func.max(decisions.c.model_version), func.count()
    query = select(*columns).where(period.holds()).group_by(decisions.c.model_sha256)
    return {sha256: (version, count) for sha256, version, count in connection.execute(query)}


def drawn(connection: Connection, period: Period, model_sha256: str, most: int, seed: int) -> tuple[NDArray[np.int64], int]:
    """The positions of up to `most` of a model's decisions whose record isn't purged, drawn at random, in the log's order; and
    of how many they were drawn.
    """
    query = select(decisions.c.position).where(
        period.holds(), decisions.c.model_sha256 == model_sha256, decisions.c.salt.is_not(None)
    )
    positions = np.fromiter(connection.execute(query.execution_options(yield_per=BATCH)).scalars(), dtype=np.int64)
    return np.sort(np.random.default_rng(seed).permutation(positions)[:most]), len(positions)


def rows_at(connection: Connection, positions: Sequence[int], *columns: ColumnElement[Any]) -> Iterator[Sequence[Any]]:
    """These columns of the decisions at these positions of the log, in order, by chunks."""
    for start in range(0, len(positions), CHUNK):
        among = [int(position) for position in positions[start : start + CHUNK]]
        yield connection.execute(select(*columns).where(_AT.in_(among)).order_by(_AT)).all()


def records_at(connection: Connection, positions: Sequence[int]) -> Iterator[tuple[Record, float]]:
    """The records at these positions of the log, in order, each with the PD that it got; without those purged meanwhile.

    Raises LogRefused where one isn't a record.
    """
    for rows in rows_at(connection, positions, decisions.c.decision_id, decisions.c.record, decisions.c.probability):
        for decision_id, record, probability in rows:
            if record is not None:
                yield _record(decision_id, record), probability


def _record(decision_id: str, text: str) -> Record:
    try:
        return logged_record(text)
    except InvalidRequest as error:
        raise LogRefused(f"the record of decision {decision_id}: {error.message}") from None
    except UnicodeError:
        raise LogRefused(f"the record of decision {decision_id} is no text") from None
