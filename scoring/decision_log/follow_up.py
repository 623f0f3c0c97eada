"""What comes after a decision, from a request's bytes: a person's review of it, and what became of the loan."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from scoring import strict_json
from scoring.decision_log.entries import Outcome, Review
from scoring.diagnosis import refusal
from scoring.errors import InvalidRequest, Problem, TooManyRecords

DECISIONS = ("granted", "refused")
OUTCOMES = ("repaid", "defaulted")

Wrong = Callable[[Any], str | None]
"""What is wrong with a value, or None."""


def parse_review(body: bytes, max_nesting: int) -> Review:
    """A review, {"reviewer", "decision", "reason"}; raises MalformedBody or InvalidRequest."""
    with strict_json.document(body, max_nesting) as document:
        if error := refusal(_in_object(None, document, _REVIEW)):
            raise error
        return Review(document["reviewer"].strip(), document["decision"], document["reason"].strip())


def parse_decision_id(body: bytes, max_nesting: int) -> str | None:
    """The decision that a body names, {"decision_id"}; None where it names none. Raises MalformedBody or InvalidRequest."""
    if b'"decision_id"' not in body:
        return None
    with strict_json.document(body, max_nesting) as document:
        if not isinstance(document, dict) or "decision_id" not in document:
            return None
        if error := refusal(_in_object(None, document, _NAMED)):
            raise error
        return str(UUID(document["decision_id"]))


def parse_outcomes(body: bytes, most: int, max_nesting: int) -> tuple[bool, list[Outcome]]:
    """Outcomes, {"decision_id", "outcome", "date"}, and whether it is one alone rather than a list.

    Raises MalformedBody, InvalidRequest or TooManyRecords.
    """
    with strict_json.document(body, max_nesting) as document:
        alone = not isinstance(document, list)
        items = [document] if alone else document
        if len(items) > most:
            raise TooManyRecords(f"more than {most} outcomes in one request; send them in several")
        if not items:
            raise InvalidRequest("no outcome in the request: send 1 or more")
        names = [None] if alone else [f"outcome {number}" for number in range(1, len(items) + 1)]
        problems = (problem for who, item in zip(names, items, strict=True) for problem in _in_object(who, item, _OUTCOME))
        if error := refusal(problems):
            raise error
        return alone, [Outcome(str(UUID(item["decision_id"])), item["outcome"], item["date"]) for item in items]


def _in_object(who: str | None, item: Any, fields: Mapping[str, Wrong]) -> Iterator[Problem]:
    if not isinstance(item, dict):
        yield Problem(who, None, f"must be an object with {', '.join(fields)}")
        return
    for name in item.keys() - fields.keys():
        yield Problem(who, strict_json.safe(name), f"unknown field; the known ones are {', '.join(fields)}")
    for name, wrong in fields.items():
        if problem := wrong(item[name]) if name in item else "required":
            yield Problem(who, name, problem)


def _text(longest: int, value: Any) -> str | None:
    if isinstance(value, str) and any(map(str.isalnum, value)) and len(value.strip()) <= longest and "\0" not in value:
        return None
    return f"must be a text of 1 to {longest} characters, a letter or digit among them"


def _one_of(known: tuple[str, ...], value: Any) -> str | None:
    return None if isinstance(value, str) and value in known else f"must be {' or '.join(known)}"


def _uuid(value: Any) -> str | None:
    try:
        UUID(value)
    except (ValueError, TypeError, AttributeError):
        return "must be a decision's id, as /predict gives it"
    return None


def _day(value: Any) -> str | None:
    try:
        if date.fromisoformat(value).isoformat() == value:
            tomorrow = datetime.now(UTC).date() + timedelta(days=1)  # in some time zone it is tomorrow already
            return None if date.fromisoformat(value) <= tomorrow else "lies in the future"
    except (ValueError, TypeError):
        pass
    return "must be a day, YYYY-MM-DD"


_REVIEW: dict[str, Wrong] = {
    "reviewer": partial(_text, 200),
    "decision": partial(_one_of, DECISIONS),
    "reason": partial(_text, 2000),
}
_NAMED: dict[str, Wrong] = {"decision_id": _uuid}
_OUTCOME: dict[str, Wrong] = {"decision_id": _uuid, "outcome": partial(_one_of, OUTCOMES), "date": _day}
