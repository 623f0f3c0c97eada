"""Try every fault, one after another, and write what came of it into a document. Examples:

    python -m tests.faults
    python -m tests.faults --document docs/reliability.md

The table replaces what stands between the document's two `<!-- faults -->` lines. It takes eight minutes.
Exit code: 0, or 1 where a decision was lost or is there twice, a chain isn't whole, or an answer wasn't foreseen.
"""

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from jobs import command
from jobs.document import fill
from tests.databases import postgres
from tests.faults import disk, kills, outages, writers
from tests.faults.outcome import Outcome, Place, tabled

Scenario = Callable[[Place], Outcome]

MARK = "<!-- faults -->"
ON_SQLITE: Sequence[Scenario] = (
    kills.one_worker_killed,
    kills.all_workers_killed,
    kills.service_killed,
    kills.told_to_stop,
    disk.disk_full,
    writers.many_writers,
    writers.many_upgrades,
)
ON_POSTGRESQL: Sequence[Scenario] = (
    kills.one_worker_killed,
    kills.told_to_stop,
    *(partial(outages.database_away, how=how) for how in outages.FAULTS),
    partial(outages.far_database_away, how="stopped"),
    *(partial(outages.away_at_the_start, how=how) for how in ("stopped", "frozen")),
    outages.workers_killed_meanwhile,
    writers.many_writers,
    writers.many_upgrades,
)


def main(argv: Sequence[str] | None = None) -> int:
    parser = command.Parser(__doc__)
    parser.add_argument("--document", type=Path, metavar="FILE", help="the document to write into (default: print it)")
    return command.run(_faults, parser, argv)


def _faults(arguments: argparse.Namespace) -> int:
    outcomes: list[Outcome] = []
    fill(arguments.document, MARK, partial(_tried, outcomes), "what came of the faults")
    return 0 if all(one.kept for one in outcomes) else 1


def _tried(outcomes: list[Outcome]) -> str:
    begun = time.monotonic()
    with TemporaryDirectory(prefix="faults-") as folder, postgres() as server:
        todo = [(one, None) for one in ON_SQLITE] + [(one, server) for one in ON_POSTGRESQL]
        for number, (scenario, its_server) in enumerate(todo, 1):
            place = Place(Path(folder) / str(number), its_server)
            place.folder.mkdir()
            outcomes.append(scenario(place))
            sys.stderr.write(f"{time.monotonic() - begun:4.0f} s  {outcomes[-1]}\n")
    where = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    whole = f"the chain was whole after {sum(one.whole for one in outcomes)} of {len(outcomes)} scenarios"
    return f"{where}; {(time.monotonic() - begun) / 60:.0f} minutes; {whole}.\n\n{tabled(outcomes)}"


if __name__ == "__main__":
    sys.exit(main())
