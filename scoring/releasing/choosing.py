"""The runs of a training, as the store holds them, and which of them a release takes."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from custom_threshold_model import CustomThresholdModel
from scoring.cost import CostMatrix, client_costs
from scoring.errors import TrainingError
from scoring.releasing.other_costs import ORIGIN
from scoring.releasing.selection import RunSummary, select
from scoring.tracking import Store, StoredRun
from scoring.training.predictions import PREDICTIONS, Predictions

RELEASABLE = CustomThresholdModel.__name__
"""The class of a model that can be released."""


def training(store: Store, training_id: str | None = None) -> list[StoredRun]:
    """The runs of a training, by default of the newest: one that fitted something, not a model at other costs.

    A training is complete when each of its candidates has a finished run.

    Raises TrainingError where it isn't there, or isn't complete.
    """
    runs = store.runs(training_id)
    for newest in [training_id] if training_id else _by_start([run for run in runs if ORIGIN not in run.tags]):
        members = [run for run in runs if run.tags["training_id"] == newest]
        if members and {run.tags["candidate"] for run in members} == set(members[0].tags["training_candidates"].split(",")):
            return members
    raise TrainingError(f"training {training_id} is not there, or not complete") if training_id else store.nothing_trained()


def choose(store: Store, runs: Sequence[StoredRun]) -> StoredRun:
    """The run of a training that a release takes; see selection.select."""
    summaries = [_summary(store, run) for run in runs if run.tags["model_class"] == RELEASABLE]
    chosen = select(summaries).run_id
    return next(run for run in runs if run.run_id == chosen)


def costs_of(run: StoredRun) -> CostMatrix:
    """The costs of an error of a run."""
    return CostMatrix(*(number(float(run.params[f"cost_{error}"])) for error in ("false_negative", "false_positive")))


def number(value: float) -> float:
    """An int where it is one: what is written of a cost is what was typed."""
    return int(value) if value.is_integer() else value


def _by_start(runs: Sequence[StoredRun]) -> list[str]:
    """The trainings, newest first."""
    return list(dict.fromkeys(run.tags["training_id"] for run in reversed(runs)))


def _summary(store: Store, run: StoredRun) -> RunSummary:
    with tempfile.TemporaryDirectory() as name:
        predictions = Predictions.read(store.download(run.run_id, PREDICTIONS, Path(name)))
    seen, _ = predictions.samples  # no choice looks at the report split
    costs = client_costs(
        probability=seen.probability, target=seen.target, threshold=run.metrics["threshold"], costs=costs_of(run)
    )
    return RunSummary(run.run_id, run.tags["candidate"], run.metrics["oof_auc"], int(run.metrics["leaves"]), costs)
