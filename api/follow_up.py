"""The routes for what comes after a decision: looking it up, a person's review of it, the loan's outcome."""

from flask import Flask, Response, g

from api.bodies import read_body
from api.decisions import Desk
from api.replies import json_response
from scoring.decision_log.follow_up import parse_outcomes, parse_review


def register(app: Flask, desk: Desk) -> None:
    """Answer for what the desk's log holds."""

    @app.get("/decisions/<uuid:decision_id>")
    def decision(decision_id: object) -> Response:
        return json_response(desk.log.find(str(decision_id)))

    @app.post("/decisions/<uuid:decision_id>/review")
    def review(decision_id: object) -> Response:
        given = parse_review(read_body(desk.max_body_bytes))
        return json_response(desk.log.review(str(decision_id), given, g.key_name), 201)

    @app.post("/outcomes")
    def outcomes() -> Response:
        alone, given = parse_outcomes(read_body(desk.max_body_bytes), desk.max_records)
        recorded = desk.log.record_outcomes(given, g.key_name)
        return json_response(recorded[0] if alone else {"outcomes": recorded}, 201)
