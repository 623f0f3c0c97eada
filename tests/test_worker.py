"""The worker at the socket: connections that are used again, that come in pieces, that break off, and what isn't HTTP."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
import requests

from api.headers import SECURITY
from server.connection import SILENCE
from tests.caller import Answer, Connection
from tests.serving import KEY, Server, serving

CLIENT = b'{"SK_ID_CURR": 7, "AMT_CREDIT": 500000}'
HEAD = f"POST /predict HTTP/1.1\r\nHost: test\r\nx-api-key: {KEY}\r\nContent-Type: application/json\r\n".encode()
REQUEST = HEAD + b"Content-Length: %d\r\n\r\n" % len(CLIENT) + CLIENT


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("worker")) as running:
        yield running


def refused(answer: Answer) -> tuple[int, str]:
    """The status and the code of an error that has the one shape."""
    error = answer.document["error"]
    assert answer.headers["content-type"] == "application/json"
    assert set(error) == {"code", "message", "details", "request_id"}
    assert error["request_id"] == answer.headers["x-request-id"]
    return answer.status, error["code"]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:80", "Credit_1.prêt.example".encode("idna").decode()])
def test_a_host_may_be_a_name_or_an_address_with_a_port_or_without(server: Server, host: str) -> None:
    with Connection(server.port) as caller:
        caller.send(REQUEST.replace(b"Host: test", f"Host: {host}".encode()))
        assert caller.answer().status == 200


def test_a_connection_serves_one_request_after_the_other(server: Server) -> None:
    with Connection(server.port) as caller:
        for _ in range(3):
            caller.send(REQUEST)
            assert caller.answer().status == 200


def test_requests_sent_before_the_first_is_answered_are_answered_in_their_order(server: Server) -> None:
    second = REQUEST.replace(b": 7", b": 8")
    with Connection(server.port) as caller:
        caller.send(REQUEST + second + REQUEST + second[:40])
        assert [caller.answer().document["SK_ID_CURR"] for _ in range(3)] == [7, 8, 7]
        caller.send(second[40:])
        assert caller.answer().document["SK_ID_CURR"] == 8


def test_a_request_may_come_in_any_pieces(server: Server) -> None:
    with Connection(server.port) as caller:
        caller.send(REQUEST[:1], REQUEST[1 : len(HEAD) - 1], REQUEST[len(HEAD) - 1 : -5], REQUEST[-5:])
        assert caller.answer().document["SK_ID_CURR"] == 7


def test_a_caller_who_waits_to_be_told_may_send_the_body(server: Server) -> None:
    with Connection(server.port) as caller:
        caller.send(REQUEST.replace(b"Host", b"Expect: 100-continue\r\nHost")[: -len(CLIENT)])
        assert caller.socket.recv(12, socket.MSG_PEEK) == b"HTTP/1.1 100"
        caller.send(CLIENT)
        assert caller.answer().status == 200


def test_a_wrong_key_is_told_before_the_body_is_there(server: Server) -> None:
    with Connection(server.port) as caller:
        caller.send(HEAD.replace(KEY.encode(), b"wrong") + b"Content-Length: 4000000\r\n\r\n")
        assert refused(caller.answer()) == (401, "unauthenticated")
        assert caller.is_closed()


def test_a_body_that_is_refused_unread_can_be_sent_to_its_end_and_the_answer_is_read(server: Server) -> None:
    answer = requests.post(f"{server.url}/predict", data=b" " * 30_000_000, headers={"x-api-key": KEY}, timeout=30)
    assert answer.status_code == 415
    answer = requests.post(f"{server.url}/predict", data=b" " * 30_000_000, headers={"x-api-key": "wrong"}, timeout=30)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b"nonsense\r\n\r\n", (400, "bad_request")),
        (b"GET / HTTP/9.9\r\nHost: test\r\n\r\n", (400, "bad_request")),
        (b"get / HTTP/1.1\r\nHost: test\r\n\r\n", (400, "bad_request")),
        (b"GET / HTTP/1.1\r\nHost: test\r\nx-api-key : se\x00cret\r\n\r\n", (400, "bad_request")),
        (HEAD + b"Content-Length: 1e3\r\n\r\n", (400, "bad_request")),
        (HEAD + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\n", (400, "bad_request")),
        (HEAD + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n", (400, "bad_request")),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: test\r\n\r\n", (414, "uri_too_long")),
        (b"GET / HTTP/1.1\r\nHost: test\r\nx: " + b"a" * 9000 + b"\r\n\r\n", (431, "headers_too_large")),
        (b"GET / HTTP/1.1\r\n" + b"x: a\r\n" * 200 + b"\r\n", (431, "headers_too_large")),
        (b"GET / HTTP/1.1\r\nHost: test\r\nx: " + b"a" * 40_000, (431, "headers_too_large")),
        (b"GET / HTTP/1.1\r\n\r\n", (400, "bad_request")),
        (b"GET / HTTP/1.1\r\nHost: test\r\nHost: other\r\n\r\n", (400, "bad_request")),
        (b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", (400, "bad_request")),
        (b"GET / HTTP/1.1\r\nHost:\r\n\r\n", (400, "bad_request")),
        (b"GET /fea\ttures HTTP/1.1\r\nHost: test\r\n\r\n", (400, "bad_request")),
        (b"GET /#there HTTP/1.1\r\nHost: test\r\n\r\n", (400, "bad_request")),
        (HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n", (400, "bad_request")),
        (b"GET / HTTP/1.1\r\nHost: test\r\nExpect: a miracle\r\n\r\n", (417, "expectation_failed")),
    ],
)
def test_what_is_not_http_is_refused_in_the_shape_of_every_error(server: Server, sent: bytes, expected: tuple[int, str]) -> None:
    with Connection(server.port) as caller:
        caller.send(sent)
        assert refused(caller.answer()) == expected
        assert caller.is_closed()


def test_what_is_not_http_is_answered_with_the_headers_of_every_answer(server: Server) -> None:
    with Connection(server.port) as caller:
        caller.send(b"nonsense\r\n\r\n")
        headers = caller.answer().headers
    assert {name: headers[name] for name in SECURITY} == SECURITY


def test_a_request_that_breaks_off_in_its_head_is_told_so(server: Server) -> None:
    with Connection(server.port) as caller:
        caller.send(b"GET / HTT")
        caller.end()
        assert refused(caller.answer()) == (400, "bad_request")


def test_after_a_broken_body_nothing_more_is_taken_for_a_request(server: Server) -> None:
    with Connection(server.port) as caller:
        caller.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + REQUEST)
        assert refused(caller.answer()) == (400, "malformed_json")
        assert caller.is_closed()


def test_a_bad_trailer_that_nobody_reads_gets_no_answer_of_its_own(server: Server) -> None:
    with Connection(server.port) as caller:
        head = HEAD.replace(KEY.encode(), b"wrong")
        caller.send(head + b"Transfer-Encoding: chunked\r\n\r\n0\r\nbad header\r\n\r\n")
        assert refused(caller.answer()) == (401, "unauthenticated")
        assert caller.is_closed()


def test_a_connection_that_has_to_go_may_speak_at_the_same_moment(tmp_path: Path) -> None:
    arguments = "--workers 1 --worker-connections 12 --threads 4"
    with serving(tmp_path, arguments=arguments) as server, ExitStack() as stack:
        [worker] = psutil.Process(server.process.pid).children()
        callers = [stack.enter_context(Connection(server.port)) for _ in range(11)]
        time.sleep(0.5)  # all are taken
        worker.suspend()
        stack.enter_context(Connection(server.port))
        callers[0].send(REQUEST)
        worker.resume()
        assert requests.get(server.url, timeout=10).status_code == 200
        assert [one.pid for one in psutil.Process(server.process.pid).children()] == [worker.pid]


@pytest.mark.parametrize("sent", [REQUEST[:20], REQUEST[:-3], HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n"])
def test_whoever_falls_silent_within_a_request_is_told_so_and_shown_out(server: Server, sent: bytes) -> None:
    with Connection(server.port) as caller:
        caller.send(sent)
        assert refused(caller.answer()) == (408, "request_timeout")
        assert caller.is_closed()


def test_a_worker_lets_half_of_its_threads_wait_for_bodies(tmp_path: Path) -> None:
    with serving(tmp_path, arguments="--workers 1 --threads 4") as server, ExitStack() as stack:
        *patient, third = [stack.enter_context(Connection(server.port)) for _ in range(3)]
        for caller in patient:
            caller.send(REQUEST[:-3])
        time.sleep(0.5)  # both are waited for
        began = time.monotonic()
        third.send(REQUEST[:-3])
        assert refused(third.answer()) == (408, "request_timeout")
        assert time.monotonic() - began < SILENCE / 2
        for caller in patient:
            caller.send(REQUEST[-3:])
            assert caller.answer().status == 200


def test_nothing_in_an_answer_names_what_serves_it(server: Server) -> None:
    answer = requests.get(server.url, timeout=10)
    assert answer.headers["Server"] == "credit-scoring"


def test_a_worker_is_replaced_without_a_request_lost(tmp_path: Path) -> None:
    statuses: list[int] = []

    def ask() -> None:
        for _ in range(60):
            answer = requests.post(f"{server.url}/predict", data=CLIENT, headers=headers, timeout=30)
            statuses.append(answer.status_code)

    headers = {"x-api-key": KEY, "content-type": "application/json"}
    with serving(tmp_path, arguments="--max-requests 25 --max-requests-jitter 5") as server:
        callers = [threading.Thread(target=ask) for _ in range(4)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
    assert statuses == [200] * 240
    assert (tmp_path / "server.log").read_text().count("Autorestarting") > 4


def test_a_request_on_its_way_when_the_server_is_told_to_stop_is_answered(tmp_path: Path) -> None:
    with serving(tmp_path) as server, Connection(server.port) as new, Connection(server.port) as used:
        used.send(REQUEST)
        assert used.answer().status == 200
        server.process.terminate()
        time.sleep(0.2)
        for caller in (new, used):
            caller.send(REQUEST)
            assert caller.answer().status == 200
