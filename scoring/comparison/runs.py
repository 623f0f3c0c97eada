"""A comparison in MLflow: a run for each model, with its figures and pictures; none is a candidate, so no selection meets it."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from scoring.comparison.comparison import Measured
from scoring.cost import COSTS
from scoring.settings import ROOT
from scoring.tracking import Store
from scoring.training.clients import Clients
from scoring.training.code_version import git_commit
from scoring.training.predictions import PREDICTIONS
from scoring.training.run_files import write_pictures
from scoring.training.runs import new_training_id
from scoring.training.thresholds import study


class Runs:
    """The runs of one comparison; `comparison_id` is on each. `release`: what ours is fitted after."""

    def __init__(self, store: Store, clients: Clients, *, fingerprint: str, release: str, seed: int) -> None:
        self.comparison_id = new_training_id()
        self._store, self._clients, self._seed = store, clients, seed
        self._tags = {
            "comparison_id": self.comparison_id,
            "fingerprint": fingerprint,
            "report_fingerprint": clients.report_fingerprint,
            "git_commit": git_commit(ROOT),
            "release": release,
        }

    def send(self, measured: Measured) -> None:
        """Write the run of a model: params, metrics oof_* and report_*, pictures, and PDs without ids."""
        tags = {**self._tags, "peer": measured.name}
        with TemporaryDirectory() as folder, self._store.run(measured.name, tags) as run:
            self._write_files(measured, Path(folder))
            run.log(params={**measured.params, "seed": self._seed}, metrics=_metrics(measured), tags={}, artifacts=Path(folder))

    def _write_files(self, measured: Measured, folder: Path) -> None:
        choice = study(*measured.samples, chosen=measured.threshold, costs=COSTS, seed=self._seed)
        write_pictures(measured.samples, choice, folder)
        probability = self._clients.together(*(sample.probability for sample in measured.samples))
        rows = {"target": self._clients.y.astype(np.int8), "report": self._clients.report, "probability": probability}
        pd.DataFrame(rows).to_parquet(folder / PREDICTIONS, index=False)


def _metrics(measured: Measured) -> dict[str, float]:
    metrics = {"threshold": measured.threshold, "megabytes": measured.megabytes, "fit_seconds": measured.seconds}
    for prefix, found, sure in zip(("oof", "report"), measured.figures, measured.intervals, strict=True):
        metrics |= {f"{prefix}_{name}": value for name, value in found.items()}
        for name, interval in sure.items():
            metrics |= {f"{prefix}_{name}_low": interval.low, f"{prefix}_{name}_high": interval.high}
    return metrics
