"""What a drift report costs: python -m benchmarks.drift_cost --data DIR [--document FILE] runs it as a process of its own.

DIR holds application_train and application_test; each report is made with its page, its summary and its line in a fresh MLflow.
--document writes what came of it between the document's two lines <!-- drift cost -->.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.child import TITLES, timed
from jobs import command
from jobs.document import fill
from scoring.markdown import table

MARK = "<!-- drift cost -->"
FINE = (0, 1)
"""Exit codes: a report without and with an alarm."""


def main(argv: Sequence[str] | None = None) -> int:
    parser = command.Parser(__doc__)
    parser.add_argument(
        "--data", type=Path, required=True, metavar="DIR", help="folder of application_train and application_test"
    )
    parser.add_argument("--document", type=Path, metavar="FILE", help="document to write it into, instead of printing it")
    return command.run(_measure, parser, argv)


def _measure(arguments: argparse.Namespace) -> None:
    fill(arguments.document, MARK, lambda: measured(str(arguments.data.resolve())), "what a drift report costs")


def measured(data: str) -> str:
    """Each comparison of folders, as Markdown."""
    ways = {
        "test against what the release remembers": ["--current", data],
        "test against train": ["--reference", data, "--current", data],
        "the first, with histories and PDs": ["--current", data, "--histories"],
    }
    with TemporaryDirectory(prefix="drift-") as name:
        folder = Path(name)
        kept = ["--json", str(folder / "drift.json"), "--tracking-uri", f"sqlite:///{folder / 'mlflow.db'}"]
        runs = [timed(way, "drift_report", [*given, *kept], folder / "drift.html", fine=FINE) for way, given in ways.items()]
    said = f"On {os.cpu_count()} cores; the first makes the MLflow database, too:"
    return "\n".join([said, "", *table(TITLES, [run.cells() for run in runs])]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
