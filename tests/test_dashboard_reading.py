"""Files of clients become records, or everything that is wrong with them is said at once, in words with what to do."""

import csv
import io
import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.answers import Field
from dashboard.reading import BadFile, Kind, Wrong, read_clients, read_records, sentences
from dashboard.words import all_words
from scoring.fields import FIELDS, ID, MAX_ID

FIELDS_TOLD = [Field(one.name, one.type, one.role, list(one.allowed) or None, one.range) for one in FIELDS]
MOST = 1_000

SIX_ROWS = """SK_ID_CURR,CODE_GENDER,AMT_CREDIT,OWN_CAR_AGE,FLAG_EMAIL,NAME_TYPE_SUITE
1,F,450000,,0,"Spouse, partner"
2,M,1350.5,12,1,
3,XNA,-2.5e3,0.5,,Family
4,0,.5,+7,1.0,Other_A
5,1,1.,,0,
6,,12,,,Family
"""
SIX_RECORDS: list[dict[str, Any]] = [
    {"SK_ID_CURR": 1, "CODE_GENDER": "F", "AMT_CREDIT": 450000, "FLAG_EMAIL": 0, "NAME_TYPE_SUITE": "Spouse, partner"},
    {"SK_ID_CURR": 2, "CODE_GENDER": "M", "AMT_CREDIT": 1350.5, "OWN_CAR_AGE": 12, "FLAG_EMAIL": 1},
    {"SK_ID_CURR": 3, "CODE_GENDER": "XNA", "AMT_CREDIT": -2500, "OWN_CAR_AGE": 0.5, "NAME_TYPE_SUITE": "Family"},
    {"SK_ID_CURR": 4, "CODE_GENDER": "F", "AMT_CREDIT": 0.5, "OWN_CAR_AGE": 7, "FLAG_EMAIL": 1, "NAME_TYPE_SUITE": "Other_A"},
    {"SK_ID_CURR": 5, "CODE_GENDER": "M", "AMT_CREDIT": 1, "FLAG_EMAIL": 0},
    {"SK_ID_CURR": 6, "AMT_CREDIT": 12, "NAME_TYPE_SUITE": "Family"},
]


def read(text: str | bytes, name: str = "clients.csv", most: int = MOST) -> list[dict[str, Any]]:
    content = text.encode() if isinstance(text, str) else text
    return list(read_clients(name, content, FIELDS_TOLD, most).records)


def wrong(text: str | bytes, name: str = "clients.csv", most: int = MOST) -> list[Wrong]:
    with pytest.raises(BadFile) as caught:
        read(text, name, most)
    return list(caught.value.problems)


def test_six_rows_become_six_records_without_what_is_unknown() -> None:
    assert read(SIX_ROWS) == SIX_RECORDS


def test_numbers_are_numbers_and_whole_ones_whole() -> None:
    assert [type(record["AMT_CREDIT"]) for record in read(SIX_ROWS)] == [int, float, int, float, int, int]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_encoding_and_the_ends_of_lines_change_nothing(encoding: str, end: str) -> None:
    assert read(SIX_ROWS.replace("\n", end).encode(encoding)) == SIX_RECORDS


@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_french_spreadsheet_writes_decimal_commas_and_groups_thousands(separator: str) -> None:
    rows = ["SK_ID_CURR;AMT_CREDIT;OWN_CAR_AGE", "1;1350,5;0,25", "2;1 234 567,5;", "3;12\u202f000;7", "4;1350.5;"]
    records = read("\n".join(rows).replace(";", separator).encode())
    assert [record["AMT_CREDIT"] for record in records] == [1350.5, 1234567.5, 12000, 1350.5]
    assert [record.get("OWN_CAR_AGE") for record in records] == [0.25, None, 7, None]


def test_a_decimal_comma_is_no_number_where_commas_part_the_cells() -> None:
    assert wrong('SK_ID_CURR,AMT_CREDIT\n1,"1350,5"\n') == [Wrong(Kind.NUMBER, 2, "AMT_CREDIT", "1350,5")]


