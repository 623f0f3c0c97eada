"""Repricing: a run again, with other costs of an error and so another threshold, and without a fit.

Trees and calibration know of no costs. The threshold alone does, and what it was learnt from is kept: the run's predictions.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scoring.cost import CostMatrix
from scoring.errors import SettingError, TrainingError
from scoring.quiet_mlflow import without_password
from scoring.releasing.acceptance import Acceptance, four_fifths
from scoring.releasing.choosing import costs_of
from scoring.releasing.gate import measured_release
from scoring.releasing.links import serving
from scoring.releasing.other_costs import ORIGIN
from scoring.releasing.sources import Source, source
from scoring.tracking import Store, StoredRun, digest_of, versions
from scoring.training.findings import answer_for, find
from scoring.training.outbox import Kept
from scoring.training.outcome import Outcome
from scoring.training.run_files import RELEASE, write_fairness, write_json, write_pictures
from scoring.training.runs import new_training_id, send


@dataclass(frozen=True, slots=True)
class Repriced:
    """A run, and the one with other costs that was made of it."""

    before: StoredRun
    after: StoredRun


def reprice(
    store: Store, root: Path, *, costs: CostMatrix, run_id: str | None = None, accepted: Acceptance | None = None
) -> Repriced:
    """Make a run with other costs of one that was trained, by default of the one that serves in `root`: a training of its own.

    The order is that of what can fail: when a run is begun, nothing but the store can.
    Raises SettingError where the run has these costs already; TrainingError where it isn't in the store, its predictions aren't
    its model's, or the new threshold breaks the four-fifths rule and that isn't `accepted`.
    """
    before = _run(store, root, run_id)
    if costs_of(before) == costs:
        raise SettingError(f"the costs are already {costs.false_negative} and {costs.false_positive}: nothing to do")
    with tempfile.TemporaryDirectory() as name:
        opened = source(store, before, Path(name))
        made = _outcome(opened, costs, accepted)
        with store.run(made.tags["candidate"], made.tags) as run:
            send(run, Kept(made, opened.files))
    (after,) = store.runs(made.tags["training_id"])
    return Repriced(before, after)


def _run(store: Store, root: Path, run_id: str | None) -> StoredRun:
    if run_id is None:
        folder = serving(root)
        if not folder:
            raise TrainingError(f"nothing is released in {root}: name a run by --run")
        served = measured_release(folder)
        if not served or not served.run_id:
            raise TrainingError(f"{folder / 'model.json'} doesn't say which run it is of: name one by --run")
        run_id = served.run_id
    if run := store.find(run_id):
        return run
    raise TrainingError(
        f"run {run_id} is not in this store, {without_password(store.uri)}, or not a finished run of a training: "
        "name the store by --tracking-uri, or a run of it by --run"
    )


def _outcome(opened: Source, costs: CostMatrix, accepted: Acceptance | None) -> Outcome:
    """What the new run is to say; its files take the place of the old ones in the source's folder."""
    run, threshold = opened.run, opened.threshold(costs)
    digests = {digest_of(name) for name in opened.models}  # its models get theirs when they are logged
    kept = {name: value for name, value in run.tags.items() if name not in digests}
    own = {"training_id": new_training_id(), "training_candidates": run.tags["candidate"]}
    tags = {**kept, **own, ORIGIN: run.tags.get(ORIGIN, run.run_id)}
    found = find(opened.predictions, threshold, costs=costs, seed=opened.seed)
    of_before = {name: value for name, value in run.metrics.items() if not name.startswith("fairness_")}
    metrics = of_before | dict(found.metrics)
    more, entries = answer_for(opened.predictions, threshold, metrics, found.choice, costs=costs, seed=opened.seed)
    four_fifths(run.run_id, entries["fairness"], accepted)
    for model in opened.models.values():
        model.set_params(cost_false_negative=costs.false_negative, cost_false_positive=costs.false_positive)
        model.threshold_ = threshold
    about = {**entries, **_changed(opened, costs, threshold, tags)}
    write_json(opened.files / RELEASE / "model.json", {**opened.described, **about}, indent=1)
    write_pictures(opened.predictions.samples, found.choice, opened.files)
    write_fairness(entries["fairness"], opened.files)
    params = {**run.params, **{f"cost_{error}": cost for error, cost in costs.as_dict.items()}}
    return Outcome(tags, params, metrics | more, opened.models)


def _changed(opened: Source, costs: CostMatrix, threshold: float, tags: Mapping[str, str]) -> dict[str, Any]:
    """model.json's entries that aren't measured; "repriced" says what was changed, and which threshold reference.json is of."""
    was = opened.described
    repriced = {
        "at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "origin": tags[ORIGIN],
        "from_run": opened.run.run_id,
        "from_version": opened.version,
        "costs_before": opened.costs.as_dict,
        "threshold_before": was["threshold"],
        "threshold": threshold,
        "reference_threshold": was.get("repriced", {}).get("reference_threshold", was["threshold"]),
    }
    changed = {"training_id": tags["training_id"], "versions": versions(), "threshold": threshold, "costs": costs.as_dict}
    return {**changed, "repriced": repriced}
