"""What a release folder holds, as bytes, made of what a run kept."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from scoring.errors import TrainingError
from scoring.monitoring.scores import SCORES
from scoring.releasing.card import card
from scoring.releasing.links import RUN
from scoring.releasing.registry import MODEL, REGISTERED_MODEL
from scoring.releasing.scores import score_profile
from scoring.tracking import StoredRun, pickle_of
from scoring.training.predictions import PREDICTIONS, Predictions
from scoring.training.run_files import PICTURES, RELEASE

DOCUMENTS = ("reference.json", "importance.json")
"""What a release holds beside the model, and the service answers with as it is."""

CARD = "MODEL_CARD.md"

KEPT = (RELEASE, PREDICTIONS, *PICTURES)
"""What a release takes of a run, beside its model."""


def model_version(number: int, pickled: bytes) -> str:
    """What names a released model: its number in the registry and the first 8 digits of its sha256."""
    return f"{number}-{hashlib.sha256(pickled).hexdigest()[:8]}"


def release_files(run: StoredRun, number: int, model_folder: Path, files: Path, told: Mapping[str, Any]) -> dict[str, bytes]:
    """Path below the release folder -> content.

    `model_folder`: the model as MLflow logged it, whose model.pkl is released byte for byte. `files`: where KEPT of the run lie.
    `told`: what the release itself adds to model.json; see gate.TOLD.
    Raises TrainingError where the run lacks a file, as those of earlier versions of this code do, or has another pickle.
    """
    pickled = pickle_of(run, MODEL, model_folder)
    parts = _parts(run, files)
    documents = {name: _document(run, files / RELEASE / name) for name in DOCUMENTS}
    description: dict[str, Any] = {
        "model_version": model_version(number, pickled),
        "registry": {"name": REGISTERED_MODEL, "version": number},
        "run_id": run.run_id,
        "sha256": hashlib.sha256(pickled).hexdigest(),
        **told,
        **parts,
    }
    documents[SCORES] = _scores(run, files / PREDICTIONS, parts["threshold"])
    documents[CARD] = card(description, json.loads(documents["importance.json"]), len(pickled)).encode()
    description["files"] = {name: hashlib.sha256(content).hexdigest() for name, content in documents.items()}
    return {
        "model.pkl": pickled,
        "model.json": _json(description),
        **documents,
        **{f"{RUN}/{name}": content for name, content in _reduced_run(run, parts, model_folder).items()},
        **{f"{RUN}/{name}": _document(run, files / name) for name in PICTURES},
    }


def fairness_of(run: StoredRun, files: Path) -> Mapping[str, Any]:
    """Whom the run's model treats how; TrainingError for a run of before that was measured."""
    parts = _parts(run, files)
    if "fairness" not in parts:
        raise TrainingError(f"run {run.run_id} kept no fairness: train again")
    fairness: Mapping[str, Any] = parts["fairness"]
    return fairness


def _parts(run: StoredRun, files: Path) -> dict[str, Any]:
    parts: dict[str, Any] = json.loads(_document(run, files / RELEASE / "model.json"))
    return parts


def _document(run: StoredRun, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise TrainingError(f"run {run.run_id} kept no {path.name}: train again") from None


def _scores(run: StoredRun, predictions: Path, threshold: float) -> bytes:
    if not predictions.is_file():
        raise TrainingError(f"run {run.run_id} kept no {predictions.name}: train again")
    profile = score_profile(Predictions.read(predictions), threshold)
    return (json.dumps(profile, allow_nan=False, separators=(",", ":")) + "\n").encode()


def _reduced_run(run: StoredRun, parts: Mapping[str, Any], model_folder: Path) -> dict[str, bytes]:
    return {
        "MLmodel": _reduced_mlmodel((model_folder / "MLmodel").read_text(encoding="utf-8")),
        "params.json": _json(dict(sorted(run.params.items()))),
        "metrics.json": _json(dict(sorted(run.metrics.items()))),
        "tags.json": _json(dict(sorted(run.tags.items()))),
        "best_threshold": f"{parts['threshold']!r}\n".encode(),
        "columns.json": _json({"fields": parts["fields"], "columns": parts["columns"]}),
    }


def _reduced_mlmodel(text: str) -> bytes:
    """MLmodel without the path it had in the store of whoever trained it."""
    described = yaml.safe_load(text)
    described["artifact_path"] = "model"
    return str(yaml.safe_dump(described, sort_keys=True, allow_unicode=True)).encode()


def _json(content: Any) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()
