"""The histories' part of the client record: every field answered by hand, and what is unknown, none or wrong."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlglot

from scoring.errors import TableError
from scoring.features import client_records
from scoring.features.histories import histories
from scoring.fields import HISTORIES, ID
from scoring.records import read_records, read_training
from scoring.tables import APPLICATION_TEST
from scoring.tables.histories import COVERAGE, KNOWN_BY
from scoring.tables.histories import HISTORY_TABLES as TABLES
from scoring.tables.reading import open_tables
from tests.application_tables import Row, labelled, write_csv
from tests.history_oracle import expected
from tests.history_tables import NAMES, coverage, header, rows_of, without_rows, write_histories

Answers = Mapping[str, tuple[float | None, float | None, float | None]]  # of clients 1, 2 and 3, who has no row

BUREAU = rows_of("""
    SK_ID_CURR             | 1           | 1               | 1               | 1        | 2           | 2
    SK_ID_BUREAU           | 11          | 12              | 13              | 14       | 21          | 22
    CREDIT_ACTIVE          | Active      | Closed          | Active          | Sold     | Bad debt    | Closed
    CREDIT_TYPE            | Credit card | Credit card     | Consumer credit | Mortgage | Credit card | -
    DAYS_CREDIT            | -366        | -365            | -730            | -731     | -1000       | -
    DAYS_CREDIT_ENDDATE    | 635         | -100            | 100             | -        | -           | -
    DAYS_ENDDATE_FACT      | -           | -110            | -               | -1       | -           | -400
    DAYS_CREDIT_UPDATE     | -10         | -20             | 3               | -        | -           | -
    AMT_CREDIT_MAX_OVERDUE | -           | 10.5            | 0               | -        | -           | -
    CNT_CREDIT_PROLONG     | 0           | 1               | 2               | -        | -           | -
    AMT_CREDIT_SUM         | 1000        | 3000            | -               | 500.25   | 0           | -
    AMT_CREDIT_SUM_DEBT    | 250         | 10              | 300.3           | -        | 7.5         | -
    AMT_CREDIT_SUM_LIMIT   | 750         | -               | -               | 20       | -           | -
    AMT_CREDIT_SUM_OVERDUE | 0           | 5.5             | -               | 0.1      | -           | -
    AMT_ANNUITY            | -           | 100             | 0.005           | -        | -           | -
