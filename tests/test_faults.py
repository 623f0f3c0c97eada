"""The running service, killed under load: what was answered is in the log, once."""

import json
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from tests.serving import KEY, Server, serving

pytestmark = pytest.mark.faults

CALLERS = 8


def workers_of(server: Server) -> list[int]:
    path = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    return [int(pid) for pid in path.read_text().split()]


def ask_until(server: Server, deadline: float) -> list[str]:
    """The ids of the decisions that were answered until then; what a kill broke off isn't answered."""
    answered = []
    while time.monotonic() < deadline:
        try:
            answer = requests.post(f"{server.url}/predict", json={"AMT_CREDIT": 1e5}, headers={"x-api-key": KEY}, timeout=5)
            answered.append(str(answer.json()["decision_id"]))
        except requests.RequestException:
            time.sleep(0.01)
    return answered


def assert_logged_once(server: Server, answered: list[str]) -> None:
    lines = server.decision_log.read_bytes().split(b"\n")
    whole = [json.loads(line)["decision_id"] for line in lines if line.endswith(b"}")]
    assert len(answered) > 100
    assert len(whole) == len(set(whole))
    assert not set(answered) - set(whole)


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="workers are found through /proc")
@pytest.mark.parametrize("whom", ["a worker", "all at once"])
def test_every_answered_decision_survives_kill_9(whom: str, tmp_path: Path) -> None:
    answered: list[str] = []
    with serving(tmp_path) as server, ThreadPoolExecutor(CALLERS) as callers:
        end = time.monotonic() + 12
        asked = [callers.submit(ask_until, server, end) for _ in range(CALLERS)]
        for _ in range(5):
            time.sleep(2)
            victims = workers_of(server)
            for pid in victims if whom == "all at once" else victims[:1]:
                os.kill(pid, signal.SIGKILL)
        for one in asked:
            answered += one.result()
        assert_logged_once(server, answered)


def test_every_answered_decision_survives_a_stop_under_load(tmp_path: Path) -> None:
    answered: list[str] = []
    with serving(tmp_path) as server, ThreadPoolExecutor(CALLERS) as callers:
        asked = [callers.submit(ask_until, server, time.monotonic() + 6) for _ in range(CALLERS)]
        time.sleep(3)
        server.process.terminate()
        assert server.process.wait(25) == 0
        for one in asked:
            answered += one.result()
        assert_logged_once(server, answered)
