"""Shared commits: who comes while one is under way shares the next."""

import threading
from collections.abc import Callable, Sequence

import pytest

from scoring.decision_log.commits import SharedCommits
from scoring.decision_log.deadline import within


class Gate:
    """A commit that notes what it is given, and lasts, the first time, until it is opened."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.entered, self.opened = threading.Event(), threading.Event()

    def commit(self, take: Callable[[], Sequence[int]]) -> list[int | Exception]:
        items = take()
        self.batches.append(sorted(items))
        if len(self.batches) == 1:
            self.entered.set()
            self.opened.wait(60)
        if 13 in items:
            raise OSError("the disk is full")
        return [ValueError(f"{item} is odd") if item % 2 else item * 10 for item in items]


def run(gate: Gate, first: int, others: Sequence[int], rows: int = 1) -> dict[int, object]:
    """The result, or the error, of each: `others` come while the first is being committed."""
    commits = SharedCommits(gate.commit)
    results: dict[int, object] = {}
    queued = threading.Semaphore(0)

    def ask(item: int) -> None:
        queued.release()
        try:
            results[item] = commits.run(item, rows)
        except Exception as error:  # noqa: BLE001
            results[item] = error

    threads = [threading.Thread(target=ask, args=(item,)) for item in (first, *others)]
    threads[0].start()
    gate.entered.wait(60)
    for thread in threads[1:]:
        thread.start()
    while len(commits._queue) < len(others):
        pass
    gate.opened.set()
    for thread in threads:
        thread.join()
    return results


def test_all_who_came_during_a_commit_share_the_next() -> None:
    gate = Gate()
    assert run(gate, 2, [4, 6, 8]) == {2: 20, 4: 40, 6: 60, 8: 80}
    assert gate.batches == [[2], [4, 6, 8]]


def test_a_commit_that_would_be_too_long_is_cut_in_two_and_nobody_is_left_behind() -> None:
    gate = Gate()
    assert run(gate, 2, [4, 6, 8], rows=600) == {2: 20, 4: 40, 6: 60, 8: 80}
    assert sorted(gate.batches) == [[2], [4], [6], [8]]


def test_a_commit_that_was_given_up_and_goes_on_takes_nobody_s_item() -> None:
    left_to_itself: list[Callable[[], Sequence[int]]] = []

    def commit(take: Callable[[], Sequence[int]]) -> list[int]:
        if not left_to_itself:
            left_to_itself.append(take)
            raise TimeoutError
        assert left_to_itself[0]() == []
        return [item * 10 for item in take()]

    commits = SharedCommits(commit)
    with pytest.raises(TimeoutError):
        commits.run(2)
    assert commits.run(4) == 40


def test_an_error_of_one_is_raised_to_it_alone() -> None:
    results = run(Gate(), 2, [4, 5])
    assert results[4] == 40
    assert isinstance(results[5], ValueError)


def test_a_commit_that_fails_fails_for_all_who_shared_it_and_for_nobody_else() -> None:
    results = run(Gate(), 2, [4, 13])
    assert results[2] == 20
    assert isinstance(results[4], OSError)
    assert isinstance(results[13], OSError)


def test_the_next_commit_after_one_that_failed_is_a_new_one() -> None:
    gate = Gate()
    gate.opened.set()
    commits = SharedCommits(gate.commit)
    with pytest.raises(OSError, match="full"):
        commits.run(13)
    assert commits.run(2) == 20


def test_what_takes_too_long_is_left_to_itself() -> None:
    never = threading.Event()
    with pytest.raises(TimeoutError):
        within(0.05, never.wait)
    never.set()


def test_what_is_in_time_gives_its_result_or_its_error() -> None:
    assert within(60, lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        within(60, lambda: 1 // 0)
