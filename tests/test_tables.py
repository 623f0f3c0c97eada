"""Reading tables: their descriptions, the formats they come in, exact numbers, and one line for whatever is wrong."""

import csv
import gzip
import math
import os
import signal
import struct
import tempfile
import threading
import time
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring.errors import TableError
from scoring.fields import ID, TARGET
from scoring.tables import APPLICATION_TEST, APPLICATION_TRAIN, Table
from scoring.tables.reading import open_tables
from tests.application_tables import TINY, labelled, row, write_csv, write_packed

SIX = [labelled(client, str(client % 2)) for client in (100_006, 100_001, 100_004, 100_002, 100_005, 100_003)]


def read(folder: Path, table: Table) -> dict[str, list[Any]]:
    """The table's columns, in the order of its rows."""
    with open_tables(folder, [table]) as database:
        columns: dict[str, list[Any]] = database.fetch(database.tables[table.name]).to_pydict()
    return columns


def refused(folder: Path, table: Table = APPLICATION_TRAIN) -> str:
    with pytest.raises(TableError) as caught:
        read(folder, table)
    assert "\n" not in caught.value.message
    return caught.value.message


def narrow(table: Table, *names: str) -> Table:
    """The table with its key and these columns: fewer columns, a faster test."""
    return replace(table, columns=tuple(column for column in table.columns if column.name in (table.key, *names)))


def write_tiny(folder: Path, content: bytes) -> None:
    (folder / "tiny.csv").write_bytes(content)


# --- what is read


@pytest.mark.parametrize("table", [APPLICATION_TRAIN, APPLICATION_TEST], ids=lambda table: table.name)
def test_the_descriptions_name_the_columns_of_kaggles_files(table: Table, home_credit: Path) -> None:
    with (home_credit / f"{table.name}.csv").open(encoding="utf-8") as file:
        assert set(next(csv.reader(file))) == set(table.schema())


def test_ids_and_outcomes_are_whole_numbers_labels_text_and_the_rest_float64(tmp_path: Path) -> None:
    write_csv(tmp_path, "application_train", SIX)
    with open_tables(tmp_path, [APPLICATION_TRAIN]) as database:
        found = database.fetch(database.tables["application_train"]).schema
        assert database.rows == {"application_train": 6}
    types = {name: found.field(name).type for name in (ID, TARGET, "CODE_GENDER", "FLAG_MOBIL", "CNT_CHILDREN")}
    assert list(types.values()) == [pa.int64(), pa.int64(), pa.string(), pa.float64(), pa.float64()]
    assert found.names == list(APPLICATION_TRAIN.schema())


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"], ids=["plain", "bom"])
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("last", [True, False], ids=["last line ended", "last line open"])
def test_byte_order_mark_line_ends_column_order_and_further_columns_make_no_difference(
    bom: bytes, newline: bytes, last: bool, tmp_path: Path
) -> None:
    lines = [b'note,AMOUNT,"SK_ID_CURR",amount', b'"a, ""b""",0.1,7,x', b',"2",8,']
    write_tiny(tmp_path, bom + newline.join(lines) + (newline if last else b""))
    assert read(tmp_path, TINY) == {ID: [7, 8], "AMOUNT": [0.1, 2.0]}


def test_what_files_write_for_a_missing_value_is_null_and_xna_is_a_label(tmp_path: Path) -> None:
    texts = ("", "nan", "NaN", "NULL", "NA")
    rows = [
        labelled(client, "0", AMT_ANNUITY=text, FLAG_EMAIL=text, OCCUPATION_TYPE=text, CODE_GENDER="XNA")
        for client, text in enumerate(texts)
    ]
    write_csv(tmp_path, "application_train", rows)
    found = read(tmp_path, APPLICATION_TRAIN)
    assert found["AMT_ANNUITY"] == found["FLAG_EMAIL"] == found["OCCUPATION_TYPE"] == [None] * 5
    assert found["CODE_GENDER"] == ["XNA"] * 5


def test_parquet_may_hold_nan_small_types_booleans_categories_and_text(tmp_path: Path) -> None:
    table = pa.table(
        {
            ID: pa.array([3, 4], pa.int32()),
            "AMT_CREDIT": pa.array([math.nan, 0.1]),
            "CNT_CHILDREN": pa.array([2, None], pa.int8()),
            "FLAG_EMAIL": pa.array([True, False]),
            "AMT_ANNUITY": pa.array(["", "2.5"]),
            "CODE_GENDER": pa.array(["F", None]).dictionary_encode(),
        }
    )
    pq.write_table(table, tmp_path / "application_test.parquet")
    described = narrow(APPLICATION_TEST, *table.column_names)
    with open_tables(tmp_path, [described]) as database:
        found = database.tables["application_test"]
        assert database.fetch(found.aggregate(known=found.AMT_CREDIT.count())).to_pylist() == [{"known": 1}]
    assert read(tmp_path, described) == {
        ID: [3, 4],
        "CODE_GENDER": ["F", None],
        "CNT_CHILDREN": [2.0, None],
        "AMT_CREDIT": [None, 0.1],
        "AMT_ANNUITY": [None, 2.5],
        "FLAG_EMAIL": [1.0, 0.0],
    }


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "it's [a] *?"
    folder.mkdir()
    write_tiny(folder, b"SK_ID_CURR,AMOUNT\n1,2\n")
    assert read(folder, TINY) == {ID: [1], "AMOUNT": [2.0]}


