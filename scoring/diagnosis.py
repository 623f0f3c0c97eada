"""What exactly is wrong with a body that the fast decoder refused: every problem, each with its client and field.

The verdict is the decoder's; this slower look only finds the words, with the same value types.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from itertools import islice
from typing import Any

import msgspec

from scoring import strict_json
from scoring.errors import CreditScoringError, InvalidRequest, MalformedBody, Problem
from scoring.fields import BY_NAME, ID, MAX_ID, Field
from scoring.strict_json import LONGEST_QUOTE, quote, safe

MOST_PROBLEMS = 50

_KINDS = {bool: "a boolean", str: "a string", int: "a number", float: "a number", list: "a list", dict: "an object"}


def explain(body: bytes, verdict: str, value_types: Mapping[str, Any], max_nesting: int) -> CreditScoringError:
    """The error for a body that did not decode: MalformedBody, or InvalidRequest with at most MOST_PROBLEMS details."""
    try:
        with strict_json.document(body, max_nesting) as document:
            return refusal(_find(document, value_types)) or InvalidRequest(verdict)
    except MalformedBody as error:
        return error


def refusal(problems: Iterator[Problem]) -> InvalidRequest | None:
    """The error for these problems, if there are any: the first MOST_PROBLEMS, as finding words for all could take minutes."""
    told = list(islice(problems, MOST_PROBLEMS + 1))
    if not told:
        return None
    more = f"; only its first {MOST_PROBLEMS} problems are listed" if len(told) > MOST_PROBLEMS else ""
    return InvalidRequest(f"the request is not valid{more}", told[:MOST_PROBLEMS])


def _find(document: Any, value_types: Mapping[str, Any]) -> Iterator[Problem]:
    if isinstance(document, dict) and {"data", "features"} & document.keys():
        wrapper = "data" if "data" in document else "features"
        for name in (name for name in document if name != wrapper):
            yield Problem(None, safe(name), f"may not stand beside `{wrapper}`")
        inner, wanted, words = (
            document[wrapper],
            (list, dict)[wrapper == "features"],
            ("a list", "an object")[wrapper == "features"],
        )
        if not isinstance(inner, wanted):
            yield Problem(None, wrapper, f"must be {words}, not {_kind(inner)}")
            return
        document = inner
    if not isinstance(document, list | dict):
        yield Problem(None, None, f"the body must be an object or a list of objects, not {_kind(document)}")
        return
    for number, record in enumerate(document if isinstance(document, list) else [document], start=1):
        yield from _in_record(number, record, value_types)


def _in_record(number: int, record: Any, value_types: Mapping[str, Any]) -> Iterator[Problem]:
    if not isinstance(record, dict):
        yield Problem(f"record {number}", None, f"must be an object, not {_kind(record)}")
        return
    who = _who(number, record, value_types)
    for name, value in record.items():
        if name not in value_types:
            closest = get_close_matches(name[:LONGEST_QUOTE].upper(), value_types, n=1, cutoff=0)
            yield Problem(who, safe(name), f"unknown field; the closest known one is {closest[0]}")
        elif not _fits(value, value_types[name]):
            yield Problem(who, name, _words(BY_NAME[name], value))


def _who(number: int, record: Mapping[str, Any], value_types: Mapping[str, Any]) -> int | str:
    client = record.get(ID)
    return int(client) if client is not None and _fits(client, value_types[ID]) else f"record {number}"


def _fits(value: Any, type_: Any) -> bool:
    try:
        msgspec.convert(value, type_)
    except msgspec.ValidationError:
        return False
    return True


def _words(field: Field, value: Any) -> str:
    if field.type == "label" and isinstance(value, str):
        closest = get_close_matches(value[:LONGEST_QUOTE], field.allowed, n=1, cutoff=0)
        return f"{quote(value)} is none of its {len(field.allowed)} labels; the closest is {quote(closest[0])}"
    wanted = {
        "label": "one of its labels" + (" (or 0 or 1)" if field.aliases else ""),
        "flag": "0 or 1",
        "integer": f"a whole number from 0 to {MAX_ID}",
        "number": "a number",
    }[field.type]
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"must be {wanted}, or null where unknown; it is {'another number' if number else _kind(value)}"


def _kind(value: Any) -> str:
    return "null" if value is None else _KINDS[type(value)]
