"""What every answer to a bad request has to be, whatever was sent."""

from collections.abc import Iterator

from tests.caller import Answer, Exchange
from tests.conftest import ROOT
from tests.robustness.corpus.case import NO_ANSWER, Case
from tests.serving import KEY

LONGEST_ANSWER = 64_000
SLOWEST = 10.0
LEAKS = """
flask werkzeug gunicorn msgspec lightgbm sqlalchemy sqlite psycopg numpy sklearn scikit python traceback site-packages .py
/home /root /usr /tmp model.pkl decisions.db
"""
"""What no answer tells: libraries, places on this machine, a stack; nor the key, nor where the project lies."""


def violations(case: Case, exchange: Exchange) -> list[str]:
    """What is wrong with the answers to a bad request, in words; nothing, as a rule."""
    answers, allowed = exchange.answers, case.answers
    found = [exchange.trouble] if exchange.trouble else []
    if not answers and NO_ANSWER not in allowed[0]:
        found.append("no answer")
    if len(answers) > len(allowed):
        found.append(f"{len(answers)} answers, at most {len(allowed)} foreseen")
    if exchange.seconds > SLOWEST:
        found.append(f"an answer after {exchange.seconds:.1f} s")
    for answer, statuses in zip(answers, allowed, strict=False):
        if answer.status not in statuses:
            found.append(f"{answer.status} instead of {' or '.join(map(str, sorted(statuses)))}: {answer.body[:200]!r}")
    for answer in answers:
        found += _of_any(answer)
        if answer.status >= 400:
            found += _of_a_refusal(answer, of_head=case.raw.startswith(b"HEAD "))
    return found


def _of_any(answer: Answer) -> Iterator[str]:
    told = f"{answer.headers}{answer.body.decode('utf-8', 'replace')}".lower()
    yield from (f"it tells {word!r}" for word in (*LEAKS.split(), str(ROOT), KEY) if word.lower() in told)
    if (type_ := answer.headers.get_content_type()) != "application/json":
        yield f"its type is {type_}"
    if "set-cookie" in answer.headers:
        yield "it sets a cookie"
    if not answer.headers.get("x-request-id"):
        yield "it has no x-request-id"


def _of_a_refusal(answer: Answer, of_head: bool) -> Iterator[str]:
    if len(answer.body) >= LONGEST_ANSWER:
        yield f"it has {len(answer.body):,} bytes"
    if of_head:
        return
    if not _is_of_the_shape(answer):
        yield f"it isn't of the one shape: {answer.body[:200]!r}"


def _is_of_the_shape(answer: Answer) -> bool:
    """{"error": {"code", "message", "details": [{"client", "field", "problem"}], "request_id"}}, the id as in the header."""
    try:
        body = answer.document
        error = body["error"]
        return (
            set(body) == {"error"}
            and set(error) == {"code", "message", "details", "request_id"}
            and all(isinstance(error[name], str) and error[name] for name in ("code", "message"))
            and all(set(one) == {"client", "field", "problem"} and isinstance(one["problem"], str) for one in error["details"])
            and error["request_id"] == answer.headers.get("x-request-id")
        )
    except (ValueError, TypeError, KeyError):
        return False