""")
BUREAU_ANSWERS: Answers = {
    "BUREAU_COUNT": (4, 2, 0),
    "BUREAU_ACTIVE_COUNT": (2, 0, 0),
    "BUREAU_CLOSED_COUNT": (1, 1, 0),
    "BUREAU_BAD_COUNT": (1, 1, 0),
    "BUREAU_COUNT_1Y": (1, 0, 0),  # -365 is within the year, -366 isn't
    "BUREAU_COUNT_2Y": (3, 0, 0),  # nor is -731 within two
    "BUREAU_ACTIVE_SHARE": (0.5, 0, None),
    "BUREAU_CARD_COUNT": (2, 1, 0),
    "BUREAU_ACTIVE_CARD_COUNT": (1, 0, 0),
    "BUREAU_DAYS_CREDIT_MAX": (-365, -1000, None),
    "BUREAU_DAYS_CREDIT_MIN": (-731, -1000, None),
    "BUREAU_DAYS_CREDIT_MEAN": (-548, -1000, None),  # -2192 / 4
    "BUREAU_ACTIVE_DAYS_CREDIT_MAX": (-366, None, None),
    "BUREAU_ACTIVE_DAYS_CREDIT_MIN": (-730, None, None),
    "BUREAU_DAYS_ENDDATE_FACT_MAX": (-1, -400, None),
    "BUREAU_DAYS_CREDIT_ENDDATE_MEAN": (211.666667, None, None),  # 635 / 3: the -100 and the 100 make nothing
    "BUREAU_ACTIVE_DAYS_ENDDATE_MAX": (635, None, None),
    "BUREAU_ACTIVE_DAYS_ENDDATE_MIN": (100, None, None),
    "BUREAU_TERM_DAYS_MEAN": (698.666667, None, None),  # (1001 + 265 + 830) / 3
    "BUREAU_DURATION_DAYS_MEAN": (492.5, None, None),  # (255 + 730) / 2
    "BUREAU_DELAY_DAYS_MEAN": (-10, None, None),  # of credit 12 alone
    "BUREAU_DAYS_UPDATE_MEAN": (-9, None, None),  # (-10 - 20 + 3) / 3
    "BUREAU_CREDIT_TOTAL": (4500.25, 0, 0),
    "BUREAU_CREDIT_MAX": (3000, 0, None),
    "BUREAU_ACTIVE_CREDIT_TOTAL": (1000, 0, 0),
    "BUREAU_ACTIVE_CREDIT_MEAN": (1000, None, None),
    "BUREAU_DEBT_TOTAL": (560.3, 7.5, 0),
    "BUREAU_DEBT_MEAN": (186.766667, 7.5, None),  # 560.3 / 3
    "BUREAU_ACTIVE_DEBT_TOTAL": (550.3, 0, 0),
    "BUREAU_DEBT_SHARE": (0.065, None, None),  # (250 + 10) / (1000 + 3000); 7.5 / 0
    "BUREAU_ACTIVE_DEBT_SHARE": (0.25, None, None),
    "BUREAU_CARD_DEBT_TOTAL": (260, 7.5, 0),
    "BUREAU_CARD_LIMIT_TOTAL": (750, None, 0),  # client 2's card has a limit that isn't known
    "BUREAU_ANNUITY_TOTAL": (100.005, None, 0),
    "BUREAU_OVERDUE_TOTAL": (5.6, None, 0),
    "BUREAU_OVERDUE_COUNT": (2, 0, 0),
    "BUREAU_MAX_OVERDUE_MAX": (10.5, None, None),
    "BUREAU_MAX_OVERDUE_MEAN": (5.25, None, None),
    "BUREAU_PROLONGED_TOTAL": (3, None, 0),
}

BUREAU_BALANCE = rows_of("""
    SK_ID_BUREAU   | 11  | 11  | 12  | 12  | 13 | 13 | 13 | 21 | 21
    MONTHS_BALANCE | -11 | -12 | -23 | -24 | 0  | -1 | -2 | -3 | -4
    STATUS         | 1   | 3   | 5   | 2   | X  | 0  | -  | C  | X
""")
BUREAU_BALANCE_ANSWERS: Answers = {
    "BUREAU_MONTHS_COUNT": (5, 1, 0),  # X and no status at all are not known, C (closed) is
    "BUREAU_MONTHS_LATE_COUNT": (4, 0, 0),
    "BUREAU_MONTHS_LATE_SHARE": (0.8, 0, None),  # 4 / 5
    "BUREAU_MONTHS_LATE_1Y": (1, 0, 0),
    "BUREAU_MONTHS_LATE_2Y": (3, 0, 0),  # months -11, -12 and -23, not -24: the latest month is 0
    "BUREAU_MONTHS_WORST": (5, None, None),  # a closed credit is neither on time nor late
}

PREVIOUS = rows_of("""
    SK_ID_PREV                | 11       | 12       | 13      | 14      | 15       | 16   | 21       | 22      | 23
    SK_ID_CURR                | 1        | 1        | 1       | 1       | 1        | 1    | 2        | 2       | 2
    NAME_CONTRACT_STATUS      | Approved | Approved | Refused | Refused | Canceled | -    | Approved | Refused | Unused offer
    AMT_ANNUITY               | 100      | 301      | -       | 50      | -        | 70   | 10       | -       | -
    AMT_APPLICATION           | 900      | -        | 500     | 0       | 0        | 600  | 700      | 50.05   | -
    AMT_CREDIT                | 1000     | 2000.5   | 0       | 400     | 300      | 800  | 0        | 100.1   | 5000
    AMT_DOWN_PAYMENT          | 0        | -        | 25.5    | -       | -        | -    | -        | -       | -
    RATE_DOWN_PAYMENT         | 0        | -        | 0.25    | -       | -        | -    | -        | -       | -
    DAYS_DECISION             | -365     | -730     | -365    | -731    | -100     | -100 | -366     | -366    | -
    HOUR_APPR_PROCESS_START   | 10       | 11       | 9       | 10      | -        | 0    | -        | -       | -
    CNT_PAYMENT               | 12       | 0        | -       | -       | -        | 6    | 6        | -       | -
    DAYS_FIRST_DUE            | 365243   | -700     | -       | -       | -        | -50  | 365243   | -       | -
    DAYS_LAST_DUE             | 365243   | -10      | -       | -       | -        | -    | 365243   | -       | -
    NFLAG_INSURED_ON_APPROVAL | 1        | 0        | -       | -       | -        | -    | -        | -       | -
