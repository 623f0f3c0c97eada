"""The decision log in real databases: what is recorded, with whom, and what happens while the database is away."""

import os
import stat
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import monotonic, sleep, time
from typing import Any

import msgspec
import pytest
from sqlalchemy import delete, event, insert, select, update

from scoring.decision_log.chain import GENESIS, Head, read_head
from scoring.decision_log.database import Database
from scoring.decision_log.entries import SIMULATION, Claim, Outcome, Review, uuid7
from scoring.decision_log.log import SqlLog
from scoring.decision_log.reading import in_order, recorded_purges
from scoring.decision_log.schema import decisions, head
from scoring.decision_log.spool import Spool
from scoring.decision_log.upgrading import upgrade
from scoring.decision_log.verifying import Finding, findings
from scoring.errors import IdempotencyConflict, InvalidRequest, LogRefused, LogUnavailable, SettingError, UnknownDecision
from tests.databases import new_database
from tests.logs import entry

Open = Callable[..., Database]


def clients_in(database: Database) -> list[int]:
    """The clients of the log's decisions, in the chain's order, which must be whole."""
    assert problems_of(database) == []
    with database.snapshot() as connection:
        return [client for client in connection.scalars(select(decisions.c.client).order_by(decisions.c.position)) if client]


def problems_of(database: Database) -> list[Finding]:
    with database.snapshot() as connection:
        start, end = Head(0, GENESIS), read_head(connection)
        return list(findings(in_order(connection), start, end, recorded_purges(connection)))


def until(condition: Any) -> None:
    """Wait for what another thread does; a minute is past every doubt."""
    end = monotonic() + 60
    while not condition():
        assert monotonic() < end, "it did not come"
        sleep(0.01)


@pytest.fixture
def opened() -> Iterator[Open]:
    """Opens databases, with their tables unless told otherwise, and closes them after the test."""
    databases = []

    def open_database(url: str, *, empty: bool = False) -> Database:
        databases.append(Database(url))
        if not empty:
            upgrade(databases[-1])
        return databases[-1]

    yield open_database
    for database in databases:
        database.close()


@pytest.fixture
def database(database_url: str, opened: Open) -> Database:
    return opened(database_url)


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")


@pytest.fixture
def log(database: Database, spool: Spool) -> SqlLog:
    return SqlLog(database, spool)


def test_a_decision_is_found_as_it_was_logged(log: SqlLog) -> None:
    one = entry(7)
    log.append([entry(6), one])
    found = log.find(one.decision_id)
    assert found.pop("reviews") == found.pop("outcomes") == []
    assert found.pop("record") == {"SK_ID_CURR": 7, "AMT_CREDIT": 1.5}
    logged = msgspec.structs.asdict(one)
    del logged["record"]
    assert found == logged


def test_an_id_that_was_never_issued_is_unknown(log: SqlLog) -> None:
    with pytest.raises(UnknownDecision):
        log.find(uuid7())


def test_decisions_stand_in_the_order_in_which_they_came(log: SqlLog, database: Database) -> None:
    log.append([entry(1), entry(2)])
    log.append([entry(3)])
    assert clients_in(database) == [1, 2, 3]


def test_a_request_is_recorded_whole_or_not_at_all_and_does_not_spoil_another(log: SqlLog, database: Database) -> None:
    twice = entry(3)
    log.append([twice])
    with pytest.raises(LogRefused):
        log.append([entry(4), twice])
    log.append([entry(5)])
    assert clients_in(database) == [3, 5]


def test_a_request_of_thousands_is_recorded_whole(log: SqlLog, database: Database) -> None:
    log.append([entry(client) for client in range(1, 2102)])
    assert clients_in(database) == list(range(1, 2102))


def test_numbers_that_a_database_gives_back_otherwise_break_no_chain(log: SqlLog, database: Database) -> None:
    log.append([entry(1, latency_ms=5, raw_score=-0.0, threshold=5e-324)])
    assert clients_in(database) == [1]


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_decision_with_a_number_that_is_none_is_not_recorded(log: SqlLog, database: Database, number: float) -> None:
    with pytest.raises(LogRefused):
        log.append([entry(1), entry(2, latency_ms=number)])
    assert clients_in(database) == []


