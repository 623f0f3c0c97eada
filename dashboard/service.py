"""The API as the pages ask it: each call gives an answer or raises Trouble, within the time that a person waits."""

import hashlib
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any, TypeVar

import msgspec

from dashboard.answers import (
    Decision,
    Decisions,
    Explained,
    Features,
    Field,
    Logged,
    Refusal,
    Review,
    Threshold,
    Welcome,
)
from dashboard.transport import Reply, exchange
from dashboard.trouble import Kind, Trouble
from scoring.explaining.importance import Importance
from scoring.explaining.profile import Profile

Record = Mapping[str, Any]
T = TypeVar("T")

PATIENCE = 4.0  # seconds: a page says what is wrong within 5
SIMULATION = "simulation"
_LEAST = 0.05  # seconds that a call is given even so

_OF_STATUS = {
    401: Kind.KEY,
    404: Kind.GONE,
    408: Kind.SLOW,
    409: Kind.REFUSED,
    410: Kind.GONE,
    413: Kind.REFUSED,
    422: Kind.REFUSED,
    429: Kind.BUSY,
    503: Kind.UNRECORDED,
}
_OF_STRANGERS = {Kind.UNRECORDED: Kind.FAULT, Kind.KEY: Kind.VERSION, Kind.GONE: Kind.VERSION, Kind.REFUSED: Kind.VERSION}
"""What a status means instead where it isn't the service that says it."""
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Service:
    """A running API: where it answers, and the key that it knows us by. `patience`: seconds that a call may take."""

    url: str
    key: str = field(repr=False)
    patience: float = PATIENCE

    def in_turn(self) -> Callable[[], "Service"]:
        """What gives this service for one call after the other, which together may take the time of one."""
        deadline = time.monotonic() + self.patience
        return lambda: replace(self, patience=max(deadline - time.monotonic(), _LEAST))

    def model_version(self) -> str:
        """Which model serves."""
        return self._get("/", Welcome).model_version

    def features(self) -> list[Field]:
        """The fields of a client record, in their order."""
        return self._get("/features", Features).features

    def threshold(self) -> Threshold:
        """The PD from which credit is refused, and the costs it follows from."""
        return self._get("/best_threshold", Threshold)

    def importance(self) -> Importance:
        """What moves the PD most, over the clients of the training."""
        return self._get("/importance", Importance)

    def profile(self) -> Profile:
        """The clients of the training, summed up."""
        return self._get("/reference", Profile)

    def decide(self, record: Record, model_version: str) -> Explained:
        """The decision on a client's file, and why: one decision a file and model, however often the file is opened."""
        body = msgspec.json.encode(_canonical(record), order="sorted")
        key = f"file-{hashlib.sha256(model_version.encode() + body).hexdigest()}"
        return self._post("/explain", body, Explained, **{"Idempotency-Key": key})

    def simulate(self, record: Record) -> Decision:
        """What the decision would be on another file: logged as a simulation."""
        return self._post("/predict", msgspec.json.encode(record), Decision, **{"x-purpose": SIMULATION})

    def decide_many(self, records: Sequence[Record], key: str, simulation: bool) -> list[Decision]:
        """The decisions on many files, in their order; asked again with the same key, the same ones."""
        purpose = {"x-purpose": SIMULATION} if simulation else {}
        headers = {"Idempotency-Key": key, **purpose}
        return self._post("/predict", msgspec.json.encode(records), Decisions, **headers).decisions

    def logged(self, decision_id: str) -> Logged:
        """A decision as it is on record, with what people decided in its place."""
        return self._get(f"/decisions/{decision_id}", Logged)

    def review(self, decision_id: str, reviewer: str, decision: str, reason: str) -> Review:
        """Put a person's decision in the model's place."""
        body = msgspec.json.encode({"reviewer": reviewer, "decision": decision, "reason": reason})
        return self._post(f"/decisions/{decision_id}/review", body, Review)

    def _get(self, path: str, of: type[T]) -> T:
        return self._ask("GET", path, b"", of, {})

    def _post(self, path: str, body: bytes, of: type[T], **headers: str) -> T:
        return self._ask("POST", path, body, of, {"content-type": "application/json", **headers})

    def _ask(self, method: str, path: str, body: bytes, of: type[T], headers: Mapping[str, str]) -> T:
        try:
            key = os.fsencode(self.key.strip())  # as the service takes it from its own environment
        except UnicodeError:
            raise Trouble(Kind.KEY, "the key holds what no header can") from None
        reply = exchange(method, self.url.rstrip("/") + path, body, {"x-api-key": key, **headers}, self.patience)
        if reply.status >= HTTPStatus.BAD_REQUEST:
            raise _trouble(path, reply)
        if reply.status >= HTTPStatus.MULTIPLE_CHOICES:
            raise Trouble(Kind.VERSION, f"{path} answers {reply.status}, from where nothing is followed")
        try:
            return msgspec.json.decode(reply.content, type=of)
        except _UNREADABLE as error:
            raise Trouble(Kind.VERSION, f"{path} answers otherwise than these pages expect: {error}") from None


def _canonical(record: Record) -> Record:
    """The same record for whatever wrote it: what isn't known left out, whole numbers as such."""
    known = {name: value for name, value in record.items() if value is not None}
    return {name: int(value) if isinstance(value, float) and value.is_integer() else value for name, value in known.items()}


def _trouble(path: str, reply: Reply) -> Trouble:
    """What an answer that is none means."""
    kind = _OF_STATUS.get(reply.status, Kind.FAULT if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR else Kind.VERSION)
    wait = float(reply.retry_after) if reply.retry_after.isdecimal() else 0.0
    try:
        error = msgspec.json.decode(reply.content, type=Refusal).error
    except _UNREADABLE:  # not the service's own words, perhaps those of what stands before it
        return Trouble(_OF_STRANGERS.get(kind, kind), f"{path} answers {reply.status}", wait=wait)
    if kind is Kind.GONE and error.code == "not_found":  # no such path, rather than no such decision
        kind = Kind.VERSION
    return Trouble(kind, error.message, tuple((one.field, one.problem) for one in error.details), wait)
