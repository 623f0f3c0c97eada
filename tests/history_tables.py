"""History tables for tests: written down a line a column and a row a place, so that a row is read from top to bottom."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from scoring.fields import HISTORIES
from scoring.tables.histories import COVERAGE, HISTORY_TABLES
from tests.application_tables import Row, csv_text, row, write_csv

TABLES = {table.name: table for table in (*HISTORY_TABLES, COVERAGE)}
NAMES = {table: [field.name for field in fields] for table, fields in HISTORIES.items()}
_MAKE = {"id": (int, pa.int64()), "number": (float, pa.float64()), "flag": (float, pa.float64()), "label": (str, pa.string())}


def rows_of(text: str) -> list[dict[str, str]]:
    """The rows of a table written as lines `COLUMN | first row's value | second row's value ...`; - is no value."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    assert len({len(cells) for cells in lines}) == 1, "a row lacks a value"
    columns = [[cells[0], *("" if cell == "-" else cell for cell in cells[1:])] for cells in lines]
    names = [name for name, *_ in columns]
    return [dict(zip(names, values, strict=True)) for values in zip(*(rest for _, *rest in columns), strict=True)]


def write_histories(folder: Path, clients: Sequence[int], tables: Mapping[str, Sequence[Row]], suffix: str = ".csv") -> Path:
    """Write application_test with these clients, and history tables (or coverage) as .csv or .parquet; gives the folder."""
    write_csv(folder, "application_test", [row(client) for client in clients])
    for name, rows in tables.items():
        _write(folder, name, rows, suffix)
    return folder


def header(name: str) -> dict[str, str]:
    """A row of a table with every column, and nothing in it but 1 for an id."""
    return {column.name: "1" if column.type == "id" else "" for column in TABLES[name].columns}


def coverage(*rows: tuple[int, int | str, int | str, int | str]) -> list[dict[str, str]]:
    """Rows of coverage: client, bureau_known, previous_known, installments_known."""
    return [dict(zip(TABLES["coverage"].schema(), map(str, values), strict=True)) for values in rows]


def without_rows(name: str, folder: Path) -> None:
    """Write a table that is a header alone."""
    (folder / f"{name}.csv").write_text(csv_text([header(name)]).splitlines()[0] + "\n")


def _write(folder: Path, name: str, rows: Sequence[Row], suffix: str) -> None:
    if suffix == ".csv":
        write_csv(folder, name, rows)
        return
    made = {column.name: _MAKE[column.type] for column in TABLES[name].columns}
    columns = {
        key: pa.array([make(line[key]) if line[key] else None for line in rows], type_) for key, (make, type_) in made.items()
    }
    pq.write_table(pa.table(columns), folder / f"{name}{suffix}")
