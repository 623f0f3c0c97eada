"""Client records: which rows and columns they have, in which order, and the fingerprint of a training set."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ibis
import msgspec
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pandas.testing import assert_frame_equal

from jobs import build_features
from scoring.errors import TableError
from scoring.features import client_records
from scoring.fields import FIELDS, ID, TARGET
from scoring.records import columns, fingerprint, read_records, read_training
from scoring.schema import parse
from scoring.tables import APPLICATIONS
from tests.application_tables import Row, labelled, row, write_csv, write_packed
from tests.conftest import ROOT

NAMES = [f.name for f in FIELDS]
FORMATS = (".csv", ".csv.gz", ".csv.zip", ".zip", ".parquet")

SIX = [
    labelled(100_006, "0", AMT_CREDIT="312345.5", NAME_TYPE_SUITE="Spouse, partner", FLAG_EMAIL="1"),
    labelled(100_001, "1", AMT_CREDIT="0.1", DAYS_EMPLOYED="365243", ORGANIZATION_TYPE="XNA"),
    labelled(100_004, "0", AMT_CREDIT="", OCCUPATION_TYPE="", EXT_SOURCE_1="0.5"),
    labelled(100_002, "0", AMT_CREDIT="-0.0", CODE_GENDER="XNA"),
    labelled(100_005, "1", AMT_CREDIT="3", FLAG_EMAIL=""),
    labelled(100_003, "0", AMT_CREDIT="1e5", CODE_GENDER="M"),
]


@pytest.fixture(scope="module")
def six(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """The training frame of SIX, for tests that don't change it."""
    folder = tmp_path_factory.mktemp("six")
    write_csv(folder, "application_train", SIX)
    return read_training(folder)


def clients(folder: Path, rows: int = 10_000) -> list[dict[str, Any]]:
    with read_records(folder, rows) as records:
        found = [record for batch in records.batches for record in batch.to_pylist()]
    assert len(found) == records.count
    return found


def without_target(rows: Sequence[Row]) -> list[Row]:
    return [{name: text for name, text in line.items() if name != TARGET} for line in rows]


# --- the training set


def test_six_labelled_applications_are_one_row_each_by_ascending_id(six: pd.DataFrame) -> None:
    assert list(six.columns) == [ID, TARGET, *(name for name in NAMES if name != ID)]
    assert six[ID].tolist() == [100_001, 100_002, 100_003, 100_004, 100_005, 100_006]
    assert six[TARGET].tolist() == [1, 0, 0, 0, 1, 0]
    np.testing.assert_array_equal(six.AMT_CREDIT, [0.1, -0.0, 100_000.0, np.nan, 3.0, 312_345.5])
    np.testing.assert_array_equal(six.FLAG_EMAIL, [0, 0, 0, 0, np.nan, 1])
    assert six.DAYS_EMPLOYED.tolist() == [365_243.0, 1.5, 1.5, 1.5, 1.5, 1.5]
    assert six.CODE_GENDER.tolist() == ["F", "XNA", "M", "F", "F", "F"]
    assert six.NAME_TYPE_SUITE[5] == "Spouse, partner"
    assert six.OCCUPATION_TYPE.tolist() == ["Accountants"] * 3 + [None] + ["Accountants"] * 2


def test_numbers_are_float64_labels_objects_and_ids_and_outcomes_int64(six: pd.DataFrame) -> None:
    types = six.dtypes
    kinds = {f.name: {"integer": "int64", "label": "object"}.get(f.type, "float64") for f in FIELDS}
    assert types.astype(str).to_dict() == {**kinds, TARGET: "int64"}


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_gives_the_same_frame_and_fingerprint(suffix: str, six: pd.DataFrame, tmp_path: Path) -> None:
    write_packed(tmp_path, "application_train", SIX, suffix)
    other = read_training(tmp_path)
    assert_frame_equal(six, other, check_exact=True)
    assert fingerprint(six) == fingerprint(other)