""")
PREVIOUS_ANSWERS: Answers = {
    "PREVIOUS_COUNT": (6, 3, 0),
    "PREVIOUS_APPROVED_COUNT": (2, 1, 0),
    "PREVIOUS_REFUSED_COUNT": (2, 1, 0),
    "PREVIOUS_CANCELED_COUNT": (1, 0, 0),
    "PREVIOUS_REFUSED_SHARE": (0.4, 0.333333333, None),  # of five whose status is known; of three
    "PREVIOUS_APPROVED_1Y": (1, 0, 0),  # -365 is within the year, -366 isn't
    "PREVIOUS_REFUSED_1Y": (1, 0, 0),
    "PREVIOUS_APPROVED_2Y": (2, 1, 0),  # -730 is within two years
    "PREVIOUS_REFUSED_2Y": (1, 1, 0),  # -731 isn't
    "PREVIOUS_DAYS_DECISION_MAX": (-100, -366, None),
    "PREVIOUS_APPROVED_DAYS_MAX": (-365, -366, None),
    "PREVIOUS_REFUSED_DAYS_MAX": (-365, -366, None),
    "PREVIOUS_APPROVED_DAYS_MIN": (-730, -366, None),
    "PREVIOUS_LATEST_CREDIT": (800, 100.1, None),  # the larger of two decided on one day; loan 23 has no date
    "PREVIOUS_APPROVED_CREDIT_MEAN": (1500.25, 0, None),
    "PREVIOUS_APPROVED_CREDIT_MAX": (2000.5, 0, None),
    "PREVIOUS_APPROVED_ANNUITY_MEAN": (200.5, 10, None),
    "PREVIOUS_APPROVED_ANNUITY_MAX": (301, 10, None),
    "PREVIOUS_ASKED_SHARE_MEAN": (0.4125, 0.5, None),  # (0.9 + 0 + 0 + 0.75) / 4; 500 / 0 and 700 / 0 are unknown
    "PREVIOUS_DOWN_PAYMENT_MAX": (25.5, None, None),
    "PREVIOUS_DOWN_PAYMENT_RATE_MEAN": (0.125, None, None),
    "PREVIOUS_TERM_MEAN": (12, 6, None),  # 0 is no term
    "PREVIOUS_REPAID_SHARE_MEAN": (1.2, None, None),  # 100 * 12 / 1000; 10 * 6 / 0
    "PREVIOUS_FIRST_DUE_MAX": (-700, None, None),  # 365243 is no date
    "PREVIOUS_LAST_DUE_MAX": (-10, None, None),
    "PREVIOUS_INSURED_SHARE": (0.5, None, None),
    "PREVIOUS_HOUR_MEAN": (8, None, None),  # 40 / 5
}

POS = rows_of("""
    SK_ID_PREV            | 11     | 12        | 12        | 11     | 11     | 11  | 21     | 22
    SK_ID_CURR            | 1      | 1         | 1         | 1      | 1      | 1   | 2      | 2
    MONTHS_BALANCE        | -1     | -1        | -12       | -13    | -24    | -25 | -40    | -
    NAME_CONTRACT_STATUS  | Active | Completed | Completed | Active | Active | -   | Active | Completed
    CNT_INSTALMENT        | 12     | 10        | 10        | -      | 12     | 12  | -      | 6
    CNT_INSTALMENT_FUTURE | 3      | 2         | 4         | -      | 8      | 9   | -      | 1
    SK_DPD_DEF            | 0      | -         | 4         | 2      | 1      | 7   | -      | 0
