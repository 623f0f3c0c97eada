"""What is said after a decision, and what the log tells of all of it."""

from typing import Any

from api.openapi.parts import Part, count, fixed, listed, number, schema, share, text, uuid
from scoring.decision_log.entries import PURPOSES
from scoring.decision_log.follow_up import DECISIONS, OUTCOMES

A_WORD = r"^[^\x00]*[^\x00-/:-@\[-`{-©][^\x00]*$"
"""No NUL, and something that is neither a blank nor an ASCII sign. The validator wants a letter or digit of any script, but
regular expressions are not at one about what that is."""


def schemas(max_outcomes: int) -> dict[str, Part]:
    review, outcome, said = _review(), _outcome(), _said()
    logged_review = {"review_id": uuid("the review's own"), **said, **review, "reason": _or_purged(review["reason"])}
    logged_outcome = {"outcome_id": uuid("the outcome's own"), **said, **outcome}
    follow_ups = {"reviews": listed(schema("LoggedReview")), "outcomes": listed(schema("LoggedOutcome"))}
    return {
        "Review": fixed("A person's decision. Blanks around the texts are dropped.", review),
        "LoggedReview": fixed("A review as logged.", logged_review),
        "Outcome": fixed("What became of a loan.", outcome),
        "Outcomes": listed(schema("Outcome"), "Several.", minItems=1, maxItems=max_outcomes),
        "LoggedOutcome": fixed("An outcome as logged.", logged_outcome),
        "LoggedOutcomes": fixed("The answer to a list.", {"outcomes": listed(schema("LoggedOutcome"), minItems=1)}),
        "LoggedDecision": fixed("A decision as logged.", {**_decision(), **follow_ups}),
    }


def _review() -> dict[str, Part]:
    rest: dict[str, Any] = {"minLength": 1, "pattern": A_WORD}
    return {
        "reviewer": text("who decided; it holds a letter or digit", maxLength=200, **rest),
        "decision": {"type": "string", "enum": list(DECISIONS)},
        "reason": text("why; it holds a letter or digit", maxLength=2000, **rest),
    }


def _outcome() -> dict[str, Part]:
    return {
        "decision_id": uuid("the decision that the loan was granted by; one that is in the log"),
        "outcome": {"type": "string", "enum": list(OUTCOMES)},
        "date": text("the day on which that was known, not in the future", format="date"),
    }


def _said() -> dict[str, Part]:
    return {
        "decision_id": uuid("the decision that it is about"),
        "time": text("when it was logged", format="date-time"),
        "key_name": text("the name of the key that it came with"),
    }


def _or_purged(of: Part) -> Part:
    return {"type": ["string", "null"], "description": "why; null after a purge", "maxLength": of["maxLength"]}


def _decision() -> dict[str, Part]:
    return {
        "decision_id": uuid("the decision's"),
        "time": text("when it was made", format="date-time"),
        "request_id": uuid("the request's, as in its header x-request-id"),
        "purpose": {"type": "string", "enum": list(PURPOSES)},
        "key_name": text("the name of the key that it was asked with"),
        "status": count("the status that it was answered with"),
        "latency_ms": number("milliseconds from the request's beginning to its decision"),
        "raw_score": number("of the model, as log-odds, before its calibration"),
        "probability": share("of default, calibrated"),
        "threshold": share("the probability from which credit was refused"),
        "decision": {"type": "string", "enum": list(DECISIONS)},
        "model_sha256": text("of the pickle that decided", pattern="^[0-9a-f]{64}$"),
        "model_version": text("the release that it is of"),
        "code_version": text("of the service"),
        "client": {"type": ["integer", "null"], "description": "SK_ID_CURR, where it was given"},
        "record": {"type": ["object", "null"], "description": "the client's record as received; null after a purge"},
    }
