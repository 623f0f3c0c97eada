"""What a run keeps as files: predictions, pictures, and in release/ all that a release needs, so that it needs no data."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from custom_threshold_model import CustomThresholdModel
from scoring.cost import COSTS
from scoring.fairness.plots import plot_fairness
from scoring.fairness.text import tables
from scoring.inputs import DIRECTIONS
from scoring.tracking import versions
from scoring.training.fitting import Fitted
from scoring.training.importance import importance, meanings
from scoring.training.metrics import Sample
from scoring.training.plots import plot_calibration, plot_cost_curve, plot_importance
from scoring.training.reference import golden_records, ranges, reference_profile
from scoring.training.thresholds import ThresholdStudy

RELEASE = "release"
PICTURES = ("cost_curve.png", "calibration.png")


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a model comes from, as its model.json tells it."""

    training_id: str
    candidate: str
    git_commit: str
    fingerprint: str
    trained_at: str


def write_pictures(samples: tuple[Sample, Sample], choice: ThresholdStudy, folder: Path) -> None:
    """PICTURES."""
    cost_curve, calibration = (folder / name for name in PICTURES)
    plot_cost_curve(samples, choice, cost_curve)
    plot_calibration(samples, calibration)


def write_fairness(fairness: Mapping[str, Any], folder: Path) -> None:
    """fairness.md and fairness.png, to be looked at in MLflow; the figures themselves are model.json's."""
    (folder / "fairness.md").write_text(tables(fairness), encoding="utf-8")
    plot_fairness(fairness, folder / "fairness.png")


def write_release(
    whole: Fitted,
    X: pd.DataFrame,
    golden: Sequence[Mapping[str, Any]],
    entries: Mapping[str, Any],
    provenance: Provenance,
    folder: Path,
) -> None:
    """release/model.json, which lacks only what the registry will say, reference.json and importance.json, and the picture
    importance.png; of clients, no row.

    `golden`: records of clients who don't exist; `entries`: what of model.json was found out by measuring.
    """
    model: CustomThresholdModel = whole.model
    matrix = model.input_matrix({name: X[name].to_numpy() for name in model.fields_})
    a, b = model.calibration_
    description = {
        "training_id": provenance.training_id,
        "candidate": provenance.candidate,
        "trained_at": provenance.trained_at,
        "git_commit": provenance.git_commit,
        "versions": versions(),
        "threshold": model.threshold_,
        "costs": COSTS.as_dict,
        "calibration": {"a": a, "b": b},
        "monotone": [asdict(direction) for direction in DIRECTIONS if set(direction.columns) <= set(model.monotone or {})],
        **entries,
        "fields": model.fields_,
        "columns": model.columns_,
        "categories": model.categories_,
        "ranges": ranges(model, matrix),
        "golden": golden_records(model, golden),
    }
    (folder / RELEASE).mkdir()
    write_json(folder / RELEASE / "model.json", description, indent=1)
    write_json(folder / RELEASE / "reference.json", reference_profile(model, matrix, whole.refused))
    explained = importance(model, matrix)
    write_json(folder / RELEASE / "importance.json", explained, indent=1)
    plot_importance(explained, meanings(model), folder / "importance.png")


def write_json(path: Path, content: Any, indent: int | None = None) -> None:
    """UTF-8 JSON without NaN, which JSON doesn't have."""
    text = json.dumps(content, indent=indent, ensure_ascii=False, allow_nan=False, separators=None if indent else (",", ":"))
    path.write_text(text + "\n", encoding="utf-8")