""")
POS_ANSWERS: Answers = {
    "POS_COUNT": (6, 2, 0),
    "POS_LATE_COUNT": (4, 0, 0),
    "POS_LATE_SHARE": (0.8, 0, None),  # of the five months of which it is known
    "POS_LATE_1Y": (1, 0, 0),  # month -12 is within the year, -13 isn't
    "POS_LATE_2Y": (3, 0, 0),  # nor is -25 within two
    "POS_DAYS_LATE_MAX": (7, 0, None),
    "POS_MONTHS_MIN": (-25, -40, None),
    "POS_INSTALMENTS_MEAN": (11.2, 6, None),  # 56 / 5
    "POS_FUTURE_MEAN": (5.2, 1, None),  # 26 / 5
    "POS_FUTURE_NOW": (5, None, 0),  # 3 + 2: both loans have a month -1; of month -40 nothing is known
    "POS_COMPLETED_COUNT": (1, 1, 0),  # loan 12 once, though two of its months say so
}

CARD = rows_of("""
    SK_ID_CURR               | 1     | 1    | 1    | 1   | 2   | 2
    MONTHS_BALANCE           | -1    | -1   | -12  | -13 | -13 | -14
    AMT_BALANCE              | 100.5 | 49.5 | 900  | -60 | 5   | -
    AMT_CREDIT_LIMIT_ACTUAL  | 1000  | 0    | 600  | 600 | 0   | -
    AMT_DRAWINGS_ATM_CURRENT | -     | 20   | 5.05 | 0   | -   | -
    AMT_DRAWINGS_CURRENT     | 0     | 30.3 | 5.05 | -   | -   | -
    CNT_DRAWINGS_ATM_CURRENT | -     | 1    | 2    | 0   | -   | -
    CNT_DRAWINGS_CURRENT     | 0     | 2    | 3    | 7   | -   | 4
    AMT_INST_MIN_REGULARITY  | 0     | 50   | 100  | -   | -   | -
    AMT_PAYMENT_CURRENT      | 10    | 25   | 300  | 5   | -   | -
    SK_DPD                   | 0     | 3    | 40   | -   | -   | -
    SK_DPD_DEF               | 0     | 0    | 40   | 1   | -   | -
""")
CARD_ANSWERS: Answers = {
    "CARD_COUNT": (4, 2, 0),
    "CARD_BALANCE_MEAN": (247.5, 5, None),  # 990 / 4
    "CARD_BALANCE_NOW": (150, 5, 0),  # 100.5 + 49.5: two cards have a month -1
    "CARD_LIMIT_MAX": (1000, 0, None),
    "CARD_USE_MEAN": (0.500166667, None, None),  # (0.1005 + 1.5 - 0.1) / 3; a limit of 0 allows no use
    "CARD_USE_MAX": (1.5, None, None),
    "CARD_USE_1Y": (0.80025, None, None),  # (0.1005 + 1.5) / 2: month -12 is within the year, -13 isn't
    "CARD_DRAWN_TOTAL": (35.35, None, 0),
    "CARD_CASH_TOTAL": (25.05, 0, 0),
    "CARD_DRAWINGS_MEAN": (3, 4, None),  # 12 / 4
    "CARD_DRAWINGS_1Y": (1.66666667, None, None),  # 5 / 3
    "CARD_CASH_DRAWINGS_MEAN": (0.75, 0, None),  # 3 / 4: none in the month without a number
    "CARD_CASH_DRAWINGS_1Y": (1, None, None),  # 3 / 3
    "CARD_PAID_SHARE_MEAN": (1.75, None, None),  # (25 / 50 + 300 / 100) / 2; 10 / 0 is unknown
    "CARD_LATE_COUNT": (2, 0, 0),  # three days late on a small debt don't count here,
    "CARD_DAYS_LATE_MAX": (40, None, None),  # but do here
}

INSTALMENTS = rows_of("""
    SK_ID_PREV             | 11   | 11   | 11   | 11   | 12    | 12  | 12  | 21 | 21
    SK_ID_CURR             | 1    | 1    | 1    | 1    | 1     | 1   | 1   | 2  | 2
    NUM_INSTALMENT_VERSION | 1    | 1    | 1    | 2    | 1     | 1   | 1   | 1  | -
    NUM_INSTALMENT_NUMBER  | 1    | 2    | 3    | 3    | 1     | 2   | 2   | 1  | -
    DAYS_INSTALMENT        | -365 | -366 | -730 | -731 | -10   | -5  | -5  | -1 | -
    DAYS_ENTRY_PAYMENT     | -364 | -360 | -720 | -700 | -20   | -5  | -   | -1 | -
    AMT_INSTALMENT         | 100  | 100  | 50   | 0    | -     | 200 | 200 | 0  | -
    AMT_PAYMENT            | 100  | 40.5 | 50   | 9.5  | 7.005 | 120 | -   | 0  | -
