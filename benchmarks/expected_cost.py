"""How well expected costs foretell what is realised: the champion's own predictions, whose outcomes are known. Examples:

    python -m benchmarks.expected_cost
    python -m benchmarks.expected_cost --document docs/monitoring.md

The report split as one batch; how often an interval covers what batches drawn of it, and of the other clients, did cost; and
NannyML's CBPE beside it on the same chunks (make setup-nannyml). The text replaces what stands between the document's two
`<!-- expected cost -->` lines.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from jobs import command
from jobs.document import fill
from jobs.store import add_tracking_uri, tracking_uri
from scoring.errors import ModelError, TrainingError
from scoring.settings import LATEST

if TYPE_CHECKING:
    from benchmarks.batches import Clients

MARK = "<!-- expected cost -->"


def main(argv: Sequence[str] | None = None) -> int:
    parser = command.Parser(__doc__)
    parser.add_argument("--document", type=Path, metavar="FILE", help="the document to write into (default: print it)")
    add_tracking_uri(parser)
    return command.run(_expected_cost, parser, argv)


def _expected_cost(arguments: argparse.Namespace) -> None:
    fill(arguments.document, MARK, partial(_measured, tracking_uri(arguments)), "how well expected costs foretell")


def _measured(uri: str) -> str:
    return "\n".join([*_tables(_clients(uri)), ""])


def _tables(clients: "Clients") -> Iterator[str]:
    from benchmarks.batches import coverage_table, split_table
    from benchmarks.beside_cbpe import cbpe_table

    for part in (split_table, coverage_table, cbpe_table):
        yield from part(clients)
        if part is not cbpe_table:
            yield ""


def _clients(uri: str) -> "Clients":
    """The clients that the champion was measured on, as its run keeps them."""
    from tempfile import TemporaryDirectory

    import numpy as np

    from benchmarks.batches import Clients
    from model import Scorer
    from scoring.monitoring.scores import SCORES, read_scores
    from scoring.tracking import Store
    from scoring.training.predictions import PREDICTIONS, Predictions

    scorer = Scorer.load(LATEST)
    release, document = scorer.release, scorer.documents.get(SCORES)
    covariance = read_scores(document.content).calibration_covariance if document else None
    if covariance is None:
        raise ModelError(f"{release.model_version} has no {SCORES} that says how unsure its calibration is: run `make release`")
    store = Store(uri, create=False)
    if not store.find(release.run_id):
        raise TrainingError(f"run {release.run_id}, of {release.model_version}, is not in this store: name it by --tracking-uri")
    with TemporaryDirectory() as folder:
        kept = Predictions.read(store.download(release.run_id, PREDICTIONS, Path(folder)))
    of_each = kept.target, kept.report, kept.probability, kept.probability < release.threshold
    return Clients(*of_each, release.model_version, release.costs, np.array(covariance))


if __name__ == "__main__":
    sys.exit(main())
