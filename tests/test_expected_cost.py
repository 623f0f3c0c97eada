"""What decisions are expected to cost: against the law of six outcomes written out, of hundreds added up, and drawn outcomes."""

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from scoring.cost import COSTS, CostMatrix
from scoring.monitoring.calibration import log_odds
from scoring.monitoring.expected import EXACT_UP_TO, Estimate, expected

Floats = NDArray[np.float64]

# Six clients, of whom the first three are granted credit at a threshold of 1/11.
PD = [0.02, 0.05, 0.09, 0.10, 0.20, 0.60]
GRANTED = [True, True, True, False, False, False]
COVARIANCE = [[0.04, 0.015], [0.015, 0.008]]

CLIENTS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=7)


def cost_of(probability: Any, granted: Any, costs: CostMatrix = COSTS, covariance: Any = None) -> Estimate:
    found = expected(probability, granted, costs, covariance).cost
    assert found
    return found


def rate_of(probability: Any, granted: Any, covariance: Any = None) -> Estimate:
    found = expected(probability, granted, COSTS, covariance).default_rate
    assert found
    return found


def written_out(probability: Any, granted: Any, costs: CostMatrix) -> list[tuple[float, float]]:
    """(cost per client, chance) of every way in which so many clients can end."""
    ways = []
    for ended in product([0, 1], repeat=len(probability)):
        paid, chance = 0.0, 1.0
        for p, lent, defaults in zip(probability, granted, ended, strict=True):
            chance *= p if defaults else 1 - p
            paid += costs.false_negative * (lent and defaults) + costs.false_positive * (not lent and not defaults)
        ways.append((paid / len(probability), chance))
    return ways


def law_of_cost(probability: Floats, granted: NDArray[np.bool_]) -> Floats:
    """The chance of each total cost 0, 1, 2... at 10 and 1, client by client."""
    law = np.ones(1)
    for p, lent in zip(probability, granted, strict=True):
        law = np.convolve(law, [1 - p, *[0.0] * 9, p] if lent else [p, 1 - p])
    return law


def portfolio(clients: int, seed: int = 0) -> Floats:
    """PDs as they are among applicants: few above a half."""
    return np.random.default_rng(seed).beta(1.3, 14, clients)


def test_six_clients_are_expected_to_cost_what_their_pds_say() -> None:
    found = expected(PD, GRANTED, COSTS)
    assert (found.clients, found.granted) == (6, 3)
    assert rate_of(PD, GRANTED).value == pytest.approx((0.02 + 0.05 + 0.09) / 3)
    assert cost_of(PD, GRANTED).value == pytest.approx((10 * 0.16 + 0.9 + 0.8 + 0.4) / 6)
    assert cost_of(PD, GRANTED, CostMatrix(5, 2)).value == pytest.approx((5 * 0.16 + 2 * 2.1) / 6)


def test_the_interval_of_six_clients_is_that_of_the_64_ways_in_which_they_can_end() -> None:
    # A loan lost costs 10, and 15% of the ways lose one or more; two lost have a chance below 1%.
    ways = written_out(PD, GRANTED, COSTS)
    low = max(paid for paid, _ in ways if sum(chance for other, chance in ways if other < paid - 1e-12) <= 0.025)
    high = min(paid for paid, _ in ways if sum(chance for other, chance in ways if other > paid + 1e-12) <= 0.025)
    found = cost_of(PD, GRANTED)
    assert (found.low, found.high) == pytest.approx((low, high))
    assert (6 * low, 6 * high) == pytest.approx((1, 13))
    rate = rate_of(PD, GRANTED)
    assert (rate.low, rate.high) == pytest.approx((0, 1 / 3))


@given(CLIENTS, st.floats(0.1, 50), st.floats(0.1, 50))
def test_few_clients_end_inside_the_interval_at_least_as_often_as_it_says(
    clients: list[tuple[float, bool]], false_negative: float, false_positive: float
) -> None:
    told, granted = zip(*clients, strict=True)
    costs = CostMatrix(false_negative, false_positive)
    found = cost_of(told, granted, costs)
    assert sum(chance for paid, chance in written_out(told, granted, costs) if found.holds(paid)) >= 0.95 - 1e-6


@pytest.mark.parametrize("clients", [EXACT_UP_TO, EXACT_UP_TO + 1, 400, 1500])
def test_many_clients_end_inside_the_interval_about_as_often_as_it_says(clients: int) -> None:
    told = portfolio(clients)
    granted = told < COSTS.threshold
    law, found = law_of_cost(told, granted), cost_of(told, granted)
    paid = np.arange(len(law)) / clients
    beyond = law[paid < found.low - 1e-9].sum(), law[paid > found.high + 1e-9].sum()
    assert beyond == pytest.approx((0.025, 0.025), abs=0.007)  # as many below as above


