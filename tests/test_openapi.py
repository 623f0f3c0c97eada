"""The API's description holds: it is OpenAPI, has every route and no other, and each example gets the answer that it says."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema_rs import meta
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR
from werkzeug.test import TestResponse

from api.openapi.examples import CLIENT, DECISION_ID
from app import ROUTES, create_app
from model import Scorer
from scoring.decision_log.database import Database
from scoring.decision_log.log import SqlLog
from scoring.decision_log.spool import Spool
from scoring.decision_log.upgrading import upgrade
from scoring.fields import FIELDS
from scoring.settings import Settings
from tests.described import Description, check_answer, examples
from tests.logs import MemoryLog

KEY = {"x-api-key": "secret"}
SETTINGS = Settings.from_env({"API_KEY": "secret", "API_KEY_NAMES": "bank", "MAX_BODY_BYTES": "100000"})
ANEW = {"decision_id", "request_id", "review_id", "outcome_id", "time", "latency_ms"}
CLOSE = 0.03
"""A probability of an example is of some release, and need not be the one that is served."""


@pytest.fixture(scope="module")
def description(scorer: Scorer) -> Description:
    """As it is served."""
    return Description(create_app(SETTINGS, scorer, MemoryLog()).test_client().get("/openapi.json").json or {})


@pytest.fixture
def client(scorer: Scorer, tmp_path: Path) -> Iterator[FlaskClient]:
    """Of a service with a real decision log."""
    database = Database(f"sqlite:///{tmp_path / 'decisions.db'}")
    upgrade(database)
    yield create_app(SETTINGS, scorer, SqlLog(database, Spool(tmp_path / "spool"))).test_client()
    database.close()


def described_routes(description: Description) -> set[str]:
    return {f"{method} {path}" for method, path, _ in description.operations()}


def test_it_is_valid_openapi_3_1(description: Description) -> None:
    OPENAPI_31_VALIDATOR.validate(description.document)


def test_every_schema_in_it_is_one(description: Description) -> None:
    inline = [media["schema"] for _, media in description.media()]
    for schema in (*description.document["components"]["schemas"].values(), *inline):
        meta.validate(schema)
        description.validator(schema)  # whatever it refers to is there


def test_every_route_is_described_and_no_other(description: Description, client: FlaskClient) -> None:
    served = {
        f"{method} {rule.rule.replace('<uuid:id>', '{id}').replace('<name>', '{name}')}"
        for rule in client.application.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert served == described_routes(description)
    assert described_routes(description) - set(ROUTES) == {"GET /assets/{name}"}
    assert set(ROUTES) <= served


def test_no_two_operations_have_one_name(description: Description) -> None:
    names = [operation["operationId"] for _, _, operation in description.operations()]
    assert len(set(names)) == len(names)


def test_a_key_is_wanted_where_it_says_so(description: Description, client: FlaskClient) -> None:
    for method, path, operation in description.operations():
        answer = client.open(path.format(id=DECISION_ID, name="docs.js"), method=method)
        wanted = operation.get("security", description.document["security"]) != []
        assert (answer.status_code == 401) == wanted, path
        assert ("401" in operation["responses"]) == wanted, path


def test_every_field_of_a_record_is_described_in_the_field_tables_words(description: Description) -> None:
    record = description.document["components"]["schemas"]["Record"]
    assert list(record["properties"]) == [field.name for field in FIELDS]
    for field in FIELDS:
        described = record["properties"][field.name]
        assert described["description"].startswith(field.meaning)
        if field.type == "label":
            assert described["enum"] == [*field.allowed, *field.aliases, None]


def test_every_example_in_it_is_of_its_schema(description: Description) -> None:
    for where, media in description.media():
        for name, value in examples(media).items():
            error = next(description.validator(media["schema"]).iter_errors(value), None)
            assert error is None, f"{where}, {name}: {error}"


def alike(told: Any, real: Any) -> bool:
    """Whether an answer is the one of an example, but for what is made anew each time and for another release's probabilities."""
    if isinstance(told, dict) and isinstance(real, dict):
        return told.keys() == real.keys() and all(name in ANEW or alike(told[name], real[name]) for name in told)
    if isinstance(told, list) and isinstance(real, list):
        return len(told) == len(real) and all(map(alike, told, real))
    return bool(told == pytest.approx(real, abs=CLOSE)) if isinstance(told, float) else bool(told == real)


def send(client: FlaskClient, method: str, path: str, decision_id: str, body: Any) -> TestResponse:
    """An example of the description, about a decision that is in the log."""
    data = None if body is None else json.dumps(body).replace(DECISION_ID, decision_id)
    headers = KEY if body is None else {**KEY, "content-type": "application/json"}
    return client.open(path.format(id=decision_id, name="redoc.svg"), method=method, data=data, headers=headers)


def test_each_example_that_can_be_sent_gets_the_answer_that_stands_beside_it(
    description: Description, client: FlaskClient
) -> None:
    decision_id = (client.post("/predict", json=CLIENT, headers=KEY).json or {})["decision_id"]
    routes = sorted(description.operations(), key=lambda route: route[0], reverse=True)  # what is posted is there to be got
    for method, path, operation in routes:
        sent = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        for name, body in (examples(sent) or {"": None}).items():
            answer = send(client, method, path, decision_id, body)
            assert answer.status_code == (201 if path in ("/outcomes", "/decisions/{id}/review") else 200), (path, answer.text)
            told = examples(check_answer(description, operation, answer))
            beside = {name} if name and "shortened" not in told else told.keys() - {"shortened"}
            for known in beside:
                assert alike(told[known], answer.json), (path, known, answer.json)


def test_a_shortened_example_is_a_part_of_the_answer(description: Description, client: FlaskClient, scorer: Scorer) -> None:
    def told(path: str) -> Any:
        [media] = description.response(description.operation(f"GET {path}"), 200)["content"].values()
        return media["examples"]["shortened"]["value"]

    features = client.get("/features", headers=KEY).json or {}
    assert told("/features") == {name: part[:3] for name, part in features.items()}
    metrics = client.get("/metrics", headers=KEY).text.splitlines()
    assert set(told("/metrics").splitlines()) <= set(metrics)
    welcome = client.get("/").json or {}
    assert told("/")["routes"].items() <= welcome["routes"].items()
    assert {**told("/"), "routes": {}} == {**welcome, "routes": {}}
