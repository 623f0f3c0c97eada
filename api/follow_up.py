"""The routes for what comes after a decision: looking it up, a person's review of it, the loan's outcome."""

from flask import Flask, Response, g

from api.decisions import Desk
from api.replies import json_response
from scoring.decision_log.follow_up import parse_outcomes, parse_review


def register(app: Flask, desk: Desk) -> None:
    """Answer for what the desk's log holds."""
    settings = desk.settings

    @app.get("/decisions/<uuid:id>")
    def decision(id: object) -> Response:
        return json_response(desk.log.find(str(id)))

    @app.post("/decisions/<uuid:id>/review")
    def review(id: object) -> Response:
        given = parse_review(desk.body(), settings.max_nesting)
        return json_response(desk.log.review(str(id), given, g.key_name), 201)

    @app.post("/outcomes")
    def outcomes() -> Response:
        alone, given = parse_outcomes(desk.body(), settings.max_records, settings.max_nesting)
        recorded = desk.log.record_outcomes(given, g.key_name)
        return json_response(recorded[0] if alone else {"outcomes": recorded}, 201)
