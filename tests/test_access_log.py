"""The access log: a line on each request that says what happened, and nothing that a caller wrote."""

import json
import logging
import socket
from pathlib import Path
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient

from app import create_app
from model import Scorer
from scoring.settings import Settings
from tests.logs import MemoryLog
from tests.serving import KEY, serving

SECRETS = ("s3cret-key", "wr0ng-key", "900417", "Dupont", "123456.789")


@pytest.fixture
def client(scorer: Scorer) -> FlaskClient:
    settings = Settings.from_env({"API_KEY": "s3cret-key", "API_KEY_NAMES": "bank"})
    return create_app(settings, scorer, MemoryLog()).test_client()


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [json.loads(record.message) for record in caplog.records if record.name == "api.access_log"]


def test_each_request_has_a_line_with_its_id_key_route_status_and_latency(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "api.access_log"):
        answer = client.post("/predict", json={"AMT_CREDIT": 5}, headers={"x-api-key": "s3cret-key"})
        client.get("/decisions/01a1fe83-f94e-7ea0-a8b8-7cfdf3802950", headers={"x-api-key": "s3cret-key"})
    decided, found = lines(caplog)
    assert set(decided) == {"time", "request_id", "status", "method", "route", "key", "latency_ms", "bytes"}
    assert decided["request_id"] == answer.headers["x-request-id"]
    assert (decided["status"], decided["method"], decided["route"], decided["key"]) == (200, "POST", "/predict", "bank")
    assert decided["bytes"] == len(answer.data)
    assert 0 < decided["latency_ms"] < 60_000
    assert (found["status"], found["route"]) == (404, "/decisions/{id}")


def test_nothing_that_a_caller_wrote_stands_in_any_line(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    headers = {"x-api-key": "s3cret-key", "User-Agent": "Dupont", "x-purpose": "Dupont", "Idempotency-Key": "Dupont"}
    with caplog.at_level(logging.DEBUG):
        client.get("/clients/900417?name=Dupont&key=s3cret-key", headers=headers)
        client.get("/predict/900417", headers={"x-api-key": "wr0ng-key"})
        client.open("/predict", method="DUPONT", headers=headers)
        client.post("/predict", json={"SK_ID_CURR": 900417, "AMT_CREDIT": "123456.789", "Dupont": 1}, headers=headers)
        client.post("/predict", data=b'{"Dupont": 123456.789', headers={**headers, "Content-Type": "application/json"})
    assert [line["status"] for line in lines(caplog)] == [404, 401, 405, 422, 422]
    assert not [text for text in SECRETS if text in caplog.text]
    assert {line["route"] for line in lines(caplog)} == {None, "/predict"}


def test_the_server_writes_them_as_json_and_nothing_of_what_was_never_http(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        requests.get(f"{server.url}/features", headers={"x-api-key": KEY}, timeout=10)
        requests.get(f"{server.url}/nowhere/900417?name=Dupont", headers={"x-api-key": "wr0ng-key"}, timeout=10)
        for nonsense in (b"GET /900417 HTTP/1.1\r\nx-api-key: s3cret-key\x00\r\n\r\n", b"Dupont 900417\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
                connection.sendall(nonsense)
                assert connection.recv(4096).startswith(b"HTTP/1.1 400")
    written = (tmp_path / "server.log").read_text()
    told = [json.loads(line) for line in written.splitlines() if line.startswith("{")]
    assert [line["status"] for line in told if line.get("route") != "/"] == [200, 401, 400, 400]
    assert not [text for text in (*SECRETS, KEY) if text in written]