def test_a_log_that_lost_its_head_takes_nothing_and_the_decision_waits(log: SqlLog, database: Database, spool: Spool) -> None:
    with database.locked() as connection:
        stored = read_head(connection)
        connection.execute(delete(head))
    log.append([entry(1)])
    assert len(spool.files()) == 1
    with database.locked() as connection:
        connection.execute(insert(head).values(id=1, count=stored.count, digest=stored.digest))
    until(lambda: not spool.files())
    assert clients_in(database) == [1]


def test_a_head_that_was_set_back_is_no_reason_to_give_a_decision_up(log: SqlLog, database: Database, spool: Spool) -> None:
    log.append([entry(1)])
    log.append([entry(2)])
    with database.locked() as connection:
        stored = read_head(connection)
        connection.execute(update(head).values(count=1))
    log.append([entry(3)])
    assert len(spool.files()) == 1
    with database.locked() as connection:
        connection.execute(update(head).values(count=stored.count))
    until(lambda: not spool.files())
    assert clients_in(database) == [1, 2, 3]


def test_the_same_key_with_the_same_request_gives_the_first_answer_and_one_decision(log: SqlLog, database: Database) -> None:
    claim = Claim("bank", "order-17", "a" * 64, b'{"first": true}')
    assert log.append([entry(1)], claim) is None
    assert log.append([entry(2)], msgspec.structs.replace(claim, reply=b"second")) == b'{"first": true}'
    assert clients_in(database) == [1]


def test_the_same_key_with_another_request_is_a_conflict_and_records_nothing(log: SqlLog, database: Database) -> None:
    log.append([entry(1)], Claim("bank", "order-17", "a" * 64, b"first"))
    with pytest.raises(IdempotencyConflict):
        log.append([entry(2)], Claim("bank", "order-17", "b" * 64, b"second"))
    assert clients_in(database) == [1]


def test_callers_do_not_share_their_keys(log: SqlLog, database: Database) -> None:
    assert log.append([entry(1)], Claim("bank", "1", "a" * 64, b"bank's")) is None
    assert log.append([entry(2)], Claim("desk", "1", "a" * 64, b"desk's")) is None
    assert clients_in(database) == [1, 2]


def test_of_the_same_request_sent_many_times_at_once_one_is_logged_and_all_get_its_answer(
    log: SqlLog, database: Database
) -> None:
    answers: list[bytes] = []

    def send(number: int) -> None:
        reply = f"answer {number}".encode()
        answers.append(log.append([entry(number)], Claim("bank", "k", "a" * 64, reply)) or reply)

    together([threading.Thread(target=send, args=(number,)) for number in range(1, 9)])
    [client] = clients_in(database)
    assert answers == [f"answer {client}".encode()] * 8