""")
INSTALMENTS_ANSWERS: Answers = {
    "INSTALMENTS_COUNT": (6, 2, 0),
    "INSTALMENTS_LATE_COUNT": (5, 0, 0),  # the second of loan 12 never was wholly paid
    "INSTALMENTS_LATE_SHARE": (0.833333333, 0, None),
    "INSTALMENTS_LATE_1Y": (2, 0, 0),  # due at -365 is within the year, at -366 isn't
    "INSTALMENTS_LATE_2Y": (4, 0, 0),  # nor is -731 within two
    "INSTALMENTS_DELAY_DAYS_MEAN": (7.6, 0, None),  # (1 + 6 + 10 + 31 - 10) / 5
    "INSTALMENTS_DELAY_DAYS_MAX": (31, 0, None),
    "INSTALMENTS_SHORT_COUNT": (2, 0, 0),  # 40.5 of 100 and 120 of 200
    "INSTALMENTS_PAID_SHARE": (0.711111111, None, None),  # 320 / 450, of the five that are known to be due; 0 / 0
    "INSTALMENTS_PAID_TOTAL": (327.005, 0, 0),
}

ROWS: Mapping[str, Sequence[Row]] = {
    "bureau": BUREAU,
    "bureau_balance": BUREAU_BALANCE,
    "previous_application": PREVIOUS,
    "POS_CASH_balance": POS,
    "credit_card_balance": CARD,
    "installments_payments": INSTALMENTS,
}
ANSWERS: Mapping[str, Answers] = {
    "bureau": BUREAU_ANSWERS,
    "bureau_balance": BUREAU_BALANCE_ANSWERS,
    "previous_application": PREVIOUS_ANSWERS,
    "POS_CASH_balance": POS_ANSWERS,
    "credit_card_balance": CARD_ANSWERS,
    "installments_payments": INSTALMENTS_ANSWERS,
}
every_table = pytest.mark.parametrize("table", ANSWERS)


def answers(table: str, client: int) -> dict[str, float | None]:
    return {name: values[client - 1] for name, values in ANSWERS[table].items()}


def unknown(table: str) -> dict[str, None]:
    return dict.fromkeys(NAMES[table])


def computed(folder: Path) -> tuple[dict[int, dict[str, dict[str, Any]]], list[str]]:
    """Client -> history table -> its fields, and what was said on the way."""
    said: list[str] = []
    with read_records(folder, say=said.append) as records:
        found = [record for batch in records.batches for record in batch.to_pylist()]
    return {r[ID]: {table: {name: r[name] for name in names} for table, names in NAMES.items()} for r in found}, said


# --- every field, by hand


@pytest.fixture(scope="module", params=[".csv", ".parquet"])
def by_hand(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[int, dict[str, dict[str, Any]]]:
    return computed(write_histories(tmp_path_factory.mktemp("hand"), [3, 1, 2], ROWS, request.param))[0]


@every_table
@pytest.mark.parametrize("client", [1, 2, 3])
def test_every_field_is_what_it_is_by_hand(table: str, client: int, by_hand: dict[int, dict[str, dict[str, Any]]]) -> None:
    assert by_hand[client][table] == answers(table, client)


@every_table
def test_the_answers_are_of_exactly_the_fields_in_their_order(table: str) -> None:
    assert list(ANSWERS[table]) == NAMES[table]


def test_each_table_is_summed_up_in_exactly_its_fields() -> None:
    tables = {table.name: ibis.table(table.schema(), name=table.name) for table in TABLES}
    clients = ibis.table({ID: "int64"}, name="clients")
    made = [sorted(set(history.columns) - {ID}) for history in histories(clients, tables)]
    assert made == [sorted(NAMES[table]) for table in HISTORIES]
    assert [table.name for table in TABLES] == list(HISTORIES)


def test_an_instalment_paid_in_full_is_not_short_where_the_file_keeps_small_floats(tmp_path: Path) -> None:
    rows = [{**INSTALMENTS[0], "AMT_INSTALMENT": amount, "AMT_PAYMENT": amount} for amount in ("4812.345", "77.77")]
    write_histories(tmp_path, [1], {"installments_payments": rows}, ".parquet")
    path = tmp_path / "installments_payments.parquet"
    table = pq.read_table(path)
    small = {name: table[name].cast("float32") if name.startswith("AMT") else table[name] for name in table.column_names}
    pq.write_table(pa.table(small), path)
    assert computed(tmp_path)[0][1]["installments_payments"]["INSTALMENTS_SHORT_COUNT"] == 0


# --- unknown is not none


def test_training_has_zero_for_none_and_nan_for_unknown(tmp_path: Path) -> None:
    write_histories(tmp_path, [4], {"bureau": BUREAU})
    write_csv(tmp_path, "application_train", [labelled(client, "0") for client in (3, 1, 2)])
    frame = read_training(tmp_path)
    assert frame[ID].tolist() == [1, 2, 3]
    for name in NAMES["bureau"]:
        np.testing.assert_array_equal(frame[name], np.array(BUREAU_ANSWERS[name], dtype=float), err_msg=name)
    assert frame[[name for table in list(HISTORIES)[1:] for name in NAMES[table]]].isna().all(axis=None)


@every_table
def test_a_table_without_rows_was_looked_up_for_everybody_and_one_that_is_missing_for_nobody(table: str, tmp_path: Path) -> None:
    write_histories(tmp_path, [3], {})
    for name in {table, "bureau"} if table == "bureau_balance" else {table}:
        without_rows(name, tmp_path)
    found, said = computed(tmp_path)
    there = {name for name in NAMES if (tmp_path / f"{name}.csv").exists()}
    assert found[3] == {name: answers(name, 3) if name in there else unknown(name) for name in NAMES}
    missing = [name for name in NAMES if name not in there]
    fields = sum(len(NAMES[name]) for name in missing)
    assert said == [f"no table {', '.join(missing)}: {fields} fields are unknown of every client"]


def test_months_of_credits_are_of_no_use_without_the_credits(tmp_path: Path) -> None:
    write_histories(tmp_path, [1], {"bureau_balance": BUREAU_BALANCE, "coverage": coverage((1, 1, 1, 1))})
    found, said = computed(tmp_path)
    assert found[1] == {name: unknown(name) for name in NAMES}
    assert said[:2] == [
        "no table bureau, previous_application, POS_CASH_balance, credit_card_balance, installments_payments: "
        "103 fields are unknown of every client",
        "bureau_balance is of no use without table bureau, which says whose credits these are",
    ]


def test_coverage_says_for_whom_each_table_is_complete(tmp_path: Path) -> None:
    known = coverage((1, 1, 1, 1), (2, 0, 0, 0), (3, 1, 1, 1), (5, 1, 0, 0), (6, 0, 1, 0), (7, 0, 0, 1), (8, "", "", ""))
    write_histories(tmp_path, range(1, 9), {**ROWS, "coverage": known})
    found, said = computed(tmp_path)
    groups = [
        {"bureau", "bureau_balance", "credit_card_balance"},
        {"previous_application", "POS_CASH_balance"},
        {"installments_payments"},
    ]
    nobody = {name: unknown(name) for name in NAMES}
    assert found[1] == {name: answers(name, 1) for name in NAMES}
    assert found[2] == nobody  # who has rows, but perhaps not all
    assert found[3] == {name: answers(name, 3) for name in NAMES}
    assert found[4] == nobody  # whom coverage doesn't name
    for client, group in zip((5, 6, 7), groups, strict=True):
        assert found[client] == {name: answers(name, 3) if name in group else unknown(name) for name in NAMES}
    assert found[8] == nobody
    assert said == []


def test_every_history_has_its_column_of_coverage() -> None:
    assert set(KNOWN_BY) == set(HISTORIES)
    assert set(KNOWN_BY.values()) == set(COVERAGE.schema()) - {ID}


def test_training_asks_no_more_of_the_other_applications_than_their_ids(tmp_path: Path) -> None:
    (tmp_path / "application_test.csv").write_text(f"{ID}\n1\n")
    write_csv(tmp_path, "application_train", [labelled(2, "0")])
    write_csv(tmp_path, "bureau", BUREAU)
    said: list[str] = []
    assert read_training(tmp_path, said.append)["BUREAU_COUNT"].tolist() == [2]
    assert not [line for line in said if line.startswith("bureau:")]  # client 1's rows are another's, not nobody's


def test_rows_that_belong_to_nobody_are_counted_and_named(tmp_path: Path) -> None:
    write_csv(tmp_path, "application_train", [labelled(2, "0")])
    months = [*BUREAU_BALANCE, *({**BUREAU_BALANCE[0], "SK_ID_BUREAU": key} for key in ("99", "98", "99"))]
    write_histories(tmp_path, [3], {**ROWS, "bureau_balance": months})
    found, said = computed(tmp_path)
    assert found[2] == {name: answers(name, 2) for name in NAMES}
    lost = "rows belong to nobody in application_train or application_test and are left out, the smallest SK_ID_CURR of them is 1"
    assert said == [
        f"bureau: 4 of 6 {lost}",
        "bureau_balance: 3 of 12 rows belong to nobody in bureau and are left out, the smallest SK_ID_BUREAU of them is 98",
        f"previous_application: 6 of 9 {lost}",
        f"POS_CASH_balance: 6 of 8 {lost}",
        f"credit_card_balance: 4 of 6 {lost}",
        f"installments_payments: 7 of 9 {lost}",
    ]


# --- what is wrong in a table


def changed(table: str, **values: str) -> list[Row]:
    """The table's rows, the second of them with other values."""
    rows = [dict(line) for line in ROWS[table]]
    return [rows[0], {**rows[1], **values}, *rows[2:]]


