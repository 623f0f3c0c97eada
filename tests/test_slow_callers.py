"""Callers who take their time hold up nobody but themselves."""

import time
from collections.abc import Iterator

import pytest
import requests

from tests.serving import KEY, Server, serving
from tests.slow_callers import MANNERS, Manner, slow_callers

CLIENT = {"SK_ID_CURR": 7, "AMT_CREDIT": 500_000}
SECONDS = 6.0
"""Longer than the server's patience, so that some of them come a second time."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("slow")) as running:
        yield running


@pytest.mark.parametrize("manner", MANNERS, ids=lambda manner: manner.__name__)
def test_thirty_slow_callers_keep_nobody_from_an_answer_within_a_second(server: Server, manner: Manner) -> None:
    with slow_callers(server, manner, 30):
        slowest, end = 0.0, time.monotonic() + SECONDS
        while time.monotonic() < end:
            began = time.monotonic()
            answer = requests.post(f"{server.url}/predict", json=CLIENT, headers={"x-api-key": KEY}, timeout=30)
            slowest = max(slowest, time.monotonic() - began)
            assert answer.status_code == 200
            time.sleep(0.05)
    assert slowest < 1
