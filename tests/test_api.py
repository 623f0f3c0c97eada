"""The API as its callers meet it: four forms of request, their replies, the key, and the one shape of every error."""

import json
import logging
from collections.abc import Sequence
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from model import Scorer
from scoring.decision_log.entries import Claim, Entry
from scoring.errors import SettingError
from scoring.fields import FIELDS
from scoring.settings import Settings
from tests.conftest import demo_clients
from tests.logs import MemoryLog

KEY = {"x-api-key": "secret"}
CLIENT = {"SK_ID_CURR": 7, "AMT_CREDIT": 500_000, "AMT_ANNUITY": 25_000.5, "EXT_SOURCE_2": 0.4, "CODE_GENDER": "F"}


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog()


@pytest.fixture
def client(scorer: Scorer, log: MemoryLog) -> FlaskClient:
    settings = Settings.from_env({"API_KEY": "secret,other", "API_KEY_NAMES": "bank,desk", "MAX_BODY_BYTES": "1600000"})
    return create_app(settings, scorer, log).test_client()


def post(client: FlaskClient, path: str, body: Any, **headers: str) -> TestResponse:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(path, data=data, headers={"content-type": "application/json", **KEY, **headers})


def error_of(response: TestResponse) -> dict[str, Any]:
    """The error, once it has the one shape."""
    assert response.mimetype == "application/json"
    assert set(response.json or {}) == {"error"}
    error: dict[str, Any] = (response.json or {})["error"]
    assert set(error) == {"code", "message", "details", "request_id"}
    assert error["request_id"] == response.headers["x-request-id"]
    assert all(set(detail) == {"client", "field", "problem"} for detail in error["details"])
    return error


def test_the_welcome_page_needs_no_key_and_names_routes_and_model(client: FlaskClient, scorer: Scorer) -> None:
    welcome = client.get("/").json or {}
    assert {"GET /features", "POST /predict"} <= set(welcome["routes"])
    assert (welcome["model_version"], welcome["run_id"]) == (scorer.model_version, scorer.release.run_id)


def test_features_describes_every_field_of_a_record(client: FlaskClient) -> None:
    body = client.get("/features", headers=KEY).json or {}
    assert body["columns"] == [field.name for field in FIELDS]
    described = {one["name"]: one for one in body["features"]}
    assert described["CODE_GENDER"]["role"] == "audit"
    assert described["CODE_GENDER"]["allowed"] == ["F", "M", "XNA"]
    low, high = described["AMT_CREDIT"]["range"]
    assert 0 < low < high
    assert all(set(one) == {"name", "type", "meaning", "allowed", "range", "role"} for one in body["features"])


def test_best_threshold_comes_with_the_costs_it_follows_from(client: FlaskClient, scorer: Scorer) -> None:
    assert client.get("/best_threshold", headers=KEY).json == {
        "best_threshold": scorer.threshold,
        "cost_false_negative": 10.0,
        "cost_false_positive": 1.0,
    }


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_bare_record_gets_a_flat_decision(client: FlaskClient, scorer: Scorer, wrapped: bool) -> None:
    decision = post(client, "/predict", {"features": CLIENT} if wrapped else CLIENT).json or {}
    refused = int(decision["probability"] >= scorer.threshold)
    assert decision["SK_ID_CURR"] == 7
    assert decision["prediction"] == decision["score"] == refused
    assert decision["decision"] == ("granted", "refused")[refused]
    assert decision["threshold"] == scorer.threshold
    assert decision["missing"] == sum(field.role == "model" for field in FIELDS) - 3
    assert decision["warnings"] == []
    assert decision["model_version"] == scorer.model_version


def test_a_list_gets_decisions_in_its_order(client: FlaskClient) -> None:
    body = post(client, "/predict", demo_clients()).json or {}
    assert list(body) == ["decisions"]
    assert [one["SK_ID_CURR"] for one in body["decisions"]] == [one["SK_ID_CURR"] for one in demo_clients()]


def test_a_list_of_one_is_still_answered_as_a_list(client: FlaskClient) -> None:
    assert list(post(client, "/predict", [CLIENT]).json or {}) == ["decisions"]


def test_data_adds_a_map_from_client_to_yes_for_granted(client: FlaskClient) -> None:
    body = post(client, "/predict", {"data": demo_clients()}).json or {}
    assert body["prediction"] == {
        f"client n°{one['SK_ID_CURR']}": {"granted": "Yes", "refused": "No"}[one["decision"]] for one in body["decisions"]
    }
    assert set(body["prediction"].values()) == {"Yes", "No"}


