"""The generator: Kaggle's columns and types, coherent clients and histories, the same seed's same clients, whole files."""

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
from scoring.synthetic import FORMATS, Format, applications, demo_clients, tables, write_sample
from scoring.synthetic.applications import BLOCK
from scoring.synthetic.histories import PART, TABLES
from scoring.synthetic.histories.bureau import STRANGER
from scoring.synthetic.histories.repayment import NEVER
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def clients() -> pd.DataFrame:
    return applications(10_000, seed=0)


@pytest.fixture(scope="module")
def generated() -> dict[str, pd.DataFrame]:
    return tables(10_000, seed=0)


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


# --- histories

PARENT_KEY = {
    "bureau_balance": ("bureau", "SK_ID_BUREAU"),
    "POS_CASH_balance": ("previous_application", "SK_ID_PREV"),
    "installments_payments": ("previous_application", "SK_ID_PREV"),
    "credit_card_balance": ("previous_application", "SK_ID_PREV"),
}


def known_rows(home_credit: Path, table: str) -> tuple[pd.DataFrame, int]:
    """The real rows of the clients whose history is complete there, and how many such clients there are."""
    coverage = pd.read_csv(home_credit / "coverage.csv")
    known = "bureau_known" if table in ("bureau", "bureau_balance") else "previous_known"
    ids = coverage.SK_ID_CURR[coverage[known] == 1]
    rows = pd.read_csv(home_credit / f"{table}.csv")
    return (rows[rows.SK_ID_CURR.isin(ids)] if "SK_ID_CURR" in rows else rows), len(ids)


def test_tables_give_the_applications_unchanged_and_all_six_histories(
    generated: dict[str, pd.DataFrame], clients: pd.DataFrame
) -> None:
    assert list(generated) == ["application_train", *TABLES]
    assert_frame_equal(generated["application_train"], clients)


@pytest.mark.parametrize("table", TABLES)
def test_a_history_has_the_columns_types_and_labels_of_the_real_one(
    table: str, generated: dict[str, pd.DataFrame], home_credit: Path
) -> None:
    real, made = pd.read_csv(home_credit / f"{table}.csv"), generated[table]
    assert list(made) == list(real)
    assert made.dtypes.to_dict() == real.dtypes.to_dict()
    for name in map(str, real.select_dtypes("str")):
        common = set(real[name].value_counts(normalize=True).loc[lambda share: share > 0.002].index)
        assert common <= set(made[name].dropna()) <= set(real[name].dropna()), name
        assert made[name].isna().mean() == pytest.approx(real[name].isna().mean(), abs=0.03), name
    for name in map(str, made.columns[made.isna().any()]):
        assert real[name].isna().any() or table == "installments_payments", name  # Kaggle's 2,905 unpaid are not in the sample


def test_histories_of_the_same_seed_are_the_same_and_of_fewer_clients_the_first_ones() -> None:
    few, many = tables(30, seed=6), tables(PART + 30, seed=6)
    assert not few["bureau"].equals(tables(30, seed=7)["bureau"])
    for name in TABLES:
        assert_frame_equal(few[name], tables(30, seed=6)[name])
        assert_frame_equal(few[name], many[name].head(len(few[name])))
        key = "SK_ID_PREV" if "SK_ID_PREV" in few[name] else "SK_ID_BUREAU"
        assert many[name][key].iloc[len(few[name])] > few[name][key].max()


def test_every_row_belongs_to_a_client_and_to_a_parent_of_the_same_client(generated: dict[str, pd.DataFrame]) -> None:
    ids = generated["application_train"].SK_ID_CURR
    for name in TABLES:
        table = generated[name]
        if name in PARENT_KEY:
            parent, key = PARENT_KEY[name]
            own = [key, *({"SK_ID_CURR"} & set(table))]
            assert len(table.merge(generated[parent][own])) == len(table), name
        elif name == "bureau":
            strangers = ~table.SK_ID_CURR.isin(ids)
            assert 0 < strangers.mean() < 0.002
            assert (table.SK_ID_CURR[strangers] > STRANGER).all()
        else:
            assert table.SK_ID_CURR.isin(ids).all()
    assert generated["bureau"].SK_ID_BUREAU.is_unique
    assert generated["bureau"].SK_ID_BUREAU.min() > 6_900_000
    assert generated["previous_application"].SK_ID_PREV.is_unique
    assert generated["previous_application"].SK_ID_PREV.min() > 2_900_000


