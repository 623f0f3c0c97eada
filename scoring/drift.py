"""Whether the clients of today still look like those that the model was trained on, as Evidently measures it.

Evidently gives each field its own test by its kind and the sample's size (docs.evidentlyai.com, "Data drift algorithm").
"""

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from scoring.errors import TableError
from scoring.fields import APPLICATION

SAMPLE = 5_000  # rows of each side: Evidently holds and draws every value it is given
ENOUGH_ROWS = 100  # under this the tests flag by chance
DRIFTED_SHARE = 0.5  # of the fields, from which the whole is said to drift


@dataclass(frozen=True, slots=True)
class FieldDrift:
    """One field's comparison: `drifted` where the score passes the threshold in its method's direction."""

    field: str
    method: str
    score: float
    threshold: float
    drifted: bool


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the comparison: where it came from, its rows, and how many of them were looked at."""

    source: str
    rows: int
    sampled: int


@dataclass(frozen=True, slots=True)
class Drift:
    """A comparison: the fields, most drifted first within their method, those left out as empty, and the verdict."""

    reference: Side
    current: Side
    fields: tuple[FieldDrift, ...]
    empty: tuple[str, ...]
    share: float
    drifted: bool

    def summary(self) -> dict[str, Any]:
        """The comparison as JSON."""
        return asdict(self)


def compare(
    reference: pd.DataFrame, current: pd.DataFrame, *, sources: tuple[str, str], sample: int = SAMPLE, seed: int = 0
) -> tuple[Drift, str]:
    """Compare application forms (n, APPLICATION) by field, on at most `sample` rows a side: the findings, and their HTML page.

    Raises TableError where a side has too few rows for its drift to mean anything.
    """
    for frame, source in ((reference, sources[0]), (current, sources[1])):
        if len(frame) < ENOUGH_ROWS:
            raise TableError(f"{source} has {len(frame)} clients; drift means nothing under {ENOUGH_ROWS}")
    names = [field.name for field in APPLICATION if field.type != "integer"]
    looked_at = [frame[names].sample(min(sample, len(frame)), random_state=seed) for frame in (reference, current)]
    empty = [name for name in names if any(side[name].isna().all() for side in looked_at)]
    fields, page = _run([side.drop(columns=empty) for side in looked_at])
    share = sum(field.drifted for field in fields) / len(fields)
    sides = [
        Side(source, len(frame), len(side)) for source, frame, side in zip(sources, (reference, current), looked_at, strict=True)
    ]
    return Drift(sides[0], sides[1], tuple(fields), tuple(empty), share, share >= DRIFTED_SHARE), page


def _run(sides: Sequence[pd.DataFrame]) -> tuple[list[FieldDrift], str]:
    os.environ.setdefault("DO_NOT_TRACK", "1")  # Evidently reports its use unless told not to
    from evidently import DataDefinition, Dataset, Report
    from evidently.presets import DataDriftPreset

    labels = [field.name for field in APPLICATION if field.type in ("label", "flag") and field.name in sides[0]]
    numbers = [name for name in sides[0] if name not in labels]
    definition = DataDefinition(numerical_columns=numbers, categorical_columns=labels)
    reference, current = (Dataset.from_pandas(side, data_definition=definition) for side in sides)
    snapshot = Report([DataDriftPreset(drift_share=DRIFTED_SHARE)]).run(current, reference)
    found = [_field(metric) for metric in snapshot.dict()["metrics"] if "column" in metric["config"]]
    fields = sorted(found, key=lambda field: (not field.drifted, field.method, -abs(field.score), field.field))
    return fields, snapshot.get_html_str(as_iframe=False)


def _field(metric: dict[str, Any]) -> FieldDrift:
    config, score = metric["config"], float(metric["value"])
    low_is_drift = config["method"].endswith("p_value")
    drifted = score < config["threshold"] if low_is_drift else score >= config["threshold"]
    return FieldDrift(config["column"], config["method"], score, config["threshold"], drifted)
