"""What comes of a candidate: fitted outside the report split and on all clients, measured, and said in figures and files."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from custom_threshold_model import TREES, CustomThresholdModel
from scoring.cost import COSTS
from scoring.training.candidates import Candidate
from scoring.training.clients import Clients
from scoring.training.findings import answer_for, find
from scoring.training.fitting import Fitted, fit, is_ours, leaves
from scoring.training.predictions import Predictions
from scoring.training.run_files import Provenance, write_fairness, write_pictures, write_release
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
    # What is released refuses from where it was measured: the clients of the report split don't move the threshold.
    whole = fit(candidate, clients.X, clients.y, seed=seed, threshold=outside.threshold)
    predictions = _predictions(outside, whole, clients)
    found = find(predictions, outside.threshold, costs=COSTS, seed=seed)
    metrics = dict(found.metrics)
    predictions.write(folder)
    write_pictures(predictions.samples, found.choice, folder)
    if is_ours(whole.model):
        metrics["leaves"] = float(leaves(whole.model))
        more, entries = answer_for(predictions, outside.threshold, metrics, found.choice, costs=COSTS, seed=seed)
        metrics |= more
        write_fairness(entries["fairness"], folder)
        write_release(whole, clients.X, golden, {"data": _data(clients, provenance), **entries}, provenance, folder)
    progress(f"{candidate.name}: refitted on all clients", FITS // 2)
    tags = {"model_class": type(whole.model).__name__, "report_fingerprint": clients.report_fingerprint}
    return Outcome(
        asdict(provenance) | tags, _params(whole.model, seed), metrics, {"report_model": outside.model, "model": whole.model}
    )


def _predictions(outside: Fitted, whole: Fitted, clients: Clients) -> Predictions:
    unseen = outside.model.predict_proba(clients.X[clients.report])[:, 1]
    measured = clients.together(outside.probability, unseen)
    return Predictions(clients.y, clients.report, measured, whole.own, clients.groups)


def _data(clients: Clients, provenance: Provenance) -> dict[str, int | str]:
    return {
        "fingerprint": provenance.fingerprint,
        "rows": len(clients.y),
        "defaults": int(clients.y.sum()),
        "report_rows": int(clients.report.sum()),
        "report_fingerprint": clients.report_fingerprint,
    }


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