@pytest.mark.parametrize("suffix", [".csv.gz", ".csv.zip", ".zip"])
def test_what_was_unpacked_is_removed(suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    write_packed(tmp_path, "application_train", SIX, suffix)
    with open_tables(tmp_path, [narrow(APPLICATION_TRAIN)]):
        assert [path.name for path in scratch.rglob("*.csv")] == ["application_train.csv"]
    assert list(scratch.iterdir()) == []


# --- exact numbers


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(
        st.one_of(
            st.floats(allow_nan=False, allow_infinity=False).map(repr),
            st.decimals(allow_nan=False, allow_infinity=False, places=25, min_value=-10, max_value=10).map(str),
            st.integers(-(10**25), 10**25).map(str),
            st.floats(allow_nan=False, allow_infinity=False).map(lambda x: f"{x:.20e}"),
        ),
        min_size=1,
        max_size=50,
    )
)
def test_a_number_is_the_float64_nearest_to_its_text(texts: list[str], tmp_path: Path) -> None:
    write_csv(tmp_path, "tiny", [{ID: str(i), "AMOUNT": text} for i, text in enumerate(texts)])
    assert [struct.pack("<d", x) for x in read(tmp_path, TINY)["AMOUNT"]] == [struct.pack("<d", float(x)) for x in texts]


def test_every_number_of_the_real_rows_is_what_python_reads(home_credit: Path) -> None:
    found = read(home_credit, APPLICATION_TRAIN)
    numbers = [column.name for column in APPLICATION_TRAIN.columns if column.type in ("number", "flag")]
    with (home_credit / "application_train.csv").open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        texts: dict[str, Sequence[str]] = dict(zip(next(lines), zip(*lines, strict=True), strict=True))
    for name in numbers:
        assert found[name] == [float(text) if text else None for text in texts[name]], name


# --- what is refused


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    assert refused(tmp_path / "nowhere").startswith(f"{tmp_path / 'nowhere'} is missing")
    (tmp_path / "file").touch()
    assert "file is not a folder" in refused(tmp_path / "file")


def test_a_missing_table_is_told_with_the_files_that_were_looked_for(tmp_path: Path) -> None:
    message = refused(tmp_path)
    for suffix in (".csv", ".csv.gz", ".csv.zip", ".zip", ".parquet"):
        assert f"application_train{suffix}" in message


def test_two_files_for_one_table_are_both_named(tmp_path: Path) -> None:
    for suffix in (".csv.zip", ".parquet"):
        write_packed(tmp_path, "application_train", SIX, suffix)
    message = refused(tmp_path)
    assert "application_train.csv.zip and application_train.parquet" in message


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_all_missing_columns_are_listed(suffix: str, tmp_path: Path) -> None:
    kept = [{name: text for name, text in line.items() if name not in ("AMT_CREDIT", TARGET)} for line in SIX]
    path = write_packed(tmp_path, "application_train", kept, suffix)
    assert refused(tmp_path).startswith(f"{path} lacks 2 of its columns: AMT_CREDIT, TARGET;")


def test_a_column_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    write_tiny(tmp_path, b"SK_ID_CURR,AMOUNT,AMOUNT\n1,2,3\n")
    assert "has a column more than once: AMOUNT" in refused(tmp_path, TINY)


