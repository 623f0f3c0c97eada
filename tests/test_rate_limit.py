"""The limit of a key: so many at once, then one by one, for all workers together."""

import multiprocessing
import os
import signal
from pathlib import Path

import requests

from api.rate_limit import Limiter
from app import create_app
from model import Scorer
from scoring.settings import RateLimit, Settings
from tests.clock import Clock
from tests.logs import MemoryLog
from tests.serving import KEY, serving

NOW = 1_000_000_000
"""Nanoseconds."""


def test_a_key_may_make_all_its_requests_at_once_and_then_gets_them_back_one_by_one() -> None:
    clock = Clock(NOW)
    limiter = Limiter(RateLimit(3, 60), ["bank"], clock)  # one every 20 s
    assert [limiter.wait("bank") for _ in range(5)] == [0, 0, 0, 20_000_000_000, 20_000_000_000]
    clock.now += 19_999_999_999
    assert limiter.wait("bank") == 1
    clock.now += 1
    assert [limiter.wait("bank") for _ in range(2)] == [0, 20_000_000_000]
    clock.now += 3_600_000_000_000
    assert [limiter.wait("bank") > 0 for _ in range(4)] == [False, False, False, True]


def test_each_key_has_a_limit_of_its_own() -> None:
    limiter = Limiter(RateLimit(1, 1), ["bank", "desk"], Clock(NOW))
    assert [limiter.wait(name) for name in ("bank", "desk")] == [0, 0]
    assert [limiter.wait(name) for name in ("bank", "desk")] == [1_000_000_000, 1_000_000_000]


def test_a_process_that_is_killed_while_it_asks_blocks_no_other() -> None:
    limiter = Limiter(RateLimit(1_000_000, 1), ["bank"])
    fork = multiprocessing.get_context("fork")

    def ask_for_ever() -> None:
        while True:
            limiter.wait("bank")

    for _ in range(20):
        asking = fork.Process(target=ask_for_ever)
        asking.start()
        asking.join(0.02)
        os.kill(asking.pid or 0, signal.SIGKILL)
        asking.join()
        limiter.wait("bank")  # returns


def test_whoever_asks_too_often_is_told_when_to_come_again_and_others_are_served(scorer: Scorer) -> None:
    settings = Settings.from_env({"API_KEY": "one,two", "RATE_LIMIT": "3/hour"})
    log = MemoryLog()
    client = create_app(settings, scorer, log).test_client()

    def ask(key: str) -> int:
        return client.post("/predict", json={"AMT_CREDIT": 5}, headers={"x-api-key": key}).status_code

    assert [ask("one") for _ in range(5)] == [200, 200, 200, 429, 429]
    refused = client.post("/predict", data=b"not even looked at", headers={"x-api-key": "one"})
    assert (refused.json or {})["error"]["code"] == "too_many_requests"
    assert 1100 < int(refused.headers["Retry-After"]) <= 1200
    assert len(log.entries) == 3
    assert ask("two") == 200
    assert ask("wrong") == 401
    assert client.get("/").status_code == 200


def test_the_limit_holds_for_all_workers_together(tmp_path: Path) -> None:
    with serving(tmp_path, RATE_LIMIT="7/hour", WEB_CONCURRENCY="2") as server:
        url, headers = f"{server.url}/best_threshold", {"x-api-key": KEY}
        statuses = [requests.get(url, headers=headers, timeout=10).status_code for _ in range(30)]
    assert statuses == [200] * 7 + [429] * 23