def test_where_the_law_is_no_longer_added_up_the_curve_gives_the_same_ends() -> None:
    told = portfolio(EXACT_UP_TO)
    granted = told < 0.5
    before, after = (cost_of(np.append(told, more), np.append(granted, [True] * len(more))) for more in ([], [0.0]))
    step = 10 / EXACT_UP_TO
    assert (after.low, after.high) == pytest.approx((before.low, before.high), abs=step)
    assert (after.low, after.high) != (before.low, before.high)


def test_a_few_loans_among_many_refusals_have_the_default_rate_of_few() -> None:
    told = np.append(portfolio(1000), [0.02, 0.05])
    rate = rate_of(told, np.arange(1002) >= 1000)
    assert (rate.low, rate.high) == (0, 0.5)  # both default once in a thousand times


def test_an_unsure_calibration_widens_both_sides_by_its_squares() -> None:
    told = portfolio(4000)
    granted = told < COSTS.threshold
    sure, unsure = cost_of(told, granted), cost_of(told, granted, covariance=COVARIANCE)
    weights = np.where(granted, 10, -1) * told * (1 - told) / 4000
    moved = np.array([weights.sum(), weights @ np.log(told / (1 - told))])
    half = 1.959964 * np.sqrt(moved @ COVARIANCE @ moved)
    assert unsure.value == sure.value
    assert unsure.high - unsure.value == pytest.approx(np.hypot(sure.high - sure.value, half))
    assert unsure.value - unsure.low == pytest.approx(np.hypot(sure.value - sure.low, half))


def test_outcomes_of_a_calibration_that_is_off_by_chance_lie_inside_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    told = portfolio(3000)
    granted = told < COSTS.threshold
    lines = rng.multivariate_normal([0, 1], COVARIANCE, 1500)
    true = 1 / (1 + np.exp(-(lines[:, :1] + lines[:, 1:] * log_odds(told))))
    defaulted = rng.random(true.shape) < true
    paid = (10 * (defaulted & granted) + (~defaulted & ~granted)).mean(axis=1)
    rates = defaulted[:, granted].mean(axis=1)
    unsure, sure = (expected(told, granted, COSTS, covariance) for covariance in (COVARIANCE, None))
    assert unsure.cost
    assert unsure.default_rate
    assert sure.default_rate
    assert np.mean([unsure.cost.holds(one) for one in paid]) == pytest.approx(0.95, abs=0.02)
    assert np.mean([unsure.default_rate.holds(one) for one in rates]) == pytest.approx(0.95, abs=0.02)
    assert np.mean([sure.default_rate.holds(one) for one in rates]) < 0.85


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40), st.sampled_from([1, 12]), st.booleans())
def test_no_end_lies_beyond_what_is_possible_and_the_value_lies_between(
    clients: list[tuple[float, bool]], times: int, unsure: bool
) -> None:
    told, granted = (np.tile(values, times) for values in zip(*clients, strict=True))
    found = expected(told, granted, COSTS, COVARIANCE if unsure else None)
    assert found.cost
    most = np.where(granted, 10, 1).mean()
    assert 0 <= found.cost.low <= found.cost.value <= found.cost.high <= most + 1e-9
    assert (found.default_rate is None) == (not granted.any())
    if found.default_rate:
        rate = found.default_rate
        assert 0 <= rate.low <= rate.value <= rate.high <= 1 + 1e-9


def test_an_interval_reaches_up_to_its_value_even_where_a_default_is_too_rare_to_be_in_it() -> None:
    found = cost_of([0.001], [True])
    assert (found.low, found.value, found.high) == pytest.approx((0, 0.01, 0.01))


@given(CLIENTS)
def test_a_wider_level_has_a_wider_interval(clients: list[tuple[float, bool]]) -> None:
    told, granted = zip(*clients, strict=True)
    narrow, wide = (expected(told, granted, COSTS, level=level).cost for level in (0.8, 0.99))
    assert narrow
    assert wide
    assert wide.low <= narrow.low
    assert narrow.high <= wide.high


def test_nobody_granted_has_no_default_rate_and_no_client_no_cost() -> None:
    nobody = expected(PD, [False] * 6, COSTS)
    assert (nobody.granted, nobody.default_rate) == (0, None)
    assert nobody.cost
    assert nobody.cost.value == pytest.approx((6 - sum(PD)) / 6)
    nothing = expected([], [], COSTS, COVARIANCE)
    assert (nothing.clients, nothing.granted, nothing.default_rate, nothing.cost) == (0, 0, None, None)


@pytest.mark.parametrize(
    ("told", "granted", "words"),
    [([0.1, 0.2], [True], "one per client"), ([0.1, 1.2], [True, True], "from 0 to 1"), ([np.nan], [True], "from 0 to 1")],
)
def test_what_is_no_pd_of_each_client_is_refused(told: list[float], granted: list[bool], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        expected(told, granted, COSTS)
