"""From bytes to validated client records: what is accepted, what is refused, and in which words."""

import json
import tracemalloc
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.errors import CreditScoringError, InvalidRequest, MalformedBody, TooManyRecords
from scoring.fields import BY_NAME, FIELDS, MAX_ID, Field
from scoring.schema import Form, Request, columns, parse

NESTING = 32


def ask(body: Any, max_records: int = 1000) -> Request:
    return parse(body if isinstance(body, bytes) else json.dumps(body).encode(), max_records, NESTING)


def refusal(body: Any) -> CreditScoringError:
    with pytest.raises(CreditScoringError) as caught:
        ask(body)
    return caught.value


@pytest.mark.parametrize(
    ("body", "form", "clients"),
    [
        ({"SK_ID_CURR": 7, "AMT_CREDIT": 1.5}, Form.BARE, [7]),
        ({"features": {"AMT_CREDIT": 1.5}}, Form.FEATURES, [None]),
        ([{"AMT_CREDIT": 1}, {"SK_ID_CURR": 8.0, "AMT_CREDIT": 2}], Form.LIST, [None, 8]),
        ({"data": [{"SK_ID_CURR": 0, "AMT_CREDIT": 1}, {"SK_ID_CURR": MAX_ID, "AMT_CREDIT": 1}]}, Form.DATA, [0, MAX_ID]),
    ],
)
def test_each_of_the_four_forms_is_understood(body: Any, form: Form, clients: list[int | None]) -> None:
    request = ask(body)
    assert request.form is form
    assert [record.client for record in request.records] == clients


def test_null_and_absent_are_both_unknown_and_kept_apart_in_what_was_received() -> None:
    (record,) = ask({"AMT_CREDIT": None, "EXT_SOURCE_1": 0.5}).records
    assert len(record.unknown) == sum(field.role == "model" for field in FIELDS) - 1
    assert json.loads(msgspec.json.encode(record.received)) == {"AMT_CREDIT": None, "EXT_SOURCE_1": 0.5}


def test_zero_and_one_stand_for_the_labels_that_earlier_clients_mean() -> None:
    by_field = columns(ask([{"CODE_GENDER": 0, "FLAG_OWN_CAR": 1, "FLAG_OWN_REALTY": 0.0}, {"FLAG_OWN_CAR": "N"}]).records)
    assert by_field["CODE_GENDER"] == ("F", None)
    assert by_field["FLAG_OWN_CAR"] == ("Y", "N")
    assert by_field["FLAG_OWN_REALTY"] == ("N", None)


@pytest.mark.parametrize("label", ["Maternity leave", "Businessman", "Unemployed"])
def test_labels_that_a_sample_may_lack_are_valid(label: str) -> None:
    assert columns(ask({"NAME_INCOME_TYPE": label}).records)["NAME_INCOME_TYPE"] == (label,)


