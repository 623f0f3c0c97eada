"""The chain: each row's digest covers the digest of the row before, and the head holds the last one and their number."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, func, select

from scoring.decision_log.schema import CHAINED, CONTENT
from scoring.decision_log.statements import INSERT, SELECT_HEAD, UPDATE_HEAD, ask, send
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

    def write(self) -> None:
        """Send what was added, and the new head, to the database."""
        for name, rows in self._added.items():
            send(self._connection, INSERT[name], rows)
        if self._added:
            self.write_head()
        self._added = {}

    def write_head(self) -> None:
        """Send the head, be anything added or not: only one that writes tells whether the database takes a transaction."""
        send(self._connection, UPDATE_HEAD, [{"new_count": self._head.count, "new_digest": self._head.digest}])


def read_head(connection: Connection) -> Head:
    """The chain's head as stored; raises LogUnavailable where somebody took it away."""
    stored = ask(connection, SELECT_HEAD).mappings().one_or_none()
    if stored is None:
        raise LogUnavailable("the decision log has lost its head, and takes nothing until somebody looks why")
    return Head(stored["count"], stored["digest"])


def check_head(connection: Connection) -> None:
    """Raise LogUnavailable where there are rows that the head doesn't count: somebody set it back."""
    count = read_head(connection).count
    for table in CHAINED.values():
        if (connection.execute(select(func.max(table.c.position))).scalar() or 0) > count:
            raise LogUnavailable("the decision log's head was set back, and it takes nothing until somebody looks why")


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
