"""The population stability index: six clients by hand, its bins, and its bands."""

import math

import numpy as np
import pytest
from hypothesis import given, strategies

from scoring.drift import psi

NAN = float("nan")
SIX = np.array([10.0, 20.0, 30.0, 40.0, 50.0, 60.0])
counts = strategies.lists(strategies.tuples(*[strategies.integers(0, 50)] * 2), min_size=2, max_size=12).filter(
    lambda bins: all(map(any, zip(*bins, strict=True)))
)


def index(reference: list[int], current: list[int]) -> float:
    return psi.psi(np.array(reference, dtype=np.float64), np.array(current, dtype=np.float64))


def test_the_index_is_the_sum_over_bins_of_the_move_times_its_log_ratio() -> None:
    by_hand = (1 / 6 - 3 / 6) * math.log((1 / 6) / (3 / 6)) + (3 / 6 - 1 / 6) * math.log((3 / 6) / (1 / 6))
    assert index([3, 2, 1], [1, 2, 3]) == pytest.approx(by_hand, rel=1e-12)
    assert by_hand == pytest.approx(2 / 3 * math.log(3), rel=1e-12)


def test_in_an_empty_bin_stands_half_a_client() -> None:
    by_hand = (0.5 / 6 - 2 / 6) * math.log((0.5 / 6) / (2 / 6)) + (6 / 6 - 4 / 6) * math.log((6 / 6) / (4 / 6))
    assert index([2, 4], [0, 6]) == pytest.approx(by_hand, rel=1e-12)


def test_a_bin_that_both_leave_empty_adds_nothing() -> None:
    assert index([3, 0, 3], [2, 0, 4]) == index([3, 3], [2, 4])


@given(counts)
def test_the_index_is_never_negative_the_same_both_ways_and_0_for_equal_shares(bins: list[tuple[int, int]]) -> None:
    before, after = map(list, zip(*bins, strict=True))
    assert index(before, after) == pytest.approx(index(after, before), rel=1e-9, abs=1e-12)
    assert index(before, before) == 0
    assert index(before, after) >= 0
    if all(map(all, bins)):
        assert index(before, [7 * count for count in after]) == pytest.approx(index(before, after), rel=1e-9, abs=1e-12)


def test_the_edges_are_the_tenths_of_the_reference() -> None:
    assert psi.edges(np.arange(1.0, 101)).tolist() == [10, 20, 30, 40, 50, 60, 70, 80, 90]
    assert psi.edges(SIX).tolist() == [10, 20, 30, 40, 50, 60]  # nine tenths of six clients are six values


def test_tied_values_make_fewer_bins_and_none_makes_none() -> None:
    assert psi.edges(np.array([0.0] * 95 + [1.0, 2, 3, 4, 5])).tolist() == [0]
    assert psi.edges(np.array([0.0] * 50 + [1.0] * 50)).tolist() == [0, 1]
    assert psi.edges(np.empty(0)).tolist() == []


def test_a_bin_holds_its_upper_bound_the_last_what_lies_above_and_one_more_the_unknown() -> None:
    bounds = np.array([10.0, 20.0])
    assert psi.binned(np.array([10.0, 10.1, 20.0, 20.1, NAN, -5.0]), bounds).tolist() == [2, 2, 1, 1]
    assert psi.binned(np.array([NAN, NAN]), bounds).tolist() == [0, 0, 0, 2]
    assert psi.binned(np.array([1.0, NAN, 3.0]), np.empty(0)).tolist() == [2, 1]


def test_clients_that_turn_unknown_move_the_index() -> None:
    bounds = psi.edges(SIX)
    now = np.array([10.0, 20.0, 30.0, NAN, NAN, NAN])
    assert psi.psi(psi.binned(SIX, bounds), psi.binned(SIX, bounds)) == 0
    assert psi.psi(psi.binned(SIX, bounds), psi.binned(now, bounds)) > psi.MAJOR


@pytest.mark.parametrize(
    ("value", "band"),
    [(0.0, "stable"), (0.0999, "stable"), (0.10, "moderate"), (0.2499, "moderate"), (0.25, "major"), (9.0, "major")],
)
def test_the_bands_are_those_of_the_risk_teams(value: float, band: str) -> None:
    assert psi.band(value) == band
