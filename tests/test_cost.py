import inspect

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring import cost
from scoring.cost import (
    COSTS,
    CostMatrix,
    Interval,
    client_costs,
    cost_band,
    cost_curve,
    cost_of_granting_all,
    cost_per_client,
    paired_difference,
)

# Six clients, of whom the fourth and the sixth default.
PD = [0.02, 0.05, 0.09, 0.10, 0.20, 0.60]
TARGET = [0, 0, 0, 1, 0, 1]


def test_a_granted_defaulter_costs_ten_refused_good_clients() -> None:
    assert (COSTS.false_negative, COSTS.false_positive) == (10, 1)


def test_each_wrong_decision_costs_what_the_matrix_says_and_a_right_one_nothing() -> None:
    costs = client_costs(probability=PD, target=TARGET, threshold=0.11, costs=COSTS)
    assert costs.tolist() == [0, 0, 0, 10, 1, 0]


def test_a_client_at_the_threshold_is_refused() -> None:
    assert cost_per_client(probability=PD, target=TARGET, threshold=0.10, costs=COSTS) == 1 / 6
    assert cost_per_client(probability=PD, target=TARGET, threshold=0.11, costs=COSTS) == 11 / 6


def test_granting_to_all_costs_every_defaulter() -> None:
    assert cost_of_granting_all(target=TARGET, costs=COSTS) == pytest.approx(20 / 6)
    assert cost_of_granting_all(target=TARGET, costs=CostMatrix(false_negative=8)) == pytest.approx(16 / 6)


def test_the_curve_has_the_cost_of_each_threshold() -> None:
    curve = cost_curve(probability=PD, target=TARGET, thresholds=[0, 0.05, 0.10, 0.11, 0.5, 1.01], costs=COSTS)
    assert (6 * curve).tolist() == pytest.approx([4, 3, 1, 11, 10, 20])


@given(st.lists(st.tuples(st.sampled_from([0.1, 0.2, 0.3, 0.4]), st.integers(0, 1)), min_size=1, max_size=30))
def test_the_curve_is_the_cost_at_each_threshold_ties_included(clients: list[tuple[float, int]]) -> None:
    probability, target = zip(*clients, strict=True)
    thresholds = [0.0, 0.1, 0.15, 0.2, 0.3, 0.4, 0.41]
    one_by_one = [cost_per_client(probability=probability, target=target, threshold=t, costs=COSTS) for t in thresholds]
    curve = cost_curve(probability=probability, target=target, thresholds=thresholds, costs=COSTS)
    assert curve.tolist() == pytest.approx(one_by_one)


def test_every_function_takes_its_arguments_by_name_alone() -> None:
    functions = [
        function
        for name, function in inspect.getmembers(cost, inspect.isfunction)
        if function.__module__ == cost.__name__ and not name.startswith("_")
    ]
    assert cost_band in functions
    for function in functions:
        kinds = {parameter.kind for parameter in inspect.signature(function).parameters.values()}
        assert kinds == {inspect.Parameter.KEYWORD_ONLY}, function.__name__


def test_the_band_is_that_of_resampling_the_clients() -> None:
    rng = np.random.default_rng(1)
    probability = rng.choice([0.05, 0.1, 0.2, 0.4], 500)  # on the thresholds: whoever lies on one is refused
    target = (rng.random(500) < probability).astype(np.int64)
    thresholds = [0.4, 0.05, 0.1, 0.3]  # in any order
    rows = rng.integers(0, 500, (2000, 500))
    resampled = [
        cost_curve(probability=probability[drawn], target=target[drawn], thresholds=thresholds, costs=COSTS) for drawn in rows
    ]
    low, high = cost_band(probability=probability, target=target, thresholds=thresholds, costs=COSTS, resamples=4000)
    expected = np.quantile(resampled, [0.025, 0.975], axis=0)
    np.testing.assert_allclose([low, high], expected, atol=0.03)
    assert (high - low).min() > 0.06  # twice what is allowed to differ


@given(st.lists(st.tuples(st.sampled_from([0.1, 0.2, 0.3, 0.4]), st.integers(0, 1)), min_size=1, max_size=30))
def test_the_band_holds_the_curve(clients: list[tuple[float, int]]) -> None:
    probability, target = zip(*clients, strict=True)
    thresholds = [0.0, 0.1, 0.15, 0.4, 0.41]
    low, high = cost_band(probability=probability, target=target, thresholds=thresholds, costs=COSTS)
    curve = cost_curve(probability=probability, target=target, thresholds=thresholds, costs=COSTS)
    assert (low <= curve + 1e-9).all()
    assert (curve <= high + 1e-9).all()


def test_the_band_of_one_client_is_a_line() -> None:
    low, high = cost_band(probability=[0.3], target=[1], thresholds=[0.1, 0.3, 0.5], costs=COSTS)
    assert low.tolist() == high.tolist() == [0, 0, 10]


def test_the_paired_interval_is_that_of_resampling_the_clients() -> None:
    rng = np.random.default_rng(1)
    costs, reference = rng.choice([0.0, 1.0, 10.0], (2, 800), p=[0.7, 0.25, 0.05])
    rows = rng.integers(0, 800, (4000, 800))
    resampled = (costs - reference)[rows].mean(axis=1)
    interval = paired_difference(costs=costs, reference=reference)
    assert [interval.low, interval.high] == pytest.approx(np.quantile(resampled, [0.025, 0.975]).tolist(), abs=0.02)


def test_the_pairing_removes_what_the_two_have_in_common() -> None:
    costs = np.random.default_rng(0).choice([0.0, 10.0], 1000)
    assert paired_difference(costs=costs + 0.01, reference=costs).low == pytest.approx(0.01)
    assert paired_difference(costs=costs, reference=costs) == Interval(0, 0)


def test_costs_of_other_clients_are_no_pairs() -> None:
    with pytest.raises(ValueError, match="one per client of the same clients"):
        paired_difference(costs=[1.0, 0.0], reference=[1.0])
