"""What a service that has just been deployed is asked, and what it must answer: what its release says, nearly to the last bit."""

import json
import math
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from jobs.deploying.asking import Answer, NoAnswer, one_line, send
from jobs.deploying.platforms import Say
from model import Scorer

SAME = 1e-12
"""Relative: of the PD the processors' exp decides the last bit."""


@dataclass(frozen=True, slots=True)
class Service:
    """Where it answers, an API key of it, and how long it is waited for, in seconds."""

    url: str
    key: str = field(repr=False)
    wait: float
    pause: float = 1.0

    def ask(self, method: str, path: str, record: Mapping[str, Any] | None = None, with_key: bool = False) -> Answer:
        """Its answer; what it decides is marked as a simulation. Raises NoAnswer."""
        headers: dict[str, str | bytes] = {"x-api-key": os.fsencode(self.key)} if with_key else {}
        if record is not None:
            headers |= {"content-type": "application/json", "x-purpose": "simulation"}
        return send(method, f"{self.url}{path}", b"" if record is None else msgspec.json.encode(record), headers)


@dataclass(frozen=True, slots=True)
class Check:
    """A question, and what its answer must have: the status, and in its JSON object these values."""

    name: str
    method: str
    path: str
    status: int
    values: Mapping[str, Any] = field(default_factory=dict)
    record: Mapping[str, Any] | None = None
    with_key: bool = False

    def problem(self, service: Service) -> str:
        """What is wrong with the answer, in a line with what was expected; "" where it is right."""
        try:
            answer = service.ask(self.method, self.path, self.record, self.with_key)
        except NoAnswer as error:
            return f"{self.name}: expected {self._expected()}, got none: {error.message}"
        document = _object(answer.content)
        if answer.status == self.status and document is not None and all(map(_same, *self._pairs(document))):
            return ""
        got = one_line(self._got(answer, document), [service.key])
        return f"{self.name}: expected {self._expected()}, got {answer.status} {got}"

    def _pairs(self, document: Mapping[str, Any]) -> tuple[list[Any], list[Any]]:
        return list(self.values.values()), [document.get(name) for name in self.values]

    def _expected(self) -> str:
        return f"{self.status} {json.dumps(self.values)}" if self.values else f"{self.status} and a JSON object"

    def _got(self, answer: Answer, document: Mapping[str, Any] | None) -> str:
        if answer.status == self.status and document is not None:
            return json.dumps({name: document.get(name) for name in self.values})
        return answer.content.decode(errors="replace")


def problems(service: Service, scorer: Scorer, say: Say) -> list[str]:
    """What is wrong with a service that should serve this release, a line each; what is right goes to `say`.

    It is waited for until it is ready. The key stands in no line.
    """
    if wrong := _until_ready(service, say):
        return [wrong]
    found = []
    for check in _checks(scorer):
        if wrong := check.problem(service):
            found.append(wrong)
        else:
            say(f"ok: {check.name}")
    return found


def _checks(scorer: Scorer) -> Iterator[Check]:
    golden = scorer.release.golden
    version = {"model_version": scorer.model_version}
    yield Check(f"GET / names {scorer.model_version}", "GET", "/", 200, version)
    yield Check("GET /openapi.json describes the API", "GET", "/openapi.json", 200)
    yield Check("POST /predict without a key is refused", "POST", "/predict", 401, record=golden[0].record)
    scores = scorer.score(scorer.release.golden_by_field())
    for number, (one, probability, refused) in enumerate(
        zip(golden, scores.probability.tolist(), scores.refused.tolist(), strict=True), start=1
    ):
        decided = {"decision": "refused" if refused else "granted", "probability": probability, "threshold": scorer.threshold}
        name = f"POST /predict with golden record {number} of {len(golden)}"
        yield Check(name, "POST", "/predict", 200, {**decided, **version}, one.record, with_key=True)


def _until_ready(service: Service, say: Say) -> str:
    """Wait until it is; says each change once, and gives the last of what kept it where it took too long."""
    deadline = time.monotonic() + service.wait
    told = ""
    while now := _not_ready(service):
        if now != told:
            say(f"not ready: {now}")
            told = now
        if time.monotonic() >= deadline:
            return f"GET /health/ready: expected 200 within {service.wait:g} s, got {now}"
        time.sleep(service.pause)
    say("ok: GET /health/ready")
    return ""


def _not_ready(service: Service) -> str:
    try:
        answer = service.ask("GET", "/health/ready")
    except NoAnswer as error:
        return error.message
    return "" if answer.status == 200 else one_line(f"{answer.status} {answer.content.decode(errors='replace')}", [service.key])


def _object(content: bytes) -> Mapping[str, Any] | None:
    try:
        document = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _same(expected: Any, got: Any) -> bool:
    if isinstance(expected, float) and isinstance(got, float):
        return math.isclose(expected, got, rel_tol=SAME, abs_tol=0.0)
    return bool(expected == got)
