"""What is said to a caller whose request never reaches the app, in the shape of the app's own errors."""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import msgspec
from gunicorn.http import errors

from api import access_log
from api.errors import shape
from api.headers import SECURITY
from scoring.decision_log.entries import uuid7
from server import SERVER


@dataclass(frozen=True, slots=True)
class Refusal:
    """A status and the error that comes with it."""

    status: HTTPStatus
    code: str
    message: str


BAD = Refusal(HTTPStatus.BAD_REQUEST, "bad_request", "this is not a valid HTTP request")
BROKEN_OFF = Refusal(HTTPStatus.BAD_REQUEST, "bad_request", "the request broke off within its head")
TOO_SLOW = Refusal(HTTPStatus.REQUEST_TIMEOUT, "request_timeout", "the request came too slowly; send it in one go")
HEAD_TOO_LARGE = Refusal(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "headers_too_large", "the headers are too many or too long")
FAILED = Refusal(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", "the service failed; the request id says where to look")

_TARGET = re.compile(r"[!-\"$-~]+")
_HOST = re.compile(r"([\w.-]{1,255}|\[[0-9a-f:.]+\])(:\d*)?", re.ASCII | re.IGNORECASE)

_OF_GUNICORN = {
    errors.LimitRequestLine: Refusal(HTTPStatus.REQUEST_URI_TOO_LONG, "uri_too_long", "the request's first line is too long"),
    errors.LimitRequestHeaders: HEAD_TOO_LARGE,
    errors.ExpectationFailed: Refusal(
        HTTPStatus.EXPECTATION_FAILED, "expectation_failed", "nothing but 100-continue can be expected of this service"
    ),
    errors.ConfigurationProblem: FAILED,
}


def of(exc: Exception) -> Refusal:
    """What gunicorn raised, in our words and without the caller's: a request that isn't one is the caller's mistake."""
    return _OF_GUNICORN.get(type(exc), BAD if isinstance(exc, errors.ParseException) else FAILED)


def check(req: Any) -> None:
    """Raise ParseException for what RFC 9112 (2.2, 3.2, 6.1) forbids and gunicorn lets through.

    A tab, a line end or a fragment in the path are dropped there, a second coding of the body is left in it.
    """
    hosts = [value.strip() for name, value in req.headers if name == "HOST"]
    codings = {value.strip().lower() for name, value in req.headers if name == "TRANSFER-ENCODING"}
    addressed = (len(hosts) == 1 and _HOST.fullmatch(hosts[0])) or (not hosts and req.version < (1, 1))
    if not _TARGET.fullmatch(req.uri) or not addressed or codings - {"chunked"}:
        raise errors.ParseException


def answer(refusal: Refusal) -> bytes:
    """The whole answer, and its line in the access log."""
    request_id = uuid7()
    body = msgspec.json.encode(shape(request_id, refusal.code, refusal.message))
    access_log.write(request_id=request_id, status=refusal.status)
    head = (
        f"HTTP/1.1 {refusal.status} {refusal.status.phrase}",
        f"Server: {SERVER}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        *(f"{name}: {value}" for name, value in SECURITY.items()),
        f"x-request-id: {request_id}",
        "Connection: close",
    )
    return "\r\n".join((*head, "", "")).encode() + body
