"""What the service answers instead of what was asked for: the statuses, in words, each with an example."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DETAIL = {"client": 900201, "field": "AMT_CREDT", "problem": "unknown field; the closest known one is AMT_CREDIT"}

OF_ALL = (500,)
OF_A_KEY = (401, 429)
OF_A_BODY = (400, 408, 413, 415, 422)
"""The refusals of every route, of every one that wants a key, of every one that takes a body."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer's name in the description, what it means, and the error of its example."""

    name: str
    meaning: str
    code: str
    message: str
    details: tuple[Mapping[str, Any], ...] = ()
    headers: tuple[str, ...] = ()


REFUSALS = {
    400: Refusal(
        "Malformed",
        "The bytes are not one JSON document: a syntax error, NaN, a number past float64, a name twice in an object, half of a "
        "character, too deep a nesting, not UTF-8, a body that broke off (`malformed_json`).",
        "malformed_json",
        "the body is not one JSON document: Input data was truncated",
    ),
    401: Refusal(
        "Unauthenticated",
        "The header x-api-key is missing or holds no valid key (`unauthenticated`). Nothing of the body was read.",
        "unauthenticated",
        "the header x-api-key is missing",
        headers=("WWW-Authenticate",),
    ),
    404: Refusal(
        "Unknown",
        "There is no such decision in the log (`unknown_decision`), or no such path (`not_found`).",
        "unknown_decision",
        "there is no such decision in the log",
    ),
    405: Refusal(
        "WrongMethod",
        "This path does not take this method (`method_not_allowed`); the header Allow says which ones it takes.",
        "method_not_allowed",
        "this path does not take this method; GET / lists the routes",
        headers=("Allow",),
    ),
    408: Refusal(
        "TooSlow",
        "The request came too slowly (`request_timeout`).",
        "request_timeout",
        "the body came too slowly; send it in one go",
    ),
    409: Refusal(
        "Conflict",
        "The Idempotency-Key came with another request before (`idempotency_conflict`).",
        "idempotency_conflict",
        "this Idempotency-Key came with another request before; a new request takes a new key",
    ),
    410: Refusal(
        "Gone",
        "The logged decision can't be explained any more: its model isn't here or can't be opened, or its record was purged, is "
        "none of this version's, or doesn't give the logged score (`not_explainable`).",
        "not_explainable",
        "the model that decided is no longer here",
    ),
    412: Refusal(
        "AnotherVersion",
        "What If-Match names is not what there is (`http_error`).",
        "http_error",
        "Precondition Failed",
    ),
    413: Refusal(
        "TooLarge",
        "The body is larger than the service takes (`body_too_large`), or holds too many records (`too_many_records`).",
        "body_too_large",
        "the body is larger than this service takes",
    ),
    415: Refusal(
        "NotJson",
        "The body is not application/json in UTF-8, or is compressed (`unsupported_media_type`).",
        "unsupported_media_type",
        "send JSON with the header Content-Type: application/json",
    ),
    422: Refusal(
        "Invalid",
        "JSON that is not a valid request (`invalid_request`); `details` names what is wrong with it, up to 50 problems at once.",
        "invalid_request",
        "the request is not valid",
        details=(DETAIL,),
    ),
    429: Refusal(
        "TooOften",
        "This key asks more often than it may (`too_many_requests`); the header Retry-After says when it may again.",
        "too_many_requests",
        "this key asks more often than it may",
        headers=("Retry-After",),
    ),
    500: Refusal(
        "Failed",
        "A fault of the service (`internal`, or another code without a remedy). The request's id says where to look in its log.",
        "internal",
        "the service failed; the request id says where to look",
    ),
    503: Refusal(
        "Unavailable",
        "The decision log can't be reached, so that nothing is issued or recorded (`log_unavailable`), too many large requests "
        "come at once (`busy`), or, of /health/ready, the model doesn't score as it did at release (`not_ready`). Try again "
        "after the seconds of the header Retry-After, with the same Idempotency-Key.",
        "log_unavailable",
        "the decision log can't be reached; try again later",
        headers=("Retry-After",),
    ),
}