def together(threads: Sequence[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_review_stands_beside_the_decision_and_said_again_it_is_the_same(log: SqlLog) -> None:
    one = entry(1)
    log.append([one])
    first = log.review(one.decision_id, Review("A. Martin", "granted", "has a guarantor"), "desk")
    assert log.review(one.decision_id, Review("A. Martin", "granted", "has a guarantor"), "desk") == first
    log.review(one.decision_id, Review("B. Petit", "refused", "the guarantor withdrew"), "desk")
    found = log.find(one.decision_id)
    assert found["decision"] == "refused"
    assert [(review["reviewer"], review["decision"]) for review in found["reviews"]] == [
        ("A. Martin", "granted"),
        ("B. Petit", "refused"),
    ]


def test_the_last_outcome_stands_at_the_end_and_said_again_it_is_the_same(log: SqlLog, database: Database) -> None:
    one, other = entry(1), entry(2)
    log.append([one, other])
    log.record_outcomes(
        [Outcome(one.decision_id, "repaid", "2026-11-20"), Outcome(other.decision_id, "repaid", "2026-11-20")], "k"
    )
    log.record_outcomes(
        [Outcome(one.decision_id, "repaid", "2026-11-20"), Outcome(other.decision_id, "defaulted", "2026-11-21")], "k"
    )
    assert [told["outcome"] for told in log.find(one.decision_id)["outcomes"]] == ["repaid"]
    assert [told["outcome"] for told in log.find(other.decision_id)["outcomes"]] == ["repaid", "defaulted"]
    assert problems_of(database) == []


def test_outcomes_are_recorded_all_or_none(log: SqlLog) -> None:
    one, simulated, nobodys = entry(1), entry(2, purpose=SIMULATION), uuid7()
    log.append([one, simulated])
    outcomes = [Outcome(decision_id, "repaid", "2026-11-20") for decision_id in (one.decision_id, simulated.decision_id, nobodys)]
    with pytest.raises(InvalidRequest) as refused:
        log.record_outcomes(outcomes, "k")
    assert [(problem.client, problem.problem) for problem in refused.value.details] == [
        (simulated.decision_id, "a simulation has no outcome"),
        (nobodys, "there is no such decision in the log"),
    ]
    assert log.find(one.decision_id)["outcomes"] == []


def test_many_outcomes_take_no_more_questions_than_one(log: SqlLog, database: Database) -> None:
    """A server that is far away would otherwise keep the log locked for as long as they are many."""
    made = [entry(client) for client in range(1, 41)]
    log.append(made)
    asked: list[str] = []
    event.listen(database.engine(), "before_cursor_execute", lambda *arguments: asked.append(arguments[2]))
    log.record_outcomes([Outcome(made[0].decision_id, "repaid", "2026-11-20")], "k")
    one = len(asked)
    log.record_outcomes([Outcome(decision.decision_id, "repaid", "2026-11-20") for decision in made[1:]], "k")
    assert len(asked) == 2 * one


def test_what_was_never_decided_is_not_reviewed(log: SqlLog) -> None:
    simulated = entry(1, purpose=SIMULATION)
    log.append([simulated])
    with pytest.raises(UnknownDecision):
        log.review(uuid7(), Review("A. Martin", "granted", "why not"), "desk")
    with pytest.raises(InvalidRequest):
        log.review(simulated.decision_id, Review("A. Martin", "granted", "why not"), "desk")


def test_others_on_the_machine_may_not_read_the_clients(tmp_path: Path, opened: Open) -> None:
    SqlLog(opened(f"sqlite:///{tmp_path / 'log' / 'decisions.db'}"), Spool(tmp_path / "spool")).append([entry(1)])
    Spool(tmp_path / "spool").put([[entry(2)]])
    files = [*(tmp_path / "log").iterdir(), tmp_path / "spool"]
    assert len(files) > 1
    assert [file for file in files if stat.S_IMODE(file.stat().st_mode) & 0o077] == []


# --- while the database is away: its folder can't be made, as a file stands in its place


@pytest.fixture
def away(tmp_path: Path) -> Path:
    place = tmp_path / "away"
    place.touch()
    return place


@pytest.fixture
def log_away(away: Path, spool: Spool, opened: Open) -> SqlLog:
    return SqlLog(opened(f"sqlite:///{away / 'decisions.db'}", empty=True), spool)


@pytest.fixture
def come_back(away: Path, spool: Spool, opened: Open) -> Callable[[], Database]:
    """Has the database there from now on, and waits until the spool is empty."""

    def back() -> Database:
        away.unlink()
        database = opened(f"sqlite:///{away / 'decisions.db'}")
        until(lambda: not spool.files())
        return database

    return back


def test_while_the_database_is_away_decisions_wait_and_arrive_when_it_is_back(
    log_away: SqlLog, spool: Spool, come_back: Callable[[], Database]
) -> None:
    log_away.append([entry(1), entry(2)])
    log_away.append([entry(3)])
    assert [[one.client for one in spool.read(file)] for file in spool.files()] == [[1, 2], [3]]
    database = come_back()
    log_away.append([entry(4)])
    assert clients_in(database) == [1, 2, 3, 4]


def test_what_only_the_database_can_tell_has_to_wait_for_it(log_away: SqlLog, come_back: Callable[[], Database]) -> None:
    spooled = entry(1)
    log_away.append([spooled])
    for ask in (
        lambda: log_away.append([entry(2)], Claim("bank", "k", "a" * 64, b"reply")),
        lambda: log_away.find(spooled.decision_id),
        lambda: log_away.review(spooled.decision_id, Review("A. Martin", "granted", "why"), "desk"),
        lambda: log_away.record_outcomes([Outcome(spooled.decision_id, "repaid", "2026-11-20")], "desk"),
    ):
        with pytest.raises(LogUnavailable):
            ask()
    database = come_back()
    assert log_away.append([entry(2)], Claim("bank", "k", "a" * 64, b"reply")) is None
    assert clients_in(database) == [1, 2]


def test_where_neither_database_nor_disk_takes_it_there_is_no_decision(log_away: SqlLog, tmp_path: Path) -> None:
    (tmp_path / "spool").touch()
    with pytest.raises(LogUnavailable, match="can't be recorded"):
        log_away.append([entry(1)])


def test_a_check_says_where_decisions_go_and_leaves_nothing_behind(
    log: SqlLog, database: Database, spool: Spool, tmp_path: Path
) -> None:
    assert log.check() == "database"
    assert clients_in(database) == []
    assert not (tmp_path / "spool").exists()


def test_a_check_says_that_the_spool_takes_decisions_while_the_database_is_away(
    log_away: SqlLog, tmp_path: Path, come_back: Callable[[], Database]
) -> None:
    assert log_away.check() == "spool"
    assert list((tmp_path / "spool").iterdir()) == []
    database = come_back()
    until(lambda: log_away.check() == "database")
    assert clients_in(database) == []


def test_a_check_fails_where_neither_takes_decisions(log_away: SqlLog, tmp_path: Path) -> None:
    (tmp_path / "spool").touch()
    with pytest.raises(LogUnavailable):
        log_away.check()


def test_a_check_delivers_what_an_earlier_process_left(database: Database, spool: Spool) -> None:
    spool.put([[entry(1)]])
    SqlLog(database, spool).check()
    until(lambda: not spool.files())
    assert clients_in(database) == [1]


def test_what_an_earlier_process_left_in_the_spool_arrives_with_the_next_one(database: Database, spool: Spool) -> None:
    spool.put([[entry(1)]])
    log = SqlLog(database, spool)
    log.append([entry(2)])
    until(lambda: not spool.files())
    assert sorted(clients_in(database)) == [1, 2]


def test_a_start_delivers_what_waits_before_any_request(log: SqlLog, database: Database, spool: Spool) -> None:
    spool.put([[entry(1)], [entry(2)]])
    log.prepare()
    assert spool.files() == []
    assert clients_in(database) == [1, 2]


def test_a_decision_that_waits_though_it_arrived_is_logged_once(log: SqlLog, database: Database, spool: Spool) -> None:
    arrived = entry(1)
    log.append([arrived])
    spool.put([[arrived, entry(2)]])
    log.prepare()
    assert clients_in(database) == [1, 2]


def test_a_file_that_cannot_be_delivered_is_kept_and_holds_up_nobody(
    log: SqlLog, database: Database, spool: Spool, tmp_path: Path
) -> None:
    twice = entry(9)
    spool.put([[entry(1)]])
    (tmp_path / "spool" / "00-half.json").write_text('[{"decision_id": "half')
    spool.put([[twice, twice]])
    spool.put([[entry(2)]])
    log.prepare()
    assert clients_in(database) == [1, 2]
    kept = list((tmp_path / "spool").iterdir())
    assert [file.suffix for file in kept] == [".refused"] * 2
    assert any(twice.decision_id in file.read_text() for file in kept)


def test_what_a_killed_process_left_half_written_goes_and_what_a_living_one_writes_stays(
    log: SqlLog, spool: Spool, tmp_path: Path
) -> None:
    spool.put([[entry(1)]])
    living, killed = tmp_path / "spool" / f"a.json.{os.getpid()}.part", tmp_path / "spool" / f"b.json.{a_dead_process()}.part"
    living.touch()
    killed.touch()
    log.prepare()
    assert list((tmp_path / "spool").iterdir()) == [living]


def a_dead_process() -> int:
    if (child := os.fork()) == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return child


def test_what_cannot_be_read_in_the_spool_holds_up_neither_it_nor_a_start(
    log: SqlLog, database: Database, spool: Spool, tmp_path: Path
) -> None:
    spool.put([[entry(1)]])
    (tmp_path / "spool" / "00.json").mkdir()
    (tmp_path / "spool" / "notes.part").touch()
    log.prepare()
    assert clients_in(database) == [1]
    assert sorted(file.name for file in (tmp_path / "spool").iterdir()) == ["00.refused", "notes.part"]


def test_the_spool_is_emptied_by_one_process_at_a_time(log: SqlLog, database: Database, spool: Spool, tmp_path: Path) -> None:
    spool.put([[entry(1)]])
    with Spool(tmp_path / "spool").to_ourselves() as ours:
        assert ours
        log.prepare()
        assert len(spool.files()) == 1
    log.prepare()
    assert clients_in(database) == [1]


def test_a_decision_that_may_wait_in_the_spool_is_not_called_unknown(log: SqlLog, spool: Spool) -> None:
    log.append([entry(1)])
    spool.put([[entry(2)]])
    with pytest.raises(LogUnavailable, match="on their way"):
        log.find(uuid7())


def test_a_writer_that_keeps_a_file_locked_keeps_nobody_waiting_past_the_limit(
    opened: Open, spool: Spool, tmp_path: Path
) -> None:
    database = opened(f"sqlite:///{tmp_path / 'decisions.db'}")
    log = SqlLog(database, spool)
    with opened(f"sqlite:///{tmp_path / 'decisions.db'}").locked():
        log.append([entry(1)])
        log.prepare()
        assert len(spool.files()) == 1
    until(lambda: not spool.files())
    assert clients_in(database) == [1]


def test_a_file_that_is_taken_away_while_it_is_written_to_takes_no_decision_with_it(
    opened: Open, spool: Spool, tmp_path: Path
) -> None:
    database = opened(f"sqlite:///{tmp_path / 'decisions.db'}")
    log = SqlLog(database, spool)
    log.append([entry(1)])
    for file in tmp_path.glob("decisions.db*"):
        file.unlink()
    log.append([entry(2)])
    assert len(spool.files()) == 1
    upgrade(database)
    until(lambda: not spool.files())
    assert clients_in(database) == [2]


# --- at the start


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://u:p@ss:w0rd@host/db",
        "postgresql+psycopg://u:w0rd@host:notaport/db",
        "sqlite:///:memory:",
        "sqlite://",
        "sqlite:///x?mode=ro&uri=true",
    ],
)
def test_an_address_that_is_none_is_refused_without_telling_its_password(url: str) -> None:
    with pytest.raises(SettingError, match="DATABASE_URL") as refused:
        Database(url)
    assert "w0rd" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_an_address_with_a_setting_that_no_server_knows_stops_the_start(opened: Open, spool: Spool) -> None:
    with pytest.raises(SettingError, match="look at DATABASE_URL"):
        SqlLog(opened("postgresql+psycopg://u@127.0.0.1/db?sslmod=require", empty=True), spool).prepare()


