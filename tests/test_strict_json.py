"""One JSON document at a time, whoever reads it: a small body may make a large one."""

import json
import threading
import uuid
from collections.abc import Callable

import pytest

from scoring import diagnosis, strict_json
from scoring.decision_log.follow_up import parse_outcomes, parse_review
from scoring.errors import MalformedBody
from scoring.schema import VALUE_TYPES

NESTING = 32
REVIEW = json.dumps({"reviewer": "A. Martin", "decision": "granted", "reason": "a guarantor signed"}).encode()
OUTCOME = json.dumps({"decision_id": str(uuid.uuid4()), "outcome": "repaid", "date": "2026-01-31"}).encode()


@pytest.mark.parametrize(
    "read",
    [
        lambda: diagnosis.explain(b'{"AMT_CREDIT": "1"}', "", VALUE_TYPES, NESTING),
        lambda: parse_review(REVIEW, NESTING),
        lambda: parse_outcomes(OUTCOME, 1, NESTING),
    ],
    ids=["explain", "parse_review", "parse_outcomes"],
)
def test_whoever_reads_a_document_waits_for_who_has_one(read: Callable[[], object]) -> None:
    reader = threading.Thread(target=read, daemon=True)
    with strict_json.document(b"[1]", NESTING) as document:
        reader.start()
        reader.join(0.2)
        assert document == [1]
        assert reader.is_alive()
    reader.join(10)
    assert not reader.is_alive()


@pytest.mark.parametrize("body", [b"{", b"[]"], ids=["refused by the reader", "refused by who has it"])
def test_after_a_refusal_the_next_is_read(body: bytes) -> None:
    with pytest.raises(MalformedBody), strict_json.document(body, NESTING):
        raise MalformedBody("no list is wanted")
    with strict_json.document(b"{}", NESTING) as document:
        assert document == {}
