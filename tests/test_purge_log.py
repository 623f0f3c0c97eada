"""A purge: what was said of persons is gone, to the last byte of a file, and the log can still be proven."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest
from sqlalchemy import select, text, update

from jobs import purge_log, replay
from model import Scorer
from scoring.decision_log.database import Database
from scoring.decision_log.entries import Claim, Review
from scoring.decision_log.purging import erase, purge
from scoring.decision_log.schema import claims, decisions
from scoring.errors import LogUnavailable
from tests.conftest import demo_clients
from tests.databases import new_database
from tests.written_logs import MIDDLE, OLD, YOUNG, Written, entries, failed, moment_after, told, written_log

OLD_ROWS = {*range(1, 21), 30}
CLEARED = {"decisions", "reviews", "claims"}


@pytest.fixture
def log(database_url: str, tmp_path: Path, scorer: Scorer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Written]:
    """The log that the command purges, in a database of each kind."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("SPOOL_DIR", str(tmp_path / "spool"))
    with written_log(database_url, tmp_path, scorer) as written:
        yield written


@pytest.fixture
def in_sqlite(tmp_path: Path, scorer: Scorer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Written]:
    url = f"sqlite:///{tmp_path / 'log' / 'decisions.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("SPOOL_DIR", str(tmp_path / "spool"))
    with written_log(url, tmp_path, scorer) as written:
        yield written


def test_records_from_before_a_day_are_dropped_and_the_chain_says_so(log: Written, capsys: pytest.CaptureFixture[str]) -> None:
    before = log.rows()
    assert purge_log.main(["--before", "2024-11-05"]) == 0
    assert told(capsys) == (
        [],
        "dropped 21 records, 0 reasons and 0 answers from before 2024-11-05T00:00:00.000+00:00; 37 decisions stay provable",
    )
    after = log.rows()
    gone = {"record": None, "salt": None, "client": None}
    for position, row in before.items():
        assert after[position] == (row | gone if position in OLD_ROWS else row)
    purged = after.pop(41)
    assert purged["before"] == "2024-11-05T00:00:00.000+00:00"
    assert purged["decisions"] == 21
    assert purged["time"] > max(row["time"] for row in before.values())
    assert after.keys() == before.keys()


def test_a_purged_log_verifies_and_what_is_left_is_made_again(log: Written, capsys: pytest.CaptureFixture[str]) -> None:
    purge_log.main(["--before", "2024-11-05"])
    capsys.readouterr()
    assert replay.main([]) == 0
    assert told(capsys) == (
        [],
        "37 decisions replayed: 16 identical, 0 differ, 21 without their record (purged), 0 without their model; "
        f"chain of 41 rows whole; head {log.head()}",
    )
    assert replay.main(["--id", log.ids()[5]]) == 0
    assert told(capsys)[1].startswith("1 decision replayed: 0 identical, 0 differ, 1 without their record (purged), ")


