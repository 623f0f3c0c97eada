"""The decision log as it is until there is a database: one line of JSON a decision, on disk before the answer."""

import json
import multiprocessing
import os
import resource
import signal
import uuid
from pathlib import Path
from time import time

import pytest

from scoring.decision_log import Entry, JsonLinesLog, uuid7
from scoring.errors import LogUnavailable


def entry(number: int, padding: str = "") -> Entry:
    return Entry(
        decision_id=f"id-{number}",
        time="2026-11-21T12:00:00.000+00:00",
        request_id="request",
        key_name="key 1",
        record={"AMT_CREDIT": 1.5, "note": padding},
        raw_score=-2.125,
        probability=0.1,
        threshold=1 / 11,
        decision="refused",
        model_sha256="0" * 64,
        code_version="0.1.0",
        latency_ms=1.5,
    )


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_each_decision_is_a_line_of_json_with_all_that_a_replay_needs(tmp_path: Path) -> None:
    log = JsonLinesLog(tmp_path / "var" / "decisions.jsonl")
    log.append([entry(1), entry(2)])
    log.append([entry(3)])
    logged = lines(tmp_path / "var" / "decisions.jsonl")
    assert [line["decision_id"] for line in logged] == ["id-1", "id-2", "id-3"]
    assert logged[0]["record"] == {"AMT_CREDIT": 1.5, "note": ""}
    assert logged[0]["raw_score"] == -2.125
    assert logged[0]["threshold"] == 1 / 11


def test_others_on_the_machine_may_not_read_the_clients(tmp_path: Path) -> None:
    JsonLinesLog(tmp_path / "log").append([entry(1)])
    assert (tmp_path / "log").stat().st_mode & 0o077 == 0


def test_a_line_that_a_crash_cut_short_does_not_swallow_the_next(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text('{"decision_id": "half')
    JsonLinesLog(path).append([entry(1)])
    torn, whole = path.read_text().splitlines()
    assert torn == '{"decision_id": "half'
    assert json.loads(whole)["decision_id"] == "id-1"


def append_many(path: Path, writer: int, count: int) -> None:
    log = JsonLinesLog(path)
    for number in range(count):
        log.append([entry(writer * 1000 + number, "x" * 5000)])


def test_eight_writers_lose_nothing_and_mix_no_lines(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=append_many, args=(tmp_path / "log", writer, 20)) for writer in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    found = {line["decision_id"] for line in lines(tmp_path / "log")}
    assert found == {f"id-{writer * 1000 + number}" for writer in range(8) for number in range(20)}


def append_on_a_full_disk(path: Path) -> None:
    """A file-size limit stands for a disk that fills up in the middle of a write."""
    log = JsonLinesLog(path)
    log.append([entry(1)])
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 100, resource.RLIM_INFINITY))
    with pytest.raises(LogUnavailable, match="can't be recorded"):
        log.append([entry(2), entry(3)])
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    log.append([entry(4)])


def test_a_write_that_fails_half_way_is_taken_back_whole(tmp_path: Path) -> None:
    child = multiprocessing.get_context("spawn").Process(target=append_on_a_full_disk, args=(tmp_path / "log",))
    child.start()
    child.join()
    assert child.exitcode == 0
    assert [line["decision_id"] for line in lines(tmp_path / "log")] == ["id-1", "id-4"]


def fail_until(path: Path, stop: Path) -> None:
    """Append again and again where no byte fits: each failure is taken back."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
    log = JsonLinesLog(path)
    while not stop.exists():
        with pytest.raises(LogUnavailable):
            log.append([entry(0)])


def test_what_one_process_takes_back_is_never_what_another_wrote(tmp_path: Path) -> None:
    JsonLinesLog(tmp_path / "log").append([entry(999)])
    context = multiprocessing.get_context("spawn")
    failing = [context.Process(target=fail_until, args=(tmp_path / "log", tmp_path / "stop")) for _ in range(2)]
    for process in failing:
        process.start()
    append_many(tmp_path / "log", writer=1, count=400)
    (tmp_path / "stop").touch()
    for process in failing:
        process.join()
    assert len(lines(tmp_path / "log")) == 401


def test_a_log_that_cannot_be_opened_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    with pytest.raises(LogUnavailable, match="Is a directory"):
        JsonLinesLog(tmp_path / "log").append([entry(1)])


def test_decision_ids_are_uuids_of_version_7_that_sort_by_time() -> None:
    before = time()
    ids = [uuid.UUID(uuid7()) for _ in range(1000)]
    after = time()
    assert len(set(ids)) == 1000
    assert {(one.version, one.variant) for one in ids} == {(7, uuid.RFC_4122)}
    milliseconds = [one.int >> 80 for one in ids]
    assert milliseconds == sorted(milliseconds)
    assert int(before * 1000) <= milliseconds[0] <= milliseconds[-1] <= int(after * 1000) + 1


def test_ids_differ_between_forked_workers() -> None:
    """A generator seeded before a fork would give every worker the same ids."""
    read, write = os.pipe()
    if (child := os.fork()) == 0:
        os.write(write, uuid7().encode())
        os._exit(0)
    os.waitpid(child, 0)
    theirs = uuid.UUID(os.read(read, 36).decode())
    assert theirs.int & (2**62 - 1) != uuid.UUID(uuid7()).int & (2**62 - 1)
