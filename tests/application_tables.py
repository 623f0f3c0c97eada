"""Application tables for tests: rows with every column, written in every format that the project reads."""

import csv
import gzip
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from scoring.fields import APPLICATION, ID, TARGET
from scoring.tables import Column, Table

Row = Mapping[str, str]

_USUAL = {"label": "", "flag": "0", "number": "1.5", "integer": "0"}


def row(client: int | str, **values: str) -> dict[str, str]:
    """A row as text: flags 0, numbers 1.5, labels the first allowed one, but for the `values` given."""
    usual = {f.name: f.allowed[0] if f.type == "label" else _USUAL[f.type] for f in APPLICATION}
    return {**usual, ID: str(client), **values}


def labelled(client: int | str, target: str, **values: str) -> dict[str, str]:
    """The same with a TARGET, second as in Kaggle's file."""
    return {ID: str(client), TARGET: target, **row(client, **values)}


def csv_text(rows: Sequence[Row], newline: str = "\n", quoting: int = csv.QUOTE_MINIMAL) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=newline, quoting=quoting)  # type: ignore[arg-type]  # a plain int does
    writer.writerow(rows[0])
    writer.writerows(line.values() for line in rows)
    return text.getvalue()


def write_csv(folder: Path, name: str, rows: Sequence[Row]) -> Path:
    path = folder / f"{name}.csv"
    path.write_text(csv_text(rows), encoding="utf-8", newline="")
    return path


def write_packed(folder: Path, name: str, rows: Sequence[Row], suffix: str) -> Path:
    """Write as .csv, .csv.gz, .csv.zip, .zip or .parquet; in Parquet, numbers are numbers."""
    path = folder / f"{name}{suffix}"
    if suffix == ".parquet":
        pq.write_table(_arrow(rows), path)
    elif suffix == ".csv.gz":
        path.write_bytes(gzip.compress(csv_text(rows).encode()))
    elif suffix == ".csv":
        write_csv(folder, name, rows)
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"__MACOSX/{name}.csv", b"\x00")
            archive.writestr(f"{name}.csv", csv_text(rows))
    return path


def _arrow(rows: Sequence[Row]) -> pa.Table:
    types = {f.name: f.type for f in APPLICATION}
    return pa.table({name: _column(types.get(name, "integer"), (line[name] for line in rows)) for name in rows[0]})


def _column(type_: str, texts: Iterable[str]) -> pa.Array:
    if type_ == "label":
        return pa.array([text or None for text in texts], pa.string())
    make = int if type_ == "integer" else float
    return pa.array([make(text) if text else None for text in texts], pa.int64() if type_ == "integer" else pa.float64())


TINY = Table("tiny", ID, (Column(ID, "id"), Column("AMOUNT", "number")))
"""A table of two columns, for what doesn't hang on the application's."""
