"""What the service promises of bad requests: refused in one shape, quickly, without a word too much, and without a trace.

`python -m tests.robustness` tries all of them and writes down what came of it; here the families made by rule are sampled.
"""

import hashlib
import json
import random
from collections.abc import Iterator, Mapping
from http.client import HTTPMessage
from typing import Any

import pytest

from model import Scorer
from tests.caller import Answer, Exchange
from tests.robustness.checks import LONGEST_ANSWER, violations
from tests.robustness.corpus import groups
from tests.robustness.corpus.case import post
from tests.robustness.corpus.follow_ups import NOBODY
from tests.robustness.firing import Range, fired
from tests.robustness.flips import FLIPS, flipped
from tests.robustness.valid import valid
from tests.serving import KEY, serving

SAMPLE = 60
GROUPS = groups(NOBODY, NOBODY.replace("0", "1"))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, scorer: Scorer) -> Iterator[Range]:
    with serving(tmp_path_factory.mktemp("robustness")) as server:
        yield Range(server, scorer)


@pytest.mark.parametrize("number", range(len(GROUPS)), ids=[group.name for group in GROUPS])
def test_bad_requests_are_refused_without_a_trace_and_the_next_good_one_is_scored_as_ever(service: Range, number: int) -> None:
    group = groups(service.decision, service.simulation)[number]
    cases = list(group.cases()) if group.family else None
    tried = fired(service, group, random.Random(7).sample(cases, min(SAMPLE, len(cases))) if cases else None)
    wrong = [str(one) for one in tried if one.wrong] + service.traces()
    assert not wrong, "\n".join(wrong)


def test_good_requests_of_every_kind_get_the_probabilities_that_a_batch_gives_them(service: Range) -> None:
    problems = [service.offer(one) for one in valid()]
    assert len(problems) >= 50
    assert not any(problems), "\n".join(filter(None, problems))
    assert not service.traces()


def test_the_bad_requests_written_by_hand_are_many_and_no_two_alike() -> None:
    sent = [hashlib.sha256(case.raw).digest() for group in GROUPS if not group.family for case in group.cases()]
    assert len(set(sent)) == len(sent) >= 400


# --- the judge of answers is judged


def answer(status: int = 422, headers: Mapping[str, str] | None = None, body: bytes | None = None, **changes: Any) -> Answer:
    error = {"code": "x", "message": "x", "details": [], "request_id": "7", **changes}
    message = HTTPMessage()
    for name, value in ({"content-type": "application/json", "x-request-id": "7"} | dict(headers or {})).items():
        message[name] = value
    return Answer(status, message, json.dumps({"error": error}).encode() if body is None else body)


def found(*answers: Answer, seconds: float = 0.1) -> list[str]:
    return violations(post("a case", {}, 422), Exchange(answers, seconds))


def test_an_answer_as_promised_is_not_objected_to() -> None:
    assert not found(answer(details=[{"client": 7, "field": "AMT_CREDIT", "problem": "must be a number"}]))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (answer(500), "500 instead of 422"),
        (answer(200, body=b'{"probability": 0.1}'), "200 instead of 422"),
        (answer(headers={"content-type": "text/html"}), "its type is text/html"),
        (answer(headers={"set-cookie": "a=b"}), "it sets a cookie"),
        (answer(headers={"server": "gunicorn"}), "it tells 'gunicorn'"),
        (answer(message=f"the key {KEY} is none"), f"it tells '{KEY}'"),
        (answer(message='File "/x.py", line 1'), "it tells '.py'"),
        (answer(headers={"x-request-id": "8"}), "it isn't of the one shape"),
        (answer(message=""), "it isn't of the one shape"),
        (answer(hint="x"), "it isn't of the one shape"),
        (answer(details=[{"field": "x"}]), "it isn't of the one shape"),
        (answer(body=b"<html>"), "it isn't of the one shape"),
        (answer(message="x" * LONGEST_ANSWER), "it has 64,"),
    ],
)
def test_an_answer_that_breaks_a_promise_is_objected_to(given: Answer, words: str) -> None:
    assert any(one.startswith(words) for one in found(given)), found(given)


def test_no_answer_and_two_and_a_late_one_are_objected_to() -> None:
    assert found() == ["no answer"]
    assert found(answer(), answer()) == ["2 answers, at most 1 foreseen"]
    assert found(answer(), seconds=11) == ["an answer after 11.0 s"]


# --- the model's files, damaged


@pytest.mark.parametrize("file", ["model.pkl", "reference.json", "importance.json", "scores.json"])
def test_a_file_with_one_bit_flipped_stops_the_start_before_the_pickle_is_opened(file: str) -> None:
    flips = flipped(file)
    assert (flips.tried, flips.refused, flips.opened) == (FLIPS, FLIPS, 0)


def test_a_model_json_with_one_bit_flipped_stops_the_start_or_scores_as_released() -> None:
    flips = flipped("model.json")
    assert flips.wrong == 0
    assert flips.refused > FLIPS / 2
    assert flips.exact > 0, "not one bit of what only people read was flipped"


def test_a_threshold_with_one_bit_flipped_stops_the_start_or_is_the_same_number(scorer: Scorer) -> None:
    flips = flipped("model.json", f'"threshold": {scorer.threshold!r}'.encode())
    assert flips.wrong == 0
    assert flips.refused > flips.tried / 2
