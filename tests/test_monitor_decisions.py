"""Decisions as arrays, the periods they are counted by, and what is counted of them; on tables small enough to check."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from scoring.cost import CostMatrix
from scoring.decision_log import schema
from scoring.decision_log.database import Database
from scoring.decision_log.entries import Outcome, Review, as_logged
from scoring.decision_log.log import SqlLog
from scoring.decision_log.spool import Spool
from scoring.errors import LogRefused, SettingError
from scoring.monitoring.costs import Price, realised_costs
from scoring.monitoring.decisions import Decisions, Version
from scoring.monitoring.page.words import threshold_line
from scoring.monitoring.periods import periods
from scoring.monitoring.reading import read_decisions
from scoring.monitoring.received import spread_sample
from scoring.monitoring.service import service
from tests.databases import upgraded
from tests.logs import entry

OLD, NEW = Version("2-7ed5e81c", "7" * 64), Version("4-160f53eb", "1" * 64)


def at(day: int, hour: int = 12) -> str:
    return as_logged(datetime(2026, 11, day, hour, tzinfo=UTC))


SIX: tuple[dict[str, Any], ...] = (
    {"time": at(2), "probability": 0.02, "decision": "granted", "latency_ms": 4.0, "version": OLD},
    {"time": at(3), "probability": 0.20, "decision": "refused", "latency_ms": 6.0, "version": OLD},
    {"time": at(5), "probability": 0.05, "decision": "granted", "latency_ms": 1.0, "version": NEW},
    {"time": at(4), "probability": 0.50, "decision": "refused", "latency_ms": 3.0, "version": NEW},  # it waited in the spool
    {"time": at(5), "probability": 0.08, "decision": "granted", "latency_ms": 2.0, "version": NEW, "status": 207},
    {"time": at(6), "probability": 0.30, "decision": "refused", "latency_ms": 5.0, "version": NEW},
)


class SixDecisions:
    """A log of SIX at the positions 1 to 6, then a simulation at 7; then what is said of them."""

    def __init__(self, url: str, folder: Path) -> None:
        self.database: Database = upgraded(url)
        self.log = SqlLog(self.database, Spool(folder / "spool"))
        made = [
            entry(i, model_version=one["version"].name, model_sha256=one["version"].sha256, **without_version(one))
            for i, one in enumerate((*SIX, SIX[0] | {"purpose": "simulation"}), 1)
        ]
        self.log.append(made)
        self.ids = [one.decision_id for one in made]
        for place, words in ((1, ("granted",)), (2, ("refused", "granted")), (3, ("refused",)), (4, ("granted", "refused"))):
            for word in words:
                self.log.review(self.ids[place], Review("A. Reviewer", word, "a reason"), "key 1")
        for place, word, date in ((0, "repaid", "2026-12-01"), (1, "defaulted", "2026-12-02"), (0, "defaulted", "2026-12-03")):
            self.log.record_outcomes([Outcome(self.ids[place], word, date)], "key 1")

    def read(self, *asked: Any, **more: Any) -> tuple[Decisions, int]:
        with self.database.snapshot() as connection:
            return read_decisions(connection, *asked, **more)


def without_version(one: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in one.items() if name != "version"}


@pytest.fixture
def six(database_url: str, tmp_path: Path) -> Iterator[SixDecisions]:
    made = SixDecisions(database_url, tmp_path)
    yield made
    made.database.close()


@pytest.mark.parametrize("chunk", [1, 2, 100])
def test_every_decision_but_simulations_is_read_with_what_was_said_of_it_last(six: SixDecisions, chunk: int) -> None:
    found, simulations = six.read(chunk=chunk)
    assert simulations == 1
    assert found.position.tolist() == [1, 2, 3, 4, 5, 6]
    assert [as_logged(time.replace(tzinfo=UTC)) for time in found.time.tolist()] == [one["time"] for one in SIX]
    assert found.probability.tolist() == [one["probability"] for one in SIX]
    assert found.threshold.tolist() == [1 / 11] * 6
    assert found.granted.tolist() == [True, False, True, False, True, False]
    assert found.latency_ms.tolist() == [4, 6, 1, 3, 2, 5]
    assert found.status.tolist() == [200, 200, 200, 200, 207, 200]
    assert [found.versions[code] for code in found.version] == [OLD, OLD, NEW, NEW, NEW, NEW]
    assert found.reviewed.tolist() == [-1, 1, 1, 0, 0, -1]
    assert found.outcome.tolist() == [1, 1, -1, -1, -1, -1]
    assert found.outcome_date[:2].astype(str).tolist() == ["2026-12-03", "2026-12-02"]
    assert np.isnat(found.outcome_date[2:]).all()


def test_since_is_the_first_moment_that_counts_and_until_the_first_that_does_not(six: SixDecisions) -> None:
    assert six.read(at(3), at(5))[0].position.tolist() == [2, 4]
    assert six.read(at(5))[0].position.tolist() == [3, 5, 6]
    found, simulations = six.read(at(3), at(4))
    assert (found.position.tolist(), found.reviewed.tolist(), found.outcome.tolist(), simulations) == ([2], [1], [1], 0)


def test_where_nothing_was_decided_it_is_told_from_when_to_when_something_was(six: SixDecisions) -> None:
    told = "its decisions are from 2026-11-02T12:00:00.000+00:00 to 2026-11-06T12:00:00.000+00:00; choose --since among them"
    with pytest.raises(SettingError) as caught:
        six.read(at(7))
    assert caught.value.message == f"the decision log has nothing from {at(7)}: {told}"
    with six.database.locked() as connection:
        connection.execute(update(schema.decisions).where(schema.decisions.c.position == 1).values(purpose="simulation"))
    with pytest.raises(SettingError, match="but 2 simulations: its decisions are from 2026-11-03"):
        six.read(at(2), at(3))


def test_an_empty_log_says_that_it_is(database_url: str) -> None:
    database = upgraded(database_url)
    with database.snapshot() as connection, pytest.raises(SettingError, match="the decision log is empty"):
        read_decisions(connection)
    database.close()


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("decisions", "decision", "perhaps"),
        ("decisions", "purpose", "practice"),
        ("decisions", "time", "yesterday at noon, or so it seems"[:29]),
        ("decisions", "time", "NaT"),  # NumPy's words for no time, and for this one
        ("decisions", "time", "now"),
        ("decisions", "probability", 1.5),
        ("decisions", "probability", float("inf")),
        ("decisions", "threshold", -0.1),
        ("decisions", "latency_ms", float("inf")),
        ("outcomes", "outcome", "both"),
        ("outcomes", "date", "soon"),
        ("outcomes", "date", "NaT"),
        ("reviews", "decision", "none"),
    ],
)
def test_a_row_that_nobody_logged_is_no_figure(
    six: SixDecisions, table: str, column: str, value: str | float, caplog: pytest.LogCaptureFixture
) -> None:
    with six.database.locked() as connection:
        connection.execute(update(schema.CHAINED[table]).values({column: value}))
    with pytest.raises(LogRefused, match=r"isn't what was logged: `python -m jobs\.replay` says which"):
        six.read("", chunk=2)
    assert caplog.messages == []  # nor does the database complain of rows that nobody fetched any more


def test_what_the_service_did_is_counted_by_day_and_in_whole(six: SixDecisions) -> None:
    decisions, _ = six.read()
    found = service(decisions, periods(decisions.time.min(), decisions.time.max()))
    days = found["periods"]
    assert [(day["period"], day["decisions"], day["granted"], day["refused"]) for day in days] == [
        ("2026-11-02", 1, 1, 0),
        ("2026-11-03", 1, 0, 1),
        ("2026-11-04", 1, 0, 1),
        ("2026-11-05", 2, 2, 0),
        ("2026-11-06", 1, 0, 1),
    ]
    assert days[3]["latency_ms"] == {"p50": 1.0, "p95": 2.0, "p99": 2.0}
    assert days[3]["probability"] == {"p10": 0.05, "p50": 0.05, "p90": 0.08}
    assert [day["overrides"] for day in days] == [0, 1, 0, 1, 0]
    whole = found["whole"]
    assert (whole["approval_rate"], whole["other_statuses"]) == (0.5, {"207": 1})
    assert whole["latency_ms"] == {"p50": 3.0, "p95": 6.0, "p99": 6.0}
    assert whole["versions"] == {"2-7ed5e81c": 2, "4-160f53eb": 4}
    assert found["probability"]["refused"] == {"decisions": 3, "probability": {"p10": 0.2, "p50": 0.3, "p90": 0.5}}
    assert found["probability"]["repaid"] == {"decisions": 0, "probability": None}


def test_reviews_are_told_from_overrides_and_what_came_of_each(six: SixDecisions) -> None:
    decisions, _ = six.read()
    found = service(decisions, periods(decisions.time.min(), decisions.time.max()))["reviews"]
    assert {name: (one["decisions"], one["outcomes"], one["default_rate"]) for name, one in found.items()} == {
        "reviewed": (4, 1, 1.0),
        "confirmed": (2, 0, None),
        "refused_then_granted": (1, 1, 1.0),
        "granted_then_refused": (1, 0, None),
    }


def test_a_cohort_says_of_how_many_of_its_loans_the_outcome_is_known(six: SixDecisions) -> None:
    decisions, _ = six.read()
    assert decisions.lent.tolist() == [True, True, True, False, False, False]  # the second and the fifth as the last review says
    whole = realised_costs(decisions, Price(CostMatrix(10, 1)), NEW.sha256)["whole"]
    assert (whole["granted"], whole["lent"], whole["known_of_lent"]) == (3, 3, 2 / 3)


@pytest.mark.parametrize(
    ("first", "last", "unit", "names"),
    [
        ("2026-11-02T23:59", "2026-11-22T00:00", "week", ["2026-W45", "2026-W46", "2026-W47"]),  # 21 days
        ("2026-11-20T00:00", "2026-11-21T23:59", "day", ["2026-11-20", "2026-11-21"]),
        ("2026-12-20T00:00", "2027-01-10T00:00", "week", ["2026-W51", "2026-W52", "2026-W53", "2027-W01"]),
    ],
)
def test_three_weeks_are_counted_by_iso_weeks_and_less_by_days(first: str, last: str, unit: str, names: list[str]) -> None:
    found = periods(np.datetime64(first, "ms"), np.datetime64(last, "ms"))
    assert (found.unit, [one["period"] for one in found.named()]) == (unit, names)


def test_twenty_days_are_counted_by_days() -> None:
    assert len(periods(np.datetime64("2026-11-02"), np.datetime64("2026-11-21"))) == 20


def test_a_clock_that_was_wrong_by_ages_is_one_line_and_no_page_of_half_a_million_weeks() -> None:
    with pytest.raises(SettingError, match=r"times from 2026-11-02 to 9999-12-31, more than 1,040 weeks: leave out what a wrong"):
        periods(np.datetime64("2026-11-02T12:00", "ms"), np.datetime64("9999-12-31T23:00", "ms"))
    assert len(periods(np.datetime64("2001-01-01"), np.datetime64("2020-12-05"))) == 1040


TWENTY_YEARS = 7 * 1039 * 86_400_000  # milliseconds, from 1970 on


@given(st.lists(st.integers(0, TWENTY_YEARS), min_size=1, max_size=20))
def test_every_time_lies_in_the_period_that_began_last_before_it(moments: list[int]) -> None:
    times = np.array(moments, dtype="datetime64[ms]")
    found = periods(times.min(), times.max())
    starts = [np.datetime64(one["from"], "D") for one in found.named()]
    long = np.timedelta64(7 if found.unit == "week" else 1, "D")
    for place, rows in enumerate(found.rows(times)):
        assert ((starts[place] <= times[rows]) & (times[rows] < starts[place] + long)).all()
    assert sorted(np.concatenate(found.rows(times)).tolist()) == list(range(len(times)))
    assert all(start.item().weekday() == 0 for start in starts) or found.unit == "day"


@given(st.integers(1, 3000), st.integers(1, 300), st.integers(0, 5))
def test_a_sample_is_spread_evenly_and_holds_nobody_twice(number: int, size: int, seed: int) -> None:
    places = spread_sample(number, size, seed).tolist()
    assert len(set(places)) == len(places) == min(number, size)
    assert places == sorted(places)
    assert set(places) <= set(range(number))
    if number > size:
        assert all(abs(place / number - (i + 0.5) / size) <= 0.5 / size + 1 / number for i, place in enumerate(places))


def grown(months: dict[str, float], clients: int = 600) -> Decisions:
    """So many clients a month at each of eight PDs, whose odds to default are so many times what was told; all granted."""
    told = np.array([0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08])
    outcomes = []
    for times in months.values():
        odds = times * told / (1 - told)
        for defaults in np.round(clients * odds / (1 + odds)).astype(int):
            outcomes += [1] * defaults + [0] * (clients - defaults)
    n, month = len(outcomes), clients * len(told)
    return Decisions(
        position=np.arange(1, n + 1),
        time=np.repeat([np.datetime64(f"{name}-15", "ms") for name in months], month),
        probability=np.tile(np.repeat(told, clients), len(months)),
        threshold=np.full(n, 1 / 11),
        granted=np.ones(n, dtype=np.bool_),
        latency_ms=np.ones(n),
        status=np.full(n, 200),
        version=np.zeros(n, dtype=np.int64),
        reviewed=np.full(n, -1, dtype=np.int8),
        outcome=np.array(outcomes, dtype=np.int8),
        outcome_date=np.full(n, np.datetime64("2026-12-01")),
        versions=(NEW,),
    )


@pytest.mark.parametrize(
    ("months", "verdicts", "whole", "last", "since"),
    [
        ({"2026-01": 1, "2026-02": 2, "2026-03": 2}, ["keep", "change", "change"], "change", "change", "2026-02"),
        ({"2026-01": 2, "2026-02": 2, "2026-03": 1}, ["change", "change", "keep"], "change", "keep", "2026-03"),
        ({"2026-01": 1, "2026-02": 1}, ["keep", "keep"], "keep", "keep", "2026-01"),
    ],
)
def test_each_cohort_says_whether_the_threshold_stays_and_all_say_since_when(
    months: dict[str, float], verdicts: list[str], whole: str, last: str, since: str
) -> None:
    found = realised_costs(grown(months), Price(CostMatrix(10, 1)), NEW.sha256)
    assert [cohort["threshold"]["verdict"] for cohort in found["cohorts"]] == verdicts
    threshold = found["whole"]["threshold"]
    assert (threshold["verdict"], threshold["last_verdict"], threshold["since"]) == (whole, last, since)
    for cohort, times in zip(found["cohorts"], months.values(), strict=True):
        # PDs whose odds are so many times too low reach 1/11 at odds of a tenth of that less.
        assert cohort["threshold"]["asked"]["value"] == pytest.approx(1 / (1 + 10 * times), abs=0.003)


def test_a_cohort_of_too_few_outcomes_is_called_so_and_doesnt_hide_since_when() -> None:
    decisions = grown({"2026-01": 2, "2026-02": 2, "2026-03": 2})
    few = decisions.picked(np.flatnonzero((decisions.time != np.datetime64("2026-02-15")) | (decisions.position % 60 == 0)))
    found = realised_costs(few, Price(CostMatrix(10, 1)), NEW.sha256)
    assert [cohort["threshold"]["verdict"] for cohort in found["cohorts"]] == ["change", "too few", "change"]
    assert found["cohorts"][1]["outcomes"] == 80
    assert found["cohorts"][1]["realised"] is None
    assert found["whole"]["threshold"]["since"] == "2026-01"


def test_outcomes_of_another_model_s_decisions_say_nothing_of_the_threshold() -> None:
    """Both months were decided upon at 1/11, the first by a model whose PDs are half of what they should be."""
    decisions = grown({"2026-01": 2, "2026-02": 1})
    of_old = (decisions.time < np.datetime64("2026-02-01")).astype(np.int64)
    found = realised_costs(replace(decisions, version=of_old, versions=(NEW, OLD)), Price(CostMatrix(10, 1)), NEW.sha256)
    assert [cohort["threshold"]["verdict"] for cohort in found["cohorts"]] == ["too few", "keep"]
    whole = found["whole"]
    assert (whole["threshold"]["verdict"], whole["threshold"]["since"]) == ("keep", "2026-02")
    assert (whole["outcomes"], whole["threshold"]["outcomes"]) == (9600, 4800)
    assert whole["realised"]["clients"] == 9600


def test_where_defaults_dont_follow_the_pds_that_is_said_and_not_that_outcomes_are_few() -> None:
    decisions = grown({"2026-01": 1, "2026-02": 1})
    anybody = (np.arange(len(decisions)) % 20 == 0).astype(np.int8)  # a twentieth at every PD
    threshold = realised_costs(replace(decisions, outcome=anybody), Price(CostMatrix(10, 1)), NEW.sha256)["whole"]["threshold"]
    assert (threshold["verdict"], threshold["last_verdict"], threshold["since"]) == ("untold", "untold", "2026-01")
    assert threshold_line(threshold) == (
        "no threshold can be told: outcomes don't show that who has a higher PD defaults more often since the cohort of 2026-01"
    )