@pytest.mark.parametrize("table", TABLES)
def test_a_client_has_about_as_many_rows_as_in_kaggles_tables(table: str, generated: dict[str, pd.DataFrame]) -> None:
    kaggle = {  # rows of the whole tables; the real sample lacks most instalments
        "bureau": 1_716_428,
        "bureau_balance": 27_299_925,
        "previous_application": 1_670_214,
        "POS_CASH_balance": 10_001_358,
        "installments_payments": 13_605_401,
        "credit_card_balance": 3_840_312,
    }
    assert len(generated[table]) / 10_000 == pytest.approx(kaggle[table] / 356_255, rel=0.15)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("bureau", "CREDIT_ACTIVE"),
        ("bureau", "CREDIT_TYPE"),
        ("bureau_balance", "STATUS"),
        ("previous_application", "NAME_CONTRACT_TYPE"),
        ("previous_application", "NAME_CONTRACT_STATUS"),
        ("previous_application", "NAME_YIELD_GROUP"),
        ("previous_application", "CODE_REJECT_REASON"),
        ("previous_application", "NAME_CLIENT_TYPE"),
        ("POS_CASH_balance", "NAME_CONTRACT_STATUS"),
        ("credit_card_balance", "NAME_CONTRACT_STATUS"),
    ],
)
def test_labels_are_about_as_common_as_among_clients_whose_history_is_complete(
    table: str, column: str, generated: dict[str, pd.DataFrame], home_credit: Path
) -> None:
    real, _ = known_rows(home_credit, table)
    shares = pd.DataFrame({"real": real[column].value_counts(normalize=True)})
    shares["made"] = generated[table][column].value_counts(normalize=True)
    assert (shares.real - shares.made.fillna(0)).abs().max() < 0.05, shares


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("bureau", "DAYS_CREDIT"),
        ("bureau", "AMT_CREDIT_SUM"),
        ("previous_application", "DAYS_DECISION"),
        ("previous_application", "AMT_ANNUITY"),
        ("previous_application", "CNT_PAYMENT"),
        ("POS_CASH_balance", "MONTHS_BALANCE"),
        ("POS_CASH_balance", "CNT_INSTALMENT"),
        ("credit_card_balance", "AMT_CREDIT_LIMIT_ACTUAL"),
    ],
)
def test_quartiles_lie_near_those_of_clients_whose_history_is_complete(
    table: str, column: str, generated: dict[str, pd.DataFrame], home_credit: Path
) -> None:
    real, _ = known_rows(home_credit, table)
    quartiles = [0.25, 0.5, 0.75]
    assert generated[table][column].quantile(quartiles).tolist() == pytest.approx(
        real[column].quantile(quartiles).tolist(), rel=0.35
    )


def test_who_the_bureau_was_not_asked_about_has_no_credit_there(generated: dict[str, pd.DataFrame], home_credit: Path) -> None:
    form = generated["application_train"].set_index("SK_ID_CURR")
    each = generated["bureau"].groupby("SK_ID_CURR").size().reindex(form.index, fill_value=0)
    assert (each[form.AMT_REQ_CREDIT_BUREAU_YEAR.isna()] == 0).all()
    real, clients = known_rows(home_credit, "bureau")
    assert (each == 0).mean() == pytest.approx(1 - real.SK_ID_CURR.nunique() / clients, abs=0.03)
    assert each.std() == pytest.approx(4.5, rel=0.15)


