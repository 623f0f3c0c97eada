"""On a thousand real test applications: sums and reasons hold, and what is proposed is granted through POST /predict."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from scipy.special import logit

from app import create_app
from model import Scorer
from scoring.explaining.topics import TOPIC_OF, UNSAID
from scoring.records import columns, read_records
from scoring.settings import Settings
from scoring.tables import APPLICATION_TEST
from tests.logs import MemoryLog

CLIENTS, TOGETHER = 1_000, 200


@pytest.fixture(scope="module")
def client(scorer: Scorer) -> FlaskClient:
    return create_app(Settings.from_env({"API_KEY": "secret"}), scorer, MemoryLog()).test_client()


@pytest.fixture(scope="module")
def records(home_credit: Path) -> list[dict[str, Any]]:
    with read_records(home_credit, rows=CLIENTS, applications=[APPLICATION_TEST]) as found:
        by_field = columns(next(found.batches))
    rows = zip(*(values.tolist() for values in by_field.values()), strict=True)
    return [{name: None if value != value else value for name, value in zip(by_field, row, strict=True)} for row in rows]


def post(client: FlaskClient, path: str, records: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for start in range(0, len(records), TOGETHER):
        answer = client.post(path, json=records[start : start + TOGETHER], headers={"x-api-key": "secret"})
        assert answer.status_code == 200, answer.text
        yield from (answer.json or {})["decisions"]


@pytest.fixture(scope="module")
def explained(client: FlaskClient, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list(post(client, "/explain", records))


def test_base_and_contributions_are_the_log_odds(explained: list[dict[str, Any]]) -> None:
    assert len(explained) == CLIENTS
    for one in explained:
        total = one["base_value"] + sum(part["contribution"] for part in one["contributions"])
        assert total == pytest.approx(logit(one["probability"]), abs=1e-9)


def test_every_refusal_has_a_reason_in_both_languages(explained: list[dict[str, Any]]) -> None:
    refused = [one for one in explained if one["decision"] == "refused"]
    assert refused
    for one in refused:
        assert one["reasons"]["against"]
        assert all(reason["fr"] and reason["en"] for reason in one["reasons"]["against"])


def test_no_reason_tells_of_age_sex_or_family(explained: list[dict[str, Any]]) -> None:
    fields = {field for one in explained for side in one["reasons"].values() for reason in side for field in reason["fields"]}
    assert fields <= TOPIC_OF.keys() - UNSAID.keys()


def test_every_recourse_is_granted_through_predict(
    client: FlaskClient, records: list[dict[str, Any]], explained: list[dict[str, Any]]
) -> None:
    found = [(record, one) for record, one in zip(records, explained, strict=True) if one["recourse"]]
    turned = [(record, one["recourse"]) for record, one in found if one["recourse"]["changes"]]
    assert len(turned) > len(found) / 2
    changed = [record | {change["field"]: change["to"] for change in recourse["changes"]} for record, recourse in turned]
    for (_, recourse), again in zip(turned, post(client, "/predict", changed), strict=True):
        assert (again["decision"], again["probability"]) == ("granted", recourse["probability"])


def test_no_sentence_holds_a_name_of_a_column_or_a_label_of_a_table(explained: list[dict[str, Any]]) -> None:
    def sentences(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            yield from (part[code] for code in ("fr", "en") if code in part)
        for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
            yield from sentences(inner)

    said = [sentence for one in explained for sentence in sentences(one)]
    assert len(said) > CLIENTS
    assert not [sentence for sentence in said if "_" in sentence or "nan" in sentence.split() or "{" in sentence]
