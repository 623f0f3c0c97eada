"""Bootstrap intervals: each resample's figures are those of metrics.figures on the clients drawn, and their spread is known."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from scoring.cost import COSTS, Interval, client_costs
from scoring.training.intervals import intervals, paired_auc_difference
from scoring.training.metrics import Sample, figures

NAMES = ["auc", "gini", "ks", "brier", "log_loss", "calibration_error", "cost_per_client", "approval_rate"]


def drawn(clients: int, seed: int = 0, digits: int = 12) -> Sample:
    """Clients who default as often as their PDs say; few digits make many ties."""
    rng = np.random.default_rng(seed)
    probability = np.round(rng.beta(1, 10, clients), digits)
    return Sample("drawn", probability, (rng.random(clients) < probability).astype(np.int64))


@st.composite
def few_clients(draw: st.DrawFn) -> Sample:
    """2 to 40 clients of both outcomes, with PDs that often tie, 0 and 1 among them."""
    target = draw(st.permutations([0, 1, *draw(st.lists(st.integers(0, 1), max_size=38))]))
    tenths = draw(st.lists(st.integers(0, 10), min_size=len(target), max_size=len(target)))
    return Sample("few", np.array(tenths) / 10, np.array(target, dtype=np.int64))


def resampled(sample: Sample, resamples: int, seed: int = 0) -> list[NDArray[Any]]:
    """The clients of each resample, by their places; those of one outcome alone are left out."""
    rng, clients, found = np.random.default_rng(seed), len(sample.target), list[NDArray[Any]]()
    while len(found) < resamples:
        places = rng.integers(0, clients, clients)
        if 0 < sample.target[places].sum() < clients:
            found.append(places)
    return found


@given(few_clients())
def test_each_figure_of_a_resample_is_the_figure_of_the_clients_drawn(sample: Sample) -> None:
    of_each = [
        figures(Sample("drawn", sample.probability[places], sample.target[places]), threshold=0.25, costs=COSTS)
        for places in resampled(sample, 7)
    ]
    found = intervals(sample, threshold=0.25, costs=COSTS, resamples=7)
    assert sorted(found) == sorted(NAMES)
    for name in set(NAMES) - {"calibration_error"}:
        expected = np.quantile([one[name] for one in of_each], [0.025, 0.975])
        assert [found[name].low, found[name].high] == pytest.approx(list(expected), abs=1e-12), name


@given(few_clients(), st.randoms(use_true_random=False))
def test_a_difference_of_two_models_is_that_of_their_aucs_on_the_clients_drawn(sample: Sample, random: Any) -> None:
    other = sample.probability.copy()
    random.shuffle(other)
    expected = [
        roc_auc_score(sample.target[places], sample.probability[places]) - roc_auc_score(sample.target[places], other[places])
        for places in resampled(sample, 5)
    ]
    found = paired_auc_difference(probability=sample.probability, reference=other, target=sample.target, resamples=5)
    assert [found.low, found.high] == pytest.approx(list(np.quantile(expected, [0.025, 0.975])), abs=1e-12)


@pytest.mark.parametrize("digits", [12, 2])
def test_an_interval_holds_the_figure_it_is_of(digits: int) -> None:
    sample = drawn(4000, digits=digits)
    measured = figures(sample, threshold=1 / 11, costs=COSTS)
    for name, interval in intervals(sample, threshold=1 / 11, costs=COSTS).items():
        assert 0 <= interval.low < measured[name] < interval.high, name
    wider = intervals(sample, threshold=1 / 11, costs=COSTS, level=0.99)["auc"]
    narrower = intervals(sample, threshold=1 / 11, costs=COSTS, level=0.5)["auc"]
    assert wider.low < narrower.low < narrower.high < wider.high


def test_the_interval_of_a_mean_is_nearly_the_normal_one() -> None:
    sample = drawn(5000, seed=1)
    found = intervals(sample, threshold=1 / 11, costs=COSTS, resamples=2000)["cost_per_client"]
    cost = client_costs(probability=sample.probability, target=sample.target, threshold=1 / 11, costs=COSTS)
    error = cost.std() / np.sqrt(len(cost))
    assert [found.low, found.high] == pytest.approx([cost.mean() - 1.96 * error, cost.mean() + 1.96 * error], abs=0.25 * error)


def test_the_interval_of_an_auc_is_nearly_that_of_hanley_and_mcneil() -> None:
    rng = np.random.default_rng(2)
    target = np.repeat([0, 1], [4600, 400])
    sample = Sample("two exponentials", rng.exponential(1.0 + 2.0 * target), target)  # the case their formula is made for
    measured = float(roc_auc_score(target, sample.probability))
    q1, q2 = measured / (2 - measured), 2 * measured**2 / (1 + measured)
    variance = measured * (1 - measured) + 399 * (q1 - measured**2) + 4599 * (q2 - measured**2)
    found = intervals(Sample("scaled", sample.probability / 100, target), threshold=0.1, costs=COSTS, resamples=1000)["auc"]
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * np.sqrt(variance / (4600 * 400)), rel=0.15)


def test_of_models_whose_probabilities_come_true_one_in_twenty_lies_outside_what_chance_gives() -> None:
    inside = 0
    for seed in range(60):
        sample = drawn(2000, seed=seed)
        found = intervals(sample, threshold=1 / 11, costs=COSTS, resamples=100)["calibration_error"]
        inside += found.low <= figures(sample, threshold=1 / 11, costs=COSTS)["calibration_error"] <= found.high
    assert 51 <= inside < 60


def test_probabilities_a_third_too_high_lie_beyond_what_chance_gives() -> None:
    sample = drawn(5000, seed=3)
    wrong = Sample("too high", np.minimum(sample.probability * 4 / 3, 1), sample.target)
    found = intervals(wrong, threshold=1 / 11, costs=COSTS, resamples=100)["calibration_error"]
    assert figures(wrong, threshold=1 / 11, costs=COSTS)["calibration_error"] > found.high


def test_two_models_that_order_clients_alike_do_not_differ() -> None:
    sample = drawn(500)
    found = paired_auc_difference(
        probability=sample.probability, reference=np.sqrt(sample.probability), target=sample.target, resamples=50
    )
    assert found == Interval(0.0, 0.0)


def test_a_model_that_errs_nowhere_is_ahead_by_what_the_other_lacks() -> None:
    target = np.array([0, 0, 1, 1])
    right = np.array([0.1, 0.2, 0.3, 0.4])
    found = paired_auc_difference(probability=right, reference=1 - right, target=target)
    assert found == Interval(1.0, 1.0)
    flat = paired_auc_difference(probability=right, reference=np.full(4, 0.3), target=target)
    assert flat == Interval(0.5, 0.5)  # all clients tie: half of the pairs


def test_pairing_tells_apart_what_two_intervals_do_not() -> None:
    sample = drawn(4000, seed=4)
    noisy = sample.probability * np.exp(np.random.default_rng(5).normal(0, 0.35, len(sample.target)))
    one, other = (
        intervals(Sample("", PD, sample.target), threshold=0.1, costs=COSTS)["auc"] for PD in (sample.probability, noisy)
    )
    assert one.low < other.high  # they overlap
    assert paired_auc_difference(probability=sample.probability, reference=noisy, target=sample.target).low > 0


def test_the_same_seed_gives_the_same_intervals_and_another_one_others() -> None:
    sample = drawn(300)
    first, again = (intervals(sample, threshold=0.1, costs=COSTS, resamples=50) for _ in range(2))
    assert first == again
    assert intervals(sample, threshold=0.1, costs=COSTS, resamples=50, seed=1)["auc"] != first["auc"]


def test_clients_of_one_outcome_and_unlike_lengths_are_refused() -> None:
    three = np.array([0.1, 0.2, 0.3])
    with pytest.raises(ValueError, match="only one outcome"):
        intervals(Sample("", three, np.zeros(3, dtype=np.int64)), threshold=0.1, costs=COSTS)
    with pytest.raises(ValueError, match="one per client"):
        paired_auc_difference(probability=three, reference=three[:2], target=[0, 1, 0])
