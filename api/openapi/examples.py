"""Requests that can be sent as they stand, and their replies as the service itself composes them.

The clients and their probabilities are made up; all else follows from the release that is served.
"""

import math
from collections.abc import Callable
from typing import Any

import msgspec

from api import replies
from api.decisions import Compose
from api.replies import Issued
from model import Decision, Release, Understood
from scoring import __version__
from scoring.schema import Record, Request, parse

DECISION_ID = "01a1fe83-f94e-7ea0-a8b8-7cfdf3802950"
REQUEST_ID = "01a1fe83-f94d-7041-ba4f-7dffb8d1945e"

CLIENT: dict[str, Any] = {
    "SK_ID_CURR": 900201,
    "NAME_CONTRACT_TYPE": "Cash loans",
    "CODE_GENDER": "F",
    "FLAG_OWN_CAR": "N",
    "AMT_INCOME_TOTAL": 140000,
    "AMT_CREDIT": 333000,
    "AMT_ANNUITY": 22200,
    "AMT_GOODS_PRICE": 300000,
    "NAME_EDUCATION_TYPE": "Higher education",
    "DAYS_BIRTH": -15000,
    "DAYS_EMPLOYED": -2000,
    "EXT_SOURCE_2": 0.65,
    "EXT_SOURCE_3": 0.55,
}
ANOTHER = {**CLIENT, "SK_ID_CURR": 900202, "FLAG_OWN_CAR": 1, "DAYS_EMPLOYED": None, "EXT_SOURCE_2": 0.15, "EXT_SOURCE_3": 0.1}
PROBABILITIES = {900201: 0.056, 900202: 0.295}

Replies = dict[str, Any]


def bodies(max_records: int) -> dict[str, Any]:
    """The four forms of a request."""
    two = [CLIENT, ANOTHER][:max_records]
    return {"record": CLIENT, "features": {"features": CLIENT}, "list": two, "data": {"data": two}}


def decided(compose: Compose, release: Release, max_records: int) -> Replies:
    """What a route that decides would answer to each form."""

    def reply(body: Any) -> Any:
        request = _parsed(body)
        return compose(request, [Issued(DECISION_ID, _decision(record, release)) for record in request.records])

    return _each(bodies(max_records), reply)


def understood(max_records: int) -> Replies:
    """What /data would answer to each form."""

    def reply(body: Any) -> Any:
        request = _parsed(body)
        return replies.echo(request, [_all_is_well(record) for record in request.records])

    return _each(bodies(max_records), reply)


def logged(release: Release) -> dict[str, Any]:
    """The first client's decision as the log has it."""
    [record] = _parsed(CLIENT).records
    decision = _decision(record, release)
    return {
        "decision_id": DECISION_ID,
        "time": "2026-11-21T12:00:00.000+00:00",
        "request_id": REQUEST_ID,
        "purpose": "decision",
        "key_name": "bank",
        "status": 200,
        "latency_ms": 1.5,
        "raw_score": decision.raw,
        "probability": decision.probability,
        "threshold": decision.threshold,
        "decision": decision.word,
        "model_sha256": release.sha256,
        "model_version": release.model_version,
        "code_version": __version__,
        "client": decision.client,
        "record": CLIENT,
    }


def as_json(value: Any) -> Any:
    """What a caller reads of it."""
    return msgspec.json.decode(msgspec.json.encode(value))


def _each(of: dict[str, Any], reply: Callable[[Any], Any]) -> Replies:
    return {name: as_json(reply(body)) for name, body in of.items()}


def _parsed(body: Any) -> Request:
    return parse(msgspec.json.encode(body), max_records=2, max_nesting=3)


def _decision(record: Record, release: Release) -> Decision:
    probability, threshold = PROBABILITIES[record.client or 0], release.threshold
    raw = math.log(probability / (1 - probability))
    refused = probability >= threshold
    return Decision(record.client, raw, probability, threshold, refused, _all_is_well(record), release.model_version)


def _all_is_well(record: Record) -> Understood:
    return Understood(record.unknown, (), (), ())
