"""The headers that answers have, as OpenAPI describes them."""

from api.openapi.parts import Part


def _header(description: str, **of: str) -> Part:
    return {"description": description, "schema": {"type": "string", **of}}


HEADERS: dict[str, Part] = {
    "x-request-id": _header("the request's id: what the decision log, and the service's own, know it by", format="uuid"),
    "ETag": _header("which version of it this is"),
    "Idempotent-Replayed": _header("there where this Idempotency-Key got the answer before", const="true"),
    "Retry-After": _header("seconds to wait before the next try", pattern="^[0-9]+$"),
    "WWW-Authenticate": _header("that a key is wanted", const="ApiKey"),
    "Allow": _header("the methods that this path takes"),
}
