"""A request's body, read once and bounded."""

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from scoring.errors import MalformedBody, SlowBody, UnsupportedBody


def read_body(max_body_bytes: int) -> bytes:
    """The current request's body, which says that it is JSON.

    Raises UnsupportedBody, RequestEntityTooLarge, SlowBody or MalformedBody.
    """
    if request.mimetype != "application/json" or request.mimetype_params.get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
        raise UnsupportedBody("send JSON with the header Content-Type: application/json")
    if request.headers.get("Content-Encoding"):
        raise UnsupportedBody("send the body as it is, without Content-Encoding")
    request.max_content_length = max_body_bytes + 1  # a chunked body is cut there without a word: one byte more tells
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise
    except Exception as error:  # each server has its own ways to say that a body, its chunks or trailers broke
        if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
            raise SlowBody("the body came too slowly; send it in one go") from error
        raise MalformedBody("the body broke off or its chunks are broken") from error
    if len(body) > max_body_bytes:
        raise RequestEntityTooLarge
    if len(body) < (request.content_length or 0):
        raise MalformedBody(f"the body broke off after {len(body)} of {request.content_length} bytes")
    return body
