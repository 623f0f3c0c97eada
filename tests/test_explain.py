"""POST /explain: the decision of /predict and why, logged as it is; a logged decision explained by the model that made it."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient
from scipy.special import logit
from sqlalchemy import update
from werkzeug.test import TestResponse

from app import create_app
from model import Scorer
from scoring.decision_log.database import Database
from scoring.decision_log.entries import now, uuid7
from scoring.decision_log.log import SqlLog
from scoring.decision_log.schema import decisions
from scoring.decision_log.spool import Spool
from scoring.decision_log.upgrading import upgrade
from scoring.releasing.models_by_sha256 import folder_of
from scoring.settings import ROOT, Settings
from tests.conftest import LATEST, demo_clients
from tests.logs import MemoryLog
from tests.written_logs import entries

CLIENTS = demo_clients()
ADDED = {"base_value", "contributions", "reasons", "recourse", "unknown", "outside"}
ANEW = {"decision_id"}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'decisions.db'}")
    upgrade(database)
    yield database
    database.close()


@pytest.fixture
def log(database: Database, tmp_path: Path) -> SqlLog:
    return SqlLog(database, Spool(tmp_path / "spool"))


@pytest.fixture
def client(scorer: Scorer, log: SqlLog) -> FlaskClient:
    return create_app(Settings.from_env({"API_KEY": "secret"}), scorer, log).test_client()


def post(client: FlaskClient, path: str, body: Any, **headers: str) -> TestResponse:
    return client.post(path, json=body, headers={"x-api-key": "secret", **headers})


def explain(client: FlaskClient, body: Any, **headers: str) -> dict[str, Any]:
    answer = post(client, "/explain", body, **headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json or {})


def without(decision: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in decision.items() if name not in names}


def refused(client: FlaskClient) -> dict[str, Any]:
    """A demo client who is refused."""
    body: dict[str, Any] = post(client, "/predict", CLIENTS).json or {}
    return next(record for record, one in zip(CLIENTS, body["decisions"], strict=True) if one["decision"] == "refused")


# --- the decision


@pytest.mark.parametrize("form", [CLIENTS[0], {"features": CLIENTS[0]}, CLIENTS[:3], {"data": CLIENTS[:3]}])
def test_the_decision_is_that_of_predict_in_every_form(client: FlaskClient, form: Any) -> None:
    explained, predicted = explain(client, form), post(client, "/predict", form).json or {}
    assert explained.get("prediction") == predicted.get("prediction")
    both = zip(explained.get("decisions", [explained]), predicted.get("decisions", [predicted]), strict=True)
    for one, plain in both:
        assert without(one, ADDED | ANEW) == without(plain, ANEW)
        assert one.keys() - plain.keys() == ADDED


def test_it_is_logged_as_a_decision_of_predict_once(scorer: Scorer) -> None:
    log = MemoryLog()
    client = create_app(Settings.from_env({"API_KEY": "secret"}), scorer, log).test_client()
    explain(client, {"data": CLIENTS[:2]})
    post(client, "/predict", {"data": CLIENTS[:2]})
    anew = {"decision_id": "", "request_id": "", "time": "", "latency_ms": 0.0}
    first, second, *again = [msgspec.structs.replace(entry, **anew) for entry in log.entries]
    assert again == [first, second]


def test_a_simulation_is_logged_as_one(scorer: Scorer) -> None:
    log = MemoryLog()
    client = create_app(Settings.from_env({"API_KEY": "secret"}), scorer, log).test_client()
    explain(client, CLIENTS[0], **{"x-purpose": "simulation"})
    assert [entry.purpose for entry in log.entries] == ["simulation"]


def test_nothing_is_answered_that_the_log_does_not_have(scorer: Scorer) -> None:
    log = MemoryLog()
    log.broken = True
    client = create_app(Settings.from_env({"API_KEY": "secret"}), scorer, log).test_client()
    assert post(client, "/explain", CLIENTS[0]).status_code == 503


def test_the_same_key_gets_the_same_explanation(client: FlaskClient) -> None:
    first = post(client, "/explain", CLIENTS[0], **{"Idempotency-Key": "once"})
    again = post(client, "/explain", CLIENTS[0], **{"Idempotency-Key": "once"})
    assert first.data == again.data
    assert again.headers["Idempotent-Replayed"] == "true"


# --- what it says


def test_contributions_and_base_add_up_to_the_log_odds(client: FlaskClient, scorer: Scorer) -> None:
    for one in explain(client, CLIENTS[:50])["decisions"]:
        total = one["base_value"] + sum(part["contribution"] for part in one["contributions"])
        assert total == pytest.approx(logit(one["probability"]), abs=1e-9)
        assert sorted(part["field"] for part in one["contributions"]) == sorted(scorer.model.fields_)


def test_each_contribution_stands_beside_the_value_that_was_sent(client: FlaskClient) -> None:
    record = {**CLIENTS[0], "FLAG_OWN_CAR": 1, "AMT_GOODS_PRICE": None}
    told = {part["field"]: part["value"] for part in explain(client, record)["contributions"]}
    assert told == {name: record.get(name) for name in told} | {"FLAG_OWN_CAR": "Y"}


def test_a_refusal_has_reasons_and_a_recourse_and_what_is_granted_has_none(client: FlaskClient) -> None:
    for one in explain(client, CLIENTS)["decisions"]:
        assert (one["recourse"] is None) == (one["decision"] == "granted")
        assert one["reasons"]["against"] or one["decision"] == "granted"


def test_a_recourse_put_into_the_record_is_granted_with_the_probability_it_promised(client: FlaskClient) -> None:
    by_id = {record["SK_ID_CURR"]: record for record in CLIENTS}
    found = [one for one in explain(client, CLIENTS)["decisions"] if one["recourse"] and one["recourse"]["changes"]]
    assert len(found) >= 10
    for one in found:
        record = by_id[one["SK_ID_CURR"]]
        changes = one["recourse"]["changes"]
        assert all(record[change["field"]] == change["from"] for change in changes)
        again = post(client, "/predict", record | {change["field"]: change["to"] for change in changes}).json or {}
        assert (again["decision"], again["probability"]) == ("granted", one["recourse"]["probability"])


def test_what_lies_outside_the_training_is_told(client: FlaskClient, scorer: Scorer) -> None:
    [one] = explain(client, {**CLIENTS[0], "AMT_INCOME_TOTAL": 9e9})["outside"]
    assert (one["field"], one["value"], tuple(one["range"])) == (
        "AMT_INCOME_TOTAL",
        9e9,
        scorer.release.ranges["AMT_INCOME_TOTAL"],
    )
    assert one["en"].startswith("Income: €9,000,000,000, outside what we have seen (€")


def test_absurd_values_are_explained_too(client: FlaskClient) -> None:
    amounts = (0, -1.0, 5e-324, 1.7e308, -1.7e308)
    for credit in amounts:
        for annuity in amounts:
            record = {"AMT_CREDIT": credit, "AMT_ANNUITY": annuity, "AMT_INCOME_TOTAL": 0, "EXT_SOURCE_2": 0.01}
            assert explain(client, {**record, "AMT_GOODS_PRICE": annuity})["recourse"]["changes"] == []


# --- a decision of the log


def named(client: FlaskClient, decision_id: str) -> TestResponse:
    return post(client, "/explain", {"decision_id": decision_id})


def test_a_logged_decision_is_explained_as_it_was_when_it_was_made(client: FlaskClient) -> None:
    record = refused(client)
    first = explain(client, record)
    assert named(client, first["decision_id"]).json == first
    decided = post(client, "/predict", record).json or {}
    later = named(client, decided["decision_id"]).json or {}
    assert without(later, ANEW) == without(first, ANEW)


def test_explaining_a_logged_decision_logs_nothing(client: FlaskClient, database: Database) -> None:
    decision_id = explain(client, CLIENTS[0])["decision_id"]
    named(client, decision_id)
    named(client, decision_id)
    with database.snapshot() as connection:
        assert len(connection.execute(decisions.select()).all()) == 1


def test_an_unknown_decision_is_a_404(client: FlaskClient) -> None:
    assert named(client, uuid7()).status_code == 404


def test_a_decision_of_an_earlier_release_is_explained_by_that_one(client: FlaskClient, log: SqlLog) -> None:
    [folder] = [one for one in (ROOT / "models" / "releases").glob("[0-9]*") if one != LATEST.resolve()][:1]
    earlier = Scorer.load(folder)
    [entry] = entries(earlier, CLIENTS[:1], now())
    log.append([entry])
    one = named(client, entry.decision_id).json or {}
    assert one["model_version"] == earlier.model_version
    total = one["base_value"] + sum(part["contribution"] for part in one["contributions"])
    assert total == pytest.approx(logit(entry.probability), abs=1e-9)


def said_gone(answer: TestResponse) -> str:
    assert answer.status_code == 410
    error = (answer.json or {})["error"]
    assert error["code"] == "not_explainable"
    return str(error["message"])


def test_a_decision_whose_model_is_gone_says_so(client: FlaskClient, log: SqlLog, scorer: Scorer) -> None:
    [entry] = entries(scorer, CLIENTS[:1], now(), model_sha256="0" * 64)
    log.append([entry])
    assert said_gone(named(client, entry.decision_id)) == "the model that decided is no longer here"


def test_a_decision_whose_model_was_changed_says_so(log: SqlLog, scorer: Scorer, tmp_path: Path) -> None:
    folder = tmp_path / "release"
    shutil.copytree(LATEST.resolve(), folder)
    described = json.loads((folder / "model.json").read_text())
    (folder / "model.json").write_text(json.dumps({**described, "sha256": "1" * 64}))
    settings = Settings.from_env({"API_KEY": "secret", "MODEL_DIR": str(folder)})
    client = create_app(settings, scorer, log).test_client()
    [entry] = entries(scorer, CLIENTS[:1], now(), model_sha256="1" * 64)
    log.append([entry])
    assert said_gone(named(client, entry.decision_id)) == "the model that decided can't be opened"


def test_a_decision_whose_record_was_purged_says_so(client: FlaskClient, database: Database) -> None:
    decision_id = explain(client, CLIENTS[0])["decision_id"]
    with database.snapshot() as connection:
        connection.execute(update(decisions).values(record=None, client=None))
        connection.commit()
    assert said_gone(named(client, decision_id)) == "the decision's record was purged"


def test_a_decision_whose_record_was_tampered_with_is_not_explained(client: FlaskClient, database: Database) -> None:
    decision_id = explain(client, CLIENTS[0])["decision_id"]
    with database.snapshot() as connection:
        connection.execute(update(decisions).values(record=json.dumps({**CLIENTS[0], "EXT_SOURCE_2": 0.9})))
        connection.commit()
    assert "doesn't give its logged score" in said_gone(named(client, decision_id))


def test_another_release_that_is_broken_stands_in_nobodys_way(log: SqlLog, scorer: Scorer, tmp_path: Path) -> None:
    shutil.copytree(LATEST.resolve(), tmp_path / "release" / "1-00000000")
    (tmp_path / "release" / "model.json").write_text("{")
    folders = [tmp_path / "release"]
    assert folder_of(scorer.release.sha256, folders) == tmp_path / "release" / "1-00000000"
    assert folder_of("0" * 64, folders) is None


@pytest.mark.parametrize("header", [{"x-purpose": "test"}, {"Idempotency-Key": "x" * 256}])
def test_a_named_decision_wants_good_headers_too(client: FlaskClient, header: dict[str, str]) -> None:
    decision_id = explain(client, CLIENTS[0])["decision_id"]
    assert post(client, "/explain", {"decision_id": decision_id}, **header).status_code == 422


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"decision_id": "17"}, "decision_id"),
        ({"decision_id": None}, "decision_id"),
        ({"decision_id": uuid7(), "AMT_CREDIT": 1}, "AMT_CREDIT"),
        ([{"decision_id": uuid7()}], "decision_id"),
        ({"data": [{"SK_ID_CURR": 1, "decision_id": uuid7()}]}, "decision_id"),
    ],
)
def test_what_names_no_decision_is_refused_by_its_field(client: FlaskClient, body: Any, field: str) -> None:
    answer = post(client, "/explain", body)
    assert answer.status_code == 422
    assert [one["field"] for one in (answer.json or {})["error"]["details"]] == [field]
