"""One of many writers: a process whose threads write to a log, without a spool, and which prints the decisions' ids.

    python -m tests.faults.writer DATABASE_URL NUMBER

It imports nothing that a writer doesn't need: eight of them start at once. It fails where the database doesn't take a decision.
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from scoring.decision_log.database import Database
from scoring.decision_log.entries import now
from scoring.decision_log.log import SqlLog
from scoring.decision_log.spool import Spool
from tests.logs import entry

THREADS, APPENDS = 4, 100


def _write(url: str, writer: int) -> list[str]:
    """The ids of what it wrote; LogUnavailable where the database didn't take it, as the spool is no folder."""
    log = SqlLog(Database(url, seconds=30), Spool(Path(os.devnull)))  # on a busy machine a wait for eight is no outage

    def append(turn: int) -> list[str]:
        clients = [(writer * THREADS * APPENDS + turn) * 10 + number for number in range(1 + turn % 3)]
        entries = [entry(client, time=now()) for client in clients]
        log.append(entries)
        return [one.decision_id for one in entries]

    with ThreadPoolExecutor(THREADS) as threads:
        return [one for ids in threads.map(append, range(THREADS * APPENDS)) for one in ids]


if __name__ == "__main__":
    sys.stdout.write("\n".join(_write(sys.argv[1], int(sys.argv[2]))))