def test_closed_credits_have_ended_and_active_ones_owe(generated: dict[str, pd.DataFrame]) -> None:
    credit = generated["bureau"]
    closed, active = credit.CREDIT_ACTIVE == "Closed", credit.CREDIT_ACTIVE == "Active"
    assert (credit.DAYS_CREDIT < 0).all()
    assert credit.DAYS_ENDDATE_FACT[closed].between(credit.DAYS_CREDIT[closed], -1).all()
    assert credit.DAYS_ENDDATE_FACT[active].isna().all()
    assert credit.DAYS_CREDIT_UPDATE.between(credit.DAYS_CREDIT, 0).all()
    assert (credit.AMT_CREDIT_SUM_DEBT[closed].fillna(0) == 0).all()
    assert (credit.AMT_CREDIT_SUM_DEBT[active] > 0).mean() > 0.6
    assert ((credit.CREDIT_DAY_OVERDUE > 0) == (credit.AMT_CREDIT_SUM_OVERDUE > 0)).all()
    assert (credit.AMT_CREDIT_SUM % 4.5 == 0).all()


def test_months_of_a_credit_follow_one_another_and_stay_closed(generated: dict[str, pd.DataFrame]) -> None:
    months = generated["bureau_balance"].merge(generated["bureau"][["SK_ID_BUREAU", "DAYS_CREDIT"]])
    assert months.MONTHS_BALANCE.between(-96, 0).all()
    assert months.MONTHS_BALANCE.between(np.floor(months.DAYS_CREDIT / 30.4375), 0).all()
    same = months.SK_ID_BUREAU.diff() == 0
    assert (months.MONTHS_BALANCE.diff()[same] == 1).all()
    reopened = same & (months.STATUS.shift() == "C") & (months.STATUS != "C")
    assert not reopened.any()


def test_only_approved_applications_have_dates_and_their_plan_pays_them_off(generated: dict[str, pd.DataFrame]) -> None:
    applied = generated["previous_application"]
    approved = applied.NAME_CONTRACT_STATUS == "Approved"
    dates = applied.filter(regex="^DAYS_(FIRST|LAST|TERM)")
    assert dates[~approved].isna().all(axis=None)
    assert dates[approved].notna().any(axis=1).mean() > 0.9
    assert (dates.isna() | (dates < 2_000) | (dates == NEVER)).all(axis=None)
    loan = applied[approved & (applied.CNT_PAYMENT > 0)]
    assert (loan.AMT_ANNUITY * loan.CNT_PAYMENT / loan.AMT_CREDIT).between(1, 3.5).all()
    plan = loan[(loan.DAYS_FIRST_DUE < 0)]
    assert (plan.DAYS_LAST_DUE_1ST_VERSION == plan.DAYS_FIRST_DUE + 30 * (plan.CNT_PAYMENT - 1)).all()
    assert (applied.CODE_REJECT_REASON.isin(["XAP", "CLIENT"]) == (applied.NAME_CONTRACT_STATUS != "Refused")).all()
    oldest_first = applied.sort_values("SK_ID_PREV").groupby("SK_ID_CURR").DAYS_DECISION.diff().dropna()
    assert (oldest_first >= 0).all()


