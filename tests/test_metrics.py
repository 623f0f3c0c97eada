import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from scoring.cost import COSTS
from scoring.training.metrics import Sample, calibration_bins, calibration_error, figures
from scoring.training.plots import wilson_interval


def test_four_clients_have_the_figures_worked_out_by_hand() -> None:
    sample = Sample("by hand", np.array([0.05, 0.08, 0.2, 0.4]), np.array([0, 1, 0, 1]))
    found = figures(sample, threshold=0.1, costs=COSTS)
    assert found["auc"] == 0.75  # of the four pairs of a defaulter and a good client, one is in the wrong order
    assert found["gini"] == 0.5
    assert found["ks"] == 0.5  # from 0.4 on: one of two defaulters, no good client
    assert found["brier"] == pytest.approx((0.05**2 + 0.92**2 + 0.2**2 + 0.6**2) / 4)
    assert found["log_loss"] == pytest.approx(-np.log([0.95, 0.08, 0.8, 0.4]).mean())
    assert found["calibration_error"] == pytest.approx((0.05 + 0.92 + 0.2 + 0.6) / 4)  # each client a bin of its own
    assert found["cost_per_client"] == 11 / 4
    assert found["cost_of_granting_all"] == 5
    assert found["approval_rate"] == 0.5


def test_one_probability_for_all_is_one_bin_and_calibrated_where_it_is_the_default_rate() -> None:
    probability, target = np.full(50, 0.08), np.repeat([0, 1], [46, 4])
    assert calibration_bins(probability=probability, target=target)[2].tolist() == [50]
    assert calibration_error(probability=probability, target=target) == pytest.approx(0)


def test_ten_bins_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    probability = rng.beta(1, 10, 5000)
    target = (rng.random(5000) < probability).astype(np.int64)
    expected, observed, clients = calibration_bins(probability=probability, target=target)
    theirs = calibration_curve(target, probability, n_bins=10, strategy="quantile")
    assert clients.tolist() == [500] * 10
    np.testing.assert_allclose([observed, expected], theirs)


def test_the_interval_of_a_share_is_wilsons() -> None:
    low, high = wilson_interval(np.array([0.1, 0.0]), np.array([100, 20]))
    assert low.tolist() == pytest.approx([0.0552, 0.0], abs=1e-4)
    assert high.tolist() == pytest.approx([0.1744, 0.1611], abs=1e-4)