NOT_ONE_DOCUMENT = {
    "empty": b"",
    "blank": b" \n",
    "cut short": b'{"AMT_CREDIT": 1',
    "two documents": b'{"AMT_CREDIT": 1}{}',
    "trailing comma": b'{"AMT_CREDIT": 1,}',
    "wrong type, then a syntax error": b'{"AMT_CREDIT": "1", nonsense',
    "NaN": b'{"AMT_CREDIT": NaN}',
    "Infinity": b'{"AMT_CREDIT": -Infinity}',
    "past float64": b'{"AMT_CREDIT": 1e400}',
    "an integer past float64": b'{"AMT_CREDIT": 1' + b"0" * 400 + b"}",
    "an integer past Python's digits": b'{"AMT_CREDIT": 1' + b"0" * 9000 + b"}",
    "a leading zero": b'{"AMT_CREDIT": 01}',
    "BOM": b'\xef\xbb\xbf{"AMT_CREDIT": 1}',
    "UTF-16": '{"AMT_CREDIT": 1}'.encode("utf-16"),
    "UTF-32": '{"AMT_CREDIT": 1}'.encode("utf-32"),
    "not UTF-8": b'{"AMT_CREDIT": 1, "x": "\xff"}',
    "a lone surrogate": b'{"OCCUPATION_TYPE": "\\ud800"}',
    "a lone surrogate after another mistake": b'{"NOPE": 1, "NAME_CONTRACT_TYPE": "\\ud800"}',
    "a lone surrogate for a number": b'[1, {"AMT_CREDIT": "\\uDC00"}]',
    "a lone surrogate in a name": b'{"\\ud83d": 1}',
    "a name twice beside an escaped label": b'{"ORGANIZATION_TYPE": "Trade\\u003a type 1", "AMT_CREDIT": 1, "AMT_CREDIT": 2}',
    "many records, then a syntax error": b"[" + b"{}," * 5000 + b"]",
    "a name twice": b'{"AMT_CREDIT": 1, "AMT_CREDIT": 1}',
    "a name twice, once escaped": b'{"AMT_CREDIT": 1, "AMT_CR\\u0045DIT": 2}',
    "a name twice, unknown both times": b'{"AMT_CREDIT": null, "AMT_CREDIT": null, "EXT_SOURCE_1": 1}',
    "a name twice in the second record": b'[{"AMT_CREDIT": 1}, {"AMT_CREDIT": 1, "AMT_CREDIT": 1}]',
    "data twice": b'{"data": [{"SK_ID_CURR": 1, "AMT_CREDIT": 1}], "data": [{"SK_ID_CURR": 1, "AMT_CREDIT": 1}]}',
    "a name twice beside a label with a colon": b'{"ORGANIZATION_TYPE": "Trade: type 7", "AMT_CREDIT": 1, "AMT_CREDIT": 1}',
    "a list one deeper than the limit": b'{"AMT_CREDIT": ' + b"[" * NESTING + b"]" * NESTING + b"}",
    "deep after a long string of quotes": b'{"x": "' + b'\\"' * 100_000 + b'", "y": ' + b"[" * NESTING + b"]" * NESTING + b"}",
    "more deep objects than records may be": b'{"data":' * 1500 + b"1" + b"}" * 1500,
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"data":' * 100_000,
}


@pytest.mark.parametrize("body", NOT_ONE_DOCUMENT.values(), ids=NOT_ONE_DOCUMENT)
def test_bytes_that_are_not_one_json_document_are_malformed(body: bytes) -> None:
    assert isinstance(refusal(body), MalformedBody)


@pytest.mark.parametrize(
    "value",
    [[[[]] * 40], "[" * 100, "{" * 2000, '\\"[' * 100, b"[" * (NESTING - 1) + b"]" * (NESTING - 1)],
    ids=["many lists beside each other", "brackets", "more braces than records may be", "escaped quotes", "as deep as the limit"],
)
def test_what_is_not_nested_too_deeply_is_refused_for_what_it_is(value: Any) -> None:
    written = value if isinstance(value, bytes) else json.dumps(value).encode()
    assert isinstance(refusal(b'{"AMT_CREDIT": ' + written + b"}"), InvalidRequest)


@pytest.mark.parametrize("escaped", [False, True])
def test_a_label_with_a_colon_is_no_second_name(escaped: bool) -> None:
    body = b'{"ORGANIZATION_TYPE": "Trade: type 7"}'
    assert len(ask(body.replace(b": type", b"\\u003a type") if escaped else body).records) == 1


