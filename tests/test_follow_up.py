"""What a caller can do beside and after a decision: repeat it safely, simulate, look it up, review it, tell its outcome."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from model import Scorer
from scoring.decision_log.database import Database
from scoring.decision_log.entries import uuid7
from scoring.decision_log.log import SqlLog
from scoring.decision_log.spool import Spool
from scoring.decision_log.upgrading import upgrade
from scoring.settings import Settings

CLIENT = {"SK_ID_CURR": 7, "AMT_CREDIT": 500_000, "AMT_ANNUITY": 25_000.5, "EXT_SOURCE_2": 0.4, "CODE_GENDER": "F"}
REVIEW = {"reviewer": "A. Martin", "decision": "granted", "reason": "a guarantor signed"}
TODAY = datetime.now(UTC).date()


@pytest.fixture
def client(scorer: Scorer, tmp_path: Path) -> Iterator[FlaskClient]:
    database = Database(f"sqlite:///{tmp_path / 'decisions.db'}")
    upgrade(database)
    settings = Settings.from_env({"API_KEY": "secret,other", "API_KEY_NAMES": "bank,desk"})
    yield create_app(settings, scorer, SqlLog(database, Spool(tmp_path / "spool"))).test_client()
    database.close()


def post(client: FlaskClient, path: str, body: Any, **headers: str) -> TestResponse:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(path, data=data, headers={"content-type": "application/json", "x-api-key": "secret", **headers})


def look_up(client: FlaskClient, decision_id: str) -> TestResponse:
    return client.get(f"/decisions/{decision_id}", headers={"x-api-key": "secret"})


def decide(client: FlaskClient, **headers: str) -> dict[str, Any]:
    answer = post(client, "/predict", CLIENT, **headers)
    assert answer.status_code == 200
    return dict(answer.json or {})


def problems(response: TestResponse) -> list[tuple[Any, Any, str]]:
    return [(one["client"], one["field"], one["problem"]) for one in (response.json or {})["error"]["details"]]


def test_a_decision_can_be_looked_up_as_it_was_answered(client: FlaskClient, scorer: Scorer) -> None:
    decided = decide(client)
    found = look_up(client, decided["decision_id"]).json or {}
    assert {name: found[name] for name in ("decision_id", "probability", "threshold", "decision", "model_version")} == {
        name: decided[name] for name in ("decision_id", "probability", "threshold", "decision", "model_version")
    }
    assert found["record"] == CLIENT
    assert (found["client"], found["key_name"], found["purpose"]) == (7, "bank", "decision")
    assert found["model_sha256"] == scorer.release.sha256
    again = scorer.score({name: [found["record"].get(name)] for name in scorer.release.fields})
    assert again.raw[0] == found["raw_score"]


@pytest.mark.parametrize("decision_id", [uuid7(), "17", "../features"])
def test_an_unknown_decision_is_a_404(client: FlaskClient, decision_id: str) -> None:
    assert look_up(client, decision_id).status_code == 404
    assert post(client, f"/decisions/{decision_id}/review", REVIEW).status_code == 404


# --- the same request again


@pytest.mark.parametrize("path", ["/predict", "/predict_proba"])
@pytest.mark.parametrize("body", [CLIENT, {"data": [CLIENT, {**CLIENT, "SK_ID_CURR": 8}]}])
def test_the_same_key_and_body_get_the_same_bytes_back(client: FlaskClient, path: str, body: Any) -> None:
    first = post(client, path, body, **{"Idempotency-Key": "order 17"})
    again = post(client, path, body, **{"Idempotency-Key": "order 17"})
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.data == again.data
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert first.headers["x-request-id"] != again.headers["x-request-id"]


def test_without_a_key_the_same_body_is_another_decision(client: FlaskClient) -> None:
    assert decide(client)["decision_id"] != decide(client)["decision_id"]


@pytest.mark.parametrize(
    ("path", "body", "headers"),
    [
        ("/predict", {**CLIENT, "AMT_CREDIT": 500_001}, {}),
        ("/predict", {"features": CLIENT}, {}),
        ("/predict_proba", CLIENT, {}),
        ("/predict", CLIENT, {"x-purpose": "simulation"}),
    ],
)
def test_the_same_key_with_another_request_is_a_conflict(
    client: FlaskClient, path: str, body: Any, headers: dict[str, str]
) -> None:
    decide(client, **{"Idempotency-Key": "k"})
    refused = post(client, path, body, **{"Idempotency-Key": "k", **headers})
    assert refused.status_code == 409
    assert (refused.json or {})["error"]["code"] == "idempotency_conflict"
    assert decide(client, **{"Idempotency-Key": "k"})


def test_another_caller_may_use_the_same_key(client: FlaskClient) -> None:
    ours = decide(client, **{"Idempotency-Key": "k"})
    theirs = decide(client, **{"Idempotency-Key": "k", "x-api-key": "other"})
    assert ours["decision_id"] != theirs["decision_id"]


def test_a_request_that_was_refused_leaves_its_key_free(client: FlaskClient) -> None:
    assert post(client, "/predict", {"AMT_CREDIT": "1"}, **{"Idempotency-Key": "k"}).status_code == 422
    assert decide(client, **{"Idempotency-Key": "k"})


@pytest.mark.parametrize("key", ["", "x" * 256, "clé", "a\tb"])
def test_a_key_that_means_nothing_is_refused(client: FlaskClient, key: str) -> None:
    answer = post(client, "/predict", CLIENT, **{"Idempotency-Key": key})
    assert answer.status_code == 422
    assert problems(answer) == [(None, "Idempotency-Key", "must be 1 to 255 printable ASCII characters")]


# --- a purpose


def test_a_simulation_is_logged_as_one(client: FlaskClient) -> None:
    found = look_up(client, decide(client, **{"x-purpose": "simulation"})["decision_id"]).json or {}
    assert found["purpose"] == "simulation"


def test_an_unknown_purpose_is_refused(client: FlaskClient) -> None:
    answer = post(client, "/predict", CLIENT, **{"x-purpose": "test"})
    assert answer.status_code == 422
    assert problems(answer) == [(None, "x-purpose", "must be decision or simulation")]


def test_a_simulation_takes_neither_review_nor_outcome(client: FlaskClient) -> None:
    simulated = decide(client, **{"x-purpose": "simulation"})["decision_id"]
    assert post(client, f"/decisions/{simulated}/review", REVIEW).status_code == 422
    assert post(client, "/outcomes", outcome(simulated)).status_code == 422


# --- a review


def test_a_review_stands_beside_the_first_decision(client: FlaskClient) -> None:
    decided = decide(client)
    answer = post(client, f"/decisions/{decided['decision_id']}/review", REVIEW, **{"x-api-key": "other"})
    assert answer.status_code == 201
    found = look_up(client, decided["decision_id"]).json or {}
    assert found["decision"] == decided["decision"]
    [review] = found["reviews"]
    assert review == answer.json
    assert {name: review[name] for name in REVIEW} == REVIEW
    assert review["key_name"] == "desk"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"decision": "maybe"}, ("decision", "must be granted or refused")),
        ({"decision": ["granted"]}, ("decision", "must be granted or refused")),
        ({"reason": "  "}, ("reason", "must be a text of 1 to 2000 characters, a letter or digit among them")),
        ({"reason": "x" * 2001}, ("reason", "must be a text of 1 to 2000 characters, a letter or digit among them")),
        ({"reason": "a\0b"}, ("reason", "must be a text of 1 to 2000 characters, a letter or digit among them")),
        ({"reviewer": 7}, ("reviewer", "must be a text of 1 to 200 characters, a letter or digit among them")),
        ({"by": "me"}, ("by", "unknown field; the known ones are reviewer, decision, reason")),
    ],
)
def test_a_review_that_is_none_is_refused_field_by_field(
    client: FlaskClient, changes: dict[str, Any], problem: tuple[str, str]
) -> None:
    decided = decide(client)
    answer = post(client, f"/decisions/{decided['decision_id']}/review", {**REVIEW, **changes})
    assert answer.status_code == 422
    assert problems(answer) == [(None, *problem)]
    assert (look_up(client, decided["decision_id"]).json or {})["reviews"] == []


# --- an outcome


def outcome(decision_id: str, word: str = "repaid", date: str = str(TODAY)) -> dict[str, str]:
    return {"decision_id": decision_id, "outcome": word, "date": date}


def test_an_outcome_stands_beside_its_decision(client: FlaskClient) -> None:
    decision_id = decide(client)["decision_id"]
    answer = post(client, "/outcomes", outcome(decision_id.upper(), "defaulted"))
    assert answer.status_code == 201
    [told] = (look_up(client, decision_id).json or {})["outcomes"]
    assert told == answer.json
    assert (told["outcome"], told["date"]) == ("defaulted", str(TODAY))


def test_outcomes_can_come_many_at_once_and_are_answered_in_order(client: FlaskClient) -> None:
    ids = [decide(client)["decision_id"] for _ in range(3)]
    answer = post(client, "/outcomes", [outcome(one) for one in ids])
    assert [one["decision_id"] for one in (answer.json or {})["outcomes"]] == ids


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (outcome(uuid7()), (None, "decision_id", "there is no such decision in the log")),
        (outcome("17"), (None, "decision_id", "must be a decision's id, as /predict gives it")),
        (outcome(uuid7(), "late"), (None, "outcome", "must be repaid or defaulted")),
        (outcome(uuid7(), date="20261121"), (None, "date", "must be a day, YYYY-MM-DD")),
        (outcome(uuid7(), date="2026-02-30"), (None, "date", "must be a day, YYYY-MM-DD")),
        (outcome(uuid7(), date=str(TODAY + timedelta(days=3))), (None, "date", "lies in the future")),
        ([outcome(uuid7(), "late")], ("outcome 1", "outcome", "must be repaid or defaulted")),
        (["x"], ("outcome 1", None, "must be an object with decision_id, outcome, date")),
    ],
)
def test_an_outcome_that_is_none_is_refused(client: FlaskClient, body: Any, problem: tuple[Any, Any, str]) -> None:
    answer = post(client, "/outcomes", body)
    assert answer.status_code == 422
    [(who, field, words)] = problems(answer)
    assert (field, words) == problem[1:]
    assert who in (problem[0], body["decision_id"] if isinstance(body, dict) else None)


def test_no_outcome_and_too_many_are_refused(client: FlaskClient) -> None:
    assert post(client, "/outcomes", []).status_code == 422
    assert post(client, "/outcomes", [outcome(uuid7())] * 1001).status_code == 413


@pytest.mark.parametrize("path", ["/outcomes", f"/decisions/{uuid7()}/review"])
def test_bytes_that_are_no_json_are_a_400(client: FlaskClient, path: str) -> None:
    for body in (b"", b"{", b'{"date": NaN}', b'{"date": 1, "date": 1}', b"\xff"):
        assert post(client, path, body).status_code == 400
    assert post(client, path, b"{}", **{"content-type": "text/plain"}).status_code == 415
