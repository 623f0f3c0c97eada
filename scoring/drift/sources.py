"""Where the two sides come from: a folder of tables, the decision log, what a release remembers of its training."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from scoring.decision_log.sampling import ALWAYS, Period, by_model, drawn, records_at
from scoring.drift.settings import Settings
from scoring.drift.side import Side, remembered, side
from scoring.errors import TableError
from scoring.explaining.profile import read_profile
from scoring.monitoring.scores import SCORES, read_scores
from scoring.records import Say, read_sample
from scoring.schema import columns

Score = Callable[[Mapping[str, Any]], NDArray[np.float64]]
"""The PDs (n,) of n clients given as field -> n values."""


def of_folder(folder: Path, preferred: str, settings: Settings, score: Score | None, say: Say) -> Side:
    """The applications of a folder: with `score` whole records and their PDs, without it the forms alone.

    Raises TableError where there are none, or they aren't what they should be.
    """
    found, rows, path = read_sample(folder, preferred, settings.sample, settings.seed, histories=score is not None, say=say)
    return side(str(path), rows, found, score(found) if score else None)


def of_release(documents: Mapping[str, bytes], version: str, settings: Settings) -> Side:
    """What a release remembers of its training: its documents by name, as Scorer has checked them."""
    kept = documents.get(SCORES)
    scores = read_scores(kept) if kept else None
    profile = read_profile(documents["reference.json"])
    return remembered(profile, f"training of {version}", settings.sample, settings.seed, scores)


def of_log(connection: Connection, period: Period, model: tuple[str, str], settings: Settings, say: Say) -> Side:
    """What the service decided about with a model, (sha256, version), in a period; simulations are left out.

    `say` is told of decisions by other models. Raises TableError where there is none by this one.
    """
    sha256, version = model
    models = by_model(connection, period)
    others = ", ".join(f"{count:,} by {name}" for key, (name, count) in sorted(models.items()) if key != sha256)
    when = _in_words(period)
    if sha256 not in models:
        found = (
            f"decisions{when}, but none by {version}: {others}; name their release with --model"
            if models
            else f"no decision{when}"
        )
        raise TableError(f"the decision log holds {found}")
    if others:
        say(f"decisions by other models are left out: {others}")
    positions, kept = drawn(connection, period, sha256, settings.sample, settings.seed)
    if not kept:
        raise TableError(f"of the decisions by {version}{when} every record was purged: nothing is left to compare")
    if purged := models[sha256][1] - kept:
        say(f"{purged:,} decisions are left out: their records were purged")
    records, probabilities = zip(*records_at(connection, positions.tolist()), strict=True)
    return side(f"decision log{when}", kept, columns(records), np.array(probabilities))


def _in_words(period: Period) -> str:
    since = f" since {period.since[:19]}" if period.since else ""
    return since + (f" before {period.until[:19]}" if period.until != ALWAYS else "")
