"""Records drawn from the decision log, in a database of each kind: of which time, by which model, and how often each is drawn."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from scoring.decision_log.database import Database
from scoring.decision_log.entries import SIMULATION
from scoring.decision_log.log import SqlLog
from scoring.decision_log.purging import purge
from scoring.decision_log.sampling import Period, by_model, drawn, records_at
from scoring.decision_log.schema import decisions
from scoring.decision_log.spool import Spool
from scoring.errors import LogRefused
from tests.databases import upgraded
from tests.logs import entry

OURS, OTHER = "0" * 64, "1" * 64
EARLY, NOON, LATE = (f"2024-11-21T{hour}:00:00.000+00:00" for hour in ("11", "12", "13"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = upgraded(database_url)
    yield opened
    opened.close()


@pytest.fixture
def log(database: Database, tmp_path: Path) -> SqlLog:
    """Positions 1 to 3 at EARLY, 4 to 6 at NOON, 7 and 8 at LATE; 5 is a simulation, 6 another model's, 8 of its next version."""
    log = SqlLog(database, Spool(tmp_path / "spool"))
    changes: list[dict[str, Any]] = [
        *({"time": EARLY, "probability": client / 100} for client in (1, 2, 3)),
        {"time": NOON},
        {"time": NOON, "purpose": SIMULATION},
        {"time": NOON, "model_sha256": OTHER, "model_version": "5-11111111"},
        {"time": LATE},
        {"time": LATE, "model_sha256": OTHER, "model_version": "6-11111111"},
    ]
    log.append([entry(client, **change) for client, change in enumerate(changes, start=1)])
    return log


def positions(database: Database, period: Period, sha256: str = OURS, most: int = 100, seed: int = 0) -> tuple[list[int], int]:
    with database.snapshot() as connection:
        found, among = drawn(connection, period, sha256, most, seed)
    return found.tolist(), among


@pytest.mark.parametrize(
    ("period", "ours", "other"),
    [
        (Period(), [1, 2, 3, 4, 7], [6, 8]),
        (Period(NOON), [4, 7], [6, 8]),  # from that moment on
        (Period(NOON, LATE), [4], [6]),  # and before the other
        (Period(until=NOON), [1, 2, 3], []),
        (Period("2025-01-01"), [], []),
    ],
)
def test_decisions_of_a_time_and_a_model_are_found_and_simulations_are_not(
    log: SqlLog, database: Database, period: Period, ours: list[int], other: list[int]
) -> None:
    assert positions(database, period) == (ours, len(ours))
    assert positions(database, period, OTHER) == (other, len(other))
    with database.snapshot() as connection:
        models = by_model(connection, period)
    assert {sha256: count for sha256, (_, count) in models.items()} == {
        sha256: len(found) for sha256, found in ((OURS, ours), (OTHER, other)) if found
    }


def test_a_model_goes_by_its_latest_version(log: SqlLog, database: Database) -> None:
    with database.snapshot() as connection:
        assert by_model(connection, Period()) == {OURS: ("4-00000000", 5), OTHER: ("6-11111111", 2)}


def test_records_come_with_their_pd_in_the_logs_order(log: SqlLog, database: Database) -> None:
    with database.snapshot() as connection:
        found = [(record.client, probability) for record, probability in records_at(connection, [3, 1, 4])]
    assert found == [(1, 0.01), (3, 0.03), (4, 0.1)]


def test_purged_records_are_not_drawn_and_their_decisions_are_counted(log: SqlLog, database: Database) -> None:
    purge(database, NOON)
    assert positions(database, Period()) == ([4, 7], 2)
    with database.snapshot() as connection:
        assert by_model(connection, Period())[OURS] == ("4-00000000", 5)
        assert [record.client for record, _ in records_at(connection, [1, 2, 3, 4])] == [4]  # purged after they were drawn


def test_a_draw_is_without_replacement_in_order_and_by_its_seed(log: SqlLog, database: Database) -> None:
    draws = [positions(database, Period(), most=3, seed=seed) for seed in range(200)]
    assert positions(database, Period(), most=3, seed=7) == draws[7]
    assert {among for _, among in draws} == {5}
    for found, _ in draws:
        assert found == sorted(set(found))
        assert len(found) == 3
    often = Counter(position for found, _ in draws for position in found)
    assert set(often) == {1, 2, 3, 4, 7}
    assert all(90 < count < 150 for count in often.values())  # 120 expected, with a standard deviation of 7


def test_more_records_than_a_batch_come_each_once(database: Database, tmp_path: Path) -> None:
    log = SqlLog(database, Spool(tmp_path / "spool"))
    for start in range(0, 2500, 500):
        log.append([entry(client) for client in range(start, start + 500)])
    found, among = positions(database, Period(), most=2400)
    assert (len(found), among) == (2400, 2500)
    with database.snapshot() as connection:
        clients = [record.client for record, _ in records_at(connection, found)]
    assert clients == [position - 1 for position in found]


def test_what_is_no_record_any_more_is_named_by_its_decision_and_without_its_values(log: SqlLog, database: Database) -> None:
    with database.locked() as connection:
        connection.execute(update(decisions).where(decisions.c.position == 4).values(record='{"AMT_CREDIT":"271828"}'))
        decision = connection.scalars(
            decisions.select().with_only_columns(decisions.c.decision_id).where(decisions.c.position == 4)
        )
        [decision_id] = decision.all()
    with database.snapshot() as connection, pytest.raises(LogRefused) as told:
        list(records_at(connection, [1, 4]))
    assert told.value.message == f"the record of decision {decision_id}: AMT_CREDIT not as the field table has it"


def test_bytes_that_are_no_text_are_no_record(tmp_path: Path) -> None:
    database = upgraded(f"sqlite:///{tmp_path / 'log.db'}")
    try:
        SqlLog(database, Spool(tmp_path / "spool")).append([entry(1)])
        with database.locked() as connection:
            connection.exec_driver_sql("UPDATE decisions SET record = CAST(x'7bff7d' AS TEXT)")
        with database.snapshot() as connection, pytest.raises(LogRefused, match="is no text"):
            list(records_at(connection, [1]))
    finally:
        database.close()
