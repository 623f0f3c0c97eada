"""Connections to the log's database: what a SQLite file and a PostgreSQL server have to be told."""

import os
import sqlite3
import time
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from scoring.errors import SettingError


def address_of(url: str) -> URL:
    """A DATABASE_URL taken apart; raises SettingError, without a word of it, where that can't be."""
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        hint = "@, : and / in a password are written %40, %3A and %2F"
        raise SettingError(f"DATABASE_URL can't be read as an address; {hint}") from None
    if address.get_backend_name() == "sqlite" and (address.query or address.database in (None, "", ":memory:")):
        raise SettingError("DATABASE_URL must name a file, sqlite:///path, and no more")
    return address


def place_of(file: Path | None) -> tuple[int, int] | None:
    """Which file it is, whatever its name; None where there is none."""
    try:
        found = file.stat() if file else None
    except FileNotFoundError:
        return None
    return (found.st_dev, found.st_ino) if found else None


def of_file(url: URL, file: Path, seconds: float) -> Engine:
    """Connections to a SQLite file whose writers wait so many seconds for each other; a new one is readable by its owner only."""
    file.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    engine = create_engine(url, connect_args={"timeout": seconds}, hide_parameters=True)
    event.listen(engine, "connect", _tune)
    event.listen(engine, "begin", partial(_begin, seconds))
    return engine


def read_any_text(connection: Connection) -> None:
    """Read bytes that are no UTF-8, which no log of ours writes, so that it can be told where they are."""
    file: Any = connection.connection.driver_connection
    file.text_factory = lambda text: text.decode(errors="surrogateescape")


def of_server(url: URL, seconds: float) -> Engine:
    """Connections to a PostgreSQL server that may take so many seconds for a statement."""
    wait = round(seconds * 1000)
    # What a worker leaves open that is frozen, or whose machine is gone, must not hold the lock for hours.
    limits = {"statement_timeout": wait, "lock_timeout": wait, "idle_in_transaction_session_timeout": 5 * wait}
    options = " ".join(f"-c {name}={value}" for name, value in limits.items())
    connect = {"connect_timeout": 2, "application_name": "credit-scoring", "options": options}
    # A transaction that waited for the lock has to see what was committed meanwhile: the head.
    return create_engine(
        url,
        connect_args=connect,
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,
        pool_timeout=seconds,
        hide_parameters=True,
    )


def _tune(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say when a transaction begins
    for setting in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
        connection.execute(f"PRAGMA {setting}")


def _begin(seconds: float, connection: Connection) -> None:
    """Begin a transaction: of a writer at once as one, who could find the file locked when it came to write otherwise."""
    if not connection.get_execution_options().get("writes"):
        connection.exec_driver_sql("BEGIN")
        return
    # SQLite itself waits for the lock in steps that grow to 0.1 s; another worker's commit takes a few milliseconds.
    file: Any = connection.connection.driver_connection
    end = time.monotonic() + seconds
    file.execute("PRAGMA busy_timeout=0")
    try:
        while not _began(file) and time.monotonic() < end:
            time.sleep(0.0005)
    finally:
        file.execute(f"PRAGMA busy_timeout={seconds * 1000:.0f}")
    if not file.in_transaction:
        raise TimeoutError("other writers hold the file")


def _began(file: sqlite3.Connection) -> bool:
    try:
        file.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:  # an extended code, whose last byte is the kind
            raise
        return False
    return True
