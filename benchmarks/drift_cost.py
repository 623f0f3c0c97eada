"""What a drift report costs: python -m benchmarks.drift_cost --data DIR [--document FILE] runs it as a process of its own.

DIR holds application_train and application_test; each report is made with its page and its summary.
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
    with TemporaryDirectory(prefix="drift-") as name:
        folder = Path(name)
        store = ["--tracking-uri", f"sqlite:///{folder / 'mlflow.db'}"]
        ways = {
            "test against what the release remembers": ["--current", data, "--no-mlflow"],
            "test against train": ["--reference", data, "--current", data, "--no-mlflow"],
            "the first, and its line in a new MLflow database": ["--current", data, *store],
            "the same once more": ["--current", data, *store],
            "the first, with histories and PDs": ["--current", data, "--histories", "--no-mlflow"],
        }
        kept = ["--json", str(folder / "drift.json")]
        runs = [timed(way, "drift_report", [*given, *kept], folder / "drift.html", fine=FINE) for way, given in ways.items()]
    said = f"On {os.cpu_count()} cores:"
    return "\n".join([said, "", *table(TITLES, [run.cells() for run in runs])]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