VALUES = [
    ("AMT_CREDIT", "1,5", "is not a number", "'1,5'"),
    ("AMT_CREDIT", "x" * 100, "is not a number", f"'{'x' * 37}...'"),
    ("AMT_CREDIT", "inf", "is not a finite number", "'inf'"),
    ("AMT_CREDIT", "-1e999", "is not a finite number", "'-1e999'"),
    ("FLAG_EMAIL", "2", "is neither 0 nor 1", "'2'"),
    ("FLAG_EMAIL", "Y", "is not a number", "'Y'"),
    ("FLAG_EMAIL", "inf", "is neither 0 nor 1", "'inf'"),
    (
        "NAME_CONTRACT_TYPE",
        "Cash loan",
        "holds a label that is not known",
        "'Cash loan'; the closest known label is 'Cash loans'",
    ),
    ("CODE_GENDER", "\t", "holds a label that is not known", r"('\t')"),
    (ID, "abc", "is not a whole number", "'abc'"),
    (ID, "100.5", "is not a whole number", "'100.5'"),
    (ID, "-3", f"is not between 0 and {2**53}", "'-3'"),
    (ID, str(2**53 + 1), f"is not between 0 and {2**53}", str(2**53 + 1)),
    (ID, "", "has no value", "of the data;"),
    (TARGET, "", "has no value", "of the data;"),
    (TARGET, "2", "is neither 0 nor 1", "'2'"),
    (TARGET, "0.5", "is neither 0 nor 1", "'0.5'"),
    (TARGET, "no", "is not a number", "'no'"),
]


@pytest.mark.parametrize(("column", "value", "problem", "shown"), VALUES, ids=[f"{v[0]} {v[1][:10]!r}" for v in VALUES])
def test_a_wrong_value_is_told_with_file_column_count_first_row_and_value(
    column: str, value: str, problem: str, shown: str, tmp_path: Path
) -> None:
    rows = [{**line, column: value} if i in (2, 4) else line for i, line in enumerate(SIX)]
    path = write_csv(tmp_path, "application_train", rows)
    message = refused(tmp_path, narrow(APPLICATION_TRAIN, column))
    assert message.startswith(f"{path}: {column} {problem} in 2 rows, first in row 3 of the data")
    assert shown in message
    assert len(message) < len(str(path)) + 250


@pytest.mark.parametrize(
    ("column", "values", "problem"),
    [
        ("AMT_CREDIT", [1.0, math.inf], "is not a finite number in 1 row, first in row 2"),
        ("FLAG_EMAIL", [3, 0], "is neither 0 nor 1 in 1 row, first in row 1"),
        ("CODE_GENDER", [0, 1], "holds a label that is not known in 2 rows, first in row 1"),
        (ID, [1.0, 2.5], "is not a whole number in 1 row, first in row 2"),
        (ID, [None, None], "has no value in 2 rows, first in row 1"),
        (ID, [5, 5], "is not unique: 1 ids stand in 2 rows, the smallest of them is 5"),
    ],
)
def test_a_wrong_value_in_parquet_is_told_as_in_csv(column: str, values: list[Any], problem: str, tmp_path: Path) -> None:
    pq.write_table(pa.table({ID: [1, 2], column: values}), tmp_path / "application_test.parquet")
    message = refused(tmp_path, narrow(APPLICATION_TEST, column))
    assert message.startswith(f"{tmp_path / 'application_test.parquet'}: {column} {problem}")


def test_several_problems_are_told_at_once_and_the_rest_counted(tmp_path: Path) -> None:
    names = ["AMT_CREDIT", "AMT_ANNUITY", "AMT_GOODS_PRICE", "DAYS_BIRTH", "DAYS_EMPLOYED", "OWN_CAR_AGE", "EXT_SOURCE_1"]
    write_csv(tmp_path, "application_train", [{**SIX[0], **dict.fromkeys(names, "?")}])
    message = refused(tmp_path)
    assert message.count("is not a number in 1 row") == 5
    assert "; and 2 problems more;" in message


def test_repeated_ids_are_counted_and_the_smallest_named(tmp_path: Path) -> None:
    rows = [row(7), row(3), row("7.0"), row(3), row(3), row(1)]
    path = write_csv(tmp_path, "application_test", rows)
    message = refused(tmp_path, narrow(APPLICATION_TEST))
    assert message.startswith(f"{path}: {ID} is not unique: 2 ids stand in 5 rows, the smallest of them is 3;")


def test_a_table_whose_key_repeats_or_that_may_be_empty_says_so_in_its_description(tmp_path: Path) -> None:
    history = replace(TINY, unique_key=False, may_be_empty=True)
    write_tiny(tmp_path, b"SK_ID_CURR,AMOUNT\n1,2\n1,3\n")
    assert read(tmp_path, history) == {ID: [1, 1], "AMOUNT": [2.0, 3.0]}
    write_tiny(tmp_path, b"SK_ID_CURR,AMOUNT\n")
    assert read(tmp_path, history) == {ID: [], "AMOUNT": []}
    assert "holds a header and no row (0 rows)" in refused(tmp_path, TINY)