def test_a_file_gets_its_tables_at_the_start(tmp_path: Path, spool: Spool, opened: Open) -> None:
    database = opened(f"sqlite:///{tmp_path / 'new' / 'decisions.db'}", empty=True)
    log = SqlLog(database, spool)
    log.prepare()
    log.append([entry(1)])
    assert clients_in(database) == [1]


def test_a_server_without_the_tables_stops_the_start_and_says_what_to_run(
    postgres_server: str, spool: Spool, opened: Open
) -> None:
    with pytest.raises(SettingError, match="run `alembic upgrade head`"):
        SqlLog(opened(new_database(postgres_server), empty=True), spool).prepare()


def test_a_server_that_does_not_answer_stops_no_start(spool: Spool, tmp_path: Path) -> None:
    log = SqlLog(Database(f"postgresql+psycopg://u@/db?host={tmp_path}"), spool)
    log.prepare()
    log.append([entry(1)])
    assert len(spool.files()) == 1


def test_a_file_that_cannot_be_opened_stops_the_start(tmp_path: Path, spool: Spool) -> None:
    (tmp_path / "decisions.db").mkdir()
    with pytest.raises(SettingError, match="the decision log can't be opened"):
        SqlLog(Database(f"sqlite:///{tmp_path / 'decisions.db'}"), spool).prepare()


