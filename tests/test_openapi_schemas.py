"""The description's schemas take what the validators take, and refuse what they refuse, but for what is named here."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema_rs import Draft202012Validator

from api import openapi
from api.openapi.examples import CLIENT, DECISION_ID
from app import create_app
from model import Scorer
from scoring.decision_log.follow_up import parse_outcomes, parse_review
from scoring.errors import CreditScoringError
from scoring.fields import FIELDS, MAX_ID
from scoring.schema import parse
from scoring.settings import Settings
from tests.conftest import demo_clients
from tests.described import Description, accepts
from tests.logs import MemoryLog

SETTINGS = Settings(max_records=200)
KNOWN = {"AMT_CREDIT": 500_000}
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, 0.0, 1.0, 2, -1, 0.5, -0.5, 1e300, 365243, MAX_ID, MAX_ID + 1),
    *("", "0", "1", "F", "N", "Y", "XNA", "yes", "Cash loans", "cash loans", "Trade: type 7", [], [1], {}, {"AMT_CREDIT": 1}),
)


@pytest.fixture(scope="module")
def description(scorer: Scorer) -> Description:
    return Description(openapi.document(scorer.release, SETTINGS, "0.1.0"))


@pytest.fixture(scope="module")
def records(description: Description) -> Draft202012Validator:
    return description.body("POST /predict")


def taken(parse: Callable[[bytes], object], body: Any) -> bool:
    """Whether a validator takes a body."""
    try:
        parse(json.dumps(body).encode())
    except CreditScoringError:
        return False
    return True


def as_request(body: bytes) -> object:
    return parse(body, SETTINGS.max_records, SETTINGS.max_nesting)


def as_review(body: bytes) -> object:
    return parse_review(body, SETTINGS.max_nesting)


def as_outcomes(body: bytes) -> object:
    return parse_outcomes(body, SETTINGS.max_records, SETTINGS.max_nesting)


def forms(records: list[Any]) -> Iterator[Any]:
    """Records in each form of a request."""
    for record in records:
        yield record
        yield {"features": record}
    yield records
    yield {"data": records}


def test_three_routes_take_the_same(description: Description) -> None:
    bodies = [description.operation(f"POST {path}")["requestBody"] for path in ("/predict", "/predict_proba", "/data")]
    assert bodies[0] == bodies[1] == bodies[2]


def test_every_demo_client_is_taken_in_each_form(records: Draft202012Validator) -> None:
    assert all(accepts(records, body) for body in forms(demo_clients()))


@pytest.mark.parametrize("beside", [{}, KNOWN, {"CODE_GENDER": "F"}], ids=["alone", "beside a known field", "beside sex"])
def test_whatever_a_field_holds_schema_and_validator_say_the_same(records: Draft202012Validator, beside: dict[str, Any]) -> None:
    for name in [*(field.name for field in FIELDS), "TARGET", "data", "features", "amt_credit", ""]:
        for value in VALUES:
            body = {**beside, name: value}
            assert accepts(records, body) == taken(as_request, body), body


BODIES: tuple[Any, ...] = (
    *(None, True, 1, "x", [], {}, [[]], [{}], [None], {"data": None}, {"data": []}, {"data": {}}, {"data": [{}]}),
    *({"features": None}, {"features": []}, {"features": {}}, {"features": [KNOWN]}, {"data": [KNOWN]}, {"data": KNOWN}),
    {"features": KNOWN, "data": [CLIENT]},
    {"features": KNOWN, **KNOWN},
    {"data": [CLIENT], "SK_ID_CURR": 1},
    {"data": [{**KNOWN, "SK_ID_CURR": None}]},
    {"data": [{**KNOWN, "SK_ID_CURR": 1}, KNOWN]},
    {"data": [{**KNOWN, "SK_ID_CURR": 1}, {**KNOWN, "SK_ID_CURR": 2}]},
    {"data": [{**KNOWN, "SK_ID_CURR": 1}, {**KNOWN, "SK_ID_CURR": 1}]},
    {"data": [{"SK_ID_CURR": 1}]},
    {"SK_ID_CURR": 1, "CODE_GENDER": "F", "NAME_FAMILY_STATUS": "Married", "AMT_CREDIT": None},
    [KNOWN, KNOWN],
    [KNOWN, {**KNOWN, "NOPE": 1}],
    [KNOWN, {"CODE_GENDER": "F"}],
    [KNOWN] * 200,
    [KNOWN] * 201,
    {"data": [{**KNOWN, "SK_ID_CURR": number} for number in range(201)]},
    {"records": [KNOWN]},
)


@pytest.mark.parametrize("body", BODIES, ids=lambda body: json.dumps(body)[:60])
def test_schema_and_validator_say_the_same_of_a_body(records: Draft202012Validator, body: Any) -> None:
    assert accepts(records, body) == taken(as_request, body)


@pytest.mark.parametrize(
    "body",
    [
        [{**KNOWN, "SK_ID_CURR": 1}, {**KNOWN, "SK_ID_CURR": 1}],
        {"data": [{**KNOWN, "SK_ID_CURR": 1}, {**KNOWN, "SK_ID_CURR": 1.0, "AMT_ANNUITY": 1}]},
        {**KNOWN, "SK_ID_CURR": float(MAX_ID)},
    ],
    ids=["a client twice", "a client twice under data", "a number written with a fraction above 2^51"],
)
def test_what_only_the_validator_refuses(records: Draft202012Validator, body: Any) -> None:
    assert accepts(records, body)
    assert not taken(as_request, body)


REVIEW = {"reviewer": "A. Martin", "decision": "granted", "reason": "a guarantor signed"}
OUTCOME = {"decision_id": DECISION_ID, "outcome": "repaid", "date": "2024-02-29"}
TEXTS = (
    "",
    " ",
    "\n",
    "...",
    "_",
    "a",
    "7",
    " é ",
    "李",
    "½",
    "a\0",
    "a" * 200,
    "a" * 201,
    "a" * 2000,
    "a" * 2001,
    7,
    None,
    ["a"],
)


@pytest.mark.parametrize(
    "review",
    [
        *({**REVIEW, name: text} for name in ("reviewer", "reason") for text in TEXTS),
        *({**REVIEW, "decision": word} for word in ("refused", "Granted", "", None, ["granted"])),
        *({name: text for name, text in REVIEW.items() if name != left_out} for left_out in REVIEW),
        *({**REVIEW, "by": "me"}, [REVIEW], [], {}, None, "x"),
    ],
    ids=lambda review: ascii(review)[:80],
)
def test_schema_and_validator_say_the_same_of_a_review(description: Description, review: Any) -> None:
    assert accepts(description.body("POST /decisions/{id}/review"), review) == taken(as_review, review)


@pytest.mark.parametrize(
    "outcome",
    [
        *({**OUTCOME, "date": day} for day in ("2024-01-31", "2023-02-29", "20240131", "2024-1-31", "", None, 20240131)),
        *({**OUTCOME, "date": day} for day in ("2024-01-31T00:00:00Z", "2024-W05-3", "31.01.2024")),
        *({**OUTCOME, "outcome": word} for word in ("defaulted", "late", "Repaid", None, 1)),
        *({**OUTCOME, "decision_id": name} for name in (DECISION_ID.upper(), "17", "", None, 17, DECISION_ID[:-1])),
        *({name: text for name, text in OUTCOME.items() if name != left_out} for left_out in OUTCOME),
        *({**OUTCOME, "by": "me"}, [OUTCOME], [OUTCOME] * 200, [OUTCOME] * 201, [], [None], {}, None),
    ],
    ids=lambda outcome: ascii(outcome)[:80],
)
def test_schema_and_validator_say_the_same_of_an_outcome(description: Description, outcome: Any) -> None:
    assert accepts(description.body("POST /outcomes"), outcome) == taken(as_outcomes, outcome)


def test_what_only_the_validator_takes_or_refuses_of_reviews_and_outcomes(description: Description) -> None:
    review, outcomes = description.body("POST /decisions/{id}/review"), description.body("POST /outcomes")
    padded, sign = {**REVIEW, "reviewer": "a" + " " * 200}, {**REVIEW, "reviewer": "…"}
    assert (accepts(review, padded), taken(as_review, padded)) == (False, True)  # blanks around a text don't count
    assert (accepts(review, sign), taken(as_review, sign)) == (True, False)  # a sign that isn't ASCII
    bare, future = {**OUTCOME, "decision_id": DECISION_ID.replace("-", "")}, {**OUTCOME, "date": "9999-01-01"}
    assert (accepts(outcomes, bare), taken(as_outcomes, bare)) == (False, True)  # any spelling of a UUID that Python knows
    assert (accepts(outcomes, future), taken(as_outcomes, future)) == (True, False)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        *(("x-purpose", purpose) for purpose in ("decision", "simulation", "test", "decision,simulation")),
        *(("Idempotency-Key", key) for key in ("", "a", "order 17", "~", "x" * 255, "x" * 256, "clé", "a\tb")),
    ],
)
def test_schema_and_service_say_the_same_of_a_header(description: Description, scorer: Scorer, header: str, value: str) -> None:
    client: FlaskClient = create_app(Settings.from_env({"API_KEY": "secret"}), scorer, MemoryLog()).test_client()
    for path in ("/predict", "/predict_proba", "/explain"):
        [parameter] = [one for one in description.operation(f"POST {path}")["parameters"] if one["name"] == header]
        answer = client.post(path, json=CLIENT, headers={"x-api-key": "secret", header: value})
        assert accepts(description.validator(parameter["schema"]), value) == (answer.status_code == 200)
