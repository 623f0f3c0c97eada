"""The dashboard's calls: every answer of the service is understood, and whatever else comes is Trouble of one kind, in time."""

import gzip
import json
import socket
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import Any

import pytest

from app import create_app
from dashboard.answers import Explained
from dashboard.service import Service
from dashboard.transport import LARGEST_ANSWER
from dashboard.trouble import Kind, Trouble
from model import Scorer
from scoring.decision_log.database import Database
from scoring.decision_log.entries import uuid7
from scoring.decision_log.log import SqlLog
from scoring.decision_log.spool import Spool
from scoring.decision_log.upgrading import upgrade
from scoring.fields import FIELDS
from scoring.settings import Settings
from server.development import in_thread
from tests.conftest import demo_clients
from tests.fake_service import Answer, Caller, FakeService, dribbling, fake_service, head, replying, sending, stopping

RECORD = {"SK_ID_CURR": 7, "AMT_CREDIT": 500_000.5, "OWN_CAR_AGE": None, "CODE_GENDER": "F"}
WELCOME = {"message": "Credit scoring", "model_version": "4-1234abcd"}
DECISION = {
    "decision_id": "0193-7",
    "SK_ID_CURR": 7,
    "probability": 0.04,
    "threshold": 0.09,
    "decision": "granted",
    "missing": 100,
    "warnings": [],
    "model_version": "4-1234abcd",
}
EXPLAINED = {
    **DECISION,
    "base_value": -2.5,
    "contributions": [{"field": "AMT_CREDIT", "value": 500_000.5, "contribution": 0.25}],
    "reasons": {"against": [], "in_favour": []},
    "recourse": None,
    "unknown": [],
    "outside": [],
}


@pytest.fixture
def fake() -> Iterator[FakeService]:
    with fake_service(replying(200, WELCOME)) as running:
        running.answers |= {"/explain": replying(200, EXPLAINED), "/predict": replying(200, DECISION)}
        yield running


def said(code: str, *details: Mapping[str, Any]) -> dict[str, Any]:
    """A refusal in the service's one shape."""
    return {"error": {"code": code, "message": f"it is {code}", "details": details, "request_id": "r"}}


def trouble(ask: Callable[[], object]) -> Trouble:
    with pytest.raises(Trouble) as raised:
        ask()
    return raised.value


def trouble_of(answer: Answer, patience: float = 10) -> Trouble:
    """What becomes of an answer to GET /."""
    with fake_service(answer) as running:
        return trouble(Service(running.url, "k", patience).model_version)


# --- answers that are refusals


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "malformed_json", Kind.VERSION),
        (401, "unauthenticated", Kind.KEY),
        (404, "unknown_decision", Kind.GONE),
        (404, "not_found", Kind.VERSION),
        (405, "method_not_allowed", Kind.VERSION),
        (408, "request_timeout", Kind.SLOW),
        (409, "idempotency_conflict", Kind.REFUSED),
        (410, "not_explainable", Kind.GONE),
        (413, "too_many_records", Kind.REFUSED),
        (422, "invalid_request", Kind.REFUSED),
        (429, "too_many_requests", Kind.BUSY),
        (500, "internal", Kind.FAULT),
        (503, "log_unavailable", Kind.UNRECORDED),
    ],
)
def test_each_refusal_of_the_service_is_of_a_kind_and_keeps_its_words(status: int, code: str, kind: Kind) -> None:
    refused = trouble_of(replying(status, said(code)))
    assert (refused.kind, refused.message, refused.problems, refused.wait) == (kind, f"it is {code}", (), 0.0)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, Kind.VERSION),
        (404, Kind.VERSION),
        (422, Kind.VERSION),
        (429, Kind.BUSY),
        (500, Kind.FAULT),
        (502, Kind.FAULT),
        (503, Kind.FAULT),
        (504, Kind.FAULT),
    ],
)
@pytest.mark.parametrize("page", ["<html>é</html>".encode("latin-1"), b'{"error": "no"}', b'{"error": {"code": "\xe9"}}', b""])
def test_a_refusal_in_other_words_than_the_services_is_somebody_elses(status: int, kind: Kind, page: bytes) -> None:
    assert trouble_of(replying(status, page)).kind is kind


