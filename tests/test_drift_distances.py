"""How far two groups of clients are apart in one field, and what chance alone does: by hand, and for all samples."""

import numpy as np
import pytest
from hypothesis import given, strategies
from numpy.typing import NDArray
from scipy.stats import binom

from scoring.drift import distances, psi

Floats = NDArray[np.float64]

samples = strategies.lists(strategies.integers(-50, 50), min_size=1, max_size=30)
tables = strategies.integers(1, 8).flatmap(
    lambda labels: strategies.tuples(
        *[strategies.lists(strategies.integers(0, 40), min_size=labels, max_size=labels).filter(any)] * 2
    )
)


def floats(values: object) -> Floats:
    return np.array(values, dtype=np.float64)


# --- numbers


def test_the_widest_gap_is_told_with_the_share_of_each_side_up_to_it() -> None:
    before, after = floats([1, 2, 3, 4, 5, 6]), floats([3, 4, 5, 6, 7, 8])
    assert distances.widest_gap(before, after) == pytest.approx((2, 2 / 6, 0))
    assert distances.widest_gap(after, before) == pytest.approx((2, 0, 2 / 6))


@pytest.mark.parametrize(
    ("reference", "current", "distance"),
    [
        ([1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1], 0),
        ([1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12], 1),
        ([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 60], 1 / 6),  # one client moved, how far doesn't matter
        ([1, 2, 3, 4, 5, 6], [4, 5, 6, 7, 8, 9], 1 / 2),
        ([0, 0, 0, 0, 1, 1], [0, 0, 1, 1, 1, 1], 1 / 3),  # ties are one step
        ([1, 1, 2, 2, 3, 3], [2], 1 / 3),
    ],
)
def test_the_distance_of_numbers_is_the_largest_gap_of_their_distributions(
    reference: list[int], current: list[int], distance: float
) -> None:
    assert distances.of_numbers(floats(reference), floats(current)) == pytest.approx(distance, abs=1e-12)


@given(samples, samples)
def test_numbers_are_as_far_apart_as_counting_has_it_both_ways_and_on_any_scale(one: list[int], other: list[int]) -> None:
    before, after = floats(one), floats(other)
    found = distances.of_numbers(before, after)
    counted = max(abs((before <= value).mean() - (after <= value).mean()) for value in (*before, *after))
    assert found == pytest.approx(counted, abs=1e-12)
    assert distances.of_numbers(after, before) == found
    assert 0 <= found <= 1
    assert distances.of_numbers(before, before) == 0
    assert distances.of_numbers(np.exp(before / 10), np.exp(after / 10)) == found  # whatever the unit


# --- labels


@pytest.mark.parametrize(
    ("reference", "current", "distance"),
    [
        ([3, 2, 1], [3, 2, 1], 0),
        ([3, 2, 1], [6, 4, 2], 0),  # twice as many clients, the same shares
        ([3, 2, 1], [1, 2, 3], 1 / 3),  # two of six have another label
        ([6, 0, 0], [0, 0, 6], 1),
        ([3, 3, 0], [2, 2, 2], 1 / 3),  # a label that the reference doesn't have
    ],
)
def test_the_distance_of_labels_is_the_share_of_clients_that_have_another(
    reference: list[int], current: list[int], distance: float
) -> None:
    assert distances.of_counts(floats(reference), floats(current)) == pytest.approx(distance, abs=1e-12)


@given(tables, strategies.integers(0, 99))
def test_labels_are_as_far_apart_both_ways_and_by_whatever_name(pair: tuple[list[int], list[int]], seed: int) -> None:
    before, after = floats(pair[0]), floats(pair[1])
    found = distances.of_counts(before, after)
    order = np.random.default_rng(seed).permutation(len(before))
    assert distances.of_counts(before[order], after[order]) == pytest.approx(found, abs=1e-12)
    assert distances.of_counts(after, before) == found
    assert 0 <= found <= 1 + 1e-12
    assert distances.of_counts(before, before) == 0