def test_a_log_that_was_prepared_before_a_fork_serves_both_sides(database: Database, log: SqlLog) -> None:
    log.prepare()
    if (child := os.fork()) == 0:
        code = 1
        try:
            log.append([entry(2)])
            code = 0
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    log.append([entry(3)])
    assert clients_in(database) == [2, 3]


# --- ids


def test_decision_ids_are_uuids_of_version_7_that_sort_by_time() -> None:
    before = time()
    ids = [uuid.UUID(uuid7()) for _ in range(1000)]
    after = time()
    assert len(set(ids)) == 1000
    assert {(one.version, one.variant) for one in ids} == {(7, uuid.RFC_4122)}
    milliseconds = [one.int >> 80 for one in ids]
    assert milliseconds == sorted(milliseconds)
    assert int(before * 1000) <= milliseconds[0] <= milliseconds[-1] <= int(after * 1000) + 1


def test_ids_differ_between_forked_workers() -> None:
    """A generator seeded before a fork would give every worker the same ids."""
    read, write = os.pipe()
    if (child := os.fork()) == 0:
        os.write(write, uuid7().encode())
        os._exit(0)
    os.waitpid(child, 0)
    theirs = uuid.UUID(os.read(read, 36).decode())
    assert theirs.int & (2**62 - 1) != uuid.UUID(uuid7()).int & (2**62 - 1)