def problem(client: int | str | None, field: str | None, words: str) -> tuple[int | str | None, str | None, str]:
    return client, field, words


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            {"SK_ID_CURR": 5, "AMT_CREDIT": "1"},
            problem(5, "AMT_CREDIT", "must be a number, or null where unknown; it is a string"),
        ),
        ({"AMT_CREDIT": True}, problem("record 1", "AMT_CREDIT", "must be a number, or null where unknown; it is a boolean")),
        ({"AMT_CREDIT": [1]}, problem("record 1", "AMT_CREDIT", "must be a number, or null where unknown; it is a list")),
        ({"AMT_CREDT": 1}, problem("record 1", "AMT_CREDT", "unknown field; the closest known one is AMT_CREDIT")),
        ({"TARGET": 1}, problem("record 1", "TARGET", "unknown field; the closest known one is")),
        ({"FLAG_MOBIL": 2}, problem("record 1", "FLAG_MOBIL", "must be 0 or 1, or null where unknown; it is another number")),
        ({"FLAG_MOBIL": 0.5}, problem("record 1", "FLAG_MOBIL", "must be 0 or 1")),
        (
            {"CODE_GENDER": "Female", "AMT_CREDIT": 1},
            problem("record 1", "CODE_GENDER", '"Female" is none of its 3 labels; the closest is "F"'),
        ),
        ({"CODE_GENDER": 2}, problem("record 1", "CODE_GENDER", "must be one of its labels (or 0 or 1)")),
        ({"NAME_INCOME_TYPE": 0}, problem("record 1", "NAME_INCOME_TYPE", "must be one of its labels, or null")),
        ({"SK_ID_CURR": MAX_ID + 1, "AMT_CREDIT": 1}, problem("record 1", "SK_ID_CURR", "must be a whole number from 0 to")),
        (
            b'{"SK_ID_CURR": 9007199254740993.0, "AMT_CREDIT": 1}',
            problem("record 1", "SK_ID_CURR", "must be a whole number from 0 to"),
        ),
        (
            b'{"SK_ID_CURR": 2251799813685247.5, "AMT_CREDIT": 1}',
            problem("record 1", "SK_ID_CURR", "must be a whole number from 0 to"),
        ),
        (
            b'{"features": {"ORGANIZATION_TYPE": "Trade\\u003a type 1"}, "AMT_CREDIT": 3}',
            problem(None, "AMT_CREDIT", "may not stand beside `features`"),
        ),
        ({"SK_ID_CURR": -1, "AMT_CREDIT": 1}, problem("record 1", "SK_ID_CURR", "must be a whole number from 0 to")),
        ({"SK_ID_CURR": 1.5, "AMT_CREDIT": 1}, problem("record 1", "SK_ID_CURR", "must be a whole number from 0 to")),
        ({"SK_ID_CURR": "7", "AMT_CREDIT": 1}, problem("record 1", "SK_ID_CURR", "must be a whole number from 0 to")),
        ({"data": [{"AMT_CREDIT": 1}]}, problem("record 1", "SK_ID_CURR", "required under `data`")),
        ([{"SK_ID_CURR": 3, "AMT_CREDIT": 1}, {"SK_ID_CURR": 3.0, "AMT_CREDIT": 2}], problem(3, "SK_ID_CURR", "stands twice")),
        ({"SK_ID_CURR": 9}, problem(9, None, "nothing is known of this client")),
        ({"CODE_GENDER": "F", "NAME_FAMILY_STATUS": "Married"}, problem("record 1", None, "nothing is known of this client")),
        ({}, problem("record 1", None, "nothing is known of this client")),
        ([], problem(None, None, "no record in the request")),
        ({"data": []}, problem(None, None, "no record in the request")),
        ({"data": {}}, problem(None, "data", "must be a list, not an object")),
        ({"features": []}, problem(None, "features", "must be an object, not a list")),
        ({"data": None}, problem(None, "data", "must be a list, not null")),
        ({"data": [], "features": {}}, problem(None, "features", "may not stand beside `data`")),
        ({"features": {"AMT_CREDIT": 1}, "AMT_CREDIT": 1}, problem(None, "AMT_CREDIT", "may not stand beside `features`")),
        ([1], problem("record 1", None, "must be an object, not a number")),
        ([[]], problem("record 1", None, "must be an object, not a list")),
        (None, problem(None, None, "the body must be an object or a list of objects, not null")),
        ("text", problem(None, None, "the body must be an object or a list of objects, not a string")),
        ({"OCCUPATION_TYPE": "\u0000"}, problem("record 1", "OCCUPATION_TYPE", '"\\x00" is none of its 18 labels')),
    ],
)
def test_valid_json_that_is_no_request_is_refused_with_client_field_and_problem(body: Any, expected: tuple[Any, ...]) -> None:
    error = refusal(body)
    assert isinstance(error, InvalidRequest)
    client, field, words = expected
    assert any(d.client == client and d.field == field and d.problem.startswith(words) for d in error.details), error.details


