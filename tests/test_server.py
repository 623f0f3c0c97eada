"""The service under real gunicorn: what only a server shows - sockets, chunks, a failing start, workers that share a log."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from model import Scorer
from tests.caller import Answer, Connection
from tests.conftest import LATEST, ROOT, demo_clients
from tests.serving import KEY, Server, free_port, server_environment, serving, web_command

CLIENT = json.dumps({"SK_ID_CURR": 7, "AMT_CREDIT": 500000}).encode()
JSON = {"content-type": "application/json"}
HEADERS = ("POST /predict HTTP/1.1", "Host: test", f"x-api-key: {KEY}", "Content-Type: application/json", "Connection: close")
HEAD = "".join(f"{line}\r\n" for line in HEADERS).encode()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("server")) as running:
        yield running


def send(server: Server, raw: bytes) -> Answer:
    """Send bytes, close our side, and give the one answer."""
    with Connection(server.port) as caller:
        caller.send(raw)
        caller.end()
        answer = caller.answer()
        assert caller.is_closed()
    return answer


def chunked(*chunks: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


def test_every_demo_client_gets_the_probability_of_the_scorer_to_the_last_bit(server: Server, scorer: Scorer) -> None:
    answer = requests.post(f"{server.url}/predict", json={"data": demo_clients()}, headers={"x-api-key": KEY}, timeout=30)
    served = [one["probability"] for one in answer.json()["decisions"]]
    columns = {name: [client[name] for client in demo_clients()] for name in scorer.release.fields}
    assert served == scorer.score(columns).probability.tolist()


def test_a_chunked_body_is_decided_as_a_whole_one(server: Server) -> None:
    answer = send(server, HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(CLIENT[:10], CLIENT[10:]))
    assert answer.status == 200
    assert answer.document["SK_ID_CURR"] == 7


@pytest.mark.parametrize(
    ("rest", "status"),
    [
        (b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n", 400),
        (b"Transfer-Encoding: chunked\r\n\r\n10\r\n{}\r\n", 400),
        (b"Transfer-Encoding: chunked\r\n\r\n" + chunked(CLIENT)[:-2] + b"bad trailer\r\n\r\n", 400),
        (b"Content-Length: 100\r\n\r\n{}", 400),
        (b"Content-Length: 100\r\n\r\n" + CLIENT, 400),
        (b"\r\n", 400),
        (b"Content-Length: 99999999\r\n\r\n{}", 413),
        (b"Transfer-Encoding: chunked\r\n\r\n" + chunked(*[b" " * 500_000] * 21), 413),
        (b"Transfer-Encoding: chunked\r\n\r\n" + chunked(CLIENT, *[b" " * 500_000] * 21), 413),
    ],
)
def test_a_body_that_breaks_off_or_is_too_large_is_refused_and_the_next_is_served(
    server: Server, rest: bytes, status: int
) -> None:
    answer = send(server, HEAD + rest)
    assert answer.status == status
    assert answer.document["error"]["code"]
    assert send(server, HEAD + b"Content-Length: %d\r\n\r\n%s" % (len(CLIENT), CLIENT)).status == 200


def test_a_caller_cannot_name_the_path_that_the_key_is_asked_for(server: Server) -> None:
    answer = requests.get(f"{server.url}/features", headers={"SCRIPT_NAME": "/features"}, timeout=10)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unauthenticated")


def test_decisions_of_all_workers_are_in_one_log_once_each(server: Server) -> None:
    def ask(number: int) -> str:
        body = {"SK_ID_CURR": number, "AMT_CREDIT": 1000.0 * number}
        answer = requests.post(f"{server.url}/predict", json=body, headers={"x-api-key": KEY}, timeout=30)
        return str(answer.json()["decision_id"])

    with ThreadPoolExecutor(8) as callers:
        answered = list(callers.map(ask, range(1, 101)))
    logged = server.logged()
    assert len(set(answered)) == 100
    assert all(logged.count(one) == 1 for one in answered)


def test_python_app_py_serves_for_those_without_gunicorn(tmp_path: Path, scorer: Scorer) -> None:
    with serving(tmp_path, [sys.executable, "app.py"]) as server:
        answer = requests.post(f"{server.url}/predict", data=CLIENT, headers={"x-api-key": KEY, **JSON}, timeout=30)
        assert answer.json()["model_version"] == scorer.model_version
        answer = requests.get(f"{server.url}/clients/900417?name=Dupont", headers={"x-api-key": KEY}, timeout=30)
        assert (answer.status_code, answer.headers["Server"]) == (404, "credit-scoring")
    log = (tmp_path / "server.log").read_text()
    assert '"route":"/predict"' in log
    assert not [word for word in ("900417", "Dupont", KEY) if word in log]


def test_a_server_that_is_told_to_stop_ends_well(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        pass
    assert server.process.returncode == 0


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda release: (release / "model.pkl").write_bytes(b"x"), "model.pkl has sha256"),
        (lambda release: (release / "model.pkl").unlink(), "model.pkl can't be read"),
        (lambda release: (release / "model.json").write_text("{"), "is not a model.json"),
    ],
    ids=["another pickle", "no pickle", "half a model.json"],
)
def test_a_wrong_model_stops_the_start_with_one_line(tmp_path: Path, spoil: object, words: str) -> None:
    release = Path(shutil.copytree(LATEST, tmp_path / "release"))
    assert callable(spoil)
    spoil(release)
    assert_one_line(tmp_path, words, MODEL_DIR=str(release))


def test_no_key_stops_the_start_with_one_line(tmp_path: Path) -> None:
    assert_one_line(tmp_path, "no API key is configured: set API_KEY=", API_KEY="")


def test_a_meaningless_setting_stops_the_start_with_one_line(tmp_path: Path) -> None:
    assert_one_line(tmp_path, "MAX_RECORDS must be a whole number", MAX_RECORDS="many")


def assert_one_line(folder: Path, words: str, **environment: str) -> None:
    """The server ends at once, with an error and one line of its own that says why."""
    done = subprocess.run(
        web_command(),
        cwd=ROOT,
        env=server_environment(folder, free_port(), **environment),
        capture_output=True,
        text=True,
        timeout=60,
    )
    said = [line for line in done.stderr.splitlines() if "[INFO]" not in line]
    assert done.returncode != 0
    assert len(said) == 1, done.stderr
    assert said[0].startswith("error: ")
    assert words in said[0]