def test_a_purged_decision_stays_provable_and_one_purged_by_nobody_is_found(
    log: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    purge_log.main(["--before", "2024-11-05"])
    capsys.readouterr()
    with log.database.locked() as connection:
        connection.execute(update(decisions).where(decisions.c.position == 5).values(decision="perhaps"))
        connection.execute(update(decisions).where(decisions.c.position == 35).values(record=None, salt=None, client=None))
    assert replay.main([]) == 1
    ids = log.ids()
    assert told(capsys)[0] == [
        f"row 5, decision {ids[5]}: this row of decisions isn't what was logged here: it was changed, moved or put in",
        f"row 35, decision {ids[35]}: its record is gone, and no purge says so",
    ]


def test_reasons_and_answers_from_before_a_time_are_dropped_too(log: Written, capsys: pytest.CaptureFixture[str]) -> None:
    assert purge_log.main(["--before", moment_after(log)]) == 0
    assert told(capsys)[1].startswith("dropped 37 records, 1 reasons and 1 answers from before 2")
    review = log.rows()[21]
    assert (review["reason"], review["salt"], review["reviewer"]) == (None, None, "A. Reviewer")
    with log.database.snapshot() as connection:
        assert connection.execute(select(claims)).all() == []
    assert replay.main([]) == 0


def test_what_was_logged_at_that_very_moment_stays(log: Written, capsys: pytest.CaptureFixture[str]) -> None:
    assert purge_log.main(["--before", OLD]) == 0
    assert told(capsys)[1].startswith("dropped 0 records, 0 reasons and 0 answers")
    assert purge_log.main(["--before", MIDDLE]) == 0
    assert told(capsys)[1].startswith("dropped 21 records")
    assert purge_log.main(["--before", YOUNG]) == 0
    assert told(capsys)[1].startswith("dropped 3 records")


def test_a_second_purge_finds_nothing_and_adds_nothing(log: Written, capsys: pytest.CaptureFixture[str]) -> None:
    purge_log.main(["--before", "2024-11-05"])
    head = log.head()
    capsys.readouterr()
    assert purge_log.main(["--before", "2024-11-05"]) == 0
    assert told(capsys)[1].startswith("dropped 0 records, 0 reasons and 0 answers")
    assert log.head() == head


def test_the_log_goes_on_after_a_purge(log: Written, scorer: Scorer, capsys: pytest.CaptureFixture[str]) -> None:
    purge_log.main(["--before", "2024-11-05"])
    log.log.append(entries(scorer, demo_clients()[:2], OLD))
    capsys.readouterr()
    assert replay.main([]) == 0
    assert "18 identical, 0 differ, 21 without their record" in told(capsys)[1]


@pytest.mark.parametrize("days", [1, 30000])
def test_a_purge_of_the_future_is_refused(in_sqlite: Written, days: int, capsys: pytest.CaptureFixture[str]) -> None:
    before = in_sqlite.rows()
    day = (datetime.now(UTC) + timedelta(days=days)).date().isoformat()
    assert purge_log.main(["--before", day]) == 2
    assert failed(capsys) == f"error: {day}T00:00:00.000+00:00 lies in the future: what isn't logged yet can't be purged"
    assert in_sqlite.rows() == before


MARKS = (b"271828182.845", b"a reason of 31415926", b'{"reply":14142135}')


def holding(folder: Path, mark: bytes) -> list[str]:
    """The files of the folder that have these bytes."""
    return [path.name for path in folder.rglob("*") if path.is_file() and mark in path.read_bytes()]


def test_what_was_dropped_is_in_no_file_any_more_while_the_service_goes_on(
    in_sqlite: Written, scorer: Scorer, tmp_path: Path
) -> None:
    marked = [{**client, "AMT_CREDIT": 271828182.845} for client in demo_clients()]
    claim = Claim("key 1", "another key", "0" * 64, MARKS[2])
    in_sqlite.log.append(entries(scorer, marked, OLD), claim)
    in_sqlite.log.review(in_sqlite.ids()[50], Review("A. Reviewer", "granted", "a reason of 31415926"), "key 1")
    assert all(holding(tmp_path, mark) for mark in MARKS)
    assert purge_log.main(["--before", moment_after(in_sqlite)]) == 0
    assert [holding(tmp_path, mark) for mark in MARKS] == [[], [], []]
    in_sqlite.log.append(entries(scorer, marked[:1]))
    assert holding(tmp_path, MARKS[0])


def test_a_server_clears_away_the_rows_as_they_were(
    postgres_server: str, tmp_path: Path, scorer: Scorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = new_database(postgres_server)
    monkeypatch.setenv("DATABASE_URL", url)
    query = text("SELECT relname FROM pg_stat_user_tables WHERE vacuum_count > 0")
    with written_log(url, tmp_path, scorer) as log:
        assert purge_log.main(["--before", "2024-11-05"]) == 0
        end = monotonic() + 60  # the server tells of it a moment later; a minute is past every doubt
        while (done := set(log.database.read(lambda connection: connection.scalars(query).all()))) != CLEARED:
            assert monotonic() < end, f"it cleared {done}"
            sleep(0.05)


def test_a_reader_that_keeps_the_bytes_from_going_is_told_and_the_next_run_lets_them_go(
    in_sqlite: Written, scorer: Scorer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    in_sqlite.log.append(entries(scorer, [{**demo_clients()[0], "AMT_CREDIT": 271828182.845}], OLD))
    impatient = Database(in_sqlite.url)
    with impatient.engine().connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 1")
    with in_sqlite.database.snapshot() as reader:
        reader.execute(select(decisions.c.record)).first()
        assert purge(impatient, MIDDLE).records == 22
        with pytest.raises(LogUnavailable, match=r"^the purge is done, but what it dropped still lies in decisions.db-wal"):
            erase(impatient)
        assert holding(tmp_path, MARKS[0])
    impatient.close()
    assert purge_log.main(["--before", MIDDLE]) == 0
    assert told(capsys)[1].startswith("dropped 0 records")
    assert holding(tmp_path, MARKS[0]) == []


def test_what_waits_in_the_spool_is_told_of(in_sqlite: Written, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "spool").mkdir(exist_ok=True)
    (tmp_path / "spool" / "of another time.refused").write_bytes(b"[]")
    assert purge_log.main(["--before", MIDDLE]) == 0
    assert capsys.readouterr().err == f"note: 1 files in {tmp_path / 'spool'} aren't in the log: what they hold wasn't dropped\n"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "error: the following arguments are required: --before"),
        (["--before", "last year"], "error: --before 'last year' is no date and no time: give one as 2026-11-21"),
    ],
)
@pytest.mark.usefixtures("in_sqlite")
def test_what_is_asked_for_wrongly_is_one_line(arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert purge_log.main(arguments) == 2
    assert failed(capsys).startswith(complaint)


def test_a_log_that_is_not_there_is_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'decisions.db'}")
    assert purge_log.main(["--before", "2024-11-05"]) == 2
    assert failed(capsys).startswith(f"error: there is no decision log at {tmp_path / 'decisions.db'}")
    assert list(tmp_path.iterdir()) == []
