"""What decisions did cost, and which threshold outcomes now ask for: hand-worked tables, closed forms and drawn outcomes."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import expit, logit
from sklearn.metrics import roc_auc_score

from scoring.cost import COSTS, CostMatrix
from scoring.monitoring.calibration import LEAST_EVENTS
from scoring.monitoring.expected import Estimate, expected
from scoring.monitoring.realised import Realised, realised, threshold_now

Floats = NDArray[np.float64]

# Six clients, of whom the first three are granted credit, and the fourth and the sixth default.
PD = [0.02, 0.05, 0.09, 0.10, 0.20, 0.60]
TARGET = [0, 0, 0, 1, 0, 1]
GRANTED = [True, True, True, False, False, False]
Z = 1.959963984540054

# Two hundred clients: of a hundred with a PD of 5% ten default, of a hundred with 20% forty. A line goes through both points.
TWO_PDS = np.repeat([0.05, 0.20], 100)
TWICE = np.concatenate([np.arange(100) < 10, np.arange(100) < 40]).astype(np.int64)


def known(found: Estimate | None) -> Estimate:
    assert found
    return found


def ends(found: Estimate | None) -> tuple[float, float]:
    return known(found).low, known(found).high


def six(target: Any = TARGET, granted: Any = GRANTED, costs: CostMatrix = COSTS) -> Realised:
    return realised(PD, target, granted, costs)


def drawn(clients: int, seed: int, intercept: float = 0.0, slope: float = 1.0) -> tuple[Floats, NDArray[np.int64]]:
    """PDs of applicants, and outcomes of whom the true log-odds are a line in theirs."""
    rng = np.random.default_rng(seed)
    told = rng.beta(1.3, 14, clients).clip(0.002, 0.98)
    return told, (rng.random(clients) < expit(intercept + slope * logit(told))).astype(np.int64)


def test_six_clients_cost_what_their_wrong_decisions_cost() -> None:
    found = six()
    assert (found.clients, found.granted, found.defaults) == (6, 3, 2)
    assert known(found.default_rate).value == 0
    assert known(found.cost).value == pytest.approx(1 / 6)  # the fifth was refused, and would have repaid
    assert known(found.auc).value == pytest.approx(7 / 8)  # of eight pairs one is the wrong way round
    assert known(found.ratio).value == pytest.approx(2 / 1.06)
    assert (found.slope, found.intercept) == (None, None)  # of two defaulters nothing more
    assert known(six(granted=[True] * 6).default_rate).value == pytest.approx(2 / 6)
    assert known(six(granted=[True] * 6, costs=CostMatrix(7, 2)).cost).value == pytest.approx(14 / 6)
    assert known(six(granted=[False] * 6, costs=CostMatrix(7, 2)).cost).value == pytest.approx(8 / 6)


def test_what_is_realised_stands_beside_what_was_expected_of_the_same_clients() -> None:
    covariance = [[0.04, 0.015], [0.015, 0.008]]
    found = realised(PD, TARGET, GRANTED, COSTS, covariance, level=0.9)
    assert found.expected == expected(PD, GRANTED, COSTS, covariance, level=0.9)
    assert found.expected != expected(PD, GRANTED, COSTS)
    assert (found.default_rate_as_expected, found.cost_as_expected) == (True, True)
    lost = six([1, 1, 1, 0, 0, 0])
    assert (lost.default_rate_as_expected, lost.cost_as_expected) == (False, False)
    sure = realised([0.001] * 5 + [0.999] * 5, [0, 0, 0, 0, 1] + [1] * 5, [True] * 10, COSTS)
    assert ends(sure.expected.default_rate) == pytest.approx((0.5, 0.5))  # PDs so sure leave no room for a sixth default
    assert sure.default_rate_as_expected is False
    nobody = six(granted=[False] * 6)
    assert (nobody.default_rate_as_expected, nobody.cost_as_expected) == (None, True)


def test_the_intervals_of_six_clients_are_those_of_the_books() -> None:
    found = six()
    assert ends(found.default_rate) == pytest.approx((0, Z**2 / (3 + Z**2)))  # Wilson's, of 0 in 3
    assert ends(found.ratio) == pytest.approx((0.2422 / 1.06, 7.2247 / 1.06), abs=1e-4)  # Poisson's, of 2
    none = six([0] * 6)
    assert ends(none.ratio) == pytest.approx((0, 3.6889 / 1.06), abs=1e-4)


def test_the_interval_of_a_cost_of_one_kind_of_error_is_that_of_its_share_priced() -> None:
    lent = [True] * 6
    of_all = six(granted=lent)
    low, high = ends(of_all.default_rate)
    missed = Z**2 / (6 + Z**2)  # Wilson's upper end of none in six
    assert ends(of_all.cost) == pytest.approx((10 * low, 20 / 6 + np.hypot(10 * (high - 2 / 6), missed)))


def test_of_one_outcome_alone_there_is_no_auc() -> None:
    assert six([0] * 6).auc is None
    assert six([1] * 6).auc is None


def test_an_auc_that_delong_says_nothing_of_may_be_any() -> None:
    assert six([0, 0, 0, 0, 1, 0]).auc == Estimate(4 / 5, 0, 1)
    assert six([0, 0, 0, 0, 1, 1]).auc == Estimate(1, 0, 1)


def test_the_auc_s_interval_is_delong_s_on_the_logit_scale() -> None:
    told, target = drawn(300, seed=4)
    told = told.round(2)  # with ties
    good, bad = told[target == 0], told[target == 1]
    wins = (bad[:, None] > good) + 0.5 * (bad[:, None] == good)
    value = wins.mean()
    variance = wins.mean(axis=1).var(ddof=1) / len(bad) + wins.mean(axis=0).var(ddof=1) / len(good)
    half = Z * np.sqrt(variance) / (value * (1 - value))
    found = known(realised(told, target, told < 0.1, COSTS).auc)
    assert found.value == pytest.approx(value)
    assert ends(found) == pytest.approx(tuple(expit([logit(value) - half, logit(value) + half])))


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 1), st.booleans()), min_size=1, max_size=30))
def test_every_figure_lies_in_its_interval_and_the_auc_is_that_of_scikit_learn(clients: list[tuple[float, int, bool]]) -> None:
    told, target, granted = zip(*clients, strict=True)
    found = realised(told, target, granted, COSTS)
    for one in (found.default_rate, found.cost, found.auc, found.ratio, found.intercept, found.slope):
        assert one is None or one.low - 1e-12 <= one.value <= one.high + 1e-12
    if found.auc:
        assert found.auc.value == pytest.approx(roc_auc_score(target, told))


def test_pds_that_come_true_have_a_slope_of_one_and_pds_that_exaggerate_one_below() -> None:
    told, target = drawn(20_000, seed=1)
    true = realised(told, target, told < 0.1, COSTS)
    assert known(true.slope).holds(1)
    assert known(true.intercept).holds(0)
    told, target = drawn(20_000, seed=1, slope=0.5)
    assert known(realised(told, target, told < 0.1, COSTS).slope).high < 0.7


def test_the_slope_and_its_interval_are_those_of_a_line_through_two_points() -> None:
    found = realised(TWO_PDS, TWICE, TWO_PDS < 0.1, COSTS)
    run = logit(0.20) - logit(0.05)
    slope = (logit(0.40) - logit(0.10)) / run
    half = Z * np.sqrt(1 / (100 * 0.4 * 0.6) + 1 / (100 * 0.1 * 0.9)) / run
    assert known(found.slope).value == pytest.approx(slope, abs=1e-6)
    assert ends(found.slope) == pytest.approx((slope - half, slope + half), abs=1e-6)
    assert known(found.intercept).value == pytest.approx(logit(0.10) - slope * logit(0.05), abs=1e-6)


def test_where_ten_in_a_hundred_default_of_those_told_five_a_threshold_of_a_tenth_is_one_of_five_percent() -> None:
    found = known(threshold_now(TWO_PDS, TWICE, CostMatrix(9, 1)))
    assert found.value == pytest.approx(0.05, abs=1e-6)
    assert found.low < 0.05 < found.high


@pytest.mark.parametrize("side", [1, -1])
def test_an_end_of_the_interval_is_where_the_recalibrated_pd_is_just_not_ruled_out(side: int) -> None:
    # At 20% the true PD's log-odds are those of 40 in 100, of a known deviation.
    asked = float(expit(logit(0.40) + side * Z * np.sqrt(1 / (100 * 0.4 * 0.6))))
    low, high = ends(threshold_now(TWO_PDS, TWICE, CostMatrix(1 - asked, asked)))
    assert (low if side == 1 else high) == pytest.approx(0.20, abs=1e-5)


def test_the_interval_holds_the_threshold_as_often_as_it_says_though_outcomes_are_known_of_granted_loans_alone() -> None:
    wanted = expit((logit(COSTS.threshold) - 0.4) / 0.9)  # the world has changed, and the line with it
    held, values = [], []
    for seed in range(150):
        told, target = drawn(4000, seed, intercept=0.4, slope=0.9)
        granted = told < 0.2
        found = known(threshold_now(told[granted], target[granted], COSTS))
        held.append(found.holds(wanted))
        values.append(found.value)
    assert np.mean(held) == pytest.approx(0.95, abs=0.05)
    assert np.median(values) == pytest.approx(wanted, abs=0.002)


@pytest.mark.parametrize(
    ("told", "target"),
    [
        ([], []),
        (PD, TARGET),
        ([0.1] * 100, [0, 1] * 50),  # equal PDs
        (np.linspace(0.01, 0.5, 100), [0] * 100),  # one outcome
        (np.linspace(0.01, 0.5, 100), [0] * 50 + [1] * 50),  # a PD parts the outcomes
        (np.linspace(0.01, 0.5, 100), [1] * 50 + [0] * 50),
        (np.linspace(0.01, 0.5, 100), [1] * 45 + [0, 1] * 5 + [0] * 45),  # the higher the PD, the fewer default
        (np.linspace(0.01, 0.5, 100), [0, 1] * 50),  # no slope to be sure of
    ],
)
def test_outcomes_that_tell_no_threshold_ask_for_none(told: Any, target: Any) -> None:
    assert threshold_now(told, target, COSTS) is None


def test_of_twenty_defaulters_a_threshold_can_be_told_and_of_nineteen_not() -> None:
    told = np.linspace(0.01, 0.5, 400)
    at = np.linspace(100, 399, LEAST_EVENTS).astype(np.intp)
    target = np.isin(np.arange(400), at).astype(np.int64)
    assert threshold_now(told, target, COSTS)
    target[at[0]] = 0
    assert threshold_now(told, target, COSTS) is None
    assert threshold_now(1 - told, 1 - target, COSTS) is None  # nor of nineteen who repaid


@pytest.mark.parametrize("target", [[0, 0, 0, 1, 0, -1], [0, 1], [0, 0, 0, 1, 0, np.nan]])
def test_an_outcome_that_is_not_known_is_refused(target: list[float]) -> None:
    with pytest.raises(ValueError, match="leave out clients of whom it isn't known"):
        six(target)
    with pytest.raises(ValueError, match="leave out clients of whom it isn't known"):
        threshold_now(PD, target, COSTS)
