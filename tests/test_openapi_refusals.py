"""What the API's description says of each refusal is what the service answers."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.openapi.examples import CLIENT, DECISION_ID
from api.openapi.refusals import REFUSALS
from app import create_app
from model import Scorer
from scoring.decision_log.database import Database
from scoring.decision_log.entries import DecisionLog
from scoring.decision_log.log import SqlLog
from scoring.decision_log.spool import Spool
from scoring.decision_log.upgrading import upgrade
from scoring.settings import Settings
from tests.described import Description, check_answer, examples
from tests.logs import MemoryLog

KEY = {"x-api-key": "secret"}
TYPED = {**KEY, "content-type": "application/json"}
ENVIRONMENT = {"API_KEY": "secret", "MAX_BODY_BYTES": "100000"}


class FaultyLog(MemoryLog):
    """One that fails in a way that nobody thought of."""

    def append(self, *_: Any) -> bytes | None:
        raise RuntimeError


class ForeignLog(MemoryLog):
    """One that knows of a decision of a model that isn't here."""

    def find(self, decision_id: str) -> dict[str, Any]:
        return {"decision_id": decision_id, "record": CLIENT, "model_sha256": "0" * 64, "raw_score": -2.0}


class TooSlow(BytesIO):
    """A body that is announced and doesn't come."""

    def readinto(self, _: Any) -> int:
        raise TimeoutError


def twice(client: FlaskClient) -> TestResponse:
    keyed = {**KEY, "Idempotency-Key": "once"}
    client.post("/predict", json=CLIENT, headers=keyed)
    return client.post("/predict", json=[CLIENT], headers=keyed)


def too_often(client: FlaskClient) -> TestResponse:
    client.get("/features", headers=KEY)
    return client.get("/features", headers=KEY)


def slowly(client: FlaskClient) -> TestResponse:
    return client.post("/predict", input_stream=TooSlow(b"{}"), headers=TYPED)


SENT: dict[int, tuple[str, Callable[[FlaskClient], TestResponse]]] = {
    400: ("POST /predict", lambda client: client.post("/predict", data=b'{"AMT_CREDIT": 1', headers=TYPED)),
    401: ("POST /predict", lambda client: client.post("/predict", json=CLIENT)),
    404: ("GET /decisions/{id}", lambda client: client.get(f"/decisions/{DECISION_ID}", headers=KEY)),
    405: ("", lambda client: client.get("/predict", headers=KEY)),
    408: ("POST /predict", slowly),
    409: ("POST /predict", twice),
    410: ("POST /explain", lambda client: client.post("/explain", json={"decision_id": DECISION_ID}, headers=KEY)),
    412: ("GET /reference", lambda client: client.get("/reference", headers={**KEY, "If-Match": '"another"'})),
    413: ("POST /predict", lambda client: client.post("/predict", data=b" " * 100_001, headers=TYPED)),
    415: ("POST /predict", lambda client: client.post("/predict", data=b"{}", headers=KEY)),
    422: ("POST /predict", lambda client: client.post("/predict", json={"SK_ID_CURR": 900201, "AMT_CREDT": 1}, headers=KEY)),
    429: ("GET /features", too_often),
    500: ("POST /predict", lambda client: client.post("/predict", json=CLIENT, headers=KEY)),
    503: ("GET /decisions/{id}", lambda client: client.get(f"/decisions/{DECISION_ID}", headers=KEY)),
}


def log_of(status: int, folder: Path) -> DecisionLog:
    """One that is there, is at fault, or can't be reached."""
    if status in (410, 500):
        return ForeignLog() if status == 410 else FaultyLog()
    database = Database(f"sqlite:///{folder / ('missing/' if status == 503 else '') / 'decisions.db'}")
    if status != 503:
        upgrade(database)
    return SqlLog(database, Spool(folder / "spool"))


@pytest.mark.parametrize("status", REFUSALS)
def test_each_refusal_is_answered_as_its_example_says(scorer: Scorer, tmp_path: Path, status: int) -> None:
    settings = Settings.from_env({**ENVIRONMENT, "RATE_LIMIT": "1/hour" if status == 429 else ""})
    client = create_app(settings, scorer, log_of(status, tmp_path)).test_client()
    description = Description(client.get("/openapi.json").json or {})
    route, send = SENT[status]
    answer = send(client)
    assert answer.status_code == status
    described = description.document["components"]["responses"][REFUSALS[status].name]
    operation = description.operation(route) if route else {"responses": {str(status): described}}
    media = check_answer(description, operation, answer)
    [told] = examples(media).values()
    assert {**told["error"], "request_id": ""} == {**(answer.json or {})["error"], "request_id": ""}


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", TYPED, 400),
        (b"{}", {"content-type": "application/json"}, 401),
        (b" " * 100_001, TYPED, 413),
        (b"{}", KEY, 415),
        (b'{"x": 1}', TYPED, 422),
    ],
)
def test_every_route_that_takes_a_body_says_that_it_refuses_a_bad_one(
    scorer: Scorer, body: bytes, headers: dict[str, str], status: int
) -> None:
    client = create_app(Settings.from_env(ENVIRONMENT), scorer, MemoryLog()).test_client()
    description = Description(client.get("/openapi.json").json or {})
    for method, path, operation in description.operations():
        if "requestBody" in operation:
            answer = client.open(path.format(id=DECISION_ID), method=method, data=body, headers=headers)
            assert answer.status_code == status, path
            check_answer(description, operation, answer)
