"""Train the candidates on a folder of tables, each a run in MLflow, and say which of them would be released.

Reads application_train there (CSV, .gz, .zip or Parquet). The runs go to MLFLOW_TRACKING_URI, by default to mlflow.db and
mlruns/ in the project's folder; look at them with `make mlflow-ui`. Example:

    python -m jobs.train --data ../shared/home_credit

A training that stopped, because MLflow went away or by Ctrl-C, says with which --resume it goes on; it skips what is finished.
"""

import argparse
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from jobs import command
from jobs.store import add_tracking_uri, tracking_uri
from scoring.errors import CreditScoringError, SettingError
from scoring.quiet_mlflow import without_password

if TYPE_CHECKING:
    from scoring.tracking import Store, StoredRun

GOLDEN = 10
TRIALS, MOST_TRIALS = 12, 1000
_COLUMNS = (
    ("AUC", "oof_auc", ".4f"),
    ("Gini", "oof_gini", ".4f"),
    ("KS", "oof_ks", ".4f"),
    ("Brier", "oof_brier", ".5f"),
    ("log loss", "oof_log_loss", ".4f"),
    ("calibration error", "oof_calibration_error", ".4f"),
    ("threshold", "threshold", ".4f"),
    ("cost/client", "oof_cost_per_client", ".4f"),
)


def main(argv: Sequence[str] | None = None) -> int:
    parser = command.Parser(__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="the folder of tables")
    parser.add_argument("--seed", type=int, default=0, help="of the folds and the trees (default 0)")
    parser.add_argument("--trials", type=int, default=TRIALS, help=f"of the tuned candidate; 0 leaves it out (default {TRIALS})")
    parser.add_argument("--candidates", metavar="NAME,NAME", help="train these alone (default: all)")
    parser.add_argument("--resume", metavar="ID", help="finish the training of that id, which stopped")
    parser.add_argument(
        "--kept", type=Path, metavar="DIR", help="for what isn't sent yet (default: var/trainings in the project's folder)"
    )
    add_tracking_uri(parser)
    return command.run(_train, parser, argv)


def _train(arguments: argparse.Namespace) -> int:
    if not 0 <= arguments.seed < 2**31:
        raise SettingError(f"--seed {arguments.seed}: it must be from 0 to {2**31 - 1}")
    if not 0 <= arguments.trials <= MOST_TRIALS:
        raise SettingError(f"--trials {arguments.trials}: it must be from 0 to {MOST_TRIALS}")
    begun: list[str] = []
    try:
        with resumable(arguments, begun):
            _train_and_say(arguments, begun)
    except KeyboardInterrupt:
        if not begun:
            raise
        print(f"stopped: {_resume(arguments, begun[0])}", file=sys.stderr)
        return command.STOPPED
    return command.DONE


@contextmanager
def resumable(arguments: argparse.Namespace, begun: Sequence[str]) -> Iterator[None]:
    """An error in the block says how to go on, once the training's id is in `begun`."""
    try:
        yield
    except CreditScoringError as error:
        if not begun:
            raise
        raise type(error)(f"{error.message}; {_resume(arguments, begun[0])}", error.details) from error


def _train_and_say(arguments: argparse.Namespace, begun: list[str]) -> None:
    from tqdm import tqdm

    from jobs.progress import noted
    from scoring.records import fingerprint, read_training
    from scoring.synthetic import demo_clients
    from scoring.tracking import Store
    from scoring.training.candidates import named, with_trials
    from scoring.training.train import KEPT, count_fits, train

    candidates = with_trials(arguments.trials, named(arguments.candidates))
    store = Store(tracking_uri(arguments))
    frame = read_training(arguments.data, noted)
    with tqdm(total=count_fits(candidates), unit=" fits", leave=False, disable=None) as bar:

        def progress(step: str, fits: int) -> None:
            bar.set_description(step, refresh=False)
            bar.update(fits)

        training_id = train(
            frame,
            store,
            fingerprint=fingerprint(frame),
            golden=demo_clients(GOLDEN),
            kept=arguments.kept or KEPT,
            candidates=candidates,
            seed=arguments.seed,
            resume=arguments.resume,
            begun=begun.append,
            progress=progress,
        )
    begun.clear()
    _say(store, training_id, len(frame))


def _say(store: "Store", training_id: str, clients: int) -> None:
    from scoring.releasing.choosing import RELEASABLE, choose, training

    runs = training(store, training_id)
    chosen = choose(store, runs) if any(run.tags["model_class"] == RELEASABLE for run in runs) else None
    print(f"training {training_id}: {clients:,} clients; figures out of fold, outside the report split")
    print(table(runs, chosen))
    if chosen:
        print(f"`make release` would release {chosen.tags['candidate']}, run {chosen.run_id}")


def _resume(arguments: argparse.Namespace, training_id: str) -> str:
    """What to type to finish a training, with what it was begun with."""
    given = ["--data", str(arguments.data), "--seed", str(arguments.seed), "--trials", str(arguments.trials)]
    if arguments.candidates:
        given += ["--candidates", arguments.candidates]
    if arguments.kept:
        given += ["--kept", str(arguments.kept)]
    if arguments.tracking_uri:
        given += ["--tracking-uri", without_password(arguments.tracking_uri)]
    return f"what is trained is kept, go on with: python -m jobs.train {shlex.join([*given, '--resume', training_id])}"


def table(runs: Sequence["StoredRun"], chosen: "StoredRun | None") -> str:
    """The candidates' figures, a line each, with a star for the one that a release would take."""
    rows = [["candidate", *(title for title, _, _ in _COLUMNS), "chosen"]]
    for run in runs:
        figures = [format(run.metrics[metric], digits) for _, metric, digits in _COLUMNS]
        rows.append([run.tags["candidate"], *figures, "*" if run == chosen else ""])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        ).rstrip()
        for row in rows
    )


if __name__ == "__main__":
    sys.exit(main())