def test_the_target_of_a_training_file_is_let_alone_and_told() -> None:
    clients = read_clients("x.csv", b"SK_ID_CURR,TARGET,AMT_CREDIT\n1,1,5\n2,oh,6\n", FIELDS_TOLD, MOST)
    assert clients.records == [{"SK_ID_CURR": 1, "AMT_CREDIT": 5}, {"SK_ID_CURR": 2, "AMT_CREDIT": 6}]
    assert clients.left_out == ("TARGET",)
    assert read_clients("x.csv", SIX_ROWS.encode(), FIELDS_TOLD, MOST).left_out == ()


def test_empty_rows_count_as_a_spreadsheet_counts_them_and_are_no_clients() -> None:
    text = '\nSK_ID_CURR;AMT_CREDIT;NAME_TYPE_SUITE;;\n1;5;;;\n;;;;\n\n2;6;"Fam\nily"\n3;x;;;\n'
    assert wrong(text) == [
        Wrong(Kind.LABEL, 6, "NAME_TYPE_SUITE", "Fam ily", {"closest": "Family"}),
        Wrong(Kind.NUMBER, 7, "AMT_CREDIT", "x"),
    ]
    assert read_clients("x", text.replace("Fam\nily", "").replace("x", "7").encode(), FIELDS_TOLD, MOST).rows == [3, 6, 7]


def test_everything_wrong_with_six_rows_is_said_at_once() -> None:
    text = """SK_ID_CURR,AMT_INCOME,AMT_CREDIT,CODE_GENDER,FLAG_EMAIL,,AMT_CREDIT
1,5,abc,Q,2,,
1,,5,F,,,
,,5,,,,
-7,,,,,,
8,1
9,1,2,F,1,,,,10
"""
    assert wrong(text) == [
        Wrong(Kind.UNKNOWN, 1, "AMT_INCOME", None, {"closest": "AMT_INCOME_TOTAL"}),
        Wrong(Kind.UNNAMED, 1, None, None, {"number": 6}),
        Wrong(Kind.COLUMN_TWICE, 1, "AMT_CREDIT"),
        Wrong(Kind.NUMBER, 2, "AMT_CREDIT", "abc"),
        Wrong(Kind.LABEL, 2, "CODE_GENDER", "Q", {"closest": "XNA"}),
        Wrong(Kind.FLAG, 2, "FLAG_EMAIL", "2"),
        Wrong(Kind.TWICE, 3, "SK_ID_CURR", "1", {"first": 2}),
        Wrong(Kind.WITHOUT_NUMBER, 4, "SK_ID_CURR"),
        Wrong(Kind.WHOLE, 5, "SK_ID_CURR", "-7"),
        Wrong(Kind.CELLS_FEW, 6, None, None, {"cells": 2, "columns": 7}),
        Wrong(Kind.CELLS_MANY, 7, None, None, {"cells": 9, "columns": 7}),
    ]


def test_who_is_known_by_nothing_that_the_model_uses_is_told() -> None:
    assert wrong("SK_ID_CURR,CODE_GENDER,AMT_CREDIT\n1,F,\n2,,5\n") == [Wrong(Kind.NOTHING_KNOWN, 2)]


def test_no_column_of_numbers_is_one_problem_however_many_rows() -> None:
    assert wrong("AMT_CREDIT\n1\n2\n3\n") == [Wrong(Kind.NO_NUMBERS, 1, ID)]


def test_a_column_like_no_other_has_no_closest() -> None:
    assert wrong("SK_ID_CURR,zzz,AMT_CREDIT\n1,1,1\n") == [Wrong(Kind.STRANGE, 1, "zzz")]


def test_twenty_problems_are_told_and_the_others_counted() -> None:
    with pytest.raises(BadFile) as caught:
        read("SK_ID_CURR,AMT_CREDIT\n" + "".join(f"{row},x\n" for row in range(2, 52)))
    assert [one.row for one in caught.value.problems] == list(range(2, 22))
    assert caught.value.more == 30


