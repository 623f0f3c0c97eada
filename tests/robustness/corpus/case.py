"""A bad request: its bytes as they go over the wire, and what they may be answered with."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.serving import KEY

CLIENT: Mapping[str, Any] = {"SK_ID_CURR": 7, "AMT_CREDIT": 500_000}
"""What every bad request would be a good one with, but for what is bad about it."""

NO_ANSWER = 0
"""The status where the connection ends without an answer; allowed where a request's head never came whole."""

Headers = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Case:
    """`answers`: the statuses that each answer may have, of which all but the first need not come.

    `ends`: our side of the connection ends after the last byte, as that of a caller who has no more to say.
    """

    name: str
    raw: bytes
    answers: tuple[frozenset[int], ...]
    ends: bool = False


def post(name: str, body: Any, *allowed: int, path: str = "/predict", headers: Headers | None = None) -> Case:
    """A request that is well-formed HTTP: the body is bytes, or a value to be written as JSON."""
    return Case(name, request(body, target=path, headers=headers), (frozenset(allowed),))


def posts(bodies: Mapping[str, Any], *allowed: int, path: str = "/predict") -> Iterator[Case]:
    """A case for each of the named bodies."""
    for name, body in bodies.items():
        yield post(name, body, *allowed, path=path)


def request(body: Any = b"", method: str = "POST", target: str = "/predict", headers: Headers | None = None) -> bytes:
    """A request as bytes; headers are lower-case, and one that is None is left out."""
    content = as_bytes(body)
    usual = {"host": "test", "x-api-key": KEY, "content-type": "application/json", "content-length": str(len(content))}
    return head(f"{method} {target} HTTP/1.1", (usual | dict(headers or {})).items()) + content


def head(line: str, headers: Iterable[tuple[str, str | None]]) -> bytes:
    """A request's first line and headers."""
    lines = [line, *(f"{name}: {value}" for name, value in headers if value is not None)]
    return "".join(f"{one}\r\n" for one in lines).encode("latin-1") + b"\r\n"


def raw(name: str, content: bytes, *allowed: int, answers: int = 1) -> Case:
    """A request byte for byte, after which our side ends; each of so many answers has one of these statuses."""
    return Case(name, content, (frozenset(allowed),) * answers, ends=True)


def as_bytes(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()
