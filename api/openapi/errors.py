"""The one shape of every error, and each refusal in it."""

from collections.abc import Iterable
from typing import Any

from api.openapi.examples import REQUEST_ID
from api.openapi.parts import Part, answer, fixed, in_json, listed, refer, schema, text, uuid
from api.openapi.refusals import REFUSALS, Refusal
from scoring.diagnosis import MOST_PROBLEMS
from scoring.settings import RateLimit


def by_status(statuses: Iterable[int]) -> dict[str, Part]:
    """The refusals of these statuses, as an operation names them."""
    return {str(status): refer("responses", REFUSALS[status].name) for status in statuses}


def responses(limit: RateLimit | None) -> dict[str, Part]:
    """Every refusal, each once, by its name."""
    told = (
        f" Here a key may make {limit.requests} requests in {limit.seconds} seconds."
        if limit
        else " On this server no limit is set."
    )
    return {
        refusal.name: answer(
            refusal.meaning + (told if status == 429 else ""),
            in_json(schema("Error"), {refusal.code: _example(refusal)}),
            *refusal.headers,
        )
        for status, refusal in REFUSALS.items()
    }


def error() -> Part:
    """The one shape."""
    detail = fixed(
        "One thing that is wrong with a request.",
        {
            "client": {
                "type": ["integer", "string", "null"],
                "description": "whose record it is: SK_ID_CURR, or where that isn't known the record's place, as in `record 1`",
            },
            "field": {"type": ["string", "null"], "description": "the field or the header that it is about"},
            "problem": text("what is wrong, in words"),
        },
    )
    members = {
        "code": text("stable, for programs"),
        "message": text("one line, for people"),
        "details": listed(detail, "what is wrong field by field; empty where there is no more to say", maxItems=MOST_PROBLEMS),
        "request_id": uuid("as in the header x-request-id: what to ask with"),
    }
    return fixed("What is answered instead of what was asked for.", {"error": fixed("What went wrong.", members)})


def _example(refusal: Refusal) -> dict[str, Any]:
    told = {"code": refusal.code, "message": refusal.message, "details": list(refusal.details), "request_id": REQUEST_ID}
    return {"error": told}
