"""Batches of rows as files, in the formats that results come in."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import BinaryIO

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

Append = Callable[[pa.RecordBatch], object]


def write_batches(file: BinaryIO, format: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> int:
    """Write batches of a schema in a format of FORMATS; gives the number of rows."""
    rows = 0
    with FORMATS[format](file, schema) as append:
        for batch in batches:
            append(batch)
            rows += batch.num_rows
    return rows


@contextmanager
def _parquet(file: BinaryIO, schema: pa.Schema) -> Iterator[Append]:
    with pq.ParquetWriter(file, schema) as writer:
        yield writer.write_batch


@contextmanager
def _csv(file: BinaryIO, schema: pa.Schema) -> Iterator[Append]:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    writer = csv.writer(text, lineterminator="\n")  # writes a float as repr does: read back, it is the same
    writer.writerow(schema.names)
    try:
        yield lambda batch: writer.writerows(zip(*(column.to_pylist() for column in batch.columns), strict=True))
    finally:
        text.detach()  # flushes, and leaves the file to who opened it


@contextmanager
def _json_lines(file: BinaryIO, schema: pa.Schema) -> Iterator[Append]:
    encode = msgspec.json.Encoder().encode_lines
    yield lambda batch: file.write(encode(batch.to_pylist()))


FORMATS: Mapping[str, Callable[[BinaryIO, pa.Schema], AbstractContextManager[Append]]] = {
    ".csv": _csv,
    ".jsonl": _json_lines,
    ".parquet": _parquet,
}
"""A file name's suffix -> what makes of an open file the function that appends a batch, complete when its context ends."""
