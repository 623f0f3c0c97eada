"""What /metrics counts, of which decisions, and that nothing a caller sends becomes a part of it."""

import json
import logging
import random
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from prometheus_client import Counter
from werkzeug.test import TestResponse

from api.context import METHODS
from app import create_app
from model import Scorer
from scoring.decision_log.database import Database
from scoring.decision_log.log import SqlLog
from scoring.decision_log.spool import Spool
from scoring.decision_log.upgrading import upgrade
from scoring.settings import Settings
from tests.conftest import demo_clients
from tests.logs import MemoryLog
from tests.scrapes import samples, total

KEY = {"x-api-key": "secret"}
CLIENT = {"SK_ID_CURR": 7, "AMT_CREDIT": 512_345.5, "EXT_SOURCE_2": 0.4, "NAME_EDUCATION_TYPE": "Higher education"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.from_env({"API_KEY": "secret,hidden", "API_KEY_NAMES": "bank,desk", "SPOOL_DIR": str(tmp_path / "spool")})


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog()


@pytest.fixture
def client(settings: Settings, scorer: Scorer, log: MemoryLog) -> FlaskClient:
    return create_app(settings, scorer, log).test_client()


@pytest.fixture
def database_client(settings: Settings, scorer: Scorer, tmp_path: Path) -> Iterator[FlaskClient]:
    """Its log knows an Idempotency-Key again."""
    database = Database(f"sqlite:///{tmp_path / 'decisions.db'}")
    upgrade(database)
    yield create_app(settings, scorer, SqlLog(database, Spool(settings.spool_dir))).test_client()
    database.close()


def post(client: FlaskClient, path: str, body: Any, **headers: str) -> TestResponse:
    headers = {"content-type": "application/json", **KEY, **headers}
    return client.post(path, data=json.dumps(body).encode(), headers=headers)


def page(client: FlaskClient) -> str:
    answer = client.get("/metrics", headers=KEY)
    assert answer.status_code == 200
    return answer.text


def test_metrics_want_the_key_and_come_in_prometheus_text_format(client: FlaskClient) -> None:
    assert client.get("/metrics").status_code == 401
    answer = client.get("/metrics", headers=KEY)
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    post(client, "/predict", CLIENT)
    names = {sample.name for sample in samples(page(client))}
    assert {"credit_requests_total", "credit_request_seconds_bucket", "credit_decisions_total", "credit_pd_sum"} <= names
    assert not {name for name in names if not name.startswith("credit_") or name.endswith("_created")}


def test_requests_are_counted_by_route_method_and_status(client: FlaskClient) -> None:
    for _ in range(2):
        post(client, "/predict", CLIENT)
    post(client, "/predict", {"AMT_CREDIT": "1"})
    post(client, "/predict", CLIENT, **{"x-api-key": "wrong"})
    client.get("/predict", headers=KEY)
    client.get("/nowhere", headers=KEY)
    client.get("/nowhere")
    client.head("/features", headers=KEY)
    for _ in range(3):
        client.get(f"/decisions/{uuid.uuid4()}", headers=KEY)
    counted = {
        (one.labels["route"], one.labels["method"], one.labels["status"]): one.value
        for one in samples(page(client))
        if one.name == "credit_requests_total"
    }
    assert counted == {
        ("/predict", "POST", "200"): 2,
        ("/predict", "POST", "422"): 1,
        ("/predict", "POST", "401"): 1,
        ("unknown", "GET", "405"): 1,
        ("unknown", "GET", "404"): 1,
        ("unknown", "GET", "401"): 1,
        ("/features", "HEAD", "200"): 1,
        ("/decisions/{id}", "GET", "404"): 3,
    }


def test_a_scrape_is_a_request_like_others_and_in_the_next_one(client: FlaskClient) -> None:
    assert [total(page(client), "credit_requests_total", route="/metrics") for _ in range(3)] == [0, 1, 2]


def test_the_time_to_the_answer_is_counted_in_seconds(
    client: FlaskClient, log: MemoryLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "append", lambda *_: time.sleep(0.06))
    post(client, "/predict", CLIENT)
    took = page(client)
    assert 0.06 <= total(took, "credit_request_seconds_sum", route="/predict") < 6
    bounds = {one.labels["le"]: one.value for one in samples(took) if one.name == "credit_request_seconds_bucket"}
    assert (bounds["0.05"], bounds["+Inf"]) == (0, 1)
    assert (*bounds,)[0] == "0.0005"
    assert (*bounds,)[-2] == "10.0"


def test_decisions_are_counted_with_their_pds_and_unknown_fields(client: FlaskClient, scorer: Scorer) -> None:
    decided = (post(client, "/predict", {"data": demo_clients()}).json or {})["decisions"]
    decided.append(post(client, "/predict_proba", CLIENT).json or {})
    found = page(client)
    for word in ("granted", "refused"):
        number = sum(one["decision"] == word for one in decided)
        assert total(found, "credit_decisions_total", decision=word, purpose="decision") == number > 0
    assert total(found, "credit_pd_count") == total(found, "credit_missing_fields_count") == len(decided)
    assert total(found, "credit_pd_sum") == pytest.approx(sum(one["probability"] for one in decided))
    assert total(found, "credit_missing_fields_sum") == sum(one["missing"] for one in decided)
    granted = total(found, "credit_decisions_total", decision="granted")
    assert total(found, "credit_pd_bucket", le=repr(scorer.threshold)) == granted


def test_no_decision_yet_is_said_as_0(client: FlaskClient) -> None:
    counted = [one for one in samples(page(client)) if one.name == "credit_decisions_total"]
    assert [one.value for one in counted] == [0, 0, 0, 0]


def test_simulations_are_counted_apart_and_leave_the_pds_alone(client: FlaskClient) -> None:
    post(client, "/predict", [CLIENT, {**CLIENT, "SK_ID_CURR": 8}], **{"x-purpose": "simulation"})
    found = page(client)
    assert total(found, "credit_decisions_total", purpose="simulation") == 2
    assert total(found, "credit_decisions_total", purpose="decision") == 0
    assert total(found, "credit_pd_count") == total(found, "credit_missing_fields_count") == 0


def test_a_decision_that_is_asked_for_again_is_counted_once(database_client: FlaskClient) -> None:
    again = {"Idempotency-Key": "once"}
    answers = [post(database_client, "/predict", CLIENT, **again) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert post(database_client, "/predict", {**CLIENT, "SK_ID_CURR": 8}, **again).status_code == 409
    found = page(database_client)
    assert total(found, "credit_decisions_total") == total(found, "credit_pd_count") == 1


def test_a_decision_that_cannot_be_logged_is_not_counted(client: FlaskClient, log: MemoryLog) -> None:
    log.broken = True
    assert post(client, "/predict", CLIENT).status_code == 503
    found = page(client)
    assert total(found, "credit_decisions_total") == total(found, "credit_pd_count") == 0
    assert total(found, "credit_requests_total", route="/predict", status="503") == 1


def test_a_decision_that_waits_in_the_spool_is_on_record_and_counted(settings: Settings, scorer: Scorer, tmp_path: Path) -> None:
    (tmp_path / "away").touch()  # where the database's folder should be
    database = Database(f"sqlite:///{tmp_path / 'away' / 'decisions.db'}")
    client = create_app(settings, scorer, SqlLog(database, Spool(settings.spool_dir))).test_client()
    assert post(client, "/predict", CLIENT).status_code == 200
    found = page(client)
    assert total(found, "credit_decisions_total") == total(found, "credit_pd_count") == 1
    assert total(found, "credit_spool_files") == 1
    database.close()


def test_what_cannot_be_counted_costs_nobody_an_answer(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Counter, "inc", fail)
    with caplog.at_level(logging.ERROR):
        assert post(client, "/predict", CLIENT).status_code == 200
    told = {record.message.partition(":")[0] for record in caplog.records}
    assert told == {"decisions could not be counted", "a request could not be counted"}


def test_whatever_is_asked_no_new_label_comes_of_it(client: FlaskClient) -> None:
    draw = random.Random(4)
    for _ in range(200):
        path = draw.choice(["/", "/decisions/", "/predict/", "/metrics/"]) + draw.randbytes(6).hex()
        method = draw.choice([*sorted(METHODS), "TRACE", "CONNECT", draw.randbytes(4).hex().upper()])
        client.open(path, method=method, headers=draw.choice([KEY, {}]))
        client.open(f"/decisions/{uuid.UUID(bytes=draw.randbytes(16))}?{draw.random()}", method=method, headers=KEY)
    found = samples(page(client))
    known = {"route": {"unknown", "/decisions/{id}"}, "method": METHODS | {"other"}, "status": {"401", "404", "405"}}
    for label, values in known.items():
        assert {one.labels[label] for one in found if label in one.labels} == values


def test_neither_a_key_nor_a_value_of_a_client_is_told(client: FlaskClient) -> None:
    decided = post(client, "/predict", {**CLIENT, "SK_ID_CURR": 918_273}, **{"x-api-key": "hidden"}).json or {}
    post(client, "/predict", {**CLIENT, "AMT_CREDIT": "645.1"})
    client.get(f"/decisions/{decided['decision_id']}", headers=KEY)
    client.get("/secret-path?EXT_SOURCE_2=0.4321", headers={"x-api-key": "a-wrong-key"})
    told = page(client)
    values = ("secret", "hidden", "bank", "desk", "wrong-key", "918273", "512345.5", "645.1", "Higher", "4321")
    assert not [value for value in (*values, decided["decision_id"]) if value in told]


def test_what_waits_in_the_spool_is_told_as_it_is_now(client: FlaskClient, settings: Settings) -> None:
    assert total(page(client), "credit_spool_files") == 0
    settings.spool_dir.mkdir()
    for name in ("a.json", "b.json", "c.json.1.part", "d.refused"):
        (settings.spool_dir / name).touch()
    assert total(page(client), "credit_spool_files") == 2
    (settings.spool_dir / "a.json").unlink()
    assert total(page(client), "credit_spool_files") == 1


def test_the_model_and_its_threshold_are_told(client: FlaskClient, scorer: Scorer) -> None:
    release, found = scorer.release, page(client)
    labels = {"model_version": release.model_version, "run_id": release.run_id, "sha256": release.sha256}
    assert total(found, "credit_model_info", **labels) == 1
    assert total(found, "credit_threshold") == release.threshold


def test_two_apps_in_a_process_count_apart(client: FlaskClient, settings: Settings, scorer: Scorer, log: MemoryLog) -> None:
    other = create_app(settings, scorer, log).test_client()
    post(client, "/predict", CLIENT)
    assert total(page(client), "credit_decisions_total") == 1
    assert total(page(other), "credit_decisions_total") == 0