def test_a_refused_record_says_which_fields() -> None:
    details: list[dict[str, Any]] = [
        {"client": 7, "field": "AMT_CREDIT", "problem": "must be a number"},
        {"client": None, "field": None, "problem": "must be an object"},
    ]
    problems = (("AMT_CREDIT", "must be a number"), (None, "must be an object"))
    assert trouble_of(replying(422, said("invalid_request", *details))).problems == problems


@pytest.mark.parametrize(
    ("status", "told", "seconds"),
    [(429, "17", 17.0), (503, "5", 5.0), (503, "Sun, 22 Nov 2026 09:00:00 GMT", 0.0), (429, "-1", 0.0)],
)
@pytest.mark.parametrize("body", [said("any"), b"<html>"])
def test_the_seconds_to_wait_are_those_that_the_service_says(status: int, told: str, seconds: float, body: Any) -> None:
    assert trouble_of(replying(status, body, retry_after=told)).wait == seconds


# --- answers that are none of the service's


@pytest.mark.parametrize(
    "body",
    [
        b"<!doctype html>",
        b"",
        b"null",
        b'{"message": "no version"}',
        b'{"model_version": 4}',
        b'{"model_version": "\xe9"}',
        b'{"model_version": "4", "more": ' + b"[" * 100_000,
    ],
)
def test_a_200_that_isnt_the_answer_is_from_another_version(body: bytes) -> None:
    assert trouble_of(replying(200, body)).kind is Kind.VERSION


@pytest.mark.parametrize(
    "changes", [{"decision": "maybe"}, {"probability": "0.04"}, {"threshold": None}, {"missing": 0.5}, {"warnings": "none"}]
)
def test_a_decision_with_a_field_of_another_kind_is_from_another_version(fake: FakeService, changes: Mapping[str, Any]) -> None:
    fake.answers["/predict"] = replying(200, {**DECISION, **changes})
    assert trouble(partial(Service(fake.url, "k").simulate, RECORD)).kind is Kind.VERSION


def test_what_an_answer_says_beyond_what_the_pages_read_is_left_alone(fake: FakeService) -> None:
    fake.answers["/predict"] = replying(200, {**DECISION, "new": {"in": "version 5"}})
    assert Service(fake.url, "k").simulate(RECORD).decision == "granted"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_isnt_followed_so_the_key_goes_nowhere_else(fake: FakeService, status: int) -> None:
    with fake_service(replying(200, WELCOME)) as elsewhere:
        fake.otherwise = replying(status, WELCOME, location=f"{elsewhere.url}/")
        assert trouble(Service(fake.url, "k").model_version).kind is Kind.VERSION
        assert elsewhere.asked == []


@pytest.mark.parametrize("status", [300, 304])
def test_an_answer_of_another_status_than_success_is_none_whatever_it_holds(status: int) -> None:
    assert trouble_of(replying(status, WELCOME)).kind is Kind.VERSION


def test_an_answer_may_come_compressed_and_in_chunks(fake: FakeService) -> None:
    content = gzip.compress(json.dumps(WELCOME).encode())
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (content[:9], content[9:], b""))
    fake.otherwise = sending(head(200, transfer_encoding="chunked", content_encoding="gzip") + chunks)
    assert Service(fake.url, "k").model_version() == "4-1234abcd"


