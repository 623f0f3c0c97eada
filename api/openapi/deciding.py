"""The routes that take client records."""

from api import replies
from api.decisions import KEY_LENGTH
from api.openapi import answers, examples, explanations, records
from api.openapi.parts import Chapter, Part, Route, answer, in_json, one_of
from api.openapi.refusals import OF_A_BODY
from model import Release
from scoring.decision_log.entries import DECISION, PURPOSES
from scoring.settings import Settings

PURPOSE: Part = {
    "name": "x-purpose",
    "in": "header",
    "description": "What the decision is for: a `simulation` is logged as one, and takes neither review nor outcome.",
    "schema": {"type": "string", "enum": list(PURPOSES), "default": DECISION},
}
IDEMPOTENCY_KEY: Part = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A name of your own for this request, of printable ASCII. Sent again with the same bytes, purpose and route, "
    "it gets the same answer, logged once; with another request it is a 409. A request that was refused leaves its key free.",
    "schema": {"type": "string", "minLength": 1, "maxLength": KEY_LENGTH, "pattern": "^[!-~]([ -~]*[!-~])?$"},
}


def chapter(release: Release, settings: Settings) -> Chapter:
    """The decision, the decision with both probabilities, and what is understood without one."""
    most = settings.max_records
    body: Part = {"required": True, "content": in_json(one_of(*records.FORMS), examples.bodies(most))}
    return Chapter(
        "Decisions",
        'Each route takes a bare record, `{"features": record}`, a list of records or `{"data": [record, ...]}`; the form '
        "decides the reply.",
        (_predict(body, release, most), _predict_proba(body, release, most), _explain(release, most), _data(body, most)),
        {**records.schemas(release, most), **answers.schemas(), **explanations.schemas()},
    )


def _predict(body: Part, release: Release, most: int) -> Route:
    replied = in_json(one_of("Decision", "Decisions", "NamedDecisions"), examples.decided(replies.prediction, release, most))
    return Route(
        method="post",
        path="/predict",
        name="predict",
        summary="The decision on each client",
        description="A probability of default, calibrated; credit is refused from the threshold on. Each decision is in the "
        'decision log before it is answered. The first two forms are answered flat, a list by `{"decisions": [...]}`, and `data` '
        "adds for each client whether credit is granted.",
        parameters=(PURPOSE, IDEMPOTENCY_KEY),
        body=body,
        answers={200: answer("The decisions, in the order of the records.", replied, "Idempotent-Replayed")},
        refusals=(*OF_A_BODY, 409, 503),
    )


def _predict_proba(body: Part, release: Release, most: int) -> Route:
    forms = one_of("Probabilities", "ListedProbabilities", "NamedProbabilities")
    replied = in_json(forms, examples.decided(replies.probabilities, release, most))
    return Route(
        method="post",
        path="/predict_proba",
        name="predict_proba",
        summary="The same with both probabilities",
        description="As /predict; `data` adds where each client stands on a scale on which a good one is high.",
        parameters=(PURPOSE, IDEMPOTENCY_KEY),
        body=body,
        answers={200: answer("The decisions, in the order of the records.", replied, "Idempotent-Replayed")},
        refusals=(*OF_A_BODY, 409, 503),
    )


def _explain(release: Release, most: int) -> Route:
    body: Part = {
        "required": True,
        "content": in_json(one_of(*records.FORMS, "Named"), {**examples.bodies(most), "named": explanations.NAMED}),
    }
    replied = in_json(one_of("Explained", "AllExplained", "NamedExplained"), {"shortened": explanations.example(release)})
    return Route(
        method="post",
        path="/explain",
        name="explain",
        summary="Why, in words, and what would change it",
        description="Decides and logs as /predict does, and adds what each field contributed, the reasons in French and English, "
        "of a refusal the smallest change of the loan that would turn it, what wasn't known and mattered, and what lies outside "
        'what training saw. `{"decision_id": ...}` explains a decision of the log instead, by the model that '
        "decided, and logs nothing.",
        parameters=(PURPOSE, IDEMPOTENCY_KEY),
        body=body,
        answers={
            200: answer("The decisions with their explanations, in the order of the records.", replied, "Idempotent-Replayed")
        },
        refusals=(*OF_A_BODY, 404, 409, 410, 503),
    )


def _data(body: Part, most: int) -> Route:
    replied = in_json(one_of("Understood", "AllUnderstood"), examples.understood(most))
    return Route(
        method="post",
        path="/data",
        name="data",
        summary="What the service understands of the records",
        description="What is missing, what lies outside the range that training saw, which labels it never saw. Nothing is "
        "scored, and nothing is logged.",
        body=body,
        answers={200: answer("Of one record flat, of several in their order.", replied)},
        refusals=OF_A_BODY,
    )
