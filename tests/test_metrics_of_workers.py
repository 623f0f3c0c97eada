"""What is counted under gunicorn: by all workers together, and on through their replacement, whatever ended them."""

import signal
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import psutil
import pytest
import requests

from tests.conftest import ROOT
from tests.faults.kills import kill, workers_of
from tests.faults.load import until
from tests.scrapes import total
from tests.serving import KEY, Server, free_port, server_environment, serving, web_command

DECIDED = "credit_decisions_total"
Answer = TypeVar("Answer")


@contextmanager
def counting(folder: Path, arguments: str = "") -> Iterator[tuple[Server, Path]]:
    """A server of two workers, and the folder in which they count."""
    counted = folder / "counted"
    with serving(folder, arguments=arguments, WEB_CONCURRENCY="2", PROMETHEUS_MULTIPROC_DIR=str(counted)) as server:
        yield server, counted


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    """Such a server, and its folder, for several tests in turn."""
    with counting(tmp_path_factory.mktemp("counted")) as both:
        yield both


def decide(server: Server) -> None:
    """A decision, over a connection of its own."""
    body = {"SK_ID_CURR": 7, "AMT_CREDIT": 500000}
    assert requests.post(f"{server.url}/predict", json=body, headers={"x-api-key": KEY}, timeout=30).ok


def scrape(server: Server) -> str:
    answer = requests.get(f"{server.url}/metrics", headers={"x-api-key": KEY}, timeout=30)
    assert answer.status_code == 200
    return answer.text


def decided(server: Server) -> float:
    return total(scrape(server), DECIDED)


def again(ask: Callable[[Server], Answer], server: Server) -> Answer:
    """Its answer, even where a connection meets a worker that is leaving."""
    for _ in range(3):
        with suppress(requests.ConnectionError):
            return ask(server)
    return ask(server)


@contextmanager
def alone(worker: psutil.Process, workers: list[psutil.Process]) -> Iterator[None]:
    """Only this worker answers."""
    others = [other for other in workers if other != worker]
    for other in others:
        other.suspend()
    try:
        yield
    finally:
        for other in others:
            other.resume()


def replaced(server: Server, workers: list[psutil.Process]) -> list[psutil.Process]:
    """The workers, once none is one of these."""
    master = psutil.Process(server.process.pid)
    until(lambda: not set(master.children()) & set(workers), "other workers")
    return workers_of(server)


def files(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_what_many_callers_ask_of_two_workers_is_counted_to_the_last(counted: tuple[Server, Path]) -> None:
    server, _ = counted
    with ThreadPoolExecutor(8) as callers:
        list(callers.map(lambda _: decide(server), range(40)))
        for page in callers.map(lambda _: scrape(server), range(8)):
            assert total(page, "credit_requests_total", route="/predict", method="POST", status="200") == 40
            assert total(page, "credit_request_seconds_count", route="/predict") == 40
            assert total(page, DECIDED) == total(page, "credit_pd_count") == total(page, "credit_missing_fields_count") == 40
            assert total(page, "credit_model_info") == 1


def test_each_worker_tells_the_sum_of_all(counted: tuple[Server, Path]) -> None:
    server, _ = counted
    workers, before = workers_of(server), decided(server)
    for worker in workers:
        with alone(worker, workers):
            for _ in range(10):
                decide(server)
    for worker in workers:
        with alone(worker, workers):
            assert decided(server) == before + 20


def test_after_kill_9_of_each_worker_the_next_counts_on_in_its_files(counted: tuple[Server, Path]) -> None:
    server, folder = counted
    workers, before, names = workers_of(server), decided(server), files(folder)
    for turn in range(1, 4):
        for worker in workers:
            with alone(worker, workers):
                decide(server)
        kill(*workers)
        workers = replaced(server, workers)
        assert decided(server) == before + 2 * turn
        assert files(folder) == names


def test_nothing_that_was_answered_is_lost_when_workers_are_killed_at_work(counted: tuple[Server, Path]) -> None:
    server, folder = counted
    workers, before, logged, answered = workers_of(server), decided(server), len(server.logged()), []

    def ask(number: int) -> None:
        with suppress(requests.ConnectionError):
            decide(server)
            answered.append(number)

    with ThreadPoolExecutor(8) as callers:
        asked = [callers.submit(ask, number) for number in range(300)]
        until(lambda: len(answered) >= 100, "decisions")
        kill(*workers)
    for one in asked:
        one.result()
    assert len(answered) <= decided(server) - before <= len(server.logged()) - logged
    assert len(files(folder)) == 6


def test_workers_that_are_replaced_for_ever_leave_no_files_and_lose_no_count(tmp_path: Path) -> None:
    with counting(tmp_path, "--max-requests 4 --max-requests-jitter 1") as (server, folder):
        workers, before = workers_of(server), files(folder)
        for number in range(1, 41):
            again(decide, server)
            assert again(decided, server) == number
        assert not set(workers) & set(workers_of(server))
        assert files(folder) == before


def test_a_reload_keeps_the_counts_and_a_third_one_wants_no_more_files(tmp_path: Path) -> None:
    """In a folder of the server's own, which is private and gone when it ends."""
    with serving(tmp_path, WEB_CONCURRENCY="2") as server:
        maps = psutil.Process(server.process.pid).memory_maps()
        [folder] = {Path(one.path).parent for one in maps if "credit-metrics-" in one.path}
        assert folder.stat().st_mode & 0o777 == 0o700
        workers, numbers = workers_of(server), []
        for turn in range(1, 4):
            again(decide, server)
            server.process.send_signal(signal.SIGHUP)
            workers = replaced(server, workers)
            assert again(decided, server) == turn
            numbers.append(len(files(folder)))
        assert numbers[1] == numbers[2] <= 10
    assert not folder.exists()


def test_a_folder_that_cannot_be_used_stops_the_start_with_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    environment = server_environment(tmp_path, free_port(), PROMETHEUS_MULTIPROC_DIR=str(tmp_path / "file"))
    done = subprocess.run(web_command(), cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    said = [line for line in done.stderr.splitlines() if "[INFO]" not in line]
    assert said == [f"error: metrics can't be kept in {tmp_path / 'file'} (File exists): set PROMETHEUS_MULTIPROC_DIR"]
