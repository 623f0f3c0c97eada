"""Decisions read from the log: streamed, in chunks, without a column that isn't asked for."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Column, ColumnElement, Connection, Select, Table, case, null, select

from scoring.decision_log.entries import DECISION, SIMULATION
from scoring.decision_log.schema import decisions, outcomes, reviews
from scoring.errors import LogRefused, SettingError
from scoring.monitoring.decisions import OUTCOMES, REVIEWED, UNKNOWN, Decisions, Integers, Small, Times, Version

Chunk = Mapping[str, Sequence[Any]]
Say = Callable[[int], object]
"""What is told how many more rows were read."""

CHUNK = 20_000
PURPOSES = {SIMULATION: 0, DECISION: 1}
_TIME, _MILLISECONDS = 29, 23  # characters of a logged time, and those that say it, without its zone, which is UTC
_DATE = 10  # characters of a date
_SHA256 = 64  # characters of a model's sha256


def read_decisions(
    connection: Connection, since: str = "", until: str | None = None, *, say: Say = lambda _: None, chunk: int = CHUNK
) -> tuple[Decisions, int]:
    """The decisions of [since, until), times as the log writes them, and how many simulations of that time are left out.

    chunk: rows that are there as Python's own values at once. Raises SettingError where there is no decision, LogRefused where a
    row isn't what was logged.
    """
    versions: dict[str, int] = {}
    with closing(_chunks(connection, _query(since, until), chunk, say)) as chunks:
        parts = [_arrays(rows, versions) for rows in chunks]
    everything = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]} if parts else {}
    issued = everything.pop("issued", np.zeros(0, dtype=np.bool_))
    simulated = int((~issued).sum())
    if simulated == len(issued):
        raise SettingError(_nothing(connection, since, until, simulated))
    kept = np.flatnonzero(issued)
    kept = kept[np.argsort(everything["position"][kept])]
    arrays = {name: values[kept] for name, values in everything.items()}
    said = []
    for table, column, words in ((reviews, "decision", REVIEWED), (outcomes, "outcome", OUTCOMES)):
        with closing(_chunks(connection, _said(table, column, words, arrays["position"]), chunk, say)) as chunks:
            said.append(_last_said(chunks, arrays["position"]))
    (reviewed, _), (outcome, dates) = said
    named = tuple(Version(name=model[_SHA256:], sha256=model[:_SHA256]) for model in versions)
    return Decisions(**arrays, reviewed=reviewed, outcome=outcome, outcome_date=dates, versions=named), simulated


def _query(since: str, until: str | None) -> Select[Any]:
    """Unordered, for who sorts rows that are as wide as these waits for all of them; words as numbers, for each text costs."""
    columns = decisions.c
    query = select(
        columns.position,
        _coded(columns.purpose, PURPOSES).label("purpose"),
        columns.time,
        columns.probability,
        columns.threshold,
        _coded(columns.decision, REVIEWED).label("granted"),
        columns.latency_ms,
        columns.status,
        (columns.model_sha256 + columns.model_version).label("model"),
    ).where(columns.time >= since)
    return query if until is None else query.where(columns.time < until)


def _coded(column: Column[Any], codes: Mapping[str, int]) -> ColumnElement[int]:
    """A word as its code; NULL for another."""
    return case(codes, value=column)


def _chunks(connection: Connection, query: Select[Any], chunk: int, say: Say) -> Generator[Chunk]:
    """The rows of a query, streamed and turned round: column -> its values. To be closed before the connection is."""
    with connection.execute(query, execution_options={"yield_per": chunk}) as found:
        names = list(found.keys())
        for rows in found.partitions():
            yield dict(zip(names, zip(*rows, strict=True), strict=True))
            say(len(rows))


def _arrays(chunk: Chunk, versions: dict[str, int]) -> dict[str, NDArray[Any]]:
    """versions: what each model that was met has for its number; more are added."""
    with _told_as_refused("decisions"):
        arrays = {
            "position": np.array(chunk["position"], dtype=np.int64),
            "issued": np.array(chunk["purpose"], dtype=np.int8) == PURPOSES[DECISION],
            "time": _times(chunk["time"]),
            **{name: np.array(chunk[name], dtype=np.float64) for name in ("probability", "threshold", "latency_ms")},
            "granted": np.array(chunk["granted"], dtype=np.int8) == REVIEWED["granted"],
            "status": np.array(chunk["status"], dtype=np.int64),
            "version": np.array([versions.setdefault(model, len(versions)) for model in chunk["model"]], dtype=np.int64),
        }
        if not _possible(arrays):
            raise ValueError
        return arrays


def _times(texts: Sequence[str]) -> Times:
    """Times as the log writes them; ValueError of others, those too that NumPy has words for: "NaT", "now"."""
    if any(len(text) != _TIME for text in texts):
        raise ValueError
    return np.array([text[:_MILLISECONDS] for text in texts], dtype="datetime64[ms]")


def _possible(arrays: Mapping[str, NDArray[Any]]) -> bool:
    """Whether the numbers are some that a decision can have; NaN is none."""
    shares = all(((arrays[name] >= 0) & (arrays[name] <= 1)).all() for name in ("probability", "threshold"))
    return shares and bool(np.isfinite(arrays["latency_ms"]).all())


def _said(table: Table, column: str, words: Mapping[str, int], positions: Integers) -> Select[Any]:
    """What a table says of decisions at these positions or later, in the order in which it was said."""
    date = table.c.get("date", null())
    return (
        select(decisions.c.position, _coded(table.c[column], words).label("said"), date.label("date"))
        .join_from(table, decisions, table.c.decision_id == decisions.c.decision_id)
        .where(table.c.position > int(positions[0]))  # what is said of a decision comes after it
        .order_by(table.c.position)
    )


def _last_said(chunks: Iterator[Chunk], positions: Integers) -> tuple[Small, Times]:
    """What is said last of each decision at these positions of the chain (n,), ascending, and the date given with it."""
    codes, dates = np.full(len(positions), UNKNOWN, dtype=np.int8), np.full(len(positions), "NaT", dtype="datetime64[D]")
    for chunk in chunks:
        with _told_as_refused("reviews or outcomes"):
            if any(text is not None and len(text) != _DATE for text in chunk["date"]):
                raise ValueError
            position = np.array(chunk["position"], dtype=np.int64)
            place = np.searchsorted(positions, position).clip(max=len(positions) - 1)
            ours = positions[place] == position
            # Of places that occur twice NumPy keeps what is assigned last: what was said last.
            codes[place[ours]] = np.array(chunk["said"], dtype=np.int8)[ours]
            dates[place[ours]] = np.array(chunk["date"], dtype="datetime64[D]")[ours]
    return codes, dates


@contextmanager
def _told_as_refused(where: str) -> Iterator[None]:
    try:
        yield
    except (TypeError, ValueError):
        raise LogRefused(f"a row of {where} isn't what was logged: `python -m jobs.replay` says which") from None


def _nothing(connection: Connection, since: str, until: str | None, simulated: int) -> str:
    """Why there is nothing to show, and from when to when there is."""
    times = select(decisions.c.time).where(decisions.c.purpose == DECISION).limit(1)
    first, last = (connection.execute(times.order_by(end)).scalar() for end in (decisions.c.time.asc(), decisions.c.time.desc()))
    if first is None:
        return "the decision log is empty: the service hasn't logged a decision yet"
    asked = " ".join(filter(None, [since and f"from {since}", until and f"until {until}"]))
    but = f" but {simulated:,} simulations" if simulated else ""
    return f"the decision log has nothing {asked}{but}: its decisions are from {first} to {last}; choose --since among them"
