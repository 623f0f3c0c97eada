"""Replay: decisions are made again to the bit, whatever the database, and what can't be is counted."""

import json
import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs import replay
from jobs.log import settings
from model import Scorer
from scoring.decision_log.database import Database
from scoring.releasing.models_by_sha256 import ModelsBySha256
from scoring.settings import ROOT
from tests.conftest import LATEST, demo_clients
from tests.databases import upgraded
from tests.written_logs import MIDDLE, Written, entries, failed, told, written_log

NONE_LEFT_OUT = "0 without their record (purged), 0 without their model"


@pytest.fixture
def log(database_url: str, tmp_path: Path, scorer: Scorer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Written]:
    """The log that the command reads, in a database of each kind."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    with written_log(database_url, tmp_path, scorer) as written:
        yield written


@pytest.fixture
def short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scorer: Scorer) -> Iterator[Written]:
    """The same in SQLite, for what no database has a say in."""
    url = f"sqlite:///{tmp_path / 'decisions.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    with written_log(url, tmp_path, scorer) as written:
        yield written


def test_every_decision_of_a_log_is_made_again_simulations_too(log: Written, capsys: pytest.CaptureFixture[str]) -> None:
    assert replay.main([]) == 0
    expected = f"37 decisions replayed: 37 identical, 0 differ, {NONE_LEFT_OUT}; chain of 40 rows whole; head {log.head()}"
    assert told(capsys) == ([], expected)
    assert replay.main(["--anchor", log.head()]) == 0
    assert told(capsys) == ([], expected)


def test_since_a_time_the_rest_of_the_chain_is_read_and_its_young_decisions_are_made_again(
    log: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    for since, decisions, rows in (("2024-11-20", 13, 14), (MIDDLE, 16, 17), ("2024-11-20T13:00:00.001+01:00", 0, 0)):
        assert replay.main(["--since", since]) == 0
        found, last = told(capsys)
        assert found == []
        assert last == (
            f"{decisions} decisions replayed: {decisions} identical, 0 differ, {NONE_LEFT_OUT}; "
            f"chain of {rows} rows after row {40 - rows} whole; head {log.head()}"
        )


def test_one_decision_is_made_again(log: Written, capsys: pytest.CaptureFixture[str]) -> None:
    assert replay.main(["--id", log.ids()[27]]) == 0
    expected = f"1 decision replayed: 1 identical, 0 differ, {NONE_LEFT_OUT}; its row as logged; head {log.head()}"
    assert told(capsys) == ([], expected)


def test_a_log_of_several_batches_is_read_as_one_chain(log: Written, scorer: Scorer, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(5):
        log.log.append(entries(scorer, demo_clients()))
    log.log.append(entries(scorer, demo_clients()[:1], raw_score=0.0))
    assert replay.main([]) == 1
    found, last = told(capsys)
    assert found == [f"row 1,041, decision {log.ids()[1041]}: its raw score isn't the one that its model gives its record"]
    assert "1,038 decisions replayed: 1,037 identical, 1 differ" in last
    assert "chain of 1,041 rows whole" in last


def test_a_log_without_a_decision_is_whole(tmp_path: Path, database_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    upgraded(database_url).close()
    for arguments in ([], ["--since", "2024-11-20"], ["--anchor", f"0:{'0' * 64}"]):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DATABASE_URL", database_url)
            assert replay.main(arguments) == 0
        expected = f"0 decisions replayed: 0 identical, 0 differ, {NONE_LEFT_OUT}; chain of 0 rows whole; head 0:{'0' * 64}"
        assert told(capsys) == ([], expected)


@pytest.mark.parametrize(
    ("name", "change", "problem"),
    [
        ("raw_score", lambda raw: math.nextafter(raw, 9), "its raw score isn't the one that its model gives its record"),
        ("probability", lambda pd: pd + 2e-15, "its PD isn't the one that its model gives its record"),
        ("probability", lambda pd: pd + 0.5e-15, None),
        ("threshold", lambda threshold: math.nextafter(threshold, 0), "its threshold isn't its model's"),
        ("client", lambda client: None, "its client isn't its record's"),
        ("decision", {"granted": "refused", "refused": "granted"}.get, "its decision isn't what its PD and threshold say"),
    ],
)
def test_a_decision_logged_otherwise_than_its_model_makes_it_is_told(
    short: Written, scorer: Scorer, name: str, change: object, problem: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    [right] = entries(scorer, demo_clients()[:1])
    assert callable(change)
    short.log.append(entries(scorer, demo_clients()[:1], **{name: change(getattr(right, name))}))
    assert replay.main(["--model", str(LATEST)]) == (problem is not None)
    found, last = told(capsys)
    assert found == ([f"row 41, decision {short.ids()[41]}: {problem}"] if problem else [])
    assert "chain of 41 rows whole" in last


def test_a_decision_without_a_client_is_made_again(short: Written, scorer: Scorer) -> None:
    anonymous = {name: value for name, value in demo_clients()[0].items() if name != "SK_ID_CURR"}
    short.log.append(entries(scorer, [anonymous]))
    assert replay.main([]) == 0


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        ({"AMT_CREDIT": 1.5, "AN_OLD_FIELD": 271828}, "AN_OLD_FIELD not as the field table has it"),
        ({"CODE_GENDER": "271828", "AMT_CREDIT": "271828"}, "AMT_CREDIT, CODE_GENDER not as the field table has it"),
        (["271828"], "it isn't a client's record"),
        ({}, None),
    ],
)
def test_a_record_that_this_code_does_not_take_any_more_is_told_without_its_values(
    short: Written, scorer: Scorer, record: object, problem: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    nothing_known = entries(scorer, [{}], record=json.dumps(record))
    short.log.append([*nothing_known, *entries(scorer, demo_clients()[:1])])
    assert replay.main([]) == (problem is not None)
    found, last = told(capsys)
    about = f"row 41, decision {short.ids()[41]}: its record can't be read by this code: "
    assert found == ([about + problem] if problem else [])
    assert f"39 decisions replayed: {38 if problem else 39} identical" in last


def test_a_decision_whose_model_is_not_here_is_counted_and_no_failure(
    short: Written, scorer: Scorer, capsys: pytest.CaptureFixture[str]
) -> None:
    short.log.append(entries(scorer, demo_clients()[:2], model_sha256="f" * 64))
    assert replay.main([]) == 0
    said = capsys.readouterr()
    assert "39 decisions replayed: 37 identical, 0 differ, 0 without their record (purged), 2 without their model;" in said.out
    assert said.err == f"note: 2 made by a model that isn't here, sha256 {'f' * 64}: --model names its folder\n"


def test_the_model_is_looked_for_in_the_folder_that_is_named(
    short: Written, scorer: Scorer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "elsewhere").mkdir()
    assert replay.main(["--model", str(tmp_path / "elsewhere")]) == 0
    assert ", 37 without their model;" in capsys.readouterr().out
    (tmp_path / "elsewhere" / "one").symlink_to(LATEST.resolve())
    assert replay.main(["--model", str(tmp_path / "elsewhere")]) == 0
    assert ", 0 without their model;" in capsys.readouterr().out


def test_a_model_is_opened_once_whichever_folder_leads_to_it(scorer: Scorer) -> None:
    models = ModelsBySha256([ROOT / "models" / "releases", LATEST], Scorer.load)
    model = models(scorer.release.sha256)
    assert model
    assert model.model_version == scorer.model_version
    assert models(scorer.release.sha256) is model


def test_a_model_that_is_not_what_its_model_json_says_is_one_line(
    short: Written, scorer: Scorer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "release").mkdir()
    (tmp_path / "release" / "model.json").write_bytes((LATEST / "model.json").read_bytes())
    (tmp_path / "release" / "model.pkl").write_bytes(b"another model")
    assert replay.main(["--model", str(tmp_path)]) == 2
    assert "model.pkl has sha256" in failed(capsys)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--since", "yesterday"], "error: --since 'yesterday' is no date and no time: give one as 2026-11-21"),
        (["--anchor", ""], "error: --anchor must be COUNT:DIGEST as a replay's last line gives the head, not ''"),
        (["--since", ""], "error: --since '' is no date and no time"),
        (["--since", "2024-11-20", "--anchor", f"0:{'0' * 64}"], "error: --anchor proves what stands before it"),
        (["--anchor", "40"], "error: --anchor must be COUNT:DIGEST as a replay's last line gives the head, not '40'"),
        (["--id", "7"], "error: there is no decision '7' in the log"),
        (["--since", "2024-11-20", "--id", "7"], "error: argument --id: not allowed with argument --since"),
        (["--model", "no/such/folder"], "error: no/such/folder is no folder of releases: name one with --model"),
    ],
)
@pytest.mark.usefixtures("short")
def test_what_is_asked_for_wrongly_is_one_line(arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert replay.main(arguments) == 2
    assert failed(capsys).startswith(complaint)


def test_a_log_that_is_not_there_is_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'log' / 'decisions.db'}")
    assert replay.main([]) == 2
    assert failed(capsys).startswith(f"error: there is no decision log at {tmp_path / 'log' / 'decisions.db'}: DATABASE_URL")
    assert list(tmp_path.iterdir()) == []


def test_a_log_of_another_revision_is_one_line(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = Database(database_url)
    with empty.locked():
        pass
    empty.close()
    monkeypatch.setenv("DATABASE_URL", database_url)
    assert replay.main([]) == 2
    assert failed(capsys).startswith("error: the decision log's tables are at revision none, this code needs ")


def test_what_is_no_database_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "decisions.db").write_bytes(b"no database" * 1000)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'decisions.db'}")
    assert replay.main([]) == 2
    assert failed(capsys).startswith("error: the decision log can't be reached (DatabaseError)")


def test_a_table_that_is_gone_is_one_line(short: Written, capsys: pytest.CaptureFixture[str]) -> None:
    with short.database.locked() as connection:
        connection.exec_driver_sql("DROP TABLE outcomes")
    assert replay.main([]) == 2
    assert failed(capsys) == "error: the decision log doesn't do what it was asked (OperationalError)"


def test_a_command_finds_the_log_that_the_server_of_this_folder_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    dotenv = tmp_path / ".env"
    assert settings(dotenv).database_url == f"sqlite:///{ROOT / 'var' / 'decisions.db'}"
    dotenv.write_text("DATABASE_URL=sqlite:///stored.db\nSPOOL_DIR=\n")
    assert settings(dotenv).database_url == "sqlite:///stored.db"
    assert settings(dotenv).spool_dir == ROOT / "var" / "spool"
    monkeypatch.setenv("DATABASE_URL", "sqlite:///environment.db")
    assert settings(dotenv).database_url == "sqlite:///environment.db"