@pytest.mark.parametrize("value", ["nan", "inf", "-Infinity", "1e999", "1_000", "٣", "0x10", "1 000", "NA", "null", "TRUE"])
def test_what_only_programs_take_for_a_number_is_none(value: str) -> None:
    assert wrong(f"SK_ID_CURR,AMT_CREDIT\n1,{value}\n") == [Wrong(Kind.NUMBER, 2, "AMT_CREDIT", value)]


@pytest.mark.parametrize("value", ["1.5", str(MAX_ID + 1), str(MAX_ID + 2), "-1", "A1", "inf"])
def test_a_client_number_is_whole_and_within_what_the_service_takes(value: str) -> None:
    assert wrong(f"SK_ID_CURR,AMT_CREDIT\n{value},1\n") == [Wrong(Kind.WHOLE, 2, ID, value)]


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (b"", "a.csv", Kind.EMPTY),
        (b"\xef\xbb\xbf \r\n", "a.csv", Kind.EMPTY),
        (b"PK\x03\x04abc", "a.csv", Kind.WORKBOOK),
        (b"\x89PNG\r\n\x1a\n\0\0", "a.csv", Kind.NOT_TEXT),
        (b"SK_ID_CURR,AMT_CREDIT\n", "a.csv", Kind.NO_ROWS),
        (b"[]", "a.json", Kind.NO_ROWS),
        (b"SK_ID_CURR,AMT_CREDIT\n1,1\n", "a.json", Kind.NOT_JSON),
        (b'[{"SK_ID_CURR": 1', "a.csv", Kind.NOT_JSON),
        (b'{"SK_ID_CURR": 1, "SK_ID_CURR": 2}', "a.json", Kind.NOT_JSON),
        (b'[{"AMT_CREDIT": NaN}]', "a.json", Kind.NOT_JSON),
        (b"[" * 100_000, "a.json", Kind.NOT_JSON),
    ],
)
def test_what_is_no_file_of_clients_is_told_as_such(content: bytes, name: str, kind: Kind) -> None:
    assert [one.kind for one in wrong(content, name)] == [kind]


def test_names_without_a_name_among_them_are_no_header() -> None:
    assert Kind.NO_NUMBERS in [one.kind for one in wrong(b";;;\n;;\n")]


def test_a_quotation_mark_that_is_never_closed_is_told_with_its_row() -> None:
    assert wrong('SK_ID_CURR,AMT_CREDIT\n1,1\n2,"3\n4,5\n') == [Wrong(Kind.QUOTES, 3)]


def test_as_many_clients_as_may_be_are_read_and_one_more_is_told() -> None:
    assert len(read(SIX_ROWS, most=6)) == 6
    assert wrong(SIX_ROWS, most=5) == [Wrong(Kind.TOO_MANY, blanks={"most": 5})]
    assert wrong(json.dumps(SIX_RECORDS), most=5) == [Wrong(Kind.TOO_MANY, blanks={"most": 5})]


ONE = {"SK_ID_CURR": 3, "AMT_CREDIT": 1.5, "CODE_GENDER": "F"}


@pytest.mark.parametrize("document", [ONE, [ONE], {"data": [ONE]}, {"features": ONE}])
def test_json_comes_in_every_form_that_the_service_takes(document: Any) -> None:
    assert read(json.dumps(document), "client.json") == [ONE]


def test_json_holds_values_of_their_own_types_and_null_is_unknown() -> None:
    document = [
        {"SK_ID_CURR": 1.0, "CODE_GENDER": 1, "AMT_CREDIT": None, "OWN_CAR_AGE": "7", "FLAG_EMAIL": 1.0, "TARGET": 0},
        {"SK_ID_CURR": 2, "CODE_GENDER": True, "AMT_CREDIT": [1], "FLAG_EMAIL": False, "AMT_CREDITS": 1},
        {"SK_ID_CURR": 2, "AMT_CREDITS": 1},
        7,
    ]
    assert read(json.dumps(document[:1]), "a.json") == [{"SK_ID_CURR": 1, "CODE_GENDER": "M", "OWN_CAR_AGE": 7, "FLAG_EMAIL": 1}]
    assert [(one.kind, one.row, one.column, one.value) for one in wrong(json.dumps(document), "a.json")] == [
        (Kind.LABEL, 2, "CODE_GENDER", "True"),
        (Kind.NUMBER, 2, "AMT_CREDIT", "[1]"),
        (Kind.FLAG, 2, "FLAG_EMAIL", "False"),
        (Kind.UNKNOWN, 2, "AMT_CREDITS", None),
        (Kind.TWICE, 3, ID, "2"),
        (Kind.NO_RECORD, 4, None, None),
    ]


