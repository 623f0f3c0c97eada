"""What a model's predictions say of it: the figures for MLflow, and the entries of model.json that a release answers for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scoring.cost import CostMatrix
from scoring.fairness.four_fifths import lowest_ratios
from scoring.fairness.measures import measure
from scoring.training.intervals import intervals
from scoring.training.metrics import figures
from scoring.training.predictions import Predictions
from scoring.training.thresholds import ThresholdStudy, study


@dataclass(frozen=True, slots=True)
class Findings:
    """`metrics`: by MLflow's names. `choice`: of the threshold."""

    metrics: Mapping[str, float]
    choice: ThresholdStudy


def find(predictions: Predictions, threshold: float, *, costs: CostMatrix, seed: int) -> Findings:
    """The figures of a candidate out of fold and on the report split."""
    samples = predictions.samples
    choice = study(*samples, chosen=threshold, costs=costs, seed=seed)
    metrics = {"threshold": threshold} | choice.metrics()
    for prefix, sample in zip(("oof", "report"), samples, strict=True):
        measured = figures(sample, threshold=threshold, costs=costs)
        metrics |= {f"{prefix}_{name}": value for name, value in measured.items()}
    return Findings(metrics, choice)


def answer_for(
    predictions: Predictions,
    threshold: float,
    metrics: Mapping[str, float],
    choice: ThresholdStudy,
    *,
    costs: CostMatrix,
    seed: int,
) -> tuple[dict[str, float], dict[str, Any]]:
    """More metrics than those found, and model.json's entries "metrics", "intervals", "threshold_choice" and "fairness".

    Fairness is of what the model that is released decides, out of fold, on all clients.
    """
    fairness = measure(
        predictions.groups,
        probability=predictions.released,
        target=predictions.target,
        threshold=threshold,
        costs=costs,
        seed=seed,
    )
    more = {f"fairness_{attribute}_lowest_ratio": ratio for attribute, ratio in lowest_ratios(fairness).items()}
    sure = {
        prefix: {
            name: [interval.low, interval.high]
            for name, interval in intervals(sample, threshold=threshold, costs=costs, seed=seed).items()
        }
        for prefix, sample in zip(("oof", "report"), predictions.samples, strict=True)
    }
    entries = {
        "metrics": dict(sorted((dict(metrics) | more).items())),
        "intervals": sure,
        "threshold_choice": choice.as_dict(),
        "fairness": fairness,
    }
    return more, entries
