"""Results as files: written beside, synced to the disk, then renamed, so that nobody meets half of one."""

import csv
import io
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from scoring.errors import OutputError

Append = Callable[[pa.RecordBatch], object]


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write that gets its name when the block ends well; else what had that name stays, and nothing is left.

    Raises OutputError, before and in the block, if it can't be written there.
    """
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    with _in_one_line(path):
        if path.exists() and not (path.is_file() and os.access(path, os.W_OK)):
            raise OutputError(f"{path} is there and can't be replaced: name another file")
        try:
            with beside.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        _sync_folder(path.parent)


@contextmanager
def standard_output() -> Iterator[BinaryIO]:
    """The process's standard output, for bytes; OutputError if its reader goes away."""
    with _in_one_line(Path("standard output")), open(1, "wb", closefd=False) as file:
        yield file


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


def _sync_folder(folder: Path) -> None:
    """Make the renaming outlast a power cut, where the system can sync a folder (Windows can't)."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def _in_one_line(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(f"{path} can't be written: {error.strerror or error}") from error
