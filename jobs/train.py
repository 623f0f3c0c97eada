"""Train the candidates on a folder of tables, each a run in MLflow, and say which of them would be released.

Reads application_train there (CSV, .gz, .zip or Parquet). The runs go to MLFLOW_TRACKING_URI, by default to mlflow.db and
mlruns/ in the project's folder; look at them with `make mlflow-ui`. Example:

    python -m jobs.train --data ../shared/home_credit
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jobs import command
from jobs.store import add_tracking_uri, tracking_uri
from scoring.errors import SettingError

if TYPE_CHECKING:
    from scoring.tracking import StoredRun

GOLDEN = 10
_COLUMNS = (
    ("AUC", "oof_auc", ".4f"),
    ("Gini", "oof_gini", ".4f"),
    ("KS", "oof_ks", ".4f"),
    ("Brier", "oof_brier", ".5f"),
    ("log loss", "oof_log_loss", ".4f"),
    ("calibration error", "oof_calibration_error", ".4f"),
    ("threshold", "oof_threshold", ".4f"),
    ("cost/client", "oof_cost_per_client", ".4f"),
)


def main(argv: Sequence[str] | None = None) -> int:
    parser = command.Parser(__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="the folder of tables")
    parser.add_argument("--seed", type=int, default=0, help="of the folds and the trees (default 0)")
    add_tracking_uri(parser)
    return command.run(_train, parser, argv)


def _train(arguments: argparse.Namespace) -> None:
    if not 0 <= arguments.seed < 2**31:
        raise SettingError(f"--seed {arguments.seed}: it must be from 0 to {2**31 - 1}")
    from tqdm import tqdm

    from scoring.records import fingerprint, read_training
    from scoring.releasing.release import choose, training
    from scoring.synthetic import demo_clients
    from scoring.tracking import Store
    from scoring.training.candidates import CANDIDATES
    from scoring.training.train import STEPS, train

    store = Store(tracking_uri(arguments))
    frame = read_training(arguments.data)
    with tqdm(total=STEPS * len(CANDIDATES), unit=" fits", leave=False, disable=None) as bar:

        def progress(step: str) -> None:
            bar.set_description(step, refresh=False)
            bar.update()

        training_id = train(
            frame, store, fingerprint=fingerprint(frame), golden=demo_clients(GOLDEN), seed=arguments.seed, progress=progress
        )
    runs = training(store, training_id)
    chosen = choose(store, runs)
    print(f"training {training_id}: {len(frame):,} clients; figures out of fold, outside the report split")
    print(table(runs, chosen))
    print(f"`make release` would release {chosen.tags['candidate']}, run {chosen.run_id}")


def table(runs: Sequence["StoredRun"], chosen: "StoredRun") -> str:
    """The candidates' figures, a line each."""
    rows = [["candidate", *(title for title, _, _ in _COLUMNS), "chosen"]]
    for run in runs:
        figures = [format(run.metrics[metric], digits) for _, metric, digits in _COLUMNS]
        rows.append([run.tags["candidate"], *figures, "*" if run.run_id == chosen.run_id else ""])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        ).rstrip()
        for row in rows
    )


if __name__ == "__main__":
    sys.exit(main())
