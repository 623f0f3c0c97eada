"""The generator of applications: Kaggle's columns and types, coherent clients, the same seed's same clients, whole files."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from jobs import sample_data
from scoring import fields
from scoring.errors import CreditScoringError, OutputError, SettingError
from scoring.files import new_file
from scoring.synthetic import FORMATS, Format, applications, demo_clients, write_sample
from scoring.synthetic.applications import BLOCK
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def clients() -> pd.DataFrame:
    return applications(10_000, seed=0)


def job(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "jobs.sample_data", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def one_line(stderr: str) -> str:
    assert stderr.count("\n") == 1
    assert stderr.endswith("\n")
    return stderr.strip()


def read(path: Path) -> pd.DataFrame:
    return pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path, float_precision="round_trip")


# --- what a client looks like


def test_columns_and_order_are_kaggles(clients: pd.DataFrame) -> None:
    assert list(clients) == ["SK_ID_CURR", "TARGET", *(f.name for f in fields.APPLICATION[1:])]


def test_types_are_those_of_the_real_rows(clients: pd.DataFrame, home_credit: Path) -> None:
    real = pd.read_csv(home_credit / "application_train.csv", nrows=5_000)
    assert list(clients) == list(real)
    assert clients.dtypes.to_dict() == real.dtypes.to_dict()


@settings(max_examples=6, deadline=None)
@given(count=st.integers(1, 300), seed=st.integers(0, 2**40))
def test_every_value_is_allowed_by_the_field_table(count: int, seed: int) -> None:
    frame = applications(count, seed)
    assert len(frame) == count
    assert frame[fields.ID].is_unique
    assert frame[fields.TARGET].isin((0, 1)).all()
    for field in fields.APPLICATION:
        known = frame[field.name].dropna()
        if field.type == "label":
            assert known.isin(field.allowed).all(), field.name
        else:
            low, high = (limit if limit is not None else edge for limit, edge in zip(field.range, (-np.inf, np.inf), strict=True))
            assert known.between(low, high).all(), field.name
        if field.type == "flag":
            assert frame[field.name].isin((0, 1)).all(), field.name


def test_the_same_seed_gives_the_same_clients_and_another_seed_others() -> None:
    first = applications(50, seed=7)
    assert_frame_equal(first, applications(50, seed=7))
    assert not first.equals(applications(50, seed=8))


def test_the_first_clients_do_not_depend_on_how_many_are_asked_for() -> None:
    many = applications(BLOCK + 5, seed=3)
    assert_frame_equal(applications(40, seed=3), many.head(40))
    assert many[fields.ID].diff().dropna().eq(1).all()
    assert not many.iloc[:5, 2:].reset_index(drop=True).equals(many.iloc[BLOCK:, 2:].reset_index(drop=True))


def test_fewer_than_one_client_or_a_negative_seed_is_refused() -> None:
    with pytest.raises(OutputError, match="at least one"):
        applications(0, seed=0)
    with pytest.raises(SettingError, match="0 or more"):
        applications(1, seed=-1)


# --- coherence


def test_who_has_no_employer_has_no_work_phone_occupation_or_organisation(clients: pd.DataFrame) -> None:
    idle = clients.DAYS_EMPLOYED == fields.NOT_EMPLOYED
    assert 0.15 < idle.mean() < 0.22
    assert idle.equals(clients.ORGANIZATION_TYPE == "XNA")
    assert idle.equals(clients.FLAG_EMP_PHONE == 0)
    assert idle.equals(clients.NAME_INCOME_TYPE.isin(["Pensioner", "Unemployed"]))
    assert clients.OCCUPATION_TYPE[idle].isna().all()
    assert (clients.DAYS_EMPLOYED[~idle] <= 0).all()
    assert (clients.DAYS_EMPLOYED[~idle] - clients.DAYS_BIRTH[~idle] >= 18 * 365).all()


def test_family_car_and_circle_agree_with_themselves(clients: pd.DataFrame) -> None:
    partner = clients.NAME_FAMILY_STATUS.isin(["Married", "Civil marriage"])
    members = 1 + partner + clients.CNT_CHILDREN
    assert members.equals(clients.CNT_FAM_MEMBERS.astype("int64"))
    assert clients.OWN_CAR_AGE.notna().equals(clients.FLAG_OWN_CAR == "Y")
    circle = clients.dropna(subset=["OBS_30_CNT_SOCIAL_CIRCLE"])
    for days in (30, 60):
        assert (circle[f"DEF_{days}_CNT_SOCIAL_CIRCLE"] <= circle[f"OBS_{days}_CNT_SOCIAL_CIRCLE"]).all()
    assert (circle.DEF_60_CNT_SOCIAL_CIRCLE <= circle.DEF_30_CNT_SOCIAL_CIRCLE).all()
    assert (clients.REGION_RATING_CLIENT_W_CITY <= clients.REGION_RATING_CLIENT).all()


def test_an_address_differs_by_region_only_where_it_differs_by_city(clients: pd.DataFrame) -> None:
    for pair in ("REG_{0}_NOT_LIVE_{0}", "REG_{0}_NOT_WORK_{0}", "LIVE_{0}_NOT_WORK_{0}"):
        assert (clients[pair.format("REGION")] <= clients[pair.format("CITY")]).all()


def test_money_is_in_kaggles_steps_and_the_loan_can_be_repaid(clients: pd.DataFrame) -> None:
    money = clients[["AMT_INCOME_TOTAL", "AMT_CREDIT", "AMT_ANNUITY", "AMT_GOODS_PRICE"]]
    assert (money.isna() | (money % 4.5 == 0)).all(axis=None)
    assert (clients.AMT_GOODS_PRICE.fillna(0) <= clients.AMT_CREDIT).all()
    payments = clients.AMT_CREDIT / clients.AMT_ANNUITY
    assert payments.between(9, 60).all()


def test_missing_values_come_as_in_kaggles_tables(clients: pd.DataFrame) -> None:
    missing = clients.isna().mean()
    assert missing[["EXT_SOURCE_1", "EXT_SOURCE_3"]].round(1).tolist() == [0.5, 0.2]
    enquiries = clients.filter(like="AMT_REQ_").isna()
    assert 0.11 < missing["AMT_REQ_CREDIT_BUREAU_YEAR"] < 0.15
    assert enquiries.all(axis=1).equals(enquiries.any(axis=1))
    assert clients.EXT_SOURCE_3[enquiries.any(axis=1)].isna().all()
    for size in ("APARTMENTS", "COMMONAREA"):
        statistics = clients[[f"{size}_AVG", f"{size}_MODE", f"{size}_MEDI"]]
        assert statistics.isna().all(axis=1).equals(statistics.isna().any(axis=1))
        assert statistics.corr().to_numpy().min() > 0.97
    unknown_building = clients.EMERGENCYSTATE_MODE.isna()
    assert 0.43 < unknown_building.mean() < 0.5
    assert clients.loc[unknown_building].filter(regex="_(AVG|MODE|MEDI)$").isna().all(axis=None)


def test_about_eight_percent_default_and_the_external_scores_order_the_risk(clients: pd.DataFrame) -> None:
    assert 0.06 < clients.TARGET.mean() < 0.10
    for score in ("EXT_SOURCE_1", "EXT_SOURCE_2", "EXT_SOURCE_3"):
        rates = clients.groupby(pd.qcut(clients[score], 4), observed=True).TARGET.mean()
        assert rates.is_monotonic_decreasing, score
        assert rates.iloc[0] > 2 * rates.iloc[-1], score


# --- files


@pytest.mark.parametrize("format", FORMATS)
def test_the_files_hold_the_clients_in_every_format(tmp_path: Path, format: Format) -> None:
    heard: list[int] = []
    rows = write_sample(tmp_path, 303, seed=5, format=format, progress=heard.append)
    train, test = (tmp_path / f"application_{part}.{format}" for part in ("train", "test"))
    assert rows == {train: 243, test: 60}
    assert sorted(tmp_path.iterdir()) == sorted(rows)
    assert heard == [303]
    expected, in_test = applications(303, seed=5), np.arange(303) % 5 == 4
    assert_frame_equal(read(train), expected[~in_test].reset_index(drop=True), check_exact=True)
    expected = expected.drop(columns="TARGET")[in_test].reset_index(drop=True)
    assert_frame_equal(read(test), expected.astype(read(test).dtypes), check_exact=True)


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_seed_writes_the_same_bytes_over_several_blocks(tmp_path: Path, format: Format) -> None:
    folders = (tmp_path / "a", tmp_path / "b")
    for folder in folders:
        write_sample(folder, BLOCK + 20, seed=1, format=format, test_share=0.999)
    a, b = ((folder / f"application_train.{format}").read_bytes() for folder in folders)
    assert a == b
    test = read(folders[0] / f"application_test.{format}")
    assert len(test) + len(read(folders[0] / f"application_train.{format}")) == BLOCK + 20
    assert test.DAYS_BIRTH.dtype == "int64"


def test_without_test_clients_the_test_file_has_its_columns_and_no_row(tmp_path: Path) -> None:
    for kind in FORMATS:
        write_sample(tmp_path, 3, seed=0, format=kind, test_share=0)
        assert read(tmp_path / f"application_test.{kind}").shape == (0, 121)


def test_a_failure_while_writing_leaves_the_older_file_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("old")

    def stopped_half_way() -> None:
        with new_file(path) as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped_half_way()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_is_refused_before_anything_is(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "taken" / "application_test.csv").mkdir(parents=True)
    for folder, said in (("file", "can't write in"), ("file/below", "can't write in"), ("taken", "can't be replaced")):
        with pytest.raises(OutputError, match=said):
            write_sample(tmp_path / folder, 10, seed=0, format="csv")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["application_test.csv", "file", "taken"]
    for clients, share in ((0, 0.2), (1, 1.5)):
        with pytest.raises(CreditScoringError):
            write_sample(tmp_path / "new", clients, seed=0, format="csv", test_share=share)
    assert not (tmp_path / "new").exists()


# --- the demo's clients


def test_demo_clients_are_records_of_the_field_table_without_the_outcome() -> None:
    records = demo_clients()
    assert len(records) == 200
    assert all(list(record) == [f.name for f in fields.FIELDS] for record in records)
    assert {type(value) for record in records for value in record.values()} == {int, float, str, type(None)}
    assert not {record[fields.ID] for record in records} & set(range(100_001, 456_256))


def test_the_repository_holds_the_demo_clients_that_the_job_writes(tmp_path: Path) -> None:
    kept = ROOT / "data" / "demo_clients.json"
    assert sample_data.main(["--demo", str(tmp_path / "demo.json")]) == 0
    assert (tmp_path / "demo.json").read_bytes() == kept.read_bytes(), "run python -m jobs.sample_data --demo " + str(kept)
    text = kept.read_text()
    assert json.loads(text) == demo_clients()
    assert len(text.splitlines()) == 202


# --- the command


def test_the_command_writes_a_sample_and_says_so_in_one_line(tmp_path: Path) -> None:
    done = job("--out", str(tmp_path), "--clients", "20", "--seed", "3", "--format", "csv.gz")
    assert (done.returncode, done.stderr) == (0, "")
    assert "application_train.csv.gz (16 clients)" in one_line(done.stdout)
    assert len(read(tmp_path / "application_test.csv.gz")) == 4


def test_help_shows_an_example_and_the_formats_there_are() -> None:
    done = job("--help")
    assert done.returncode == 0
    assert "python -m jobs.sample_data --out var/sample" in done.stdout
    assert sample_data._FORMATS == FORMATS


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "--out"),
        (("--out", "x", "--clients", "0"), "at least one"),
        (("--out", "x", "--clients", "many"), "--clients"),
        (("--out", "x", "--seed", "-1"), "0 or more"),
        (("--out", "x", "--format", "xlsx"), "--format"),
        (("--out", "pyproject.toml"), "pyproject.toml"),
        (("--demo", "pyproject.toml/demo.json"), "pyproject.toml"),
        (("--nonsense",), "--nonsense"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    assert sample_data.main(arguments) == 2
    captured = capsys.readouterr()
    assert said in one_line(captured.err)
    assert captured.out == ""
    assert not Path("x").exists()


def test_bad_input_ends_the_process_with_2_too() -> None:
    done = job("--clients", "0")
    assert done.returncode == 2
    assert one_line(done.stderr).startswith("error: ")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_kill_in_the_middle_leaves_no_half_written_file(tmp_path: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "jobs.sample_data", "--out", str(tmp_path), "--clients", "10000000"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 30
        while not any(path.stat().st_size for path in tmp_path.glob("*.part")):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        os.kill(process.pid, number)
        _, stderr = process.communicate(timeout=30)
    assert not list(tmp_path.glob("*.csv"))
    if number == signal.SIGKILL:
        return  # nothing can tidy up after it; what is left is named .part
    assert process.returncode == 130
    assert one_line(stderr).startswith("stopped")
    assert not list(tmp_path.iterdir())
