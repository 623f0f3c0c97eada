"""The answers of the API as far as the pages read them; what lacks a part of them comes from another version."""

from typing import Any, Literal

import msgspec

Verdict = Literal["granted", "refused"]
"""What is decided."""


class Answer(msgspec.Struct, frozen=True):
    """One of the service's answers. What it holds beyond these fields is left alone: a newer service may say more."""


class Welcome(Answer, frozen=True):
    """Of GET /."""

    model_version: str


class Field(Answer, frozen=True):
    """One of GET /features."""

    name: str
    type: str  # integer, number, flag or label
    role: str  # model or audit
    allowed: list[str | int] | None = None
    range: tuple[float | None, float | None] | None = None


class Features(Answer, frozen=True):
    """Of GET /features."""

    features: list[Field]


class Threshold(Answer, frozen=True):
    """Of GET /best_threshold."""

    best_threshold: float
    cost_false_negative: float
    cost_false_positive: float


class Decision(Answer, frozen=True):
    """A decision, as POST /predict answers it."""

    decision_id: str
    SK_ID_CURR: int | None
    probability: float
    threshold: float
    decision: Verdict
    missing: int
    warnings: list[str]
    model_version: str

    @property
    def refused(self) -> bool:
        return self.decision == "refused"


class Decisions(Answer, frozen=True):
    """Of a list of records."""

    decisions: list[Decision]


class Contribution(Answer, frozen=True):
    """What a field added to the log-odds of the PD."""

    field: str
    value: Any
    contribution: float


class Said(Answer, frozen=True):
    """A sentence in each language."""

    fr: str
    en: str


class Reason(Said, frozen=True):
    """A reason, and the fields that it is about."""

    fields: list[str]


class Reasons(Answer, frozen=True):
    """Against granting and in favour of it, the weightiest first."""

    against: list[Reason]
    in_favour: list[Reason]


class Change(Answer, frozen=True, rename={"before": "from"}):
    """A field that a recourse changes."""

    field: str
    before: float
    to: float


class Recourse(Said, frozen=True):
    """What would turn a refusal; no changes where nothing would."""

    changes: list[Change]
    probability: float | None


class Explained(Decision, frozen=True):
    """A decision and why, as POST /explain answers it."""

    base_value: float
    contributions: list[Contribution]
    reasons: Reasons
    recourse: Recourse | None
    unknown: list[Said]
    outside: list[Said]


class Review(Answer, frozen=True):
    """A person's decision in the place of the model's."""

    time: str
    reviewer: str
    decision: Verdict
    reason: str


class Logged(Answer, frozen=True):
    """A decision as GET /decisions/{id} shows it."""

    decision_id: str
    time: str
    decision: Verdict
    purpose: str
    reviews: list[Review]


class Problem(Answer, frozen=True):
    """One thing wrong with a request."""

    problem: str
    field: str | None = None


class Error(Answer, frozen=True):
    """What the service says in its one error shape."""

    code: str
    message: str
    details: list[Problem] = []


class Refusal(Answer, frozen=True):
    """An answer that is no decision."""

    error: Error
