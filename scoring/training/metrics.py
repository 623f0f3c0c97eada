"""What a run reports of a model, measured on clients that took no part in fitting it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score, roc_curve

from scoring.cost import CostMatrix, cost_of_granting_all, cost_per_client

Floats = NDArray[np.float64]
BINS = 10


@dataclass(frozen=True, eq=False, slots=True)
class Sample:
    """Clients on whom a model is measured: their PDs (n,) and whether they defaulted, 0 or 1 (n,)."""

    label: str
    probability: Floats
    target: NDArray[np.int64]


def figures(sample: Sample, *, threshold: float, costs: CostMatrix) -> dict[str, float]:
    """Discrimination, calibration and cost, by the names that MLflow shows.

    Raises ValueError where only one outcome occurs.
    """
    probability, target = sample.probability, sample.target
    auc = float(roc_auc_score(target, probability))
    false_positive_rate, true_positive_rate, _ = roc_curve(target, probability)
    return {
        "auc": auc,
        "gini": 2 * auc - 1,
        "ks": float(np.max(true_positive_rate - false_positive_rate)),
        "brier": float(brier_score_loss(target, probability)),
        "log_loss": float(log_loss(target, probability)),
        "calibration_error": calibration_error(probability=probability, target=target),
        "cost_per_client": cost_per_client(probability=probability, target=target, threshold=threshold, costs=costs),
        "cost_of_granting_all": cost_of_granting_all(target=target, costs=costs),
        "approval_rate": float(np.mean(probability < threshold)),
    }


def calibration_error(*, probability: Floats, target: NDArray[np.int64], bins: int = BINS) -> float:
    """Mean |mean PD - default rate| over quantile bins, each counting by its clients (they differ only where PDs tie)."""
    expected, observed, clients = calibration_bins(probability=probability, target=target, bins=bins)
    return float(np.average(np.abs(expected - observed), weights=clients))


def calibration_bins(
    *, probability: Floats, target: NDArray[np.int64], bins: int = BINS
) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Mean PD, default rate and number of clients of each quantile bin that holds any; equal PDs share a bin."""
    edges = np.quantile(probability, np.linspace(0, 1, bins + 1)[1:-1])
    place = np.searchsorted(edges, probability, side="right")
    clients = np.bincount(place, minlength=bins)
    held = clients > 0
    expected = np.bincount(place, probability, minlength=bins)[held] / clients[held]
    observed = np.bincount(place, target, minlength=bins)[held] / clients[held]
    return expected, observed, clients[held]
