"""A month of generated clients: from some day on others come, who score and earn less, and nobody is changed."""

import numpy as np
import pandas as pd
import pytest

from scoring.drift.days import Days
from scoring.synthetic.demo import labelled_records
from scoring.synthetic.month import INCOME, SCORES, Month, month

WANTED = Month(days=10, clients=100, drift_from=6, shift=0.5, seed=3)
Made = tuple[pd.DataFrame, list[pd.DataFrame]]


@pytest.fixture(scope="module")
def made() -> Made:
    return month(WANTED)


def moved(made: Made, name: str) -> float:
    """How many standard deviations of the days before a field lies lower on the days from the drift on."""
    _, days = made
    before, after = pd.concat(days[: WANTED.drift_from - 1])[name], pd.concat(days[WANTED.drift_from - 1 :])[name]
    return float((before.mean() - after.mean()) / before.std())


@pytest.mark.parametrize("name", [*SCORES, INCOME])
def test_scores_and_incomes_are_lower_from_the_day_on_by_about_what_was_asked_for(made: Made, name: str) -> None:
    assert 0.2 < moved(made, name) < 0.8  # of 500 clients: chance moves a mean by 0.06


def test_more_of_those_who_come_then_default(made: Made) -> None:
    assert moved(made, "TARGET") < -0.03


def test_what_has_nothing_to_do_with_scores_and_incomes_stays(made: Made) -> None:
    assert abs(moved(made, "HOUR_APPR_PROCESS_START")) < 0.15


def test_without_a_shift_the_days_are_alike() -> None:
    still = month(Month(days=10, clients=100, drift_from=6, shift=0.0, seed=3))
    assert all(abs(moved(still, name)) < 0.15 for name in (*SCORES, INCOME))


def test_everybody_is_a_generated_client_with_the_outcome_that_goes_with_the_record(made: Made) -> None:
    before, days = made
    generated = labelled_records(2 * WANTED.days * WANTED.clients, WANTED.seed).set_index("SK_ID_CURR")
    for clients in (before, *days):
        assert clients["SK_ID_CURR"].is_unique
        pd.testing.assert_frame_equal(clients.set_index("SK_ID_CURR"), generated.loc[clients["SK_ID_CURR"]])
    assert [len(clients) for clients in days] == [WANTED.clients] * WANTED.days
    assert not set(before["SK_ID_CURR"]) & set(pd.concat(days)["SK_ID_CURR"])


def test_the_same_seed_gives_the_same_month_and_another_one_another(made: Made) -> None:
    again, other = month(WANTED), month(Month(10, 100, 6, 0.5, seed=4))
    assert all(np.array_equal(a["SK_ID_CURR"], b["SK_ID_CURR"]) for a, b in zip(made[1], again[1], strict=True))
    assert not np.array_equal(made[1][0]["SK_ID_CURR"], other[1][0]["SK_ID_CURR"])


def test_days_without_a_comparison_have_no_alarm() -> None:
    assert Days({}, "").alarms == []
