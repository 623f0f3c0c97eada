"""One client as an explanation sees him, and the same client with some fields changed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.fields import HISTORIES

Floats = NDArray[np.float64]
Columns = dict[str, Any]
Probability = Callable[[Mapping[str, Any]], Floats]
"""PDs (n,) of n clients given as field -> n values: the scorer's own path."""

_COUNT_OF: Mapping[str, str] = {
    field.name: name
    for fields in HISTORIES.values()
    for field in fields
    if (name := fields[0].name) != field.name  # each history begins with how much of it there is
}


@dataclass(frozen=True, slots=True)
class Client:
    """`values`: field -> value, a label as label, None where unknown; `columns`: the matrix's row, NaN where unknown.

    `given` and `by_field`: what each column and each field contributed to the log-odds of the PD.
    """

    values: Mapping[str, Any]
    columns: Mapping[str, float]
    given: Mapping[str, float]
    by_field: Mapping[str, float]
    probability: float
    refused: bool

    def knows(self, column: str) -> bool:
        """Whether the column has a value."""
        value = self.columns[column]
        return value == value

    def lacks(self, field: str) -> bool:
        """Whether a field of the record isn't known though it could be: the age of a car that isn't there couldn't."""
        if self.values.get(field) is not None:
            return False
        if field == "OWN_CAR_AGE":
            return self.values.get("FLAG_OWN_CAR") != "N"
        # Of a history that was looked up, what is to be known is known.
        return self.values.get(_COUNT_OF.get(field, field)) is None

    def said(self, column: str) -> Any:
        """A column's value as it is told: the record's label, else the matrix's number, None where the model knows none."""
        if not self.knows(column):
            return None
        value = self.values.get(column)
        return value if isinstance(value, str) else self.columns[column]


def repeated(values: Mapping[str, Any], times: int) -> Columns:
    """A client's columns `times` over, to be changed: labels as lists, numbers as float64 with NaN."""
    return {
        name: [value] * times if isinstance(value, str) else np.full(times, np.nan if value is None else value, dtype=np.float64)
        for name, value in values.items()
    }


def changed(values: Mapping[str, Any], changes: Sequence[Mapping[str, Any]]) -> Columns:
    """A client's columns once for each of the changes (field -> its other value)."""
    columns = repeated(values, len(changes))
    for row, change in enumerate(changes):
        for field, value in change.items():
            column = columns[field]
            if isinstance(value, str) and not isinstance(column, list):
                columns[field] = column = [None] * len(changes)  # a label that wasn't known
            column[row] = value
    return columns