def test_predict_proba_adds_both_probabilities_and_a_scale_on_which_granted_is_above(client: FlaskClient) -> None:
    flat = post(client, "/predict_proba", CLIENT).json or {}
    assert flat["probabilities"] == [1 - flat["probability"], flat["probability"]]
    body = post(client, "/predict_proba", {"data": demo_clients()[:50]}).json or {}
    for one in body["decisions"]:
        scale = body["prediction"][f"client n°{one['SK_ID_CURR']}"]
        assert scale["niveau de solvabilité"] == 1 - one["probability"] == one["probabilities"][0]
        assert (scale["probability"], scale["threshold"]) == (one["probability"], one["threshold"])
        assert (scale["niveau de solvabilité"] > scale["seuil"]) == (one["decision"] == "granted")


def test_all_forms_give_a_client_the_same_probability_and_each_decision_its_own_id(client: FlaskClient) -> None:
    forms = [CLIENT, {"features": CLIENT}, [CLIENT], {"data": [CLIENT]}]
    answers = [post(client, path, form).json or {} for path in ("/predict", "/predict_proba") for form in forms]
    flats = [answer.get("decisions", [answer])[0] for answer in answers]
    assert len({flat["probability"] for flat in flats}) == 1
    assert len({flat["decision_id"] for flat in flats}) == len(flats)


def test_data_echoes_the_records_and_what_was_understood_without_deciding(client: FlaskClient, log: MemoryLog) -> None:
    sent = {"SK_ID_CURR": 7, "AMT_CREDIT": 1e12, "EXT_SOURCE_1": None, "NAME_INCOME_TYPE": "Maternity leave", "FLAG_OWN_CAR": 1}
    body = post(client, "/data", sent).json or {}
    assert body["record"] == sent
    assert "EXT_SOURCE_1" in body["missing_fields"]
    assert body["out_of_range"] == ["AMT_CREDIT"]
    assert body["unseen_labels"] == ["NAME_INCOME_TYPE"]
    assert len((post(client, "/data", {"data": [sent]}).json or {})["records"]) == 1
    assert not log.entries


def test_every_decision_is_logged_as_it_was_answered(client: FlaskClient, log: MemoryLog, scorer: Scorer) -> None:
    body = post(client, "/predict", {"data": [CLIENT, {**CLIENT, "SK_ID_CURR": 8}]}, **{"x-api-key": "other"})
    decisions = (body.json or {})["decisions"]
    assert [entry.decision_id for entry in log.entries] == [one["decision_id"] for one in decisions]
    assert [entry.probability for entry in log.entries] == [one["probability"] for one in decisions]
    assert {entry.key_name for entry in log.entries} == {"desk"}
    assert {entry.request_id for entry in log.entries} == {body.headers["x-request-id"]}
    assert {entry.model_sha256 for entry in log.entries} == {scorer.release.sha256}
    assert log.entries[0].latency_ms > 0


def test_a_decision_that_cannot_be_logged_is_not_issued(client: FlaskClient, log: MemoryLog) -> None:
    log.broken = True
    response = post(client, "/predict", CLIENT)
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert error_of(response)["code"] == "log_unavailable"
    assert b"probability" not in response.data
    log.broken = False
    assert post(client, "/predict", CLIENT).status_code == 200


@pytest.mark.parametrize("path", ["/features", "/best_threshold", "/predict", "/nowhere"])
@pytest.mark.parametrize("key", [None, "wrong", "", "secret,other", "sécret"])
def test_without_a_valid_key_nothing_is_told(client: FlaskClient, path: str, key: str | None) -> None:
    headers = {} if key is None else {"x-api-key": key}
    response = client.open(path, method="POST" if path == "/predict" else "GET", headers=headers)
    assert response.status_code == 401
    assert error_of(response)["code"] == "unauthenticated"


def test_a_key_of_any_characters_is_compared_as_its_bytes(scorer: Scorer, log: MemoryLog) -> None:
    client = create_app(Settings.from_env({"API_KEY": "clé-à-moi"}), scorer, log).test_client()
    sent = "clé-à-moi".encode().decode("latin-1")  # what a server makes of curl's UTF-8
    assert client.get("/features", headers={"x-api-key": sent}).status_code == 200


def test_the_key_is_asked_for_before_the_body_is_looked_at(client: FlaskClient) -> None:
    response = client.post("/predict", data=b"x" * 1_700_000, headers={"content-type": "text/plain"})
    assert response.status_code == 401


