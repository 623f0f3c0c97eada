"""A table's file as DuckDB scans it: where its columns are and the SQL that picks them."""

import csv
import glob
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from scoring.errors import TableError
from scoring.tables import Table
from scoring.tables.files import find_file, missing_tables, unpacked

MISSING = ("", "nan", "NaN", "NAN", "null", "NULL", "Null", "na", "NA", "N/A", "n/a", "none", "None", "<NA>")
"""What files write for a missing value, whatever the column ("XNA" is a label)."""

_NULLS = ", ".join(f"'{text}'" for text in MISSING)


@dataclass(frozen=True, slots=True)
class Scan:
    """A table's file, the SQL that gives its wanted columns, and the type each has there: "string", or "float64" in Parquet."""

    path: Path
    sql: str
    types: Mapping[str, str]


def find_scan(folder: Path, table: Table, scratch: Path) -> Scan:
    """Find a table's file, unpack it into `scratch` if it is packed, and see that its header holds the table's columns.

    Raises TableError for a file that is missing, there twice, broken or empty, and for columns missing or there twice.
    """
    path = find_file(folder, table.name)
    if path is None:
        raise missing_tables(folder, [table.name])
    if path.suffix == ".parquet":
        return _scan_parquet(path, table)
    return _scan_csv(path, unpacked(path, table.name, scratch), table)


def _scan_csv(path: Path, plain: Path, table: Table) -> Scan:
    header = _header(path, plain)
    _check_columns(path, header, table)
    # Its columns are called c0, c1, ...: what a stranger wrote into a header never becomes SQL.
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(header)))
    select = ", ".join(f'c{header.index(column.name)} AS "{column.name}"' for column in table.columns)
    options = f"columns={{{columns}}}, auto_detect=false, header=true, delim=',', quote='\"', escape='\"', nullstr=[{_NULLS}]"
    sql = f"SELECT {select} FROM read_csv({_literal(plain)}, {options})"  # noqa: S608  # names are ours, the path is quoted
    return Scan(path, sql, {column.name: "string" for column in table.columns})


def _header(path: Path, plain: Path) -> list[str]:
    try:
        with plain.open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file, strict=True), [])
    except OSError as error:
        raise TableError(f"{path} can't be read ({error.strerror}): look at who may read it") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise TableError(f"{path} doesn't begin as a CSV file in UTF-8 ({error}): save it as one") from error
    if not header:
        raise TableError(f"{path} is empty: fetch it again")
    return header


def _scan_parquet(path: Path, table: Table) -> Scan:
    try:
        schema = pq.read_schema(path)
    except (OSError, pa.ArrowException) as error:
        raise TableError(f"{path} is not a whole Parquet file ({str(error).splitlines()[0]}): fetch it again") from error
    _check_columns(path, schema.names, table)
    # An id goes through text: as a float it would lose its last digits unseen.
    types = {
        c.name: "float64" if c.type not in ("id", "label") and _is_number(schema.field(c.name).type) else "string"
        for c in table.columns
    }
    select = ", ".join(f'{_parquet_value(name, type_)} AS "{name}"' for name, type_ in types.items())
    # Without can_have_nan DuckDB takes the file's smallest and greatest number as proof that no NaN is there (issue 25521).
    return Scan(path, f"SELECT {select} FROM read_parquet({_literal(path)}, can_have_nan=true)", types)  # noqa: S608  # as above


def _is_number(type_: pa.DataType) -> bool:
    kinds = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_boolean)
    return any(is_kind(type_) for is_kind in kinds)


def _parquet_value(name: str, type_: str) -> str:
    if type_ == "float64":
        return f'CAST("{name}" AS DOUBLE)'
    text = f'CAST("{name}" AS VARCHAR)'
    return f"CASE WHEN {text} NOT IN ({_NULLS}) THEN {text} END"


def _check_columns(path: Path, header: Sequence[str], table: Table) -> None:
    wanted = [column.name for column in table.columns]
    if absent := [name for name in wanted if name not in header]:
        raise TableError(f"{path} lacks {_count(absent)}: {', '.join(absent)}; add what is missing")
    if twice := [name for name in wanted if header.count(name) > 1]:
        raise TableError(f"{path} has {_count(twice)} more than once: {', '.join(twice)}; keep one of each")


def _count(names: Sequence[str]) -> str:
    return f"{len(names)} of its columns" if len(names) > 1 else "a column"


def _literal(path: Path) -> str:
    """The path as an SQL string that DuckDB takes for this one file, whatever wildcards stand in it."""
    return "'" + glob.escape(str(path)).replace("'", "''") + "'"
