"""The chain: each row's digest covers the digest of the row before, and the head holds the last one and their number."""

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Table

from scoring.decision_log.schema import CONTENT, PRIVATE
from scoring.decision_log.statements import INSERT, SELECT_HEAD, UPDATE_HEAD, send
from scoring.errors import LogUnavailable

GENESIS = "0" * 64
"""What stands for the digest before the first row."""


@dataclass(frozen=True, slots=True)
class Head:
    """How many rows the chain has, and the digest of the last one."""

    count: int
    digest: str


class Chain:
    """The rows that one transaction adds; the transaction holds the log's lock."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._head = read_head(connection)
        self._added: dict[str, list[dict[str, Any]]] = {}

    @property
    def connection(self) -> Connection:
        """The transaction's connection, which finds what was added."""
        self.write()
        return self._connection

    def add(self, table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
        """Put a row, all but its position and digest, at the chain's end; it is given back whole."""
        name = str(table.name)  # SQLAlchemy's own kind of str
        content = [values[column] for column in CONTENT[name]]
        self._head = Head(self._head.count + 1, row_digest(self._head.digest, name, content))
        row = {**values, "position": self._head.count, "digest": self._head.digest}
        self._added.setdefault(name, []).append(row)
        return row

    def touch(self) -> None:
        """Write the head as it is: whether the database takes a transaction is known only of one that writes."""
        self._write_head()

    def write(self) -> None:
        """Send what was added, and the new head, to the database."""
        for name, rows in self._added.items():
            send(self._connection, INSERT[name], rows)
        if self._added:
            self._write_head()
        self._added = {}

    def _write_head(self) -> None:
        send(self._connection, UPDATE_HEAD, [{"new_count": self._head.count, "new_digest": self._head.digest}])


def read_head(connection: Connection) -> Head:
    """The chain's head as stored; raises LogUnavailable where somebody took it away."""
    stored = send(connection, SELECT_HEAD).mappings().one_or_none()
    if stored is None:
        raise LogUnavailable("the decision log has lost its head, and takes nothing until somebody looks why")
    return Head(stored["count"], stored["digest"])


def row_digest(previous: str, table: str, content: Sequence[Any]) -> str:
    """The digest of a row after the one of digest `previous`: the sha256 of that and the row's content as JSON."""
    return hashlib.sha256(previous.encode() + msgspec.json.encode([table, *content])).hexdigest()


def sealed(private: str) -> tuple[str, str]:
    """The digest that the chain holds of a personal text, and its salt: without the salt nobody can try guesses on it."""
    salt = secrets.token_hex(16)
    return private_digest(salt, private), salt


def private_digest(salt: str, private: str) -> str:
    """The sha256 of a personal text after its salt."""
    return hashlib.sha256((salt + private).encode()).hexdigest()


class Finding(NamedTuple):
    """What is wrong at a position of the chain."""

    position: int
    problem: str


class Purge(NamedTuple):
    """At this position the log says that what was said of persons before a time was dropped."""

    position: int
    before: str


def findings(
    rows: Iterable[tuple[str, Mapping[str, Any]]], start: Head, end: Head, purges: Sequence[Purge] = ()
) -> Iterator[Finding]:
    """What is wrong with rows (table, row), by position, that should lead from `start` to `end`: nothing, of a whole chain.

    Of rows that a later purge speaks of the personal text may be gone. A row is held against the digest stored before it, so
    that one row changed is one finding; one that follows a gap can't be.
    """
    count, previous = start.count, start.digest
    for table, row in rows:
        position = row["position"]
        if position > count + 1:
            yield Finding(count + 1, f"{_rows(count + 1, position - 1)} missing")
        elif row["digest"] != row_digest(previous, table, [row[name] for name in CONTENT[table]]):
            yield Finding(position, f"this row of {table} isn't what was logged here: it was changed, moved or put in")
        if problem := _private_problem(table, row, purges):
            yield Finding(position, problem)
        count, previous = position, row["digest"]
    if count < end.count:
        yield Finding(count + 1, f"{_rows(count + 1, end.count)} missing at the end: the head counts {end.count}")
    elif count > end.count:
        yield Finding(end.count + 1, f"{_rows(end.count + 1, count)} more than the head counts: {end.count}")
    elif previous != end.digest:
        yield Finding(count, "the last row's digest isn't the head's")


def _private_problem(table: str, row: Mapping[str, Any], purges: Sequence[Purge]) -> str | None:
    if (column := PRIVATE.get(table)) is None:
        return None
    if row[column] is None:
        told = any(row["position"] < purge.position and row["time"] < purge.before for purge in purges)
        return None if told else f"its {column} is gone, and no purge says so"
    if row["salt"] is None or private_digest(row["salt"], row[column]) != row[f"{column}_digest"]:
        return f"its {column} isn't the one that was logged"
    return None


def _rows(first: int, last: int) -> str:
    return f"row {first} is" if first == last else f"rows {first} to {last} are"
