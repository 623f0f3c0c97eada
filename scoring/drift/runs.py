"""A comparison as a run in MLflow, so that drift can be followed there from month to month."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from scoring.drift.comparison import Drift
from scoring.tracking import Store

EXPERIMENT = "credit-drift"
FOLLOWED = 12
"""So many fields, those that the model leans on most, have a metric of their own."""


def keep(uri: str, drift: Drift, model_version: str) -> None:
    """Log a comparison; raises TrainingError where the store can't be used."""
    tags = {"model_version": model_version, "reference": drift.reference["source"], "current": drift.current["source"]}
    with TemporaryDirectory() as folder, Store(uri, experiment=EXPERIMENT).run(f"drift {model_version}", tags) as run:
        (Path(folder) / "drift.json").write_text(json.dumps(drift.summary(), indent=1), encoding="utf-8")
        run.log(params={}, metrics=_metrics(drift), tags={}, artifacts=Path(folder))


def _metrics(drift: Drift) -> dict[str, float]:
    metrics = {
        "alarm": float(drift.alarm),
        "clients": float(drift.current["clients"]),
        "fields_drifted": float(len(drift.drifted)),
        "importance_drifted": drift.importance,
    }
    if drift.score:
        metrics |= {"score_psi": drift.score.psi.value, "mean_pd": drift.score.means[1]}
    return metrics | {f"moved_{field.field}": field.moved.value for field in drift.fields[:FOLLOWED] if field.moved}
