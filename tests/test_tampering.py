"""What replay finds in a log that somebody changed: exactly that, by its row; and what only a head kept elsewhere can show."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection, update

from jobs import replay
from model import Scorer
from scoring.decision_log.database import Database
from scoring.decision_log.reading import in_order
from scoring.decision_log.schema import decisions, head
from tests import tampering
from tests.written_logs import Written, told, written_log

NOT_LOGGED = "this row of {} isn't what was logged here: it was changed, moved or put in"
CHANGED = NOT_LOGGED.format("decisions")
THE_CLIENT = [(7, "its client isn't its record's")]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, scorer: Scorer) -> Iterator[Written]:
    """The log that each test gets a copy of."""
    folder = tmp_path_factory.mktemp("made")
    with written_log(f"sqlite:///{folder / 'decisions.db'}", folder, scorer) as written:
        yield written


@pytest.fixture
def log(made: Written, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The log that the command reads."""
    made.database.close()  # so that the file holds all of it
    url = f"sqlite:///{shutil.copy(str(made.database.file), tmp_path / 'decisions.db')}"
    monkeypatch.setenv("DATABASE_URL", url)
    database = Database(url)
    yield database
    database.close()


@pytest.mark.parametrize(
    ("tamper", "problems"),
    [
        (tampering.one_character_that_no_model_sees, [(2, "its record isn't the one that was logged")]),
        (
            tampering.one_digit,
            [
                (2, "its record isn't the one that was logged"),
                (2, "its raw score isn't the one that its model gives its record; "
                    "its PD isn't the one that its model gives its record"),
            ],
        ),
        (tampering.the_next_probability, [(7, CHANGED)]),
        (tampering.the_next_raw_score, [(7, CHANGED), (7, "its raw score isn't the one that its model gives its record")]),
        (tampering.the_decision, [(7, CHANGED), (7, "its decision isn't what its PD and threshold say")]),
        (tampering.the_client, THE_CLIENT),
        (tampering.a_row_in_the_middle_gone, [(10, "row 10 is missing")]),
        (tampering.the_last_row_gone, [(40, "row 40 is missing at the end: the head counts 40")]),
        (tampering.a_review_gone, [(21, "row 21 is missing")]),
        (tampering.an_outcome, [(22, NOT_LOGGED.format("outcomes"))]),
        (tampering.two_rows_in_each_others_place, [(5, CHANGED), (6, CHANGED), (9, CHANGED), (10, CHANGED)]),
        (tampering.two_rows_with_each_others_content, [(5, CHANGED), (9, CHANGED)]),
        (tampering.a_row_at_the_end, [(41, "row 41 is more than the head counts: 40")]),
        (tampering.a_row_before_the_first, [(1, CHANGED)]),
        (tampering.a_row_far_before_the_first, [(-6, "rows -6 to 0 are missing")]),
        (tampering.a_row_beside_another, [(22, NOT_LOGGED.format("outcomes"))]),
        (tampering.a_record_gone, [(12, "its record is gone, and no purge says so")]),
        (tampering.a_reason, [(21, "its reason isn't the one that was logged")]),
        (tampering.no_head, [(1, "rows 1 to 40 are more than the head counts: 0")]),
        (tampering.a_changed_row_with_its_digest, [(11, CHANGED)]),
        (tampering.the_last_row_with_its_digest, [(40, "the last row's digest isn't the head's")]),
    ],
)  # fmt: skip
def test_what_was_done_to_a_log_is_found_there_and_nowhere_else(
    log: Database,
    tamper: Callable[[Connection], None],
    problems: Sequence[tuple[int, str]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    with log.locked() as connection:
        tamper(connection)
        about = {row["position"]: f", decision {row['decision_id']}" for _, row in in_order(connection)}
    assert replay.main([]) == 1
    found, last = told(capsys)
    assert found == [f"row {position}{about.get(position, '')}: {problem}" for position, problem in problems]
    assert ("rows whole;" in last) == (problems == THE_CLIENT)


def test_a_log_cut_short_together_with_its_head_is_found_by_a_head_kept_elsewhere_alone(
    log: Database, made: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    with log.locked() as connection:
        tampering.the_last_row_gone(connection)
        before = tampering.row_at(connection, 39)["digest"]
        connection.execute(update(head).values(count=39, digest=before))
    assert replay.main([]) == 0
    assert told(capsys)[0] == []
    assert replay.main(["--anchor", made.head()]) == 1
    assert told(capsys)[0] == ["row 40: the anchor's row isn't there: the log was cut or rewritten since"]


def test_a_log_rewritten_as_a_whole_is_found_by_a_head_kept_elsewhere_alone(
    log: Database, made: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    with log.locked() as connection:
        tampering.change(connection, 10, key_name="another key")
        tampering.rewrite(connection)
    assert replay.main([]) == 0
    assert told(capsys)[0] == []
    assert replay.main(["--anchor", made.head()]) == 1
    assert told(capsys)[0] == ["row 40: this row isn't the anchor's: the log was rewritten since"]


@pytest.mark.parametrize("position", [1, 21, 22, 40])
@pytest.mark.usefixtures("log")
def test_an_anchor_can_be_any_row_of_any_table(made: Written, position: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert replay.main(["--anchor", f"{position}:{made.rows()[position]['digest']}"]) == 0
    assert told(capsys)[0] == []


def test_the_first_twenty_findings_are_told_and_the_rest_counted(log: Database, capsys: pytest.CaptureFixture[str]) -> None:
    with log.locked() as connection:
        connection.execute(update(decisions).values(key_name="another key"))
    assert replay.main([]) == 1
    found, last = told(capsys)
    assert [line.partition(",")[0] for line in found[:20]] == [f"row {position}" for position in range(1, 21)]
    assert found[20:] == ["and 17 more"]
    assert "37 identical, 0 differ" in last
    assert "chain of 40 rows not whole, 37 found; head 40:" in last


def test_one_row_is_looked_at_alone(log: Database, made: Written, capsys: pytest.CaptureFixture[str]) -> None:
    ids = made.ids()
    with log.locked() as connection:
        tampering.the_decision(connection)
        tampering.a_row_in_the_middle_gone(connection)
        tampering.the_last_row_with_its_digest(connection)
    findings = {
        7: [f"row 7, decision {ids[7]}: {problem}" for problem in (CHANGED, "its decision isn't what its PD and threshold say")],
        8: [],
        11: ["row 10: row 10 is missing"],
        40: [f"row 40, decision {ids[40]}: the last row's digest isn't the head's"],
    }
    for position, expected in findings.items():
        assert replay.main(["--id", ids[position]]) == bool(expected)
        found, last = told(capsys)
        assert found == expected
        assert f"; its row {'not ' * bool(expected)}as logged; head 40:" in last


@pytest.mark.parametrize(
    ("tamper", "at"),
    [
        (tampering.a_text_for_a_number, [7]),
        (tampering.bytes_for_a_text, [7]),
        (tampering.a_byte_that_is_no_utf8, [7]),
        (tampering.a_digest_of_another_kind, [7, 8]),
    ],
)
def test_a_value_that_no_log_writes_is_found_and_hides_nothing_else(
    log: Database, tamper: Callable[[Connection], None], at: Sequence[int], capsys: pytest.CaptureFixture[str]
) -> None:
    with log.locked() as connection:
        tampering.the_client(connection)
        tamper(connection)
        tampering.a_review_gone(connection)
    assert replay.main([]) == 1
    found, _ = told(capsys)
    assert [int(line.split(",")[0].split(":")[0].removeprefix("row ")) for line in found] == [*at, 21]
    assert "holds what no log writes" in found[0]


def test_a_client_is_held_against_its_record_also_where_the_model_is_not_here(
    log: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "no models").mkdir()
    with log.locked() as connection:
        tampering.the_client(connection)
    assert replay.main(["--model", str(tmp_path / "no models")]) == 1
    assert "its client isn't its record's" in capsys.readouterr().out.splitlines()[0]
