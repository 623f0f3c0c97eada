"""The client records of a folder of tables: streamed for scoring, as one labelled frame for training."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from scoring.errors import TableError
from scoring.features import client_records
from scoring.features.application import application
from scoring.fields import FIELDS, ID, TARGET
from scoring.tables import APPLICATION_TRAIN, APPLICATIONS, Column, Table
from scoring.tables.files import find_file, missing_tables
from scoring.tables.histories import COVERAGE, HISTORY_TABLES
from scoring.tables.orphans import remarks
from scoring.tables.reading import BATCH, Database, open_tables

Say = Callable[[str], object]


def _nothing(_line: str) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Records:
    """Client records by ascending SK_ID_CURR: how many, their Arrow schema (the columns of FIELDS), and their batches, once."""

    count: int
    schema: pa.Schema
    batches: Iterator[pa.RecordBatch]


@contextmanager
def read_records(
    folder: Path, rows: int = BATCH, say: Say = _nothing, applications: Sequence[Table] = APPLICATIONS
) -> Iterator[Records]:
    """The records of every application in a folder (of those of `applications` that are there) in batches of up to `rows`.

    `say` is told in a line each which history tables are missing, or hold rows that belong to nobody.
    Raises TableError if neither is there, if one isn't what its description says, and for a client that is in both.
    """
    present = [table for table in applications if find_file(folder, table.name)]
    if not present:
        raise missing_tables(folder, [table.name for table in applications])
    with _opened(folder, present, say) as database:
        if len(present) > 1:
            _check_disjoint(folder, database)
        expression = client_records(database.tables)
        count = sum(database.rows[table.name] for table in present)
        yield Records(count, expression.schema().to_pyarrow(), database.batches(expression.order_by(ID), rows))


def read_training(folder: Path, say: Say = _nothing) -> pd.DataFrame:
    """The labelled applications of a folder: SK_ID_CURR, TARGET, then the other FIELDS, by ascending SK_ID_CURR.

    `say` is told what read_records tells it.
    Numbers are float64 with NaN, labels str objects with None, both where missing; ids and TARGET are int64.
    """
    with _opened(folder, [APPLICATION_TRAIN], say) as database:
        outcomes = database.tables[APPLICATION_TRAIN.name].select(ID, TARGET)
        labelled = client_records(database.tables).join(outcomes, ID)
        found = columns(database.fetch(labelled.order_by(ID)))
    names = [ID, TARGET, *(f.name for f in FIELDS if f.name != ID)]
    return pd.DataFrame({name: pd.Series(found[name], dtype=found[name].dtype, copy=False) for name in names})


def read_sample(
    folder: Path, preferred: str, most: int, seed: int, *, histories: bool = False, say: Say = _nothing
) -> tuple[dict[str, NDArray[Any]], int, Path]:
    """Up to `most` clients, drawn at random, of one application table of a folder, `preferred` where it is there.

    Their columns as `columns` gives them (APPLICATION's, with `histories` all FIELDS), of how many they are, and their file.
    """
    by_preference = sorted(APPLICATIONS, key=lambda table: table.name != preferred)
    for table in by_preference:
        if path := find_file(folder, table.name):
            opened = read_records(folder, applications=[table], say=say) if histories else _read_forms(folder, table)
            with opened as records:
                drawn = np.random.default_rng(seed).permutation(records.count)[:most]
                return columns(_rows(records, np.sort(drawn))), records.count, path
    raise missing_tables(folder, [table.name for table in by_preference])


@contextmanager
def _read_forms(folder: Path, table: Table) -> Iterator[Records]:
    """The records of one application table, without the histories."""
    with open_tables(folder, [table]) as database:
        expression = application([database.tables[table.name]])
        batches = database.batches(expression.order_by(ID))
        yield Records(database.rows[table.name], expression.schema().to_pyarrow(), batches)


def _rows(records: Records, wanted: NDArray[Any]) -> pa.Table:
    """The rows at these places, in order, of all batches."""
    kept, start = [], 0
    for batch in records.batches:
        here = wanted[(start <= wanted) & (wanted < start + batch.num_rows)] - start
        kept.append(batch.take(pa.array(here)))
        start += batch.num_rows
    return pa.Table.from_batches(kept, records.schema)


@contextmanager
def _opened(folder: Path, applications: Sequence[Table], say: Say) -> Iterator[Database]:
    """These application tables of a folder, and of the histories and coverage those that are there."""
    wanted = {table.name for table in applications}
    # The rows of the other application table's clients aren't orphans; more than its ids isn't asked of it.
    others = [
        replace(table, columns=(Column(ID, "id"),))
        for table in APPLICATIONS
        if table.name not in wanted and find_file(folder, table.name)
    ]
    beside = [table for table in (*HISTORY_TABLES, COVERAGE) if find_file(folder, table.name)]
    with open_tables(folder, [*applications, *others, *beside]) as database:
        for line in remarks(database, [*applications, *others]):
            say(line)
        needed = {name: table for name, table in database.tables.items() if name not in {other.name for other in others}}
        yield replace(database, tables=needed)


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