def test_an_answer_that_is_far_too_large_is_from_something_else() -> None:
    def flood(caller: Caller) -> None:
        caller.send(head(200))
        for _ in repeat(None, 2 * LARGEST_ANSWER // 1_000_000):
            caller.send(b" " * 1_000_000)
        caller.send(json.dumps(WELCOME).encode())

    assert trouble_of(flood, patience=60).kind is Kind.VERSION


# --- no answer


def test_where_nothing_listens_the_service_is_down() -> None:
    with socket.socket() as taken:  # bound, and not listening: nobody else gets this port meanwhile
        taken.bind(("127.0.0.1", 0))
        assert trouble(Service(f"http://127.0.0.1:{taken.getsockname()[1]}", "k").model_version).kind is Kind.DOWN


@pytest.mark.parametrize("content", [b"", b"220 mail.example\r\n", head(200, content_length="99") + b'{"model_version": "4"}'])
def test_an_answer_that_breaks_off_or_is_no_http_is_as_good_as_none(content: bytes) -> None:
    assert trouble_of(sending(content)).kind is Kind.DOWN


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(stopping(), id="nothing"),
        pytest.param(stopping(b"HTTP/1.1 200 OK\r\nserver: "), id="half a head"),
        pytest.param(stopping(head(200, content_length="999")), id="a head"),
        pytest.param(stopping(head(200, content_length="999") + b'{"model_version"'), id="a head and a part"),
        pytest.param(dribbling(head(200, content_length="99999")), id="a byte now and then"),
        pytest.param(dribbling(b"HTTP/1.1 200 OK\r\nserver: "), id="a byte of the head now and then"),
        pytest.param(dribbling(head(503)), id="a byte of a refusal now and then"),
    ],
)
def test_an_answer_that_doesnt_come_whole_in_time_is_slow(answer: Answer) -> None:
    assert trouble_of(answer, patience=0.5).kind is Kind.SLOW


# --- settings that can't be right


@pytest.mark.parametrize(
    "url",
    [
        "",
        "not a url",
        "ftp://x",
        "127.0.0.1:8000",
        "http://",
        "http://[",
        "http://a..b",
        "http://127.0.0.1:99999",
        "http://\ud800",
        f"http://{'a' * 64}.example",
        "file:///etc/hosts",
    ],
)
def test_an_address_that_is_none_is_a_service_that_is_down(url: str) -> None:
    assert trouble(Service(url, "k").model_version).kind is Kind.DOWN


@pytest.mark.parametrize("key", ["a\nb", "a\r\nx-purpose: simulation", "\ud800"])
def test_a_key_that_no_header_can_hold_isnt_sent(fake: FakeService, key: str) -> None:
    assert trouble(Service(fake.url, key).model_version).kind is Kind.KEY
    assert fake.asked == []


def test_a_key_is_sent_as_the_service_reads_it_from_its_environment(fake: FakeService) -> None:
    Service(fake.url, " clé-ключ\n").model_version()
    assert fake.asked[0].headers["x-api-key"].encode("latin-1") == "clé-ключ".encode()


def test_an_address_may_end_in_a_slash_and_have_a_path(fake: FakeService) -> None:
    for url in (f"{fake.url}/", f"{fake.url}/scoring/"):
        Service(url, "k").model_version()
    assert [one.path for one in fake.asked] == ["/", "/scoring/"]


def test_what_is_written_of_a_service_doesnt_hold_its_key() -> None:
    assert "secret" not in repr(Service("http://127.0.0.1", "secret"))


# --- what is sent


def test_the_same_file_and_model_are_one_decision_and_others_are_others(fake: FakeService) -> None:
    service = Service(fake.url, "k")
    for record, version in [(RECORD, "4"), (dict(RECORD), "4"), (RECORD, "5"), ({**RECORD, "AMT_CREDIT": 1}, "4")]:
        assert isinstance(service.decide(record, version), Explained)
    first, again, other_model, other_file = [one.headers["idempotency-key"] for one in fake.asked]
    assert first == again
    assert len({first, other_model, other_file}) == 3
    assert not any("x-purpose" in one.headers for one in fake.asked)


def test_a_file_is_one_decision_whatever_wrote_it(fake: FakeService) -> None:
    service = Service(fake.url, "k")
    as_csv, as_json = {"AMT_CREDIT": 5, "SK_ID_CURR": 7}, {"SK_ID_CURR": 7, "AMT_CREDIT": 5.0, "OWN_CAR_AGE": None}
    for record in (as_csv, as_json):
        service.decide(record, "4")
    assert len({one.headers["idempotency-key"] for one in fake.asked}) == 1
    assert {one.body for one in fake.asked} == {b'{"AMT_CREDIT":5,"SK_ID_CURR":7}'}


def test_a_simulated_record_is_sent_as_it_is_with_what_is_null(fake: FakeService) -> None:
    service = Service(fake.url, "k")
    service.simulate(RECORD)
    fake.answers["/predict"] = replying(200, {"decisions": []})
    service.decide_many([RECORD], "batch 1", simulation=False)
    assert [json.loads(one.body) for one in fake.asked] == [RECORD, [RECORD]]
    assert {(one.method, one.headers["content-type"], one.headers["x-api-key"]) for one in fake.asked} == {
        ("POST", "application/json", "k")
    }