@pytest.mark.parametrize(
    ("table", "values", "words"),
    [
        ("bureau", {"CREDIT_ACTIVE": "active"}, "CREDIT_ACTIVE holds a label that is not known in 1 row, first in row 2"),
        ("bureau_balance", {"STATUS": "6"}, "STATUS holds a label that is not known in 1 row, first in row 2"),
        ("previous_application", {"NAME_CONTRACT_STATUS": "Cancelled"}, "the closest known label is 'Canceled'"),
        ("bureau", {"SK_ID_BUREAU": "11"}, "SK_ID_BUREAU is not unique: 1 ids stand in 2 rows, the smallest of them is 11"),
        ("previous_application", {"SK_ID_PREV": "11"}, "SK_ID_PREV is not unique: 1 ids stand in 2 rows"),
        ("bureau", {"AMT_CREDIT_SUM_DEBT": "much"}, "AMT_CREDIT_SUM_DEBT is not a number in 1 row, first in row 2 of the data"),
        ("bureau_balance", {"MONTHS_BALANCE": "May"}, "MONTHS_BALANCE is not a number"),
        ("POS_CASH_balance", {"SK_DPD_DEF": "inf"}, "SK_DPD_DEF is not a finite number"),
        ("bureau", {"AMT_CREDIT_SUM": "-1e24"}, "AMT_CREDIT_SUM is beyond 1e+15 in 1 row, first in row 2 of the data ('-1e24')"),
        ("credit_card_balance", {"SK_ID_CURR": ""}, "SK_ID_CURR has no value"),
        ("installments_payments", {"SK_ID_CURR": "1.5"}, "SK_ID_CURR is not a whole number"),
    ],
)
def test_what_is_wrong_in_a_history_is_one_line_that_names_file_and_field(
    table: str, values: Row, words: str, tmp_path: Path
) -> None:
    write_histories(tmp_path, [1], {**ROWS, table: changed(table, **values)})
    assert words in refused(tmp_path, table)