def test_the_fingerprint_is_of_the_rows_whatever_their_order_or_text_type(six: pd.DataFrame) -> None:
    shuffled = six.sample(frac=1, random_state=0)[six.columns[::-1]]
    as_text = six.astype({f.name: "str" for f in FIELDS if f.type == "label"})
    assert fingerprint(six) == fingerprint(shuffled) == fingerprint(as_text)
    assert len(fingerprint(six)) == 64


@pytest.mark.parametrize(("name", "value"), [("AMT_CREDIT", 0.1 + 2**-56), (TARGET, 0), (ID, 99), ("CODE_GENDER", None)])
def test_the_fingerprint_changes_with_any_value(name: str, value: Any, six: pd.DataFrame) -> None:
    changed = six.copy()
    changed.loc[0, name] = value
    assert fingerprint(changed) != fingerprint(six)
    assert fingerprint(six.iloc[1:]) != fingerprint(six)


def test_the_training_set_wants_its_outcome(tmp_path: Path) -> None:
    write_csv(tmp_path, "application_train", without_target(SIX))
    with pytest.raises(TableError, match="lacks a column: TARGET"):
        read_training(tmp_path)


# --- the records to score


@pytest.mark.parametrize("rows", [4, 10_000])
def test_records_come_by_ascending_id_whatever_the_batch(rows: int, tmp_path: Path) -> None:
    write_csv(tmp_path, "application_train", SIX[:3])
    write_csv(tmp_path, "application_test", without_target(SIX[3:]))
    found = clients(tmp_path, rows)
    assert [record[ID] for record in found] == list(range(100_001, 100_007))
    assert {tuple(record) for record in found} == {tuple(NAMES)}
    assert found[0]["DAYS_EMPLOYED"] == 365_243.0
    assert found[3]["AMT_CREDIT"] is found[3]["OCCUPATION_TYPE"] is None


@pytest.mark.parametrize(("name", "client"), [("application_train", labelled(1, "unknown yet")), ("application_test", row(1))])
def test_one_of_the_two_tables_is_enough_and_the_outcome_is_not_looked_at(name: str, client: Row, tmp_path: Path) -> None:
    write_csv(tmp_path, name, [client])
    assert [record[ID] for record in clients(tmp_path)] == [1]


def test_a_folder_without_applications_is_told_with_the_files_that_would_do(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"application_train or application_test") as caught, read_records(tmp_path):
        pass
    assert "application_test.csv.zip" in caught.value.message


def test_a_client_in_both_tables_is_refused(tmp_path: Path) -> None:
    write_csv(tmp_path, "application_train", SIX)
    write_csv(tmp_path, "application_test", [row(100_005), row(7), row(100_003)])
    message = f"{tmp_path}: 2 ids of {ID} stand in both application_train and application_test, the smallest of them 100003"
    with pytest.raises(TableError, match=message), read_records(tmp_path):
        pass


def test_the_schema_told_beforehand_is_that_of_the_batches(tmp_path: Path) -> None:
    write_csv(tmp_path, "application_train", SIX)
    with read_records(tmp_path) as records:
        schemas = {tuple(zip(batch.schema.names, batch.schema.types, strict=True)) for batch in records.batches}
    assert schemas == {tuple(zip(records.schema.names, records.schema.types, strict=True))}


def test_columns_are_arrays_with_nan_and_none_for_what_is_missing() -> None:
    rows = pa.record_batch({ID: [1, 2], "A": [None, 0.5], "L": ["x", None], "N": pa.array([None, None], pa.string())})
    found = columns(rows)
    assert [str(array.dtype) for array in found.values()] == ["int64", "float64", "object", "object"]
    assert np.isnan(found["A"][0])
    assert (found["L"].tolist(), found["N"].tolist()) == (["x", None], [None, None])


