"""A progress bar over batches, on stderr, where somebody watches."""

from collections.abc import Iterable, Iterator

import pyarrow as pa
from tqdm import tqdm


def shown(batches: Iterable[pa.RecordBatch], total: int) -> Iterator[pa.RecordBatch]:
    """The batches as they are, counted in rows; no bar where stderr is no terminal."""
    with tqdm(total=total, unit=" clients", leave=False, disable=None) as bar:
        for batch in batches:
            yield batch
            bar.update(batch.num_rows)
