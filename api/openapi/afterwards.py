"""The routes for what comes after a decision."""

from typing import Any

from api.openapi import examples, logged
from api.openapi.parts import Chapter, Part, Route, answer, in_json, one_of, schema
from api.openapi.refusals import OF_A_BODY
from model import Release
from scoring.settings import Settings

ID: Part = {
    "name": "id",
    "in": "path",
    "required": True,
    "description": "the `decision_id` that /predict gave",
    "schema": {"type": "string", "format": "uuid"},
    "example": examples.DECISION_ID,
}
REVIEW = {"reviewer": "A. Martin", "decision": "granted", "reason": "a guarantor signed"}
OUTCOME = {"decision_id": examples.DECISION_ID, "outcome": "repaid", "date": "2026-03-31"}
SAID = {"decision_id": examples.DECISION_ID, "time": "2026-11-22T09:30:00.000+00:00", "key_name": "bank"}
REVIEWED = {"review_id": "01a203a2-27c8-7d5c-9c1e-5f4f0c8e7b61", **SAID, **REVIEW}
RECORDED = {"outcome_id": "01a203a4-91b0-7a37-8a52-0f6d3f1c2e9d", **SAID, **OUTCOME}


def chapter(release: Release, settings: Settings) -> Chapter:
    """Looking a decision up, a person's review of it, what became of the loan."""
    found = {**examples.logged(release), "reviews": [REVIEWED], "outcomes": [RECORDED]}
    return Chapter(
        "Afterwards",
        "What comes after a decision.",
        (_decision(found), _review(), _outcomes()),
        logged.schemas(settings.max_records),
    )


def _decision(found: dict[str, Any]) -> Route:
    return Route(
        path="/decisions/{id}",
        name="decision",
        summary="A decision as logged",
        description="With its reviews and outcomes, oldest first. After a purge of personal records `client` and `record` are "
        "null, and so are the reasons of reviews.",
        parameters=(ID,),
        answers={200: answer("The decision.", in_json(schema("LoggedDecision"), {"decision": found}))},
        refusals=(404, 503),
    )


def _review() -> Route:
    return Route(
        method="post",
        path="/decisions/{id}/review",
        name="review",
        summary="A person's decision in its place",
        description="The first decision stays on record. A review that says what the decision's last one says is that one, "
        "recorded once. A simulation isn't reviewed.",
        parameters=(ID,),
        body={"required": True, "content": in_json(schema("Review"), {"review": REVIEW})},
        answers={201: answer("The review as logged.", in_json(schema("LoggedReview"), {"review": REVIEWED}))},
        refusals=(*OF_A_BODY, 404, 503),
    )


def _outcomes() -> Route:
    recorded = {"outcome": RECORDED, "list": {"outcomes": [RECORDED]}}
    return Route(
        method="post",
        path="/outcomes",
        name="outcomes",
        summary="What became of loans",
        description="One outcome, or a list of them: all are recorded or none. One that says what the decision's last one says "
        "is that one, recorded once. A simulation has no outcome.",
        body={"required": True, "content": in_json(one_of("Outcome", "Outcomes"), {"outcome": OUTCOME, "list": [OUTCOME]})},
        answers={201: answer("As logged, in their order.", in_json(one_of("LoggedOutcome", "LoggedOutcomes"), recorded))},
        refusals=(*OF_A_BODY, 503),
    )