def test_the_record_is_made_of_expressions_that_spark_can_run_too() -> None:
    tables = {table.name: ibis.table(table.schema(), name=table.name) for table in APPLICATIONS}
    sql = ibis.to_sql(
        client_records(tables),
        dialect="databricks",  # Spark's SQL, compiled without pyspark at hand
    )
    assert "`application_train`" in sql
    assert "`application_test`" in sql


def test_the_feature_package_needs_no_mlflow_sqlalchemy_sklearn_lightgbm_or_duckdb() -> None:
    heavy = "{'mlflow', 'sqlalchemy', 'sklearn', 'lightgbm', 'duckdb'}"
    code = f"import scoring.features, scoring.tables, sys; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "[]\n"


# --- the real rows


def test_the_real_rows_read_through(home_credit: Path) -> None:
    frame = read_training(home_credit)
    assert frame.shape == (25_234, 231)
    assert round(frame[TARGET].mean(), 4) == 0.0804
    with read_records(home_credit) as records:
        sizes = [batch.num_rows for batch in records.batches]
    assert records.count == sum(sizes) == 25_234 + 48_744
    assert max(sizes) == 10_000


# --- the command


def job(*arguments: str | Path) -> int:
    return build_features.main([str(argument) for argument in arguments])


def test_the_command_writes_records_as_parquet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_csv(tmp_path, "application_train", SIX)
    out = tmp_path / "records.parquet"
    assert job("--data", tmp_path, "--out", out) == 0
    assert capsys.readouterr().out == f"wrote 6 records to {out}\n"
    assert pq.read_table(out).to_pylist() == clients(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["application_train.csv", "records.parquet"]


def test_each_json_line_is_a_body_that_the_api_takes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_csv(tmp_path, "application_train", [labelled(line[ID], "1", **without_id(line)) for line in SIX])
    out = tmp_path / "records.jsonl"
    assert job("--data", tmp_path, "--out", out, "--json") == 0
    lines = out.read_bytes().splitlines()
    assert [msgspec.json.decode(line) for line in lines] == clients(tmp_path)
    assert [parse(line, max_records=1, max_nesting=9).records[0].client for line in lines] == list(range(100_001, 100_007))


def without_id(line: Row) -> dict[str, str]:
    return {name: text for name, text in line.items() if name not in (ID, TARGET)}


def test_json_goes_to_standard_output_and_what_is_said_of_it_to_stderr(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    write_csv(tmp_path, "application_test", [row(2), row(1)])
    assert job("--data", tmp_path, "--out", "-", "--json") == 0
    captured = capfdbinary.readouterr()
    assert [msgspec.json.decode(line)[ID] for line in captured.out.splitlines()] == [1, 2]
    assert captured.err.splitlines()[-1] == b"wrote 2 records to standard output"


@pytest.mark.parametrize(
    ("out", "options", "said"),
    [
        ("records.csv", (), "ends in .parquet (or add --json)"),
        ("-", (), "ends in .parquet (or add --json)"),
        ("records.parquet", ("--json",), "ends in .jsonl, or -"),
        ("nowhere/records.parquet", (), "can't be written: No such file"),
        ("taken.parquet", (), "can't be replaced"),
    ],
)
def test_what_cannot_be_written_is_one_line_and_leaves_nothing(
    out: str, options: tuple[str, ...], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_csv(tmp_path, "application_test", [row(2)])
    (tmp_path / "taken.parquet").mkdir()
    assert job("--data", tmp_path, "--out", out if out == "-" else tmp_path / out, *options) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert [line for line in captured.err.splitlines() if not line.startswith("note: ")] == captured.err.splitlines()[-1:]
    assert captured.out == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["application_test.csv", "taken.parquet"]


def test_a_reader_who_leaves_is_one_line(tmp_path: Path) -> None:
    write_csv(tmp_path, "application_test", [row(i) for i in range(2000)])
    command = f"{sys.executable} -m jobs.build_features --data {tmp_path} --out - --json | head -1 | wc -l"
    done = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "1"
    assert done.stderr.splitlines()[1:] == ["error: standard output can't be written: Broken pipe"]
