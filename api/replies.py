"""Decisions and records as the JSON that each form of request is answered with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
from flask import Request as HttpRequest
from flask import Response
from werkzeug.exceptions import PreconditionFailed

from model import Decision, Document, Release, Understood
from scoring.explaining.explanation import Explanation
from scoring.fields import FIELDS
from scoring.schema import Form, Record, Request

Flat = TypeVar("Flat")


@dataclass(frozen=True, slots=True)
class Issued:
    """A decision with the id it is logged under."""

    decision_id: str
    decision: Decision


def json_response(body: Any, status: int = 200) -> Response:
    """A JSON answer; no cache may keep it."""
    return encoded_response(msgspec.json.encode(body), status)


def encoded_response(body: bytes, status: int = 200) -> Response:
    """The same of a body that is JSON already."""
    response = Response(body, status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def document_response(document: Document, request: HttpRequest) -> Response:
    """A release's file, byte for byte; 304 without it for a caller who names the ETag that it has already."""
    response = file_response(document.content, "application/json", document.sha256, request)
    response.headers["Cache-Control"] = "private, no-cache"  # kept by the caller alone, who asks each time whether it holds
    return response


def file_response(content: bytes, mimetype: str, sha256: str, request: HttpRequest) -> Response:
    """A file under its ETag, as far as the caller doesn't have it; raises PreconditionFailed where another one is wanted.

    RFC 9110, 13.2.2. Werkzeug's own make_conditional refuses `If-Match: *`, too.
    """
    if request.if_match and not request.if_match.contains(sha256):
        raise PreconditionFailed
    known = request.if_none_match.contains_weak(sha256)
    response = Response(status=304) if known else Response(content, mimetype=mimetype)
    response.set_etag(sha256)
    return response


def features(release: Release) -> dict[str, Any]:
    """The answer of /features: the field table, with the range that training saw where the model uses the field."""
    described = [
        {
            "name": field.name,
            "type": field.type,
            "meaning": field.meaning,
            "allowed": field.allowed or None,
            "range": None if field.type == "label" else release.ranges.get(field.name, field.range),
            "role": field.role,
        }
        for field in FIELDS
    ]
    return {"columns": [field.name for field in FIELDS], "features": described}


def best_threshold(release: Release) -> dict[str, Any]:
    """The answer of /best_threshold."""
    return {
        "best_threshold": release.threshold,
        "cost_false_negative": release.costs.false_negative,
        "cost_false_positive": release.costs.false_positive,
    }


def prediction(request: Request, issued: Sequence[Issued]) -> dict[str, Any]:
    """The answer of /predict."""
    return _in_form(request.form, [_flat(one) for one in issued], _granted(issued))


def probabilities(request: Request, issued: Sequence[Issued]) -> dict[str, Any]:
    """The answer of /predict_proba: each decision with both probabilities, and under `data` each client on one scale."""
    flats = [{**_flat(one), "probabilities": [1.0 - one.decision.probability, one.decision.probability]} for one in issued]
    names = {
        _name(one): {
            "niveau de solvabilité": 1.0 - one.decision.probability,
            "seuil": 1.0 - one.decision.threshold,
            "probability": one.decision.probability,
            "threshold": one.decision.threshold,
        }
        for one in issued
    }
    return _in_form(request.form, flats, names)


def explained(request: Request, issued: Sequence[Issued], explanations: Iterable[Explanation]) -> msgspec.Raw | dict[str, Any]:
    """The answer of /explain: as /predict's, each decision with its explanation, which is gone once it is written."""
    pairs = zip(issued, explanations, strict=True)
    flats = [msgspec.Raw(msgspec.json.encode(explained_alone(one, explanation))) for one, explanation in pairs]
    return _in_form(request.form, flats, _granted(issued))


def explained_alone(issued: Issued, explanation: Explanation) -> dict[str, Any]:
    """A decision with its explanation."""
    reasons = {"against": explanation.against, "in_favour": explanation.in_favour}
    recourse = explanation.recourse
    return {
        **_flat(issued),
        "base_value": explanation.base_value,
        "contributions": [one._asdict() for one in explanation.contributions],
        "reasons": {side: [{"code": one.code, "fields": one.fields, **one.said} for one in of] for side, of in reasons.items()},
        "recourse": recourse
        and {
            "changes": [{"field": field, "from": before, "to": to} for field, before, to in recourse.changes],
            "probability": recourse.probability,
            **recourse.said,
        },
        "unknown": [{"field": gap.field, "probability": gap.probability, **gap.said} for gap in explanation.unknown],
        "outside": [{"field": one.field, "value": one.value, "range": one.range, **one.said} for one in explanation.outside],
    }


def echo(request: Request, understood: Sequence[Understood]) -> dict[str, Any]:
    """The answer of /data: what was received and what the model could make of it."""
    records = [_echo(record, words) for record, words in zip(request.records, understood, strict=True)]
    return records[0] if request.form in (Form.BARE, Form.FEATURES) else {"records": records}


def _in_form(form: Form, flats: Sequence[Flat], names: Mapping[str, Any]) -> Flat | dict[str, Any]:
    if form in (Form.BARE, Form.FEATURES):
        return flats[0]
    return {"decisions": flats, "prediction": names} if form is Form.DATA else {"decisions": flats}


def _granted(issued: Sequence[Issued]) -> dict[str, str]:
    return {_name(one): "No" if one.decision.refused else "Yes" for one in issued}


def _name(issued: Issued) -> str:
    return f"client n°{issued.decision.client}"


def _flat(issued: Issued) -> dict[str, Any]:
    decision = issued.decision
    return {
        "decision_id": issued.decision_id,
        "SK_ID_CURR": decision.client,
        "probability": decision.probability,
        "threshold": decision.threshold,
        "prediction": int(decision.refused),
        "score": int(decision.refused),  # what earlier clients call the prediction
        "decision": decision.word,
        "missing": len(decision.understood.missing),
        "warnings": decision.understood.warnings,
        "model_version": decision.model_version,
    }


def _echo(record: Record, understood: Understood) -> dict[str, Any]:
    return {
        "SK_ID_CURR": record.client,
        "record": record.received,
        "missing": len(understood.missing),
        "missing_fields": understood.missing,
        "out_of_range": understood.out_of_range,
        "unseen_labels": understood.unseen,
        "warnings": understood.warnings,
    }
