"""Measure what each family of the model's inputs earns in AUC and in cost, and write it into a document. Example:

    python -m jobs.feature_gains --data ../shared/home_credit --document docs/features.md

Everything is measured out of fold on the clients outside the report split, on the same folds with and without the family; a
family counts by what is lost without it. The table replaces what stands between the document's two `<!-- gains -->` lines.
"""

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from jobs import command
from jobs.document import fill
from scoring import markdown
from scoring.errors import SettingError

if TYPE_CHECKING:
    from scoring.training.families import Gain, OutOfFold

MARK = "<!-- gains -->"


def main(argv: Sequence[str] | None = None) -> int:
    parser = command.Parser(__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="the folder of tables")
    parser.add_argument("--seeds", type=int, default=5, help="how many foldings and trainings to average (default 5)")
    parser.add_argument("--whole-alone", action="store_true", help="measure the whole model and no family")
    parser.add_argument("--document", type=Path, metavar="FILE", help="the document to write the table into (default: print it)")
    return command.run(_feature_gains, parser, argv)


def _feature_gains(arguments: argparse.Namespace) -> None:
    if arguments.seeds < 1:
        raise SettingError(f"--seeds {arguments.seeds}: it must be 1 or more")
    measured = partial(_measured, arguments.data, arguments.seeds, arguments.whole_alone)
    fill(arguments.document, MARK, measured, "the families' gains")


def _measured(data: Path, seeds: int, whole_alone: bool) -> str:
    from tqdm import tqdm

    from jobs.progress import noted
    from scoring.fields import ID, TARGET
    from scoring.records import read_training
    from scoring.training.families import FAMILIES, gains, known_of
    from scoring.training.splits import in_report_split

    frame = read_training(data, noted)
    frame = frame[~in_report_split(frame[ID])]
    families = {} if whole_alone else FAMILIES
    with tqdm(total=len(families) + 1, unit=" sets", leave=False, disable=None) as bar:

        def progress(family: str) -> None:
            bar.set_description(family, refresh=False)
            bar.update()

        X, y = known_of(frame), frame[TARGET].to_numpy()
        whole, found = gains(X, y, families=families, seeds=range(seeds), progress=progress)
    return table(whole, found, clients=len(frame))


def table(whole: "OutOfFold", found: "Sequence[Gain]", *, clients: int) -> str:
    """The findings as Markdown; of the whole model alone, a line."""
    figures = (
        f"{clients:,} clients out of fold, mean of {len(whole.auc)} seeds: AUC {whole.auc.mean():.4f} "
        f"({whole.auc.min():.4f} to {whole.auc.max():.4f}), cost per client {whole.costs.mean():.4f}."
    )
    if not found:
        return f"{figures}\n"
    rows = []
    for gain in sorted(found, key=lambda gain: (not gain.used, -gain.auc[0])):
        mean, low, high = (f"{value:+.4f}" for value in gain.auc)
        interval = f"{gain.interval.low:+.4f} to {gain.interval.high:+.4f}"
        used = "yes" if gain.used else "no"
        rows.append([gain.family, str(gain.size), used, f"{mean} ({low}, {high})", f"{gain.cost:+.4f} ({interval})"])
    titles = [
        "family",
        "fields",
        "in the model",
        "AUC gained (lowest, highest of the seeds)",
        "cost saved per client (95% interval)",
    ]
    return "\n".join([figures, "", *markdown.table(titles, rows)]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
