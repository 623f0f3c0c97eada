"""What every run is made of, whether it was trained or repriced."""

import uuid
from datetime import UTC, datetime

from scoring.inputs import CATEGORIES, NUMBERS
from scoring.tracking import OpenRun
from scoring.training.outbox import Kept


def new_training_id() -> str:
    """An id that no training had before; by it, trainings sort by their start."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}"


def send(run: OpenRun, kept: Kept) -> None:
    """Write an outcome, its files and its models into the open run."""
    made = kept.outcome
    run.log(params=made.params, metrics=made.metrics, tags=made.tags, artifacts=kept.files)
    for name, model in made.models.items():
        run.log_model(model, name, numbers=NUMBERS, labels=list(CATEGORIES))
