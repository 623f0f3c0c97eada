"""JSON read more strictly than the standard library reads it, and a caller's own words made fit to say back."""

import json
import math
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from scoring.errors import MalformedBody

LONGEST_QUOTE = 40
TOO_DEEP = "the body is nested too deeply"

_one_at_a_time = threading.Lock()
_MAY_OVERFLOW = re.compile(rb"\d{100}|[eE][+-]?\d{3}")
_BRACKET = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
"""A string, whole or cut off, or a bracket; possessive, so that a long string costs no memory."""
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


@contextmanager
def document(body: bytes, max_nesting: int) -> Iterator[Any]:
    """The one JSON document of these bytes; as it may take thirty times their memory, the next one waits for the block to end.

    Raises MalformedBody: not UTF-8, NaN or Infinity, a number past float64, half a character, a name twice, nested more than
    max_nesting deep.
    """
    with _one_at_a_time:
        yield _read(body, max_nesting)


def _read(body: bytes, max_nesting: int) -> Any:
    check_nesting(body, max_nesting)
    hooks: dict[str, Any] = {"object_pairs_hook": _unique, "parse_constant": _no_constant}
    if _MAY_OVERFLOW.search(body):  # a call for every number is slow
        hooks |= {"parse_float": _finite, "parse_int": _finite}
    try:
        document = json.loads(body.decode("utf-8"), **hooks)
    except RecursionError:
        raise MalformedBody(TOO_DEEP) from None
    except ValueError as error:
        raise MalformedBody(f"the body is not one JSON document: {error}") from None
    if _SURROGATE.search(body):
        _check_characters(document)
    return document


def check_nesting(body: bytes, most: int) -> None:
    """Raise MalformedBody where brackets stand more than `most` deep; whether they match is not looked at."""
    if body.count(b"[") + body.count(b"{") > most:
        count_objects(body, most, up_to=len(body))


def count_objects(body: bytes, max_nesting: int, up_to: int) -> int:
    """How many objects begin in a document, as far as it takes to find `up_to`; raises MalformedBody as check_nesting does."""
    depth = objects = 0
    for token in _BRACKET.finditer(body):
        bracket = body[token.start()]
        if bracket in b"[{":
            depth += 1
            objects += bracket in b"{"
            if depth > max_nesting:
                raise MalformedBody(TOO_DEEP)
            if objects == up_to:
                break
        elif bracket in b"]}":
            depth -= 1
    return objects


def _check_characters(document: Any) -> None:
    try:
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise MalformedBody("a \\u escape in the body is half of a character") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) != len(pairs):
        twice = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise MalformedBody(f"the name {quote(twice)} stands twice in one object")
    return names


def _no_constant(literal: str) -> float:
    raise MalformedBody(f"{literal} is not JSON; send null for an unknown value")


def _finite(digits: str) -> float | int:
    value = float(digits)
    if math.isinf(value):
        raise MalformedBody(f"the number {quote(digits)} is past what a 64-bit float holds")
    return value if set(digits) & set(".eE") else int(digits)


def safe(text: str) -> str:
    """A caller's text made fit to say back: ASCII, escaped, at most LONGEST_QUOTE characters."""
    escaped = text.encode("unicode_escape").decode("ascii")
    return escaped if len(escaped) <= LONGEST_QUOTE else escaped[:LONGEST_QUOTE] + "..."


def quote(text: str) -> str:
    """The same between quotation marks."""
    return f'"{safe(text)}"'
