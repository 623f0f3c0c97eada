"""Whether the log is the one that was written: its rows held against their chain."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from scoring.decision_log.chain import Head, private_digest, row_digest
from scoring.decision_log.schema import CHAINED, CONTENT, PRIVATE

Row = Mapping[str, Any]

_KINDS = {
    name: [(column.name, column.type.python_type, column.nullable) for column in table.columns] for name, table in CHAINED.items()
}


class Finding(NamedTuple):
    """What is wrong at a position of the chain."""

    position: int
    problem: str


class Purge(NamedTuple):
    """At this position the log says that what was said of persons before a time was dropped."""

    position: int
    before: str


def findings(rows: Iterable[tuple[str, Row]], start: Head, end: Head, purges: Sequence[Purge] = ()) -> Iterator[Finding]:
    """What is wrong with rows (table, row), by position, that should lead from `start` to `end`: nothing, of a whole chain.

    Of rows that a later purge speaks of the personal text may be gone. A row is held against the digest stored before it, so
    that one row changed is one finding; one that follows a gap can't be.
    """
    count, previous = start.count, start.digest
    for table, row in rows:
        position = row["position"]
        gap = position > count + 1
        if gap:
            yield Finding(count + 1, f"{_rows(count + 1, position - 1)} missing")
        for problem in _problems(table, row, None if gap else previous, purges):
            yield Finding(position, problem)
        count, previous = position, str(row["digest"])
    if count < end.count:
        yield Finding(count + 1, f"{_rows(count + 1, end.count)} missing at the end: the head counts {end.count}")
    elif count > end.count:
        yield Finding(end.count + 1, f"{_rows(end.count + 1, count)} more than the head counts: {end.count}")
    elif previous != end.digest:
        yield Finding(count, "the last row's digest isn't the head's")


def is_readable(table: str, row: Row) -> bool:
    """Whether every value is of its column's kind: SQLite takes any, and no log of ours has written another."""
    return all(_is(kind, row[name]) if row[name] is not None else nullable for name, kind, nullable in _KINDS[table])


def _is(kind: type, value: Any) -> bool:
    return isinstance(value, kind) and (not isinstance(value, str) or value.isascii() or _is_text(value))


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:  # bytes that are no UTF-8 were read as halves of characters
        return False
    return True


def _problems(table: str, row: Row, previous: str | None, purges: Sequence[Purge]) -> Iterator[str]:
    if not is_readable(table, row):
        yield f"this row of {table} holds what no log writes: a value of another kind, or bytes that are no text"
        return
    if previous is not None and row["digest"] != row_digest(previous, table, [row[name] for name in CONTENT[table]]):
        yield f"this row of {table} isn't what was logged here: it was changed, moved or put in"
    if (column := PRIVATE.get(table)) and (problem := _private_problem(column, row, purges)):
        yield problem


def _private_problem(column: str, row: Row, purges: Sequence[Purge]) -> str | None:
    if row[column] is not None:
        sealed = row["salt"] is not None and private_digest(row["salt"], row[column]) == row[f"{column}_digest"]
        return None if sealed else f"its {column} isn't the one that was logged"
    if not any(row["position"] < purge.position and row["time"] < purge.before for purge in purges):
        return f"its {column} is gone, and no purge says so"
    put_back = row["salt"] is not None or row.get("client") is not None
    return f"its {column} was purged, and something was put back" if put_back else None


def _rows(first: int, last: int) -> str:
    return f"row {first} is" if first == last else f"rows {first} to {last} are"
