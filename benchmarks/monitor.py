"""What the monitoring page costs: python -m benchmarks.monitor [--decisions 1000000] [--document FILE].

A SQLite log of so many decisions over 26 weeks is written in a temporary folder (1,000,000 take 8 GB and some minutes), with
records of generated clients, chained as the service's own. Then `python -m jobs.monitor` makes its page as a process of its own:
once with a file that this system doesn't hold in memory any more, once right after. --document writes what came of it between
the document's two lines <!-- monitor -->.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.child import TITLES, Run, timed
from benchmarks.monitor_log import BEGIN, WEEKS, write
from jobs import command
from jobs.document import fill
from scoring.errors import SettingError
from scoring.markdown import table
from tests.databases import upgraded

MARK = "<!-- monitor -->"


def main(argv: Sequence[str] | None = None) -> int:
    parser = command.Parser(__doc__)
    parser.add_argument("--decisions", type=int, default=1_000_000, metavar="N", help="in the log (default 1000000)")
    parser.add_argument("--document", type=Path, metavar="FILE", help="document to write it into, instead of printing it")
    return command.run(_measure, parser, argv)


def _measure(arguments: argparse.Namespace) -> None:
    if arguments.decisions < 1:
        raise SettingError(f"--decisions {arguments.decisions}: give a number from 1 on")
    fill(arguments.document, MARK, lambda: measured(arguments.decisions), "what the monitoring page costs")


def measured(number: int) -> str:
    """Both runs on a log of so many decisions, as Markdown."""
    with TemporaryDirectory(prefix="monitor-") as folder:
        file = Path(folder) / "decisions.db"
        database = upgraded(f"sqlite:///{file}", seconds=600)
        write(database, number)
        database.close()
        size = file.stat().st_size
        forget(file)
        runs = [_made("the log isn't in memory", file), _made("the log is in memory", file)]
    said = f"A log of {number:,} decisions over {WEEKS} weeks, {size / 1e6:,.0f} MB in SQLite, on {os.cpu_count()} cores:"
    return "\n".join([said, "", *table(TITLES, [run.cells() for run in runs])]) + "\n"


def forget(file: Path) -> None:
    """Have the system drop what it keeps of a file in memory; the disk's own cache, and a host's, stay."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


def _made(name: str, file: Path) -> Run:
    """Make the page of a log in a process of its own."""
    since = ["--since", BEGIN.date().isoformat()]
    return timed(name, "monitor", since, file.with_suffix(".html"), {"DATABASE_URL": f"sqlite:///{file}"})


if __name__ == "__main__":
    sys.exit(main())
