"""What the log promises, of the running service under faults: nothing acknowledged is lost, and nothing is there twice.

Times are asserted because they are promised too: 3 s to an answer, 5 s to recover, 25 s to end.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import KINDS, Postgres, postgres
from tests.faults import disk, kills, outages, writers
from tests.faults.outcome import Outcome, Place

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="processes, and what limits them, are looked up as on Linux"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres() as running:
        yield running


@pytest.fixture
def sqlite(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def postgresql(tmp_path: Path, server: Postgres) -> Place:
    return Place(tmp_path, server)


@pytest.fixture(params=KINDS)
def either(request: pytest.FixtureRequest) -> Place:
    place: Place = request.getfixturevalue(request.param)
    return place


def assert_kept(outcome: Outcome, least: int = 300) -> None:
    """Every decision that was acknowledged, and there were some, is in the log once; the chain is whole."""
    assert outcome.acknowledged >= least, outcome
    assert outcome.kept, outcome


def assert_bridged(outcome: Outcome) -> None:
    """That held while the log was away, which callers noticed, and which nobody had to wait for."""
    assert_kept(outcome)
    assert outcome.refused > 0, outcome
    assert outcome.slowest is not None
    assert outcome.slowest < 3, outcome
    assert outcome.recovered is not None
    assert outcome.recovered < 5, outcome


def test_every_decision_survives_kill_9_of_a_worker(either: Place) -> None:
    assert_kept(kills.one_worker_killed(either))


def test_every_decision_survives_kill_9_of_all_workers(sqlite: Place) -> None:
    assert_kept(kills.all_workers_killed(sqlite))


def test_every_decision_survives_kill_9_of_the_whole_service(sqlite: Place) -> None:
    assert_kept(kills.service_killed(sqlite))


def test_a_service_told_to_stop_under_load_keeps_every_decision_and_ends_in_time(either: Place) -> None:
    outcome = kills.told_to_stop(either)
    assert_kept(outcome, least=100)
    assert outcome.exit is not None
    assert outcome.exit < 25, outcome


@pytest.mark.parametrize("how", outages.FAULTS)
def test_a_database_that_goes_away_and_comes_back_costs_no_decision(postgresql: Place, how: str) -> None:
    assert_bridged(outages.database_away(postgresql, how))


def test_the_same_holds_of_a_database_over_a_network(postgresql: Place) -> None:
    assert_bridged(outages.far_database_away(postgresql, "stopped"))


@pytest.mark.parametrize("how", ["stopped", "frozen"])
def test_a_service_started_without_its_database_delivers_when_that_comes(postgresql: Place, how: str) -> None:
    assert_bridged(outages.away_at_the_start(postgresql, how))


def test_what_waits_in_the_spool_survives_kill_9_of_all_workers(postgresql: Place) -> None:
    assert_bridged(outages.workers_killed_meanwhile(postgresql))


def test_a_full_disk_refuses_decisions_and_a_freed_one_takes_them_again(sqlite: Place) -> None:
    assert_bridged(disk.disk_full(sqlite))


def test_eight_processes_write_at_once(either: Place) -> None:
    assert_kept(writers.many_writers(either))


def test_four_upgrades_at_once_make_the_tables_once(either: Place) -> None:
    assert_kept(writers.many_upgrades(either), least=0)