def test_loans_and_cards_have_months_and_payments_after_their_decision(generated: dict[str, pd.DataFrame]) -> None:
    decided = generated["previous_application"][["SK_ID_PREV", "DAYS_DECISION", "NAME_CONTRACT_TYPE", "NAME_CONTRACT_STATUS"]]
    decided = decided.rename(columns={"NAME_CONTRACT_STATUS": "decision"})
    kinds = {"POS_CASH_balance": {"Consumer loans", "Cash loans"}, "credit_card_balance": {"Revolving loans"}}
    for name, expected in kinds.items():
        months = generated[name].merge(decided)
        assert set(months.NAME_CONTRACT_TYPE) == expected
        assert set(months.decision) == {"Approved"}
        assert months.MONTHS_BALANCE.between(np.maximum(np.floor(months.DAYS_DECISION / 30.4375), -96), -1).all()
        assert not months.duplicated(["SK_ID_PREV", "MONTHS_BALANCE"]).any()
    paid = generated["installments_payments"].merge(decided)
    assert (paid.DAYS_INSTALMENT >= paid.DAYS_DECISION).all()
    assert paid.DAYS_ENTRY_PAYMENT.dropna().between(-3_100, -1).all()
    assert (paid.DAYS_ENTRY_PAYMENT.isna() == paid.AMT_PAYMENT.isna()).all()
    assert ((paid.NUM_INSTALMENT_VERSION == 0) == (paid.NAME_CONTRACT_TYPE == "Revolving loans")).all()


def test_some_payments_are_late_and_some_come_in_parts(generated: dict[str, pd.DataFrame]) -> None:
    paid = generated["installments_payments"]
    loans = paid[paid.NUM_INSTALMENT_VERSION > 0].dropna()
    assert (loans.DAYS_ENTRY_PAYMENT > loans.DAYS_INSTALMENT).mean() == pytest.approx(0.12, abs=0.05)
    key = ["SK_ID_PREV", "NUM_INSTALMENT_NUMBER"]
    parts = loans.groupby(key).agg(times=("AMT_PAYMENT", "size"), paid=("AMT_PAYMENT", "sum"), due=("AMT_INSTALMENT", "first"))
    assert (parts.times > 1).mean() == pytest.approx(0.08, abs=0.04)
    assert (parts.paid - parts.due).abs().max() < 0.01


def test_a_card_owes_at_most_about_its_limit_and_says_what_was_drawn(generated: dict[str, pd.DataFrame]) -> None:
    month = generated["credit_card_balance"]
    parts = [f"AMT_DRAWINGS_{how}_CURRENT" for how in ("ATM", "POS", "OTHER")]
    known = month[parts].notna().all(axis=1)
    assert known.equals(month[parts].notna().any(axis=1))
    assert (month[parts].sum(axis=1) == month.AMT_DRAWINGS_CURRENT).all()
    assert (month.AMT_BALANCE >= 0).all()
    assert (month.AMT_DRAWINGS_CURRENT[month.AMT_CREDIT_LIMIT_ACTUAL == 0] == 0).all()
    limited = month[month.AMT_CREDIT_LIMIT_ACTUAL > 0]
    assert (limited.AMT_BALANCE / limited.AMT_CREDIT_LIMIT_ACTUAL).max() < 1.2
    assert (month.AMT_BALANCE == 0).mean() == pytest.approx(0.57, abs=0.08)


def test_histories_tell_of_the_outcome_beyond_the_application(generated: dict[str, pd.DataFrame]) -> None:
    target = generated["application_train"].set_index("SK_ID_CURR").TARGET
    credit, applied = generated["bureau"], generated["previous_application"]
    paid = generated["installments_payments"]
    active = credit[credit.CREDIT_ACTIVE == "Active"]
    months = generated["credit_card_balance"]
    for name, rows, sign in (
        ("overdue", active.CREDIT_DAY_OVERDUE > 0, active),
        ("active", credit.CREDIT_ACTIVE == "Active", credit),
        ("recent", credit.DAYS_CREDIT, credit),
        ("refused", applied.NAME_CONTRACT_STATUS == "Refused", applied),
        ("late", paid.DAYS_ENTRY_PAYMENT > paid.DAYS_INSTALMENT, paid),
        ("owed", months.AMT_BALANCE, months),
    ):
        good, bad = rows.groupby(sign.SK_ID_CURR.map(target)).mean()
        assert bad > good + 0.1 * abs(good), name


# --- files