def _value(field: Field) -> st.SearchStrategy[Any]:
    if field.type == "label":
        return st.sampled_from(field.allowed or [])
    if field.type == "flag":
        return st.sampled_from([0, 1])
    return st.integers(-(10**15), 10**15) | st.floats(allow_nan=False, allow_infinity=False)


SOME = [FIELDS_TOLD[at] for at in (1, 2, 6, 7, 10, 20, 21, 40, 150)]
RECORDS = st.lists(
    st.fixed_dictionaries(
        {ID: st.integers(0, MAX_ID), SOME[2].name: _value(SOME[2])}, optional={f.name: _value(f) for f in SOME if f != SOME[2]}
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda record: record[ID],
)


@given(records=RECORDS, separator=st.sampled_from(",;\t"), comma=st.booleans(), encoding=st.sampled_from(["utf-8-sig", "cp1252"]))
def test_records_come_back_from_a_file_as_they_went_in(
    records: Sequence[dict[str, Any]], separator: str, comma: bool, encoding: str
) -> None:
    out = io.StringIO(newline="")
    rows = csv.DictWriter(out, [ID, *(field.name for field in SOME)], delimiter=separator)
    rows.writeheader()
    for record in records:
        written = {name: str(value) if isinstance(value, str) else repr(value) for name, value in record.items()}
        if comma and separator != ",":
            numbers = {name for name, value in record.items() if isinstance(value, float)}
            written |= {name: written[name].replace(".", ",") for name in numbers}
        rows.writerow(written)
    assert read(out.getvalue().encode(encoding)) == list(records)


@given(records=RECORDS)
def test_records_come_back_from_json_as_they_went_in(records: Sequence[dict[str, Any]]) -> None:
    assert read(json.dumps({"data": records}), "records.txt") == list(records)


@given(content=st.binary() | st.text().map(str.encode), name=st.sampled_from(["a.csv", "a.json"]))
def test_any_bytes_are_records_or_a_bad_file(content: bytes, name: str) -> None:
    with suppress(BadFile):
        read(content, name)


def test_every_kind_has_a_sentence_in_each_language() -> None:
    blanks: dict[str, str | int] = {"closest": "C", "first": 2, "cells": 1, "columns": 2, "most": 50_000, "number": 3}
    bad = BadFile([Wrong(kind, 12_345, "COLUMN", "value", blanks) for kind in Kind], more=7)
    for words in all_words():
        said = sentences(bad, words)
        assert len(set(said)) == len(Kind) + 1
        assert not [one for one in said if "{" in one or not one.endswith(".")]
        assert words.count(12_345) in said[list(Kind).index(Kind.NUMBER)]
        assert said[-1].endswith("7.")


def test_records_of_json_are_not_told_as_rows() -> None:
    with pytest.raises(BadFile) as caught:
        read('[{"SK_ID_CURR": 1, "AMT_CREDIT": 1}, {"SK_ID_CURR": 1, "AMT_CREDIT": "x y"}]', "a.json")
    french, english = all_words()
    assert sentences(caught.value, english)[0].startswith("Record no. 2, column “AMT_CREDIT”: “x y” is not a number")
    assert "(dossier n° 1)" in sentences(caught.value, french)[1]


def test_one_client_alone_needs_no_number() -> None:
    assert read_records("x.csv", b"AMT_CREDIT\n5\n", FIELDS_TOLD, MOST) == [{"AMT_CREDIT": 5}]
    assert read_records("x.json", b'{"AMT_CREDIT": 5}', FIELDS_TOLD, MOST) == [{"AMT_CREDIT": 5}]
