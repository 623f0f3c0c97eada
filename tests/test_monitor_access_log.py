"""The access log as figures: which lines count, in which period, and how requests ended that came to no decision."""

import gzip
import json
import logging
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import create_app
from model import Scorer
from scoring.errors import SettingError
from scoring.monitoring.access_log import Requests, counted_requests, read_requests
from scoring.monitoring.periods import periods
from scoring.settings import Settings
from tests.logs import MemoryLog

SINCE, UNTIL = "2024-11-02T00:00:00.000+00:00", "2024-11-05T00:00:00.000+00:00"


def line(day: int, status: int, route: str | None = "/predict", latency_ms: float | None = 2.0, **more: Any) -> str:
    told = {"time": f"2024-11-{day:02}T12:00:00.000+00:00", "request_id": "01a1fe83", "status": status}
    of_http = {"method": "POST", "route": route, "key": "bank", "latency_ms": latency_ms, "bytes": 100}
    return json.dumps(told | (of_http if latency_ms is not None else {}) | more)


SEVEN = (
    line(1, 200),  # before
    line(2, 200, latency_ms=4.0, time=SINCE),
    line(2, 422, latency_ms=1.0),
    line(2, 400, latency_ms=None),  # what was never HTTP
    line(4, 503, route="/explain", latency_ms=9.0),
    line(4, 404, route=None, latency_ms=0.5),
    line(5, 200, time=UNTIL),  # after
)
NOT_OURS = (
    "[2024-11-02 12:00:00 +0000] [12] [INFO] Starting gunicorn",
    "",
    '{"level": "info", "status": 200}',
    '{"time": "2024-11-02T12:00:00.000", "request_id": "x", "status": 200}',  # of which zone?
    '{"time": "2024-11-02T12:00:00.000+00:00", "request_id": "x", "status": 2000}',
    "\xff\xfe",
)


def written(path: Path, lines: tuple[str, ...]) -> Path:
    content = "\n".join(lines).encode("latin-1") + b"\n"
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def days_of(requests: Requests) -> dict[str, Any]:
    return counted_requests(requests, periods(np.datetime64("2024-11-02"), np.datetime64("2024-11-04")))


@pytest.mark.parametrize("name", ["service.log", "service.log.gz"])
def test_requests_of_the_time_are_counted_by_day_class_status_and_route(tmp_path: Path, name: str) -> None:
    found = days_of(read_requests(written(tmp_path / name, SEVEN), SINCE, UNTIL))
    days, whole = found["periods"], found["whole"]
    assert [(day["period"], day["requests"]) for day in days] == [("2024-11-02", 3), ("2024-11-03", 0), ("2024-11-04", 2)]
    assert [day["classes"] for day in days] == [{"2xx": 1, "4xx": 2}, {}, {"4xx": 1, "5xx": 1}]
    assert whole["errors"] == {"400": 1, "404": 1, "422": 1, "503": 1}
    assert whole["routes"] == {
        "/explain": {"requests": 1, "latency_ms": {"p50": 9.0, "p95": 9.0, "p99": 9.0}},
        "/predict": {"requests": 2, "latency_ms": {"p50": 1.0, "p95": 4.0, "p99": 4.0}},
        "no route": {"requests": 2, "latency_ms": {"p50": 0.5, "p95": 0.5, "p99": 0.5}},
    }
    assert days[0]["routes"]["no route"] == {"requests": 1, "latency_ms": None}
    assert found["skipped_lines"] == 0


def test_without_an_end_every_request_from_the_first_moment_on_counts(tmp_path: Path) -> None:
    assert len(read_requests(written(tmp_path / "service.log", SEVEN), SINCE, None)) == 6


def test_lines_that_are_none_of_ours_are_counted_and_skipped(tmp_path: Path) -> None:
    found = read_requests(written(tmp_path / "service.log", (*NOT_OURS[:3], *SEVEN, *NOT_OURS[3:])), SINCE, UNTIL)
    assert (len(found), found.skipped) == (5, 6)


@given(st.randoms(use_true_random=False))
def test_the_order_of_the_lines_changes_no_figure(tmp_path_factory: pytest.TempPathFactory, shuffled: random.Random) -> None:
    folder = tmp_path_factory.mktemp("logs")
    lines = list(SEVEN)
    shuffled.shuffle(lines)
    found = read_requests(written(folder / "service.log", tuple(lines)), SINCE, UNTIL)
    assert days_of(found) == days_of(read_requests(written(folder / "other.log", SEVEN), SINCE, UNTIL))


def test_the_lines_that_the_service_writes_are_ours(scorer: Scorer, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    client = create_app(Settings.from_env({"API_KEY": "s3cret"}), scorer, MemoryLog()).test_client()
    with caplog.at_level(logging.INFO, "api.access_log"):
        client.post("/predict", json={"AMT_CREDIT": 5}, headers={"x-api-key": "s3cret"})
        client.post("/predict", json={"AMT_CREDIT": "much"}, headers={"x-api-key": "s3cret"})
        client.get("/nowhere", headers={"x-api-key": "s3cret"})
    lines = tuple(record.message for record in caplog.records if record.name == "api.access_log")
    found = read_requests(written(tmp_path / "service.log", lines), "2000-01-01T00:00:00.000+00:00", None)
    assert (found.skipped, found.status.tolist()) == (0, [200, 422, 404])
    assert [found.routes[route] for route in found.route] == ["/predict", "/predict", "no route"]
    assert (found.latency_ms > 0).all()


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("service.log", "\n".join(NOT_OURS).encode("latin-1"), "has no line of this service's access log among its 6: give it"),
        ("service.log", b"", "has no line of this service's access log among its 0: give it"),
        ("service.log.gz", b"no gzip", "can't be read: it isn't whole, or isn't what its name says"),
        ("service.log.gz", gzip.compress("\n".join(SEVEN).encode() * 99)[:-20], "can't be read: it isn't whole"),
        (None, b"", "can't be read: No such file or directory"),
    ],
)
def test_a_file_that_is_no_access_log_is_one_line(tmp_path: Path, name: str | None, content: bytes, complaint: str) -> None:
    path = tmp_path / (name or "nowhere.log")
    if name:
        path.write_bytes(content)
    with pytest.raises(SettingError) as caught:
        read_requests(path, SINCE, UNTIL)
    assert caught.value.message.startswith(f"--access-log {path} {complaint}")
    assert "\n" not in caught.value.message
