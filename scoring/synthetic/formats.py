"""Tables written block by block, in the formats that the tables of Home Credit come in."""

import gzip
import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from itertools import chain, repeat
from typing import BinaryIO, Literal, cast, get_args

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

Format = Literal["csv", "csv.gz", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)
Append = Callable[[pd.DataFrame], None]


@contextmanager
def _csv(file: BinaryIO) -> Iterator[Append]:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    header = chain([True], repeat(False))
    try:
        yield lambda block: block.to_csv(text, index=False, header=next(header), lineterminator="\n")
    finally:
        text.detach()  # flushes, and leaves the file to who opened it


@contextmanager
def _gzipped_csv(file: BinaryIO) -> Iterator[Append]:
    # Neither a time nor a name in the header: the same clients give the same bytes.
    with gzip.GzipFile("", "wb", compresslevel=6, fileobj=file, mtime=0) as packed, _csv(cast("BinaryIO", packed)) as append:
        yield append


@contextmanager
def _parquet(file: BinaryIO) -> Iterator[Append]:
    with ExitStack() as stack:
        writers: list[pq.ParquetWriter] = []

        def append(block: pd.DataFrame) -> None:
            table = pa.Table.from_pandas(block, preserve_index=False)
            if not writers:  # the first block, even an empty one, says what the columns are
                writers.append(stack.enter_context(pq.ParquetWriter(file, table.schema)))
            writers[0].write_table(table)

        yield append


WRITERS: Mapping[Format, Callable[[BinaryIO], AbstractContextManager[Append]]] = {
    "csv": _csv,
    "csv.gz": _gzipped_csv,
    "parquet": _parquet,
}
"""Of each format: what makes of an open file the function that appends a block to it, complete when its context ends."""
