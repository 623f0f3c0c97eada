"""What a command says on stderr while it works: a progress bar over batches, where somebody watches, and remarks."""

import sys
from collections.abc import Iterable, Iterator

import pyarrow as pa
from tqdm import tqdm


def noted(line: str) -> None:
    """A remark that is no error, and no part of the output."""
    print(f"note: {line}", file=sys.stderr)


def shown(batches: Iterable[pa.RecordBatch], total: int) -> Iterator[pa.RecordBatch]:
    """The batches as they are, counted in rows; no bar where stderr is no terminal."""
    with tqdm(total=total, unit=" clients", leave=False, disable=None) as bar:
        for batch in batches:
            yield batch
            bar.update(batch.num_rows)
