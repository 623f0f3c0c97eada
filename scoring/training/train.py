"""Training: every candidate fitted, measured and kept in MLflow as one run, with the model that a release would take."""

import tempfile
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from custom_threshold_model import TREES, CustomThresholdModel
from scoring.cost import COSTS
from scoring.errors import TrainingError
from scoring.fields import ID, TARGET
from scoring.inputs import CATEGORIES, MODEL_FIELDS
from scoring.settings import ROOT
from scoring.tracking import OpenRun, Store
from scoring.training.candidates import CANDIDATES, Candidate
from scoring.training.code_version import git_commit
from scoring.training.fitting import Fitted, fit, is_ours, leaves
from scoring.training.metrics import Sample, figures
from scoring.training.run_files import Provenance, write_pictures, write_predictions, write_release
from scoring.training.splits import N_FOLDS, in_report_split

STEPS = 2  # of each candidate: fitted outside the report split, refitted on all rows


@dataclass(frozen=True, eq=False, slots=True)
class Clients:
    """The n clients of a training: X (n, fields), y (n,) 0 or 1, and who is in the report split (n,)."""

    X: pd.DataFrame
    y: NDArray[np.int64]
    report: NDArray[np.bool_]


def train(
    frame: pd.DataFrame,
    store: Store,
    *,
    fingerprint: str,
    golden: Sequence[Mapping[str, Any]],
    candidates: Sequence[Candidate] = CANDIDATES,
    seed: int = 0,
    progress: Callable[[str], object] = lambda step: None,
) -> str:
    """Train every candidate on `frame`, each a run of one training in MLflow; gives the training's id.

    frame: one client a row with SK_ID_CURR, TARGET and the record's fields, sorted by SK_ID_CURR. fingerprint: of the data.
    golden: records of clients who don't exist, to recognise the model by. progress: told what was done, STEPS times a candidate.
    Raises TrainingError where the rows can't teach anything or MLflow fails; the runs finished before that stay.
    """
    clients = _clients(frame)
    started = datetime.now(UTC)
    training_id = f"{started:%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}"
    commit = git_commit(ROOT)
    for candidate in candidates:
        provenance = Provenance(training_id, candidate.name, commit, fingerprint, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")
        tags = asdict(provenance) | {"seed": str(seed), "training_candidates": ",".join(one.name for one in candidates)}
        with store.run(candidate.name, tags) as run:
            _run(run, candidate, clients, golden, provenance, seed, progress)
    return training_id


def _run(
    run: OpenRun,
    candidate: Candidate,
    clients: Clients,
    golden: Sequence[Mapping[str, Any]],
    provenance: Provenance,
    seed: int,
    progress: Callable[[str], object],
) -> None:
    outside = fit(candidate, clients.X[~clients.report], clients.y[~clients.report], seed=seed)
    progress(f"{candidate.name}: fitted outside the report split")
    whole = fit(candidate, clients.X, clients.y, seed=seed)
    progress(f"{candidate.name}: refitted on all clients")
    samples = _samples(outside, clients)
    metrics = _metrics(outside, whole, samples)
    about = {"metrics": metrics, "data": _data(clients)}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        measured = np.empty(len(clients.y))
        measured[~clients.report], measured[clients.report] = (sample.probability for sample in samples)
        write_predictions(clients.y, clients.report, measured, folder)
        write_pictures(samples, outside.threshold, folder)
        if is_ours(whole.model):
            write_release(whole, clients.X, golden, about, provenance, folder)
        run.log(
            params=_params(whole.model, seed), metrics=metrics, tags={"model_class": type(whole.model).__name__}, artifacts=folder
        )
    numbers = [field for field in MODEL_FIELDS if field not in CATEGORIES]
    for name, fitted in (("report_model", outside), ("model", whole)):
        run.log_model(fitted.model, name, numbers=numbers, labels=list(CATEGORIES))


def _clients(frame: pd.DataFrame) -> Clients:
    ids, y = frame[ID].to_numpy(), frame[TARGET].to_numpy().astype(np.int64)
    if not (np.diff(ids) > 0).all():
        raise TrainingError(f"the training's rows must be sorted by {ID}, each once")
    report = in_report_split(ids)
    for part, rows in (("outside the report split", y[~report]), ("in the report split", y[report])):
        if np.bincount(rows, minlength=2).min() < N_FOLDS:
            raise TrainingError(
                f"{len(rows)} clients {part}, {rows.sum()} of whom defaulted: training needs {N_FOLDS} of each outcome there"
            )
    X = frame[list(MODEL_FIELDS)]
    return Clients(X.astype({name: np.float64 for name in X.columns if name not in CATEGORIES}), y, report)


def _samples(outside: Fitted, clients: Clients) -> tuple[Sample, Sample]:
    unseen = outside.model.predict_proba(clients.X[clients.report])[:, 1]
    return (
        Sample("out of fold", outside.probability, clients.y[~clients.report]),
        Sample("report split", unseen, clients.y[clients.report]),
    )


def _metrics(outside: Fitted, whole: Fitted, samples: tuple[Sample, Sample]) -> dict[str, float]:
    metrics = {"oof_threshold": outside.threshold, "threshold": whole.threshold}
    for prefix, sample in zip(("oof", "report"), samples, strict=True):
        measured = figures(sample, threshold=outside.threshold, costs=COSTS)
        metrics |= {f"{prefix}_{name}": value for name, value in measured.items()}
    return metrics | ({"leaves": float(leaves(whole.model))} if is_ours(whole.model) else {})


def _data(clients: Clients) -> dict[str, int]:
    return {"rows": len(clients.y), "defaults": int(clients.y.sum()), "report_rows": int(clients.report.sum())}


def _params(model: Any, seed: int) -> dict[str, Any]:
    """What the model was made with, as far as it is one value each; our trees' parameters by LightGBM's names."""
    given = model.get_params()
    if isinstance(model, CustomThresholdModel):
        directions = " ".join(f"{name}:{direction:+d}" for name, direction in (model.monotone or {}).items())
        ratios = " ".join(f"{name}={operation}({','.join(fields)})" for name, operation, fields in model.ratios)
        given = TREES | dict(model.params or {}) | given | {"monotone": directions, "ratios": ratios}
    scalars = {name: value for name, value in given.items() if isinstance(value, str | int | float | bool)}
    return scalars | {"seed": seed, "folds": N_FOLDS} | {f"cost_{name}": value for name, value in COSTS.as_dict.items()}