def test_every_problem_of_a_request_is_told_at_once() -> None:
    error = refusal([{"AMT_CREDIT": "1", "NAME": 1}, {"SK_ID_CURR": 4, "AMT_CREDIT": False}])
    assert [(d.client, d.field) for d in error.details] == [("record 1", "AMT_CREDIT"), ("record 1", "NAME"), (4, "AMT_CREDIT")]


def test_a_refusal_stays_short_whatever_was_sent() -> None:
    error = refusal([{f"{'é' * 5000}{i}": 1 for i in range(20)}] * 40)
    assert len(msgspec.json.encode([error.message, *error.details])) < 64_000
    assert "only its first 50 problems" in error.message


def test_a_refusal_of_a_thousand_empty_records_stays_short() -> None:
    error = refusal({"data": [{}] * 1000})
    assert len(msgspec.json.encode([error.message, *error.details])) < 64_000
    assert "only its first 50 problems" in error.message


def test_a_name_twice_among_very_many_is_found_in_one_pass() -> None:
    """Looked for name by name, it would take hours: this test would not end."""
    names = [*(f"n{i}" for i in range(200_000)), "n199999"]
    body = "{" + ",".join(f'"{name}":1' for name in names) + "}"
    error = refusal(body.encode())
    assert isinstance(error, MalformedBody)
    assert '"n199999" stands twice' in error.message


def test_a_million_empty_records_are_too_many_before_they_are_made() -> None:
    body = b"[" + b"{}," * 1_600_000 + b"{}]"
    tracemalloc.start()
    try:
        assert isinstance(refusal(body), TooManyRecords)
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()


def test_more_records_than_the_limit_are_too_many() -> None:
    assert len(ask([{"AMT_CREDIT": 1}] * 3, max_records=3).records) == 3
    with pytest.raises(TooManyRecords, match="more than 3 records in one request"):
        ask([{"AMT_CREDIT": 1}] * 4, max_records=3)


def values_of(field: Field) -> st.SearchStrategy[Any]:
    by_type: dict[str, st.SearchStrategy[Any]] = {
        "label": st.sampled_from(field.allowed or ("",)),
        "flag": st.sampled_from([0, 1, 0.0, 1.0]),
        "integer": st.integers(0, MAX_ID),
        "number": st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**70), 2**70),
    }
    return st.none() | by_type[field.type]


records = st.fixed_dictionaries({}, optional={field.name: values_of(field) for field in FIELDS})


@given(records)
def test_every_record_of_the_field_tables_values_arrives_unchanged_or_is_unknown_to_the_model(body: dict[str, Any]) -> None:
    if all(value is None or BY_NAME[name].role == "audit" for name, value in body.items()):
        assert isinstance(refusal(body), InvalidRequest)
        return
    (record,) = ask(body).records
    given_values = dict(zip(BY_NAME, record.values, strict=True))
    assert all(given_values[name] == (float(v) if isinstance(v, int) and name != "SK_ID_CURR" else v) for name, v in body.items())


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.sampled_from(sorted(BY_NAME)), inner, max_size=4),
    max_leaves=12,
)


def is_decided_or_told(body: bytes) -> bool:
    """Whether a body gives records or an error with words; anything else raises."""
    try:
        return len(parse(body, 1000, NESTING).records) > 0
    except CreditScoringError as error:
        return error.message != ""


field_names = st.sampled_from(sorted(BY_NAME))


@given(json_values | st.fixed_dictionaries({"data": json_values}) | st.dictionaries(field_names, json_values))
def test_any_json_is_understood_or_refused_in_words(body: Any) -> None:
    assert is_decided_or_told(json.dumps(body).encode())


@given(st.binary(max_size=200))
def test_any_bytes_are_understood_or_refused_in_words(body: bytes) -> None:
    assert is_decided_or_told(body)
