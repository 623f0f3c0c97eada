"""The service's processes killed or told to stop while callers ask."""

import os
import random
import signal
import time
from dataclasses import replace

import psutil

from tests.faults.load import Load, until
from tests.faults.outcome import Outcome, Place, judged
from tests.serving import Server, serving

TIMES = 20
STOPS = 5
WORKERS = 2


def one_worker_killed(place: Place) -> Outcome:
    """kill -9 of one worker; the other goes on, and the master starts a new one."""
    url = place.log()
    with serving(place.folder, DATABASE_URL=url) as server, Load(server.port) as load:
        for turn in range(TIMES):
            _work_a_while(load, turn)
            kill(workers_of(server)[turn % WORKERS])
    return judged("kill -9 of one worker", url, TIMES, load)


def all_workers_killed(place: Place) -> Outcome:
    """kill -9 of both workers at once; the master starts new ones."""
    url = place.log()
    with serving(place.folder, DATABASE_URL=url) as server, Load(server.port) as load:
        for turn in range(TIMES):
            _work_a_while(load, turn)
            kill(*workers_of(server))
    return judged("kill -9 of all workers", url, TIMES, load)


def service_killed(place: Place) -> Outcome:
    """kill -9 of the master and its workers; then the service is started again, on the same log and spool."""
    url = place.log()
    with Load() as load:
        for turn in range(TIMES):
            with serving(place.folder, DATABASE_URL=url) as server:
                load.port = server.port
                _work_a_while(load, turn)
                server.process.send_signal(signal.SIGSTOP)  # or it replaces a worker before its own end
                kill(*workers_of(server), psutil.Process(server.process.pid))
        _serve_again(place, url, load)
    return judged("kill -9 of the whole service", url, TIMES, load)


def told_to_stop(place: Place) -> Outcome:
    """SIGTERM to the master; then the service is started again."""
    url = place.log()
    codes, seconds = [], []
    with Load() as load:
        for turn in range(STOPS):
            with serving(place.folder, DATABASE_URL=url) as server:
                load.port = server.port
                _work_a_while(load, turn)
                begun = time.monotonic()
                server.process.terminate()
                codes.append(server.process.wait(60))
                seconds.append(time.monotonic() - begun)
        load.port = None
    outcome = judged("SIGTERM", url, STOPS, load)
    return replace(outcome, wrong=outcome.wrong + sum(code != 0 for code in codes), exit=max(seconds))


def workers_of(server: Server) -> list[psutil.Process]:
    """The workers, once all are there."""
    master = psutil.Process(server.process.pid)
    until(lambda: len(master.children()) == WORKERS, f"{WORKERS} workers")
    workers: list[psutil.Process] = master.children()
    return workers


def kill(*processes: psutil.Process) -> None:
    """kill -9 of each, with nothing between."""
    for process in processes:
        os.kill(process.pid, signal.SIGKILL)


def _work_a_while(load: Load, turn: int) -> None:
    """The fault comes at another moment each time, the same ones in each run."""
    load.wait_for(20)
    time.sleep(random.Random(turn).uniform(0, 0.3))


def _serve_again(place: Place, url: str, load: Load) -> None:
    """Who has an Idempotency-Key asks again."""
    with serving(place.folder, DATABASE_URL=url) as server:
        load.port = server.port
        load.wait_for(20)
        load.port = None
