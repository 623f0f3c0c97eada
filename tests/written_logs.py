"""A decision log as the service writes one, of the demo clients and the released model's decisions on them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from model import Scorer
from scoring.decision_log.entries import SIMULATION, Claim, Entry, Outcome, Review, now, uuid7
from scoring.decision_log.log import SqlLog
from scoring.decision_log.schema import CHAINED
from scoring.decision_log.spool import Spool
from scoring.schema import logged_record
from tests.conftest import demo_clients
from tests.databases import upgraded

OLD, MIDDLE, YOUNG = (f"2024-11-{day}T12:00:00.000+00:00" for day in ("01", "10", "20"))


def entries(scorer: Scorer, clients: Sequence[Mapping[str, Any]], time: str = YOUNG, **changes: Any) -> list[Entry]:
    """The decisions on these clients as the service would log them, but for what is changed."""
    records = [logged_record(json.dumps(client)) for client in clients]
    made = [
        Entry(
            decision_id=uuid7(),
            time=time,
            request_id=uuid7(),
            purpose="decision",
            key_name="key 1",
            client=record.client,
            record=msgspec.json.encode(record.received).decode(),
            raw_score=decision.raw,
            probability=decision.probability,
            threshold=decision.threshold,
            decision=decision.word,
            model_sha256=scorer.release.sha256,
            model_version=scorer.model_version,
            code_version="0.1.0",
            latency_ms=1.5,
        )
        for record, decision in zip(records, scorer.decide(records), strict=True)
    ]
    return [msgspec.structs.replace(one, **changes) for one in made]


class Written:
    """A log of 40 rows.

    1 to 20 are old decisions; 21 a review of decision 3; 22 and 23 outcomes of decision 4; 24 to 26 simulations; 27 to 40 young
    decisions, but for 30, an old one that waited in the spool. The young ones' answers can be asked for once more.
    """

    def __init__(self, url: str, folder: Path, scorer: Scorer) -> None:
        self.url = url
        self.database = upgraded(url)
        self.log = SqlLog(self.database, Spool(folder / "spool"))
        clients = demo_clients()
        for start in range(0, 20, 5):
            self.log.append(entries(scorer, clients[start : start + 5], OLD))
        third, fourth = self.ids()[3], self.ids()[4]
        self.log.review(third, Review("A. Reviewer", "granted", "knows the client well"), "key 1")
        for outcome in ("repaid", "defaulted"):
            self.log.record_outcomes([Outcome(fourth, outcome, "2024-11-30")], "key 2")
        self.log.append(entries(scorer, clients[20:23], MIDDLE, purpose=SIMULATION))
        self.log.append(entries(scorer, clients[23:26]))
        self.log.append(entries(scorer, clients[26:27], OLD))
        self.log.append(entries(scorer, clients[27:37]), Claim("key 1", "a key", "0" * 64, b'{"reply":"to be given again"}'))

    def rows(self) -> dict[int, dict[str, Any]]:
        """Position -> row."""
        with self.database.snapshot() as connection:
            found = [connection.execute(select(table)).mappings().all() for table in CHAINED.values()]
        return {row["position"]: dict(row) for rows in found for row in sorted(rows, key=lambda row: row["position"])}

    def ids(self) -> dict[int, str]:
        """Position -> the id of the decision that a row is about."""
        return {position: row["decision_id"] for position, row in self.rows().items() if "decision_id" in row}

    def head(self) -> str:
        """The head as a command tells it."""
        rows = self.rows()
        last = max(rows)
        return f"{last}:{rows[last]['digest']}"


@contextmanager
def written_log(url: str, folder: Path, scorer: Scorer) -> Iterator[Written]:
    """Such a log, closed when the block ends."""
    written = Written(url, folder, scorer)
    try:
        yield written
    finally:
        written.database.close()


def moment_after(written: Written) -> str:
    """A time that is past, and later than what stands in the log."""
    latest = max(row["time"] for row in written.rows().values())
    while (time := now()) <= latest:
        pass
    return time


def told(capsys: pytest.CaptureFixture[str]) -> tuple[list[str], str]:
    """What a command found, and its last line; it has nothing to remark."""
    said = capsys.readouterr()
    assert said.err == ""
    *found, last = said.out.splitlines()
    return found, last


def failed(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line that a command gives instead of doing anything."""
    said = capsys.readouterr()
    assert said.out == ""
    [line] = said.err.splitlines()
    return line
