"""The clients that a training learns from."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.errors import TrainingError
from scoring.fairness.groups import groups_of
from scoring.fields import ID, TARGET
from scoring.inputs import MODEL_FIELDS, NUMBERS
from scoring.training.splits import in_report_split, report_fingerprint

LEAST = 10  # of each outcome: what leaves SMOTE its neighbours in every fold


@dataclass(frozen=True, eq=False, slots=True)
class Clients:
    """The n clients of a training: X (n, fields), y (n,) 0 or 1, who is in the report split (n,), that split's digest, and the
    groups (n, attributes) between which fairness is measured, of which no model knows.
    """

    X: pd.DataFrame
    y: NDArray[np.int64]
    report: NDArray[np.bool_]
    report_fingerprint: str
    groups: pd.DataFrame

    def together(self, outside: NDArray[np.float64], inside: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values (n,) of those outside the report split and of those in it, in the clients' order."""
        values = np.empty(len(self.y))
        values[~self.report], values[self.report] = outside, inside
        return values


def clients_of(frame: pd.DataFrame) -> Clients:
    """The clients of a training frame, one a row by ascending SK_ID_CURR; TrainingError where they can't teach anything."""
    ids, y = frame[ID].to_numpy(), frame[TARGET].to_numpy().astype(np.int64)
    if not (np.diff(ids) > 0).all():
        raise TrainingError(f"the training's rows must be sorted by {ID}, each once")
    report = in_report_split(ids)
    for part, rows in (("outside the report split", y[~report]), ("in the report split", y[report])):
        if np.bincount(rows, minlength=2).min() < LEAST:
            raise TrainingError(
                f"{len(rows)} clients {part}, {rows.sum()} of whom defaulted: training needs {LEAST} of each outcome there"
            )
    X = frame[list(MODEL_FIELDS)].astype(dict.fromkeys(NUMBERS, np.float64))
    return Clients(X, y, report, report_fingerprint(ids, y), groups_of(frame))