BROKEN: list[tuple[str, bytes, str]] = [
    ("tiny.csv", b"", "is empty"),
    ("tiny.csv", b"SK_ID_CURR,AMOUNT\n1,2\n3\n", "Line: 3 Expected Number of Columns: 2 Found: 1"),
    ("tiny.csv", b"SK_ID_CURR,AMOUNT\n1,2\n3,4,5\n", "Line: 3 Expected Number of Columns: 2 Found: 3"),
    ("tiny.csv", b'SK_ID_CURR,AMOUNT\n1,"2\n', "Line: 2 Value with unterminated quote found"),
    ("tiny.csv", b"SK_ID_CURR,AMOUNT\n" + b"1,2\n" * 5000 + b"1,\xe9\n", "Line: 5002 Invalid unicode"),
    ("tiny.csv", "SK_ID_CURR,AMOUNT\n1,2\n".encode("utf-16"), "CSV file in UTF-8"),
    ("tiny.csv.gz", b"SK_ID_CURR,AMOUNT\n1,2\n", "can't be unpacked as gzip"),
    ("tiny.csv.gz", gzip.compress(b"SK_ID_CURR,AMOUNT\n1,2\n")[:-12], "can't be unpacked as gzip"),
    ("tiny.csv.gz", gzip.compress(b"SK_ID_CURR,AMOUNT\n1,2\n")[:-8] + bytes(8), "can't be unpacked as gzip"),
    ("tiny.csv.gz", gzip.compress(b""), "is empty"),
    ("tiny.csv.zip", b"SK_ID_CURR,AMOUNT\n1,2\n", "can't be unpacked as zip"),
    ("tiny.zip", b"PK\x03\x04", "can't be unpacked as zip"),
    ("tiny.parquet", b"SK_ID_CURR,AMOUNT\n1,2\n", "is not a whole Parquet file"),
    ("tiny.parquet", b"", "is not a whole Parquet file"),
    ("tiny.parquet", b"PAR1" + bytes(50) + b"PAR1", "is not a whole Parquet file"),
]


@pytest.mark.parametrize(("name", "content", "said"), BROKEN)
def test_a_broken_file_is_named_with_what_is_wrong(name: str, content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    message = refused(tmp_path, TINY)
    assert message.startswith(str(tmp_path / name))
    assert said in message


def test_a_zip_must_hold_the_table_once(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "tiny.zip", "w") as archive:
        archive.writestr("other.csv", "SK_ID_CURR,AMOUNT\n1,2\n")
    assert "tiny.zip holds 0 files called tiny.csv" in refused(tmp_path, TINY)


def test_damage_inside_a_parquet_file_is_one_line_too(tmp_path: Path) -> None:
    path = tmp_path / "tiny.parquet"
    pq.write_table(pa.table({ID: range(1000), "AMOUNT": [float(i % 7) for i in range(1000)]}), path)
    content = bytearray(path.read_bytes())
    content[4:400] = bytes(396)
    path.write_bytes(content)
    assert refused(tmp_path, TINY).startswith(f"{path} can't be read")


def test_a_file_that_fails_while_it_is_streamed_is_one_line(tmp_path: Path) -> None:
    write_csv(tmp_path, "tiny", [{ID: str(i), "AMOUNT": "1"} for i in range(6)])
    with open_tables(tmp_path, [TINY]) as database:
        (tmp_path / "tiny.csv").unlink()
        with pytest.raises(TableError, match="can't be read on") as caught:
            list(database.batches(database.tables["tiny"]))
    assert "\n" not in caught.value.message


# --- streaming and stopping


def test_batches_are_of_the_size_asked_for(tmp_path: Path) -> None:
    write_csv(tmp_path, "tiny", [{ID: str(i), "AMOUNT": "1"} for i in range(5)])
    with open_tables(tmp_path, [TINY]) as database:
        assert [batch.num_rows for batch in database.batches(database.tables["tiny"].order_by(ID), rows=2)] == [2, 2, 1]


def test_ctrl_c_stops_a_long_query(tmp_path: Path) -> None:
    write_csv(tmp_path, "tiny", [{ID: str(i), "AMOUNT": str(i)} for i in range(3000)])
    ctrl_c = threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT))
    began = time.monotonic()
    with open_tables(tmp_path, [TINY]) as database:
        tiny = database.tables["tiny"]
        triples = tiny.cross_join(tiny.view()).cross_join(tiny.view().select(third="AMOUNT"))
        minutes_long = triples.aggregate(n=(triples.AMOUNT * triples.third + triples.AMOUNT_right).sqrt().nunique())
        ctrl_c.start()
        with pytest.raises(KeyboardInterrupt):
            database.fetch(minutes_long)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("target", [math.nan, None])
def test_an_outcome_that_is_not_a_number_in_parquet_is_missing(target: float | None, tmp_path: Path) -> None:
    pq.write_table(pa.table({ID: [1, 2], TARGET: [0.0, target]}), tmp_path / "application_train.parquet")
    message = refused(tmp_path, narrow(APPLICATION_TRAIN, TARGET))
    assert f"{TARGET} has no value in 1 row, first in row 2 of the data" in message
