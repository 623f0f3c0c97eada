"""What comes of a candidate: fitted outside the report split and on all clients, measured, and said in figures and files."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from custom_threshold_model import TREES, CustomThresholdModel
from scoring.cost import COSTS
from scoring.training.candidates import Candidate
from scoring.training.clients import Clients
from scoring.training.fitting import Fitted, fit, is_ours, leaves
from scoring.training.metrics import Sample, figures
from scoring.training.run_files import Provenance, write_pictures, write_predictions, write_release
from scoring.training.splits import N_FOLDS

FITS = 2 * (N_FOLDS + 1)
"""Of each candidate: the folds and the whole, outside the report split and on all clients."""

Progress = Callable[[str, int], object]
"""Told what was done, and how many fits that was."""


@dataclass(frozen=True, eq=False, slots=True)
class Outcome:
    """What the run of a candidate is to say, and its models by name."""

    tags: Mapping[str, str]
    params: Mapping[str, Any]
    metrics: Mapping[str, float]
    models: Mapping[str, Any]


def outcome(
    candidate: Candidate,
    clients: Clients,
    golden: Sequence[Mapping[str, Any]],
    provenance: Provenance,
    *,
    seed: int,
    progress: Progress,
    folder: Path,
) -> Outcome:
    """Fit and measure a candidate, and write the files of its run into `folder`."""
    outside = fit(candidate, clients.X[~clients.report], clients.y[~clients.report], seed=seed)
    progress(f"{candidate.name}: fitted outside the report split", FITS // 2)
    whole = fit(candidate, clients.X, clients.y, seed=seed)
    samples = _samples(outside, clients)
    metrics = _metrics(outside, whole, samples)
    measured = np.empty(len(clients.y))
    measured[~clients.report], measured[clients.report] = (sample.probability for sample in samples)
    write_predictions(clients.y, clients.report, measured, folder)
    write_pictures(samples, outside.threshold, folder)
    if is_ours(whole.model):
        write_release(whole, clients.X, golden, {"metrics": metrics, "data": _data(clients)}, provenance, folder)
    progress(f"{candidate.name}: refitted on all clients", FITS // 2)
    about = {"model_class": type(whole.model).__name__, "report_fingerprint": clients.report_fingerprint}
    return Outcome(
        asdict(provenance) | about, _params(whole.model, seed), metrics, {"report_model": outside.model, "model": whole.model}
    )


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


def _data(clients: Clients) -> dict[str, int | str]:
    rows = {"rows": len(clients.y), "defaults": int(clients.y.sum()), "report_rows": int(clients.report.sum())}
    return rows | {"report_fingerprint": clients.report_fingerprint}


def _params(model: Any, seed: int) -> dict[str, Any]:
    """What the model was made with, as far as it is one value each; our trees' parameters by LightGBM's names."""
    given = model.get_params()
    if isinstance(model, CustomThresholdModel):
        directions = " ".join(f"{name}:{direction:+d}" for name, direction in (model.monotone or {}).items())
        ratios = " ".join(f"{name}={operation}({','.join(fields)})" for name, operation, fields in model.ratios)
        means = " ".join(f"{name}={of}(by {by})" for name, by, of, _ in model.local_means)
        texts = {"monotone": directions, "ratios": ratios, "local_means": means}
        given = TREES | dict(model.params or {}) | given | texts
    scalars = {name: value for name, value in given.items() if isinstance(value, str | int | float | bool)}
    return scalars | {"seed": seed, "folds": N_FOLDS} | {f"cost_{name}": value for name, value in COSTS.as_dict.items()}
