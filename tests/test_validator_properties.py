"""Whatever is posted to /predict ends in decisions that a batch would make as well, or in a refusal that leaves no trace."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import create_app
from model import Scorer
from scoring.fields import BY_NAME, FIELDS, MAX_ID, Field
from scoring.settings import Settings
from tests.logs import MemoryLog

HEADERS = {"x-api-key": "secret", "content-type": "application/json"}
LABELS = sorted({label for field in FIELDS for label in field.allowed})
ODD_TEXTS = ("", " ", "0", "NaN", "null", "AMT_CREDIT ", "amt_credit", "data", "features", "__proto__", "\0", "Сash loans", "F\n")
ODD_NUMBERS = (0.5, -0.0, 2, -1, MAX_ID, MAX_ID + 1, 2**64, -(2**63), 10**30, 5e-324, 1e308, -1e308, 365243, 9007199254740993.0)


class Desk:
    """The app in this process, the log that it fills, and the scorer that a batch would use."""

    def __init__(self, scorer: Scorer) -> None:
        self.log = MemoryLog()
        self._client = create_app(Settings.from_env({"API_KEY": "secret"}), scorer, self.log).test_client()
        self._scorer = scorer

    def status_of(self, body: bytes) -> int:
        """The answer's status, once the answer and the log are what they have to be."""
        before = len(self.log.entries)
        answer = self._client.post("/predict", data=body, headers=HEADERS)
        logged = [entry.probability for entry in self.log.entries[before:]]
        told = json.loads(answer.data)
        if answer.status_code == 200:
            decisions = told.get("decisions", [told])
            assert [one["probability"] for one in decisions] == logged == self._in_batch(records_of(json.loads(body)))
        else:
            assert 400 <= answer.status_code < 500, told
            assert set(told) == {"error"}
            assert set(told["error"]) == {"code", "message", "details", "request_id"}
            assert all(set(detail) == {"client", "field", "problem"} for detail in told["error"]["details"])
            assert not logged
        assert answer.mimetype == "application/json"
        return answer.status_code

    def _in_batch(self, records: Sequence[Mapping[str, Any]]) -> list[float]:
        columns = {name: [in_a_table(BY_NAME[name], one.get(name)) for one in records] for name in self._scorer.release.fields}
        return [float(one) for one in self._scorer.score(columns).probability]


def records_of(document: Any) -> Sequence[Mapping[str, Any]]:
    """The records of a request in one of the four forms."""
    if isinstance(document, list):
        return document
    records: Sequence[Mapping[str, Any]] = document["data"] if "data" in document else [document.get("features", document)]
    return records


def in_a_table(field: Field, value: Any) -> Any:
    """A value as a table has it: a label for its alias, a float for a number."""
    if field.type == "label":
        return field.aliases.get(value, value)
    return None if value is None else float(value)


@pytest.fixture(scope="module")
def desk(scorer: Scorer) -> Desk:
    return Desk(scorer)


texts = st.text(max_size=20) | st.sampled_from(ODD_TEXTS) | st.sampled_from(LABELS)
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from(ODD_NUMBERS)
scalars = st.none() | st.booleans() | numbers | texts
names = st.sampled_from(sorted(BY_NAME)) | st.sampled_from(["data", "features", "SK_ID_CURR"]) | texts
any_json = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=6), max_leaves=20
)


def right_values(field: Field) -> st.SearchStrategy[Any]:
    by_type: Mapping[str, st.SearchStrategy[Any]] = {
        "label": st.sampled_from([*field.allowed, *field.aliases] or [""]),
        "flag": st.sampled_from([0, 1, 0.0, 1.0]),
        "integer": st.integers(0, MAX_ID),
        "number": numbers,
    }
    return st.none() | by_type[field.type]


def in_forms(records: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Records as each of the four forms has them."""
    several = st.lists(records, max_size=4)
    return records | several | st.fixed_dictionaries({"features": records}) | st.fixed_dictionaries({"data": several})


pairs = st.sampled_from(FIELDS).flatmap(lambda field: st.tuples(st.just(field.name), right_values(field)))
right_records = st.lists(pairs, min_size=1, max_size=12).map(dict)
nearly_right_records = st.tuples(right_records, st.dictionaries(names, scalars, max_size=1)).map(lambda both: both[0] | both[1])


@given(any_json)
@settings(max_examples=300)
def test_any_json_is_decided_as_in_a_batch_or_refused_without_a_trace(desk: Desk, document: Any) -> None:
    desk.status_of(json.dumps(document).encode())


@given(in_forms(nearly_right_records))
@settings(max_examples=300)
def test_nearly_right_records_are_decided_as_in_a_batch_or_refused_without_a_trace(desk: Desk, document: Any) -> None:
    desk.status_of(json.dumps(document).encode())


@given(right_records.filter(lambda record: any(BY_NAME[name].role == "model" and record[name] is not None for name in record)))
@settings(max_examples=200)
def test_a_record_of_right_values_is_decided_as_in_a_batch(desk: Desk, record: dict[str, Any]) -> None:
    assert desk.status_of(json.dumps(record).encode()) == 200


@given(st.binary(max_size=200))
@settings(max_examples=200)
def test_any_bytes_are_refused_without_a_trace(desk: Desk, body: bytes) -> None:
    assert desk.status_of(body) in {400, 422}


@given(in_forms(right_records), st.data())
@settings(max_examples=300)
def test_a_request_with_some_bytes_changed_is_decided_as_in_a_batch_or_refused(
    desk: Desk, document: Any, data: st.DataObject
) -> None:
    body = bytearray(json.dumps(document).encode())
    start = data.draw(st.integers(0, len(body)))
    body[start : start + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3) | texts.map(str.encode))
    desk.status_of(bytes(body))
