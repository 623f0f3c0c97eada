"""Alive is not ready: a service is asked for decisions only where it scores as at release and can put them on record."""

import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
import requests

from api.health import HOLDS, Readiness
from app import create_app
from model import Scorer
from scoring.errors import LogUnavailable, NotReady
from scoring.settings import Settings
from tests.clock import Clock
from tests.logs import MemoryLog
from tests.serving import KEY, serving


class CountingLog(MemoryLog):
    """Counts how often it was checked."""

    checks = 0

    def check(self) -> str:
        self.checks += 1
        return super().check()


def ready(scorer: Scorer, log: MemoryLog) -> tuple[int, dict[str, Any]]:
    client = create_app(Settings.from_env({"API_KEY": "secret"}), scorer, log).test_client()
    assert client.get("/health/live").json == {"status": "alive"}
    answer = client.get("/health/ready")
    return answer.status_code, answer.json or {}


def scoring_otherwise(scorer: Scorer) -> Scorer:
    """The same model, of which the release says that a golden record scores a bit higher."""
    first, *others = scorer.release.golden
    golden = [msgspec.structs.replace(first, raw=first.raw + 1e-12), *others]
    return Scorer(scorer.model, msgspec.structs.replace(scorer.release, golden=golden), scorer.documents)


def test_a_service_that_can_decide_says_so_to_whoever_asks(scorer: Scorer) -> None:
    assert ready(scorer, MemoryLog()) == (200, {"status": "ready", "model_version": scorer.model_version, "log": "database"})


def test_a_service_that_cannot_record_decisions_is_not_ready(scorer: Scorer) -> None:
    log = MemoryLog()
    log.broken = True
    status, body = ready(scorer, log)
    assert (status, body["error"]["code"]) == (503, "log_unavailable")


def test_a_model_that_scores_otherwise_than_at_release_is_not_ready_and_nobody_is_told_its_scores(scorer: Scorer) -> None:
    status, body = ready(scoring_otherwise(scorer), MemoryLog())
    assert (status, body["error"]["code"]) == (503, "not_ready")
    assert "golden" not in body["error"]["message"]


def test_however_many_ask_the_log_is_tried_once_a_second(scorer: Scorer) -> None:
    log, clock = CountingLog(), Clock(100.0)
    readiness = Readiness(scorer, log, clock)
    for _ in range(50):
        assert readiness.where_decisions_go() == "database"
    assert log.checks == 1
    log.broken = True
    clock.now += HOLDS
    for _ in range(50):
        with pytest.raises(LogUnavailable):
            readiness.where_decisions_go()
    assert log.checks == 2
    log.broken = False
    clock.now += HOLDS
    assert readiness.where_decisions_go() == "database"


def test_a_model_that_is_not_the_released_one_stays_so(scorer: Scorer) -> None:
    clock = Clock(100.0)
    readiness = Readiness(scoring_otherwise(scorer), MemoryLog(), clock)
    for _ in range(2):
        with pytest.raises(NotReady):
            readiness.where_decisions_go()
        clock.now += HOLDS


def test_a_server_whose_disk_goes_is_alive_and_not_ready_and_recovers(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        health = f"{server.url}/health"
        assert requests.get(f"{health}/ready", timeout=10).json()["log"] == "database"
        database = tmp_path / "decisions.db"
        for file in tmp_path.glob("decisions.db*"):
            file.rename(tmp_path / f"away-{file.name}")
        database.mkdir()  # nothing can be written there
        server.spool.rmdir()
        server.spool.touch()
        wait_for(f"{health}/ready", 503)
        assert requests.get(f"{health}/live", timeout=10).status_code == 200
        answer = requests.post(f"{server.url}/predict", json={"AMT_CREDIT": 5}, headers={"x-api-key": KEY}, timeout=10)
        assert answer.status_code == 503
        server.spool.unlink()
        assert wait_for(f"{health}/ready", 200)["log"] == "spool"


def wait_for(url: str, status: int) -> dict[str, Any]:
    """Every worker's answer comes to be this one."""
    same = 0
    for _ in range(600):
        answer = requests.get(url, timeout=10)
        same = same + 1 if answer.status_code == status else 0
        if same == 10:
            break
        time.sleep(0.1)
    assert same == 10
    body: dict[str, Any] = answer.json()
    return body
