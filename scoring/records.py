"""The client records of a folder of tables: streamed for scoring, as one labelled frame for training."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from scoring.errors import TableError
from scoring.features import client_records
from scoring.fields import FIELDS, ID, TARGET
from scoring.tables import APPLICATION_TRAIN, APPLICATIONS
from scoring.tables.files import find_file, missing_tables
from scoring.tables.reading import BATCH, Database, open_tables


@dataclass(frozen=True, slots=True)
class Records:
    """Client records by ascending SK_ID_CURR: how many, their Arrow schema (the columns of FIELDS), and their batches, once."""

    count: int
    schema: pa.Schema
    batches: Iterator[pa.RecordBatch]


@contextmanager
def read_records(folder: Path, rows: int = BATCH) -> Iterator[Records]:
    """The records of every application in a folder (application_train, application_test or both) in batches of up to `rows`.

    Raises TableError if neither is there, if one isn't what its description says, and for a client that is in both.
    """
    present = [table for table in APPLICATIONS if find_file(folder, table.name)]
    if not present:
        raise missing_tables(folder, [table.name for table in APPLICATIONS])
    with open_tables(folder, present) as database:
        if len(present) > 1:
            _check_disjoint(folder, database)
        expression = client_records(database.tables)
        schema = expression.schema().to_pyarrow()
        yield Records(sum(database.rows.values()), schema, database.batches(expression.order_by(ID), rows))


def read_training(folder: Path) -> pd.DataFrame:
    """The labelled applications of a folder: SK_ID_CURR, TARGET, then the other FIELDS, by ascending SK_ID_CURR.

    Numbers are float64 with NaN, labels str objects with None, both where missing; ids and TARGET are int64.
    """
    with open_tables(folder, [APPLICATION_TRAIN]) as database:
        outcomes = database.tables[APPLICATION_TRAIN.name].select(ID, TARGET)
        labelled = client_records(database.tables).join(outcomes, ID)
        found = columns(database.fetch(labelled.order_by(ID)))
    names = [ID, TARGET, *(f.name for f in FIELDS if f.name != ID)]
    return pd.DataFrame({name: pd.Series(found[name], dtype=found[name].dtype, copy=False) for name in names})


def read_application(folder: Path, preferred: str) -> tuple[pd.DataFrame, Path]:
    """The client records of one application table of a folder, `preferred` where it is there, and that table's file."""
    by_preference = sorted(APPLICATIONS, key=lambda table: table.name != preferred)
    for table in by_preference:
        if path := find_file(folder, table.name):
            with open_tables(folder, [table]) as database:
                return pd.DataFrame(columns(database.fetch(client_records(database.tables)))), path
    raise missing_tables(folder, [table.name for table in by_preference])


def columns(rows: pa.Table | pa.RecordBatch) -> dict[str, NDArray[Any]]:
    """Each column of n rows as an array (n,): numbers float64 with NaN, ids int64, labels str objects with None."""
    return {name: _array(column) for name, column in zip(rows.schema.names, rows.columns, strict=True)}


def fingerprint(frame: pd.DataFrame) -> str:
    """The sha256 of a training frame's content: the same whatever the order of its rows and the files they came from."""
    digest = hashlib.sha256()
    ordered = frame.sort_values(ID, kind="stable")
    for name in sorted(frame.columns):
        digest.update(f"{name}\n".encode())
        digest.update(hashlib.sha256(_canonical(ordered[name])).digest())
    return digest.hexdigest()


def _array(column: pa.Array | pa.ChunkedArray) -> NDArray[Any]:
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if not pa.types.is_string(whole.type):
        return np.asarray(whole.to_numpy(zero_copy_only=False))
    encoded = whole.dictionary_encode()  # one str object a label, not one a row
    labels = np.array([*encoded.dictionary.to_pylist(), None], dtype=object)
    return np.asarray(labels[encoded.indices.fill_null(len(labels) - 1).to_numpy(zero_copy_only=False)])


def _canonical(values: pd.Series) -> bytes:
    """A column's content as bytes: numbers as little-endian float64 or int64, labels a line each, empty where missing."""
    if pd.api.types.is_integer_dtype(values):
        return values.to_numpy(dtype="<i8").tobytes()
    if pd.api.types.is_numeric_dtype(values):
        return np.where(values.isna(), np.nan, values.to_numpy(dtype="<f8")).tobytes()
    return "\n".join(values.where(values.notna(), "")).encode()


def _check_disjoint(folder: Path, database: Database) -> None:
    train, test = (database.tables[table.name] for table in APPLICATIONS)
    both = train.select(ID).intersect(test.select(ID))
    found: Mapping[str, int] = database.fetch(both.aggregate(ids=both.count(), first=both[ID].min())).to_pylist()[0]
    if found["ids"]:
        raise TableError(
            f"{folder}: {found['ids']} ids of {ID} stand in both {' and '.join(table.name for table in APPLICATIONS)}, "
            f"the smallest of them {found['first']}; each client needs an id of its own"
        )
