"""Decide on every application in a folder of Home Credit tables, with the released model. Examples:

    python -m jobs.score_batch --data ../shared/home_credit --out var/decisions.csv
    python -m jobs.score_batch --data var/sample --out var/decisions.parquet --model models/latest

One row a client, by ascending SK_ID_CURR: SK_ID_CURR, probability, threshold, prediction (1 = refused), decision. TARGET, where
there is one, is not looked at. Nothing goes to the decision log: these are no decisions until somebody issues them.
"""

import argparse
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from jobs import command
from scoring.errors import OutputError

if TYPE_CHECKING:
    import pyarrow as pa

    from model import Scores

_FORMATS = (".csv", ".parquet")


class Scorer(Protocol):
    """What decides here: model.Scorer, or what stands in for it."""

    threshold: float

    def score(self, columns: Mapping[str, Any]) -> "Scores": ...


def main(argv: Sequence[str] | None = None) -> int:
    parser = command.Parser(__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of application_train, _test or both")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="FILE.csv or FILE.parquet")
    parser.add_argument("--model", type=Path, metavar="DIR", help="release to score with (default: MODEL_DIR or models/latest)")
    return command.run(_score_batch, parser, argv)


def _score_batch(arguments: argparse.Namespace) -> None:
    if arguments.out.suffix not in _FORMATS:
        raise OutputError(f"--out {arguments.out}: name a file that ends in {' or '.join(_FORMATS)}")

    import model
    from jobs.progress import noted, shown
    from scoring.files import new_file
    from scoring.output import write_batches
    from scoring.records import read_records
    from scoring.settings import Settings

    scorer = model.Scorer.load(arguments.model or Settings.from_env(os.environ).model_dir)
    with read_records(arguments.data, say=noted) as records, new_file(arguments.out) as file:
        decided = decisions(shown(records.batches, records.count), scorer)
        rows = write_batches(file, arguments.out.suffix, decision_schema(), decided)
    print(f"wrote {rows:,} decisions of model {scorer.model_version} to {arguments.out}")


def decision_schema() -> "pa.Schema":
    """The Arrow schema of a batch of decisions."""
    import pyarrow as pa

    types = {"probability": pa.float64(), "threshold": pa.float64(), "prediction": pa.int8(), "decision": pa.string()}
    return pa.schema({"SK_ID_CURR": pa.int64(), **types})


def decisions(batches: "Iterable[pa.RecordBatch]", scorer: Scorer) -> "Iterator[pa.RecordBatch]":
    """Batches of client records (the columns of FIELDS) -> batches of decision_schema, row by row the same clients."""
    import numpy as np
    import pyarrow as pa

    from scoring.fields import ID
    from scoring.records import columns

    for batch in batches:
        fields = columns(batch)
        scores = scorer.score(fields)
        threshold = np.full(batch.num_rows, scorer.threshold)
        words = np.where(scores.refused, "refused", "granted")
        arrays = [fields[ID], scores.probability, threshold, scores.refused.astype(np.int8), words]
        yield pa.record_batch([pa.array(array) for array in arrays], schema=decision_schema())


if __name__ == "__main__":
    sys.exit(main())
