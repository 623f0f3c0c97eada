"""What a release folder holds, as bytes, made of what a run kept."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # MLflow's own format; its stubs aren't among our pins

from scoring.releasing.folder import RUN
from scoring.tracking import REGISTERED_MODEL, StoredRun


def model_version(number: int, pickled: bytes) -> str:
    """What names a released model: its number in the registry and the first 8 digits of its sha256."""
    return f"{number}-{hashlib.sha256(pickled).hexdigest()[:8]}"


def release_files(run: StoredRun, number: int, model_folder: Path, parts_folder: Path) -> dict[str, bytes]:
    """Path below the release folder -> content.

    `model_folder`: the model as MLflow logged it, whose model.pkl is released byte for byte. `parts_folder`: the run's release/.
    """
    pickled = (model_folder / "model.pkl").read_bytes()
    parts = json.loads((parts_folder / "model.json").read_text(encoding="utf-8"))
    description = {
        "model_version": model_version(number, pickled),
        "registry": {"name": REGISTERED_MODEL, "version": number},
        "run_id": run.run_id,
        "sha256": hashlib.sha256(pickled).hexdigest(),
        **parts,
    }
    return {
        "model.pkl": pickled,
        "model.json": _json(description),
        "reference.json": (parts_folder / "reference.json").read_bytes(),
        **{f"{RUN}/{name}": content for name, content in _reduced_run(run, parts, model_folder).items()},
    }


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
