"""What every run is made of, whether it was trained or repriced."""

import platform
import uuid
from datetime import UTC, datetime
from importlib import metadata

from scoring.inputs import CATEGORIES, NUMBERS
from scoring.tracking import LIBRARIES, OpenRun
from scoring.training.outbox import Kept


def new_training_id() -> str:
    """An id that no training had before; by it, trainings sort by their start."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}"


def versions() -> dict[str, str]:
    """What opens a pickle that is made now."""
    return {"python": platform.python_version()} | {library: metadata.version(library) for library in LIBRARIES}


def send(run: OpenRun, kept: Kept) -> None:
    """Write an outcome, its files and its models into the open run."""
    made = kept.outcome
    run.log(params=made.params, metrics=made.metrics, tags=made.tags, artifacts=kept.files)
    for name, model in made.models.items():
        run.log_model(model, name, numbers=NUMBERS, labels=list(CATEGORIES))