def test_six_clients_a_side_are_counted_by_the_labels_of_both() -> None:
    values, before, after = distances.counts(["b", "a", "b", "b", "a", "b"], ["c", "a", "a", "a", "c", "a"])
    assert values == ["a", "b", "c"]
    assert before.tolist() == [2, 4, 0]
    assert after.tolist() == [4, 0, 2]


# --- what chance does

CHANCE, PAIRS = 0.05, 2_000
MOST = binom.ppf(0.9999, PAIRS, CHANCE)
"""Of PAIRS, more than this reach what CHANCE of them may only by bad luck in one of ten thousand such tests."""


@pytest.mark.parametrize("ties", [False, True])
def test_two_draws_from_one_distribution_of_numbers_are_rarely_farther_apart_than_chance_has_it(ties: bool) -> None:
    rng = np.random.default_rng(7)
    limit = distances.chance_of_numbers(120, 300, CHANCE)
    drawn = [[np.round(rng.normal(size=size), 0 if ties else 9) for size in (120, 300)] for _ in range(PAIRS)]
    beyond = sum(distances.of_numbers(*pair) >= limit for pair in drawn)
    assert beyond <= MOST
    assert ties or beyond >= MOST / 5  # nor is it a limit that nothing reaches


@pytest.mark.parametrize("shares", [[0.5, 0.5], [0.7, 0.2, 0.09, 0.01], [0.995, 0.005]])
@pytest.mark.parametrize("sizes", [(100, 100), (300, 5_000)])
def test_two_draws_from_one_distribution_of_labels_rarely_reach_what_chance_has(
    shares: list[float], sizes: tuple[int, int]
) -> None:
    rng = np.random.default_rng(11)
    expected = [np.array(shares) * size for size in sizes]
    limit = distances.chance_of_counts(expected[0], expected[1], CHANCE, seed=3)
    drawn = [rng.multinomial(size, shares, size=PAIRS) for size in sizes]
    assert sum(distances.of_counts(*pair) >= limit for pair in zip(*drawn, strict=True)) <= MOST


@pytest.mark.parametrize("bins", [2, 11])
def test_two_draws_from_one_distribution_rarely_have_a_psi_beyond_chance(bins: int) -> None:
    rng = np.random.default_rng(13)
    shares = np.full(bins, 1 / bins)
    limit = psi.chance(shares * 1_000, shares * 3_000, CHANCE)
    drawn = [rng.multinomial(size, shares, size=PAIRS).astype(np.float64) for size in (1_000, 3_000)]
    beyond = sum(psi.psi(*pair) >= limit for pair in zip(*drawn, strict=True))
    assert MOST / 3 <= beyond <= MOST


@given(strategies.integers(1, 10**6), strategies.integers(1, 10**6), strategies.floats(0.001, 0.5))
def test_more_clients_and_a_larger_share_of_chance_leave_chance_less_room(before: int, after: int, chance: float) -> None:
    found = distances.chance_of_numbers(before, after, chance)
    assert distances.chance_of_numbers(after, before, chance) == pytest.approx(found, rel=1e-12)
    assert distances.chance_of_numbers(2 * before, after, chance) < found
    assert distances.chance_of_numbers(before, 2 * after, chance) < found
    assert distances.chance_of_numbers(before, after, chance * 1.5) < found
    small, large = (floats([size, 2 * size]) for size in (before, after))
    assert psi.chance(small * 2, large, chance) < psi.chance(small, large, chance)
    assert psi.chance(small, large, chance * 1.5) < psi.chance(small, large, chance)


def test_chance_moves_many_labelled_clients_less_than_few_and_by_one_seed_alike() -> None:
    found = [distances.chance_of_counts(floats([size, size]), floats([size, size]), 0.01, seed=0) for size in (50, 500, 5_000)]
    assert found == sorted(found, reverse=True)
    assert found[2] == pytest.approx(2.576 * np.sqrt(1 / 4 * 2 / 10_000), rel=0.08)  # by hand, as a normal's
    assert found[0] == distances.chance_of_counts(floats([50, 50]), floats([50, 50]), 0.01, seed=0)
