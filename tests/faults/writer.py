"""One of many writers: a process whose threads write to a log, without a spool, and which prints the decisions' ids.

    python -m tests.faults.writer DATABASE_URL NUMBER

It imports nothing that a writer doesn't need: eight of them start at once. It fails where the database doesn't take a decision.
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from scoring.decision_log.database import Database
from scoring.decision_log.entries import Entry, now, uuid7
from scoring.decision_log.log import SqlLog
from scoring.decision_log.spool import Spool

THREADS, APPENDS = 4, 100


def _write(url: str, writer: int) -> list[str]:
    """The ids of what it wrote; LogUnavailable where the database didn't take it, as the spool is no folder."""
    log = SqlLog(Database(url, seconds=30), Spool(Path(os.devnull)))  # on a busy machine a wait for eight is no outage

    def append(turn: int) -> list[str]:
        clients = [(writer * THREADS * APPENDS + turn) * 10 + number for number in range(1 + turn % 3)]
        entries = [_entry(client) for client in clients]
        log.append(entries)
        return [entry.decision_id for entry in entries]

    with ThreadPoolExecutor(THREADS) as threads:
        return [one for ids in threads.map(append, range(THREADS * APPENDS)) for one in ids]


def _entry(client: int) -> Entry:
    return Entry(
        decision_id=uuid7(),
        time=now(),
        request_id=uuid7(),
        purpose="decision",
        key_name="writer",
        client=client,
        record=f'{{"SK_ID_CURR": {client}, "AMT_CREDIT": 100000.0}}',
        raw_score=-2.5,
        probability=0.0758,
        threshold=0.09,
        decision="granted",
        model_sha256="0" * 64,
        model_version="1-00000000",
        code_version="0",
        latency_ms=1.5,
    )


if __name__ == "__main__":
    sys.stdout.write("\n".join(_write(sys.argv[1], int(sys.argv[2]))))
