"""What a replay costs: python -m benchmarks.replay [N] replays a log of N (10,000) decisions, made of the demo clients varied.

The log is a SQLite file in a temporary folder, written as the service writes it but in batches of 1,000.
"""

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec

from jobs import replay
from model import Decision, Scorer
from scoring.decision_log.database import Database
from scoring.decision_log.entries import DECISION, Entry, now, uuid7
from scoring.decision_log.log import SqlLog
from scoring.decision_log.spool import Spool
from scoring.decision_log.upgrading import upgrade
from scoring.schema import Record, logged_record

ROOT = Path(__file__).parent.parent


def records(number: int) -> Iterator[Record]:
    """So many client records, no two the same."""
    clients = json.loads((ROOT / "data" / "demo_clients.json").read_text())
    for i in range(number):
        client = clients[i % len(clients)]
        varied = {**client, "AMT_CREDIT": client["AMT_CREDIT"] * (1 + i // len(clients) / 1000)}
        yield logged_record(json.dumps(varied))


def entry(record: Record, decision: Decision, sha256: str) -> Entry:
    """The decision as the service logs it."""
    return Entry(
        decision_id=uuid7(),
        time=now(),
        request_id=uuid7(),
        purpose=DECISION,
        key_name="benchmark",
        client=record.client,
        record=msgspec.json.encode(record.received).decode(),
        raw_score=decision.raw,
        probability=decision.probability,
        threshold=decision.threshold,
        decision=decision.word,
        model_sha256=sha256,
        model_version=decision.model_version,
        code_version="benchmark",
        latency_ms=1.0,
    )


def fill(url: str, folder: Path, number: int) -> None:
    """Make the log of so many decisions."""
    scorer, database = Scorer.load(ROOT / "models" / "latest"), Database(url)
    upgrade(database)
    log, made = SqlLog(database, Spool(folder / "spool")), records(number)
    while batch := list(islice(made, 1000)):
        log.append([entry(*one, scorer.release.sha256) for one in zip(batch, scorer.decide(batch), strict=True)])
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
