"""The route that says why: it decides and logs as /predict does, or explains a decision that is in the log."""

import logging
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import msgspec
from flask import Flask, Response

from api import replies
from api.decisions import Desk
from api.replies import Issued, json_response
from model import Scorer
from scoring.decision_log.follow_up import parse_decision_id
from scoring.errors import InvalidRequest, ModelError, NotExplainable
from scoring.explaining.explainer import Explainer
from scoring.explaining.explanation import Explanation
from scoring.releasing.models_by_sha256 import folder_of, release_folders
from scoring.schema import Record, Request, columns, logged_record

log = logging.getLogger(__name__)

PART = 32
"""Records that are explained together: what an explanation is made of is much larger than what is written of it."""
MOST_MODELS = 2
"""Of other releases than the one that serves: what a small server can hold besides."""


def register(app: Flask, desk: Desk) -> None:
    """Answer for the desk's decisions, those to come and those in its log."""
    explainer = desk.scorer.explainer()
    model_of = _models(desk, explainer)

    def compose(request: Request, issued: Sequence[Issued]) -> Any:
        return replies.explained(request, issued, _in_parts(explainer, request.records))

    @app.post("/explain")
    def explain() -> Response:
        body = desk.body()
        desk.check_headers()
        if decision_id := parse_decision_id(body, desk.settings.max_nesting):
            return json_response(_logged(desk.log.find(decision_id), model_of))
        return desk.answer(compose, body)


def _in_parts(explainer: Explainer, records: Sequence[Record]) -> Iterator[Explanation]:
    """The records' explanations, in their order, without all of them being there at once."""
    for first in range(0, len(records), PART):
        yield from explainer.explain(columns(records[first : first + PART]))


def _models(desk: Desk, explainer: Explainer) -> Callable[[str], tuple[Scorer, Explainer]]:
    """What gives the model of a sha256 with its explainer, or raises NotExplainable."""

    @lru_cache(MOST_MODELS)
    def other(sha256: str) -> tuple[Scorer, Explainer]:
        folder = folder_of(sha256, release_folders(desk.settings))
        if folder is None:
            raise NotExplainable("the model that decided is no longer here")
        try:
            found = Scorer.load(folder)
            return found, found.explainer()
        except ModelError as error:
            log.error("%s", error.message)  # it names files, which no caller needs to know
            raise NotExplainable("the model that decided can't be opened") from None

    def model_of(sha256: str) -> tuple[Scorer, Explainer]:
        return (desk.scorer, explainer) if sha256 == desk.scorer.release.sha256 else other(sha256)

    return model_of


def _logged(row: dict[str, Any], model_of: Callable[[str], tuple[Scorer, Explainer]]) -> dict[str, Any]:
    """The explanation of a decision as logged; nothing of it is logged anew."""
    if row["record"] is None:
        raise NotExplainable("the decision's record was purged")
    scorer, explainer = model_of(row["model_sha256"])
    try:
        record = logged_record(msgspec.json.encode(row["record"]).decode())
    except InvalidRequest as error:
        raise NotExplainable(f"the decision's record can't be read by this version of the service: {error.message}") from None
    [decision] = scorer.decide([record])
    if decision.raw != row["raw_score"]:
        raise NotExplainable("the decision's record doesn't give its logged score: replay the log")
    [explanation] = explainer.explain(columns([record]))
    return replies.explained_alone(Issued(row["decision_id"], decision), explanation)
