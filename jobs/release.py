"""Release the best candidate of a training, by default the newest complete one: champion, and served from models/latest.

It needs no data: the run holds all of it. Releasing the same run twice is one release. Example:

    python -m jobs.release
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from jobs import command
from jobs.store import add_tracking_uri, tracking_uri
from scoring.settings import ROOT


def main(argv: Sequence[str] | None = None) -> int:
    parser = command.Parser(__doc__)
    parser.add_argument("--root", type=Path, default=ROOT, metavar="DIR", help="where models/ lies (default: the project)")
    parser.add_argument("--training", metavar="ID", help="which training's best candidate (default: the newest complete one)")
    add_tracking_uri(parser)
    return command.run(_release, parser, argv)


def _release(arguments: argparse.Namespace) -> None:
    from scoring.releasing.release import release
    from scoring.tracking import Store

    released = release(Store(tracking_uri(arguments), create=False), arguments.root, arguments.training)
    run = released.run
    print(f"released {released.model_version}: {run.tags['candidate']}, run {run.run_id}, training {run.tags['training_id']}")
    print(
        f"out of fold: AUC {run.metrics['oof_auc']:.4f}, cost per client {run.metrics['oof_cost_per_client']:.4f} "
        f"(granting to all: {run.metrics['oof_cost_of_granting_all']:.4f}), threshold {run.metrics['threshold']:.4f}"
    )
    print(f"in {released.folder}")


if __name__ == "__main__":
    sys.exit(main())
