"""What a replay costs: python -m benchmarks.replay [N] replays a log of N (10,000) decisions, made of the demo clients varied.

The log is a SQLite file in a temporary folder, written as the service writes it but in batches of 1,000.
"""

import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from jobs import replay
from model import Scorer
from scoring.decision_log.entries import now
from scoring.decision_log.log import SqlLog
from scoring.decision_log.spool import Spool
from tests.conftest import LATEST, demo_clients
from tests.databases import upgraded
from tests.written_logs import entries


def varied(number: int) -> Iterator[dict[str, Any]]:
    """So many client records, no two the same."""
    clients = demo_clients()
    for i in range(number):
        client = clients[i % len(clients)]
        yield {**client, "AMT_CREDIT": client["AMT_CREDIT"] * (1 + i // len(clients) / 1000)}


def fill(url: str, folder: Path, number: int) -> None:
    """Make the log of so many decisions."""
    scorer, database = Scorer.load(LATEST), upgraded(url)
    log, clients = SqlLog(database, Spool(folder / "spool")), varied(number)
    while batch := list(islice(clients, 1000)):
        log.append(entries(scorer, batch, now()))
    database.close()


def main() -> None:
    """Time the command as a person runs it, but for the start of Python."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATABASE_URL"] = url = f"sqlite:///{folder}/decisions.db"
        fill(url, Path(folder), number)
        size = (Path(folder) / "decisions.db").stat().st_size
        started = time.perf_counter()
        code = replay.main([])
        seconds = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rate = f"{number / seconds:,.0f} decisions/s"
    print(f"exit code {code} after {seconds:.1f} s: {rate}; {size / 1e6:.0f} MB of log, {memory:.0f} MB of memory at most")


if __name__ == "__main__":
    main()