def test_a_simulation_says_that_it_is_one_and_a_decision_doesnt(fake: FakeService) -> None:
    service = Service(fake.url, "k")
    service.simulate(RECORD)
    fake.answers["/predict"] = replying(200, {"decisions": [DECISION]})
    for simulation in (True, False):
        service.decide_many([RECORD], "batch 1", simulation)
    assert [(one.headers.get("x-purpose"), one.headers.get("idempotency-key")) for one in fake.asked] == [
        ("simulation", None),
        ("simulation", "batch 1"),
        (None, "batch 1"),
    ]


# --- the service itself


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, scorer: Scorer) -> Iterator[Service]:
    folder: Path = tmp_path_factory.mktemp("served")
    database = Database(f"sqlite:///{folder / 'decisions.db'}")
    upgrade(database)
    app = create_app(Settings.from_env({"API_KEY": "clé-ключ"}), scorer, SqlLog(database, Spool(folder / "spool")))
    with in_thread(app) as port:
        yield Service(f"http://127.0.0.1:{port}", "clé-ключ", patience=60)
    database.close()


def test_what_the_service_says_of_its_model_is_understood(served: Service, scorer: Scorer) -> None:
    assert served.model_version() == scorer.release.model_version
    assert [field.name for field in served.features()] == [field.name for field in FIELDS]
    assert served.threshold().best_threshold == scorer.release.threshold
    assert served.importance().ranked()
    assert served.profile().clients["all"] > 0


def test_a_decision_its_record_and_its_review_are_understood(served: Service) -> None:
    version = served.model_version()
    decided = [served.decide(client, version) for client in demo_clients()[:20]]
    refused = next(one for one in decided if one.refused)
    assert {one.decision for one in decided} == {"granted", "refused"}
    assert refused.contributions
    assert refused.reasons.against

    review = served.review(refused.decision_id, "A. Martin", "granted", "a guarantor signed")
    found = served.logged(refused.decision_id)
    assert (found.purpose, found.decision, found.reviews) == ("decision", "refused", [review])


def test_a_file_that_is_opened_again_is_the_same_decision_and_a_simulation_is_none(served: Service) -> None:
    client, version = demo_clients()[0], served.model_version()
    first, again = (served.decide(client, version) for _ in range(2))
    assert first.decision_id == again.decision_id
    assert served.logged(served.simulate(client).decision_id).purpose == "simulation"


def test_many_decisions_come_in_order_and_once_a_key(served: Service) -> None:
    clients = demo_clients()[:3]
    first, again, simulated = (
        served.decide_many(clients, f"batch {simulation}", simulation) for simulation in (False, False, True)
    )
    assert [one.SK_ID_CURR for one in first] == [client["SK_ID_CURR"] for client in clients]
    assert first == again
    assert [one.probability for one in simulated] == [one.probability for one in first]
    assert served.logged(simulated[0].decision_id).purpose == "simulation"


def test_what_the_service_refuses_is_of_the_kind_that_it_means(served: Service) -> None:
    stranger = Service(served.url, "another", patience=60)
    refused = trouble(partial(served.simulate, {"AMT_CREDIT": "much"}))
    assert trouble(stranger.features).kind is Kind.KEY
    assert trouble(partial(served.logged, uuid7())).kind is Kind.GONE
    assert trouble(Service(f"{served.url}/v9", served.key, patience=60).features).kind is Kind.VERSION
    assert (refused.kind, [field for field, _ in refused.problems]) == (Kind.REFUSED, ["AMT_CREDIT"])


def test_calls_in_turn_have_the_time_of_one_together() -> None:
    one = Service("http://127.0.0.1:9", "key", patience=3.0).in_turn()
    first, second = one(), one()
    assert first.url == "http://127.0.0.1:9"
    assert 0 < second.patience <= first.patience <= 3.0
    assert Service("http://127.0.0.1:9", "key", patience=0.0).in_turn()().patience > 0  # a call is made all the same