@pytest.mark.parametrize("format", FORMATS)
def test_the_files_hold_the_clients_in_every_format(tmp_path: Path, format: Format) -> None:
    heard: list[int] = []
    rows = write_sample(tmp_path, 303, seed=5, format=format, progress=heard.append)
    train, test = (tmp_path / f"application_{part}.{format}" for part in ("train", "test"))
    assert (rows[train], rows[test]) == (243, 60)
    assert sorted(tmp_path.iterdir()) == sorted(rows)
    assert heard == [303]
    expected, in_test = applications(303, seed=5), np.arange(303) % 5 == 4
    assert_frame_equal(read(train), expected[~in_test].reset_index(drop=True), check_exact=True)
    expected = expected.drop(columns="TARGET")[in_test].reset_index(drop=True)
    assert_frame_equal(read(test), expected.astype(read(test).dtypes), check_exact=True)
    made = tables(303, seed=5)
    for name in TABLES:
        path = tmp_path / f"{name}.{format}"
        assert rows[path] == len(made[name]) > 0
        assert_frame_equal(read(path), made[name], check_exact=True)


def test_histories_can_be_left_out_and_change_nothing_in_the_applications(tmp_path: Path) -> None:
    with_histories = write_sample(tmp_path / "all", 25, seed=4, format="csv")
    without = write_sample(tmp_path / "forms", 25, seed=4, format="csv", histories=False)
    assert sorted(path.name for path in without) == ["application_test.csv", "application_train.csv"]
    assert sorted(path.stem for path in with_histories) == sorted([*TABLES, "application_train", "application_test"])
    for path in without:
        assert path.read_bytes() == (tmp_path / "all" / path.name).read_bytes()


@pytest.mark.parametrize("there", ["bureau.csv", "bureau.parquet", "installments_payments.csv.zip"])
def test_clients_without_histories_are_never_written_beside_those_of_strangers(tmp_path: Path, there: str) -> None:
    for name in (there, "application_train.csv"):
        (tmp_path / name).write_text("old")
    with pytest.raises(OutputError) as raised:
        write_sample(tmp_path, 5, seed=0, format="csv", histories=False)
    assert raised.value.message == (
        f"{tmp_path} holds {there}, which would be read as the new clients' histories: "
        "remove what is there or name another folder"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([there, "application_train.csv"])
    assert (tmp_path / "application_train.csv").read_text() == "old"


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_seed_writes_the_same_bytes_over_several_blocks(tmp_path: Path, format: Format) -> None:
    folders = (tmp_path / "a", tmp_path / "b")
    for folder in folders:
        write_sample(folder, BLOCK + 20, seed=1, format=format, test_share=0.999, histories=False)
        write_sample(folder / "few", 20, seed=1, format=format)
    a, b = ({path.relative_to(folder): path.read_bytes() for path in folder.rglob(f"*.{format}")} for folder in folders)
    assert a == b
    assert len(a) == 2 + 2 + len(TABLES)
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
    assert "application_train.csv.gz (16 rows)" in one_line(done.stdout)
    assert len(read(tmp_path / "application_test.csv.gz")) == 4
    for name in TABLES:
        assert f"{name}.csv.gz ({len(read(tmp_path / f'{name}.csv.gz')):,} rows)" in done.stdout


def test_the_command_can_leave_the_histories_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sample_data.main(["--out", str(tmp_path), "--clients", "20", "--no-histories"]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["application_test.csv", "application_train.csv"]
    assert "bureau" not in capsys.readouterr().out
    assert sample_data.main(["--out", str(tmp_path), "--clients", "20"]) == 0
    assert sample_data.main(["--out", str(tmp_path), "--clients", "20", "--no-histories"]) == 2
    assert one_line(capsys.readouterr().err).startswith(f"error: {tmp_path} holds bureau.csv, ")


def test_help_shows_an_example_and_the_formats_there_are() -> None:
    done = job("--help")
    assert done.returncode == 0
    assert "python -m jobs.sample_data --out var/sample" in done.stdout
    assert "refused where the folder holds histories" in " ".join(done.stdout.split())
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