def test_a_server_without_a_key_does_not_start(scorer: Scorer, log: MemoryLog) -> None:
    with pytest.raises(SettingError, match="set API_KEY="):
        create_app(Settings(), scorer, log)


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"{", {}, 400, "malformed_json"),
        (b"", {}, 400, "malformed_json"),
        (CLIENT, {"content-type": "text/plain"}, 415, "unsupported_media_type"),
        (CLIENT, {"content-type": ""}, 415, "unsupported_media_type"),
        (CLIENT, {"content-type": "application/x-www-form-urlencoded"}, 415, "unsupported_media_type"),
        (CLIENT, {"content-type": "application/json; charset=utf-16"}, 415, "unsupported_media_type"),
        (CLIENT, {"content-encoding": "gzip"}, 415, "unsupported_media_type"),
        ([{"AMT_CREDIT": 1}] * 1001, {}, 413, "too_many_records"),
        (b'{"AMT_CREDIT": 1}' + b" " * 1_600_000, {}, 413, "body_too_large"),
        ({"AMT_CREDIT": "1"}, {}, 422, "invalid_request"),
        ([CLIENT, {**CLIENT, "SK_ID_CURR": 8, "AMT_CREDIT": True}], {}, 422, "invalid_request"),
    ],
)
def test_a_bad_request_is_refused_whole_and_logged_nowhere(
    client: FlaskClient, log: MemoryLog, body: Any, headers: dict[str, str], status: int, code: str
) -> None:
    for path in ("/predict", "/predict_proba", "/explain", "/data"):
        response = post(client, path, body, **headers)
        assert (response.status_code, error_of(response)["code"]) == (status, code)
    assert not log.entries


def test_json_is_taken_with_its_charset_named(client: FlaskClient) -> None:
    assert post(client, "/predict", CLIENT, **{"content-type": "application/json; charset=UTF-8"}).status_code == 200


def test_a_body_of_exactly_the_limit_is_taken(client: FlaskClient) -> None:
    body = json.dumps(CLIENT).encode()
    assert post(client, "/predict", body + b" " * (1_600_000 - len(body))).status_code == 200


def test_an_unknown_path_and_a_wrong_method_are_told_apart(client: FlaskClient) -> None:
    assert error_of(client.get("/nowhere", headers=KEY))["code"] == "not_found"
    response = client.get("/predict", headers=KEY)
    assert (response.status_code, error_of(response)["code"]) == (405, "method_not_allowed")
    assert response.headers["Allow"] == "POST"
    response = client.options("/predict", headers=KEY)
    assert (response.status_code, error_of(response)["code"]) == (405, "method_not_allowed")


def test_a_fault_of_ours_shows_no_trace_and_is_logged_under_its_request_id(
    client: FlaskClient, log: MemoryLog, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    reason = f"the income of {CLIENT['SK_ID_CURR']}"

    def fail(_entries: Sequence[Entry], _claim: Claim | None) -> None:
        raise RuntimeError(reason)

    monkeypatch.setattr(log, "append", fail)
    with caplog.at_level(logging.ERROR):
        response = post(client, "/predict", CLIENT)
    assert (response.status_code, error_of(response)["code"]) == (500, "internal")
    assert reason.encode() not in response.data
    assert reason not in caplog.text
    assert all(told in caplog.text for told in (response.headers["x-request-id"], "RuntimeError", "in fail"))


def test_no_key_and_no_value_of_a_client_reaches_the_servers_own_log(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        post(client, "/predict", {**CLIENT, "AMT_CREDIT": "123456.789"})
        post(client, "/predict", CLIENT)
        client.get("/features", headers={"x-api-key": "a-wrong-key"})
    assert not any(text in caplog.text for text in ("secret", "a-wrong-key", "123456.789", "25000.5"))


@pytest.mark.parametrize(
    "body",
    [
        {"data": [{"SK_ID_CURR": 1, "CODE_GENDER": 0, "FLAG_OWN_CAR": 0, "FLAG_OWN_REALTY": 1, "AMT_CREDIT": 312345.5}]},
        {"features": {"EXT_SOURCE_2": 0.31, "EXT_SOURCE_3": 0.52, "AMT_ANNUITY": 17777.5}},
        [{"SK_ID_CURR": 900002, "CODE_GENDER": 1, "AMT_INCOME_TOTAL": 123456.0}],
        {"SK_ID_CURR": 900002, "CODE_GENDER": 0.0, "AMT_INCOME_TOTAL": 123456, "DAYS_EMPLOYED": 365243},
    ],
)
def test_requests_of_earlier_scoring_apis_are_served(client: FlaskClient, body: Any) -> None:
    assert post(client, "/predict", body).status_code == 200
