"""Large requests take turns: in their order, one at a time, and nobody waits for ever."""

import json
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from werkzeug.test import TestResponse

from api.turns import LARGE, MOST_WAITING, Turns
from app import create_app
from model import Scorer
from scoring.decision_log.entries import Claim, Entry
from scoring.errors import Busy
from scoring.settings import Settings
from tests.conftest import demo_clients
from tests.logs import MemoryLog
from tests.processes import eventually


@contextmanager
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(20) as pool:
        yield pool


def test_one_runs_at_a_time_and_those_who_wait_run_in_their_order() -> None:
    turns, done, inside, most = Turns(waiting=9, seconds=60, large=1), list[int](), list[int](), list[int]()
    gate = threading.Event()

    def take(number: int) -> None:
        with turns.turn(1):
            inside.append(number)
            most.append(len(inside))
            gate.wait(60)
            done.append(number)
            inside.remove(number)

    with threads() as pool:
        for number in range(10):
            pool.submit(take, number)
            eventually(lambda: len(turns._queue) > number)  # noqa: B023  # asked before the next number
        gate.set()
    assert (done, set(most)) == (list(range(10)), {1})


def test_who_finds_too_many_waiting_is_told_at_once_and_the_others_go_on() -> None:
    turns, gate = Turns(waiting=2, seconds=60, large=1), threading.Event()

    def take() -> bool:
        with turns.turn(1):
            return gate.wait(60)

    with threads() as pool:
        taken = [pool.submit(take) for _ in range(3)]
        eventually(lambda: len(turns._queue) == 3)
        with pytest.raises(Busy, match="too many large requests"), turns.turn(1):
            pass
        gate.set()
        assert all(one.result() for one in taken)
    with turns.turn(1):
        pass


def test_who_has_waited_too_long_is_told_and_leaves_his_place_to_the_next() -> None:
    turns, order = Turns(waiting=5, seconds=0.2, large=1), list[str]()

    def late() -> None:
        with turns.turn(1):
            order.append("late")

    with threads() as pool:
        with turns.turn(1):
            with pytest.raises(Busy, match="come first"), turns.turn(1):
                pass
            waiting = pool.submit(late)
            eventually(lambda: len(turns._queue) == 2)
        waiting.result()
    assert order == ["late"]
    assert not turns._queue


def test_a_turn_that_ends_in_an_error_is_over() -> None:
    turns = Turns(waiting=1, seconds=1, large=1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), turns.turn(1):
            _ = 1 / 0


def test_a_thousand_requests_of_twenty_threads_all_get_their_turn() -> None:
    turns, inside, most, total = Turns(waiting=20, seconds=60, large=1), [0], [0], [0]

    def take(_: int) -> None:
        with turns.turn(1):
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            total[0] += 1
            time.sleep(0)
            inside[0] -= 1

    with threads() as pool:
        list(pool.map(take, range(1000)))
    assert (most[0], total[0]) == (1, 1000)


def test_a_small_request_waits_for_nobody() -> None:
    turns = Turns(waiting=0, seconds=0, large=2)
    with turns.turn(2), turns.turn(1), turns.turn(0):
        pass


class Slow(MemoryLog):
    """Takes many decisions at once only when the gate is open."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.waiting = threading.Semaphore(0)

    def append(self, entries: Sequence[Entry], claim: Claim | None = None) -> bytes | None:
        if len(entries) > 1:
            self.waiting.release()
            self.gate.wait(60)
        return super().append(entries, claim)


def test_a_batch_too_many_is_told_when_to_come_again_and_one_client_is_decided_meanwhile(scorer: Scorer) -> None:
    log = Slow()
    app = create_app(Settings.from_env({"API_KEY": "k"}), scorer, log)
    batch = demo_clients()[:80]
    assert len(json.dumps(batch)) > LARGE

    def ask(body: object, path: str = "/predict") -> TestResponse:
        return app.test_client().post(path, json=body, headers={"x-api-key": "k"})

    with threads() as pool:
        first = pool.submit(ask, batch)
        assert log.waiting.acquire(timeout=60)
        others = [pool.submit(ask, batch) for _ in range(MOST_WAITING + 1)]
        eventually(lambda: any(one.done() for one in others))
        [refused] = [one.result() for one in others if one.done()]
        alone, explained = ask(batch[0]), ask(batch[1], "/explain")
        log.gate.set()
        answers = [one.result() for one in [first, *others]]
    assert (refused.status_code, refused.json["error"]["code"], refused.headers["Retry-After"]) == (503, "busy", "5")  # type: ignore[index]
    assert (alone.status_code, explained.status_code) == (200, 200)
    assert sorted(answer.status_code for answer in answers) == [200] * (MOST_WAITING + 1) + [503]
    assert len(log.entries) == len(batch) * (MOST_WAITING + 1) + 2
