"""A batch decides every record once, in order, whatever the service does meanwhile."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.answers import Decision
from dashboard.batch import ENDURANCE, MOST_BYTES, MOST_RECORDS, Batch
from dashboard.service import Record
from dashboard.trouble import Kind, Trouble

SALT = "7\n"


def clients(count: int, **more: str) -> list[Record]:
    return [{"SK_ID_CURR": 1_000 + at, **more} for at in range(count)]


def decision(client: int) -> Decision:
    """Every third is refused."""
    refused = client % 3 == 0
    return Decision(f"d{client}", client, 0.3 if refused else 0.1, 0.2, "refused" if refused else "granted", 0, [], "7")


@dataclass
class Service:
    """One that answers as `script` says, a step a request: raise, or lose the answer after it has decided; then it just answers.

    A key's decisions are logged once, as the API logs them.
    """

    script: Iterator[Trouble | str] = field(default_factory=lambda: iter(()))
    asked: list[tuple[str, int]] = field(default_factory=list)
    """Key and how many records, of each request."""
    logged: dict[str, list[Decision]] = field(default_factory=dict)
    at_each: Callable[[], None] = lambda: None

    def decide(self, records: Sequence[Record], key: str) -> list[Decision]:
        self.asked.append((key, len(records)))
        self.at_each()
        step = next(self.script, "answer")
        if isinstance(step, Trouble):
            raise step
        decisions = self.logged.setdefault(key, [decision(record["SK_ID_CURR"]) for record in records])
        if step == "lose":
            raise Trouble(Kind.SLOW, "lost")
        return decisions[:-1] if step == "cut" else decisions

    def everybody(self) -> list[int | None]:
        return [one.SK_ID_CURR for decisions in self.logged.values() for one in decisions]


@dataclass
class Time:
    """A clock that only waiting moves on, and what was waited."""

    now: float = 0.0
    waited: list[float] = field(default_factory=list)
    at_each: Callable[[], None] = lambda: None

    def sleep(self, stop: threading.Event, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds
        self.at_each()

    def clock(self) -> float:
        return self.now


def made(records: Sequence[Record], service: Service, time: Time | None = None, salt: str = SALT) -> Batch:
    time = time or Time()
    return Batch(records, service.decide, salt, time.clock, time.sleep)


def run(batch: Batch) -> Batch:
    batch.resume()
    batch.join()
    return batch


def of(batch: Batch) -> list[int | None]:
    return [one.SK_ID_CURR for one in batch.progress.decisions]


def test_every_record_is_decided_once_and_in_order() -> None:
    service = Service()
    batch = run(made(clients(1_234), service))
    assert of(batch) == service.everybody() == list(range(1_000, 2_234))
    assert [count for _, count in service.asked] == [500, 500, 234]
    progress = batch.progress
    assert (progress.decided, progress.total, progress.refused) == (1_234, 1_234, 411)
    assert progress.finished
    assert not progress.running
    assert not progress.stopped
    assert progress.trouble is None


def test_before_it_begins_nothing_is_asked() -> None:
    service = Service()
    progress = made(clients(3), service).progress
    assert (progress.decided, progress.finished, progress.running, service.asked) == (0, False, False, [])


def test_a_request_is_never_larger_than_the_service_takes() -> None:
    service = Service()
    wide = clients(501, ORGANIZATION_TYPE="x" * 8_000)
    batch = run(made(wide, service))
    assert of(batch) == service.everybody() == [one["SK_ID_CURR"] for one in wide]
    sizes = [count for _, count in service.asked]
    assert max(sizes) <= MOST_RECORDS
    assert max(sizes) * len(msgspec.json.encode(wide[:1])) <= MOST_BYTES


def test_a_lost_answer_is_asked_for_again_and_its_decisions_are_logged_once() -> None:
    service = Service(iter(["answer", "lose", "lose"]))
    batch = run(made(clients(1_200), service))
    keys = [key for key, _ in service.asked]
    assert keys[1] == keys[2] == keys[3]
    assert len(set(keys)) == 3
    assert of(batch) == service.everybody() == list(range(1_000, 2_200))


def test_the_same_batch_asks_with_the_same_keys_and_another_purpose_with_others() -> None:
    keys = []
    for salt in (SALT, SALT, SALT + "simulation", "8\n"):
        service = Service()
        run(made(clients(600), service, salt=salt))
        keys.append([key for key, _ in service.asked])
    assert keys[0] == keys[1]
    assert not set(keys[0]) & set(keys[2])
    assert not set(keys[0]) & set(keys[3])


def test_it_waits_as_long_as_the_service_asks() -> None:
    time = Time()
    busy = Trouble(Kind.BUSY, "busy", wait=40.0)
    batch = run(made(clients(2), Service(iter([busy, busy])), time))
    assert time.waited == [40.0, 40.0]
    assert batch.progress.finished


def test_unasked_it_waits_twice_as_long_each_time_up_to_a_quarter_of_a_minute() -> None:
    time = Time()
    batch = run(made(clients(2), Service(iter([Trouble(Kind.DOWN, "down")] * 7)), time))
    assert time.waited == [1, 2, 4, 8, 15, 15, 15]
    assert batch.progress.finished
    assert batch.progress.trouble is None


def test_after_two_minutes_in_a_row_it_ends_with_the_trouble_and_goes_on_when_told() -> None:
    time = Time()
    service = Service(iter(["answer", *[Trouble(Kind.UNRECORDED, "no log")] * 30]))
    batch = run(made(clients(1_000), service, time))
    assert time.now <= ENDURANCE < time.now + 15
    progress = batch.progress
    assert progress.trouble is not None
    assert progress.trouble.kind is Kind.UNRECORDED
    assert (progress.decided, progress.finished, progress.running, progress.stopped) == (500, False, False, False)
    service.script = iter(())
    run(batch)
    assert of(batch) == service.everybody() == list(range(1_000, 2_000))
    assert batch.progress.trouble is None


def test_each_outage_may_last_two_minutes() -> None:
    time = Time()
    down = [Trouble(Kind.DOWN, "down")] * 9
    batch = run(made(clients(1_500), Service(iter([*down, "answer", *down, "answer", *down])), time))
    assert batch.progress.finished
    assert time.now > 2 * ENDURANCE


@pytest.mark.parametrize("kind", [Kind.KEY, Kind.VERSION, Kind.GONE])
def test_what_waiting_does_not_help_ends_it_at_once(kind: Kind) -> None:
    time = Time()
    batch = run(made(clients(600), Service(iter(["answer", Trouble(kind, "no")])), time))
    assert batch.progress.trouble is not None
    assert (batch.progress.trouble.kind, batch.progress.decided, time.waited) == (kind, 500, [])
    assert batch.progress.concerned == range(0)


def test_a_refusal_tells_which_records_it_is_about() -> None:
    refused = Trouble(Kind.REFUSED, "no", (("AMT_CREDIT", "must be a number"),))
    batch = run(made(clients(700), Service(iter(["answer", refused]))))
    assert batch.progress.concerned == range(500, 700)
    assert batch.progress.trouble is refused
    assert batch.progress.decided == 500


def test_decisions_on_others_than_were_asked_about_are_not_taken() -> None:
    batch = run(made(clients(10), Service(iter(["cut"]))))
    assert batch.progress.trouble is not None
    assert (batch.progress.trouble.kind, batch.progress.decided) == (Kind.VERSION, 0)


def test_stopped_it_ends_after_the_request_that_is_out_and_can_go_on() -> None:
    service = Service()
    batch = made(clients(1_500), service)
    service.at_each = batch.stop
    run(batch)
    assert (batch.progress.decided, batch.progress.stopped, batch.progress.running) == (500, True, False)
    assert batch.stopping
    service.at_each = lambda: None
    run(batch)
    assert of(batch) == service.everybody() == list(range(1_000, 2_500))
    assert not batch.progress.stopped


def test_stopped_while_it_waits_it_asks_no_more() -> None:
    time = Time()
    service = Service(iter([Trouble(Kind.DOWN, "down")] * 9))
    batch = made(clients(5), service, time)
    time.at_each = batch.stop
    run(batch)
    assert len(service.asked) == 1
    assert batch.progress.stopped
    assert batch.progress.trouble is None


def test_stopped_in_its_last_request_it_is_finished() -> None:
    service = Service()
    batch = made(clients(5), service)
    service.at_each = batch.stop
    run(batch)
    assert batch.progress.finished
    assert not batch.progress.stopped


def test_while_it_runs_it_tells_where_it_stands_and_how_long_it_will_take() -> None:
    seen = []
    time = Time()
    service = Service(iter(["answer", "answer", Trouble(Kind.SLOW, "slow")]))
    batch = made(clients(2_000), service, time)

    def look() -> None:
        seen.append(batch.progress)
        time.now += 5  # seconds, each request

    service.at_each = look
    run(batch)
    assert [one.running for one in seen] == [True] * 5
    assert [one.decided for one in seen] == [0, 500, 1_000, 1_000, 1_500]
    assert [one.seconds_left for one in seen] == [None, 15, 10, None, 7]
    assert [one.trouble is not None for one in seen] == [False, False, False, True, False]


def test_resuming_what_is_finished_asks_nothing() -> None:
    service = Service()
    batch = run(run(made(clients(3), service)))
    assert len(service.asked) == 1
    assert batch.progress.finished


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_error_of_its_own_ends_it_as_a_fault_rather_than_leaving_it_running() -> None:
    def broken(records: Sequence[Record], key: str) -> list[Decision]:
        raise ZeroDivisionError

    batch = run(Batch(clients(3), broken, SALT))
    assert not batch.progress.running
    assert batch.progress.trouble is not None
    assert batch.progress.trouble.kind is Kind.FAULT


@given(
    count=st.integers(1, 1_700),
    script=st.lists(st.sampled_from(["answer", "lose", "down", "key"]), max_size=12),
)
def test_however_often_it_has_to_be_resumed_nobody_is_decided_twice(count: int, script: list[str]) -> None:
    kinds = {"down": Kind.DOWN, "key": Kind.KEY}
    service = Service(iter([Trouble(kinds[step], step) if step in kinds else step for step in script]))
    batch = made(clients(count), service)
    for _ in range(len(script) + 1):
        run(batch)
    assert of(batch) == service.everybody() == [1_000 + at for at in range(count)]