@every_table
def test_a_missing_column_is_named(table: str, tmp_path: Path) -> None:
    last = list(header(table))[-1]
    narrow = [{name: text for name, text in line.items() if name != last} for line in ROWS[table]]
    write_histories(tmp_path, [1], {**ROWS, table: narrow})
    assert f"lacks a column: {last}" in refused(tmp_path, table)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (coverage((1, 2, 1, 1)), "bureau_known is neither 0 nor 1"),
        (coverage((1, 0, 0, 0), (1, 1, 1, 1)), "SK_ID_CURR is not unique"),
    ],
)
def test_what_is_wrong_in_coverage_is_one_line_too(rows: Sequence[Row], words: str, tmp_path: Path) -> None:
    write_histories(tmp_path, [1], {"coverage": rows})
    assert words in refused(tmp_path, "coverage")


def refused(folder: Path, table: str) -> str:
    with pytest.raises(TableError) as caught, read_records(folder):
        pass
    assert caught.value.message.startswith(f"{folder / table}.csv")
    assert "\n" not in caught.value.message
    return caught.value.message


# --- Spark


def test_spark_can_run_the_same_expressions_and_its_sql_says_the_same(tmp_path: Path) -> None:
    """Compiled for Spark (to compile for "pyspark" Ibis wants pyspark itself), and that SQL put back into DuckDB's and run."""
    write_histories(tmp_path, [3, 1, 2], {**ROWS, "coverage": coverage((1, 1, 1, 1), (2, 1, 1, 1), (3, 1, 1, 1))})
    with open_tables(tmp_path, [APPLICATION_TEST, *TABLES, COVERAGE]) as database:
        sql = ibis.to_sql(client_records(database.tables), dialect="databricks")
        assert all(f"`{name}`" in sql for name in database.tables)
        [back] = sqlglot.transpile(sql, read="databricks", write="duckdb", unsupported_level=sqlglot.ErrorLevel.RAISE)
        rows = database.connection.sql(back).to_arrow_table().to_pylist()
    found = {r[ID]: {table: {name: r[name] for name in names} for table, names in NAMES.items()} for r in rows}
    for client, tables in found.items():
        assert tables == {table: answers(table, client) for table in NAMES}


# --- the real rows


def test_every_field_of_every_labelled_real_client_is_what_plain_pandas_makes_of_it(home_credit: Path) -> None:
    frame = read_training(home_credit).set_index(ID)
    other = expected(home_credit, frame.index)
    assert sorted(other.columns) == sorted(name for names in NAMES.values() for name in names)
    for name, values in other.items():
        np.testing.assert_allclose(frame[name], values, rtol=1e-8, atol=1e-9, err_msg=str(name))
    assert 0 < frame.INSTALMENTS_COUNT.count() < frame.POS_COUNT.count() < frame.CARD_COUNT.count() < len(frame) == 25_234
