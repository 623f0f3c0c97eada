"""Release: the best run of a training becomes the registered champion and what models/latest serves. It needs no data."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from custom_threshold_model import CustomThresholdModel
from scoring.cost import CostMatrix, client_costs
from scoring.errors import TrainingError
from scoring.releasing.content import model_version, release_files
from scoring.releasing.folder import publish
from scoring.releasing.selection import RunSummary, select
from scoring.tracking import Store, StoredRun
from scoring.training.run_files import PREDICTIONS, RELEASE

RELEASABLE = CustomThresholdModel.__name__


@dataclass(frozen=True, slots=True)
class Released:
    """What was released, and where it lies."""

    model_version: str
    run: StoredRun
    folder: Path


def release(store: Store, root: Path, training_id: str | None = None) -> Released:
    """Release the chosen run of a training, by default of the newest complete one, in the project folder `root`.

    The alias follows the folder: what the registry calls champion was served. Once more is the same version again.
    Raises TrainingError where there is no such training, OutputError where root can't be written.
    """
    chosen = choose(store, training(store, training_id))
    with tempfile.TemporaryDirectory() as name:
        model_folder = store.download_model(chosen.run_id, "model", Path(name))
        parts_folder = store.download(chosen.run_id, RELEASE, Path(name))
        number = store.register(chosen.run_id, "model")
        files = release_files(chosen, number, model_folder, parts_folder)
    version = model_version(number, files["model.pkl"])
    folder = publish(root, version, files)
    store.set_champion(number)
    return Released(version, chosen, folder)


def training(store: Store, training_id: str | None = None) -> list[StoredRun]:
    """The runs of a training, by default of the newest; a training is complete when each of its candidates has a finished run.

    Raises TrainingError where it isn't there, or isn't complete.
    """
    runs = store.runs(training_id)
    for newest in [training_id] if training_id else _by_start(runs):
        members = [run for run in runs if run.tags["training_id"] == newest]
        if members and {run.tags["candidate"] for run in members} == set(members[0].tags["training_candidates"].split(",")):
            return members
    raise TrainingError(f"training {training_id} is not there, or not complete") if training_id else store.nothing_trained()


def choose(store: Store, runs: Sequence[StoredRun]) -> StoredRun:
    """The run of a training that a release takes; see selection.select."""
    summaries = [_summary(store, run) for run in runs if run.tags["model_class"] == RELEASABLE]
    chosen = select(summaries).run_id
    return next(run for run in runs if run.run_id == chosen)


def _by_start(runs: Sequence[StoredRun]) -> list[str]:
    """The trainings, newest first."""
    return list(dict.fromkeys(run.tags["training_id"] for run in reversed(runs)))


def _summary(store: Store, run: StoredRun) -> RunSummary:
    with tempfile.TemporaryDirectory() as name:
        predictions = pd.read_parquet(store.download(run.run_id, PREDICTIONS, Path(name)))
    seen = predictions[~predictions["report"]]  # no choice looks at the report split
    matrix = CostMatrix(float(run.params["cost_false_negative"]), float(run.params["cost_false_positive"]))
    costs = client_costs(
        probability=seen["probability"], target=seen["target"], threshold=run.metrics["oof_threshold"], costs=matrix
    )
    return RunSummary(run.run_id, run.tags["candidate"], run.metrics["oof_auc"], int(run.metrics["leaves"]), costs)
