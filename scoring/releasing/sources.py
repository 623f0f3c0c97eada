"""What a run kept that is to get other costs: its models and its predictions, once they are seen to belong together."""

import json
import math
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from custom_threshold_model import CustomThresholdModel
from scoring.cost import CostMatrix, cost_per_client
from scoring.errors import TrainingError
from scoring.releasing.choosing import RELEASABLE, costs_of
from scoring.releasing.content import model_version
from scoring.releasing.registry import MODEL, Registry
from scoring.tracking import Store, StoredRun, pickle_of
from scoring.training.fitting import learnt_threshold
from scoring.training.predictions import PREDICTIONS, Predictions
from scoring.training.run_files import RELEASE

REPORT_MODEL = "report_model"
"""Of a run's models, the one that is measured: fitted outside the report split."""


@dataclass(frozen=True, eq=False, slots=True)
class Source:
    """A run with what it kept: `models` by name, its entry of a model.json (`described`), and a folder that holds its files.

    `version`: of its model, where it was ever released or refused.
    """

    run: StoredRun
    models: dict[str, CustomThresholdModel]
    predictions: Predictions
    described: dict[str, Any]
    files: Path
    version: str | None

    @property
    def costs(self) -> CostMatrix:
        """The costs of an error that it was measured with."""
        return costs_of(self.run)

    @property
    def seed(self) -> int:
        """Of its folds, and of the resamples that its threshold rests on."""
        return int(self.run.params["seed"])

    def threshold(self, costs: CostMatrix) -> float:
        """What the rule makes of its predictions, as it did in the training: of those outside the report split."""
        outside, _ = self.predictions.samples
        return learnt_threshold(outside.probability, outside.target, costs=costs, seed=self.seed)


def source(store: Store, run: StoredRun, into: Path) -> Source:
    """A run with its files below the empty folder `into`.

    Raises TrainingError where it is no model of ours, lacks a file, or holds predictions that aren't those of its models.
    """
    if (found := run.tags.get("model_class")) != RELEASABLE:
        raise TrainingError(f"run {run.run_id} holds a {found}, which has no costs to change: name another run")
    files = into / "files"
    files.mkdir()
    for path in (PREDICTIONS, RELEASE, "importance.png"):
        store.download(run.run_id, path, files)
    pickled = {name: pickle_of(run, name, store.download_model(run.run_id, name, into / name)) for name in (REPORT_MODEL, MODEL)}
    version = Registry(store).version_of(run.run_id)
    opened = Source(
        run,
        {name: pickle.loads(content) for name, content in pickled.items()},  # noqa: S301  # its sha256 is the logged one
        Predictions.read(files / PREDICTIONS),
        json.loads((files / RELEASE / "model.json").read_bytes()),
        files,
        model_version(version, pickled[MODEL]) if version else None,
    )
    _check(opened)
    return opened


def _check(opened: Source) -> None:
    """TrainingError unless the threshold, to the bit, the costs and how many are refused follow from the predictions, and the
    model gives its golden records the scores that it gave them at first.
    """
    run, model, golden = opened.run, opened.models[MODEL], opened.described["golden"]
    of_model = opened.threshold(opened.costs) == model.threshold_
    for prefix, sample in zip(("oof", "report"), opened.predictions.samples, strict=True):
        clients: dict[str, Any] = {"probability": sample.probability, "target": sample.target}
        cost = cost_per_client(**clients, threshold=model.threshold_, costs=opened.costs)
        of_model = of_model and math.isclose(cost, run.metrics[f"{prefix}_cost_per_client"], rel_tol=1e-9)
    groups = json.loads((opened.files / RELEASE / "reference.json").read_bytes())["clients"]
    split_at = opened.described.get("repriced", {}).get("reference_threshold", model.threshold_)
    if not of_model or groups["refused"] != (opened.predictions.released >= split_at).sum():
        raise TrainingError(f"the predictions of run {run.run_id} are not those of its models: train again")
    columns = {name: [one["record"].get(name) for one in golden] for name in model.fields_}
    if not np.array_equal(model.raw_score(model.input_matrix(columns)), [one["raw"] for one in golden]):
        raise TrainingError(f"the model of run {run.run_id} no longer scores as it did when it was trained: train again")
