"""Opening the tables of a folder: checked, typed, and read through Ibis on DuckDB without ever being in memory as a whole.

Expressions are unbound Ibis tables, which Spark can run too; here they are compiled to SQL and run by DuckDB directly
(Ibis 12's own way to stream batches calls what DuckDB 2 no longer has).
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa

from scoring.errors import TableError
from scoring.tables import Table
from scoring.tables.checks import check, typed
from scoring.tables.scans import find_scan

T = TypeVar("T")

BATCH = 10_000  # rows


@dataclass(frozen=True, slots=True)
class Database:
    """Open tables: name -> typed Ibis table, name -> number of rows, and the means to run an expression over them."""

    tables: Mapping[str, ir.Table]
    rows: Mapping[str, int]
    connection: duckdb.DuckDBPyConnection

    def fetch(self, expression: ir.Table) -> pa.Table:
        """All rows of an expression at once; TableError if a file fails on the way."""
        with _in_one_line("the tables can't be read"):
            return _fetch(self.connection, expression)

    def batches(self, expression: ir.Table, rows: int = BATCH) -> Iterator[pa.RecordBatch]:
        """The rows of an expression in batches of up to `rows`; TableError if a file fails on the way."""
        connection = self.connection
        with _in_one_line("the tables can't be read on"):
            reader = _interruptible(connection, lambda: connection.sql(_sql(expression)).to_arrow_reader(rows))
            while (batch := _interruptible(connection, lambda: next(reader, None))) is not None:
                yield batch


@contextmanager
def open_tables(folder: Path, tables: Sequence[Table]) -> Iterator[Database]:
    """Open and check tables of a folder, until the block ends; what was unpacked on the way is removed then.

    Each is NAME.csv, NAME.csv.gz, NAME.csv.zip, NAME.zip (of NAME.csv) or NAME.parquet; CSV is UTF-8, columns are matched
    by name and further ones ignored. Raises TableError for a table that is missing or isn't what its description says.
    """
    with tempfile.TemporaryDirectory(prefix="credit-scoring-") as scratch, _connect(Path(scratch)) as connection:
        rows = {table.name: _open(connection, folder, table, Path(scratch)) for table in tables}
        yield Database({table.name: ibis.table(table.schema(), name=table.name) for table in tables}, rows, connection)


def _connect(scratch: Path) -> duckdb.DuckDBPyConnection:
    # Else SQL could read the variables of the Python code around it, and spill into the working directory.
    connection = duckdb.connect(config={"python_enable_replacements": False, "temp_directory": str(scratch / "spilled")})
    connection.execute("SET enable_progress_bar = false")  # it would draw on standard output, where the records may go
    return connection


def _open(connection: duckdb.DuckDBPyConnection, folder: Path, table: Table, scratch: Path) -> int:
    """Make the table's view, once its rows are checked; gives how many there are."""
    scan = find_scan(folder, table, scratch)
    with _in_one_line(f"{scan.path} can't be read"):
        connection.execute(f'CREATE VIEW "file_{table.name}" AS {scan.sql}')
        raw = ibis.table(dict(scan.types), name=f"file_{table.name}")
        rows = check(table, scan, raw, lambda expression: _fetch(connection, expression))
        as_typed = raw.select(**{column.name: typed(raw, column) for column in table.columns})
        connection.execute(f'CREATE VIEW "{table.name}" AS {_sql(as_typed)}')
    return rows


def _fetch(connection: duckdb.DuckDBPyConnection, expression: ir.Table) -> pa.Table:
    return _interruptible(connection, lambda: connection.sql(_sql(expression)).to_arrow_table())


def _interruptible(connection: duckdb.DuckDBPyConnection, query: Callable[[], T]) -> T:
    """Run a query in a thread of its own: DuckDB lets Ctrl-C wait until its query is over, but stops when told to."""
    with ThreadPoolExecutor(1) as thread:
        result = thread.submit(query)
        try:
            return result.result()
        except BaseException:
            connection.interrupt()
            raise


def _sql(expression: ir.Table) -> str:
    return str(ibis.to_sql(expression, dialect="duckdb"))


@contextmanager
def _in_one_line(what: str) -> Iterator[None]:
    try:
        yield
    except (duckdb.Error, pa.ArrowException, OSError) as error:  # Arrow hands on DuckDB's errors as OSError
        raise TableError(f"{what} ({_reason(error)}): correct the file or fetch it again") from error


def _reason(error: Exception) -> str:
    """The lines of DuckDB's message that say what is wrong, without its advice about its own options and the row itself."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    ends = [i for i, line in enumerate(lines) if line.startswith(("Possible", "file =", "LINE "))]
    said = [line for line in lines[: ends[0] if ends else None] if not line.startswith("Original Line")]
    return " ".join(said)[:300]
