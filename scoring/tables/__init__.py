"""The Home Credit tables: which columns each has, of what type, and how its rows hang together."""

import math
from dataclasses import dataclass, replace
from typing import Literal

from scoring.fields import APPLICATION, ID, TARGET

ColumnType = Literal["id", "outcome", "number", "flag", "label"]

STORED_AS = {"id": "int64", "outcome": "int64", "number": "float64", "flag": "float64", "label": "string"}
"""Column type -> the type it is read as. An id and an outcome are never missing; a flag and an outcome are 0 or 1."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `allowed` lists the labels it can hold, empty for any; a number's size is at most `largest`."""

    name: str
    type: ColumnType
    allowed: tuple[str, ...] = ()
    largest: float = math.inf


@dataclass(frozen=True, slots=True)
class Table:
    """One table: `name` is its file's, without the suffix.

    `key` names the column that its rows are told apart by, if `unique_key`, or grouped by. A table that `may_be_empty` can be a
    header alone.
    """

    name: str
    key: str
    columns: tuple[Column, ...]
    unique_key: bool = True
    may_be_empty: bool = False

    def schema(self) -> dict[str, str]:
        """Column -> the type it is read as, in order."""
        return {column.name: STORED_AS[column.type] for column in self.columns}


_FORM = tuple(Column(f.name, "id" if f.type == "integer" else f.type, f.allowed) for f in APPLICATION)

APPLICATION_TEST = Table("application_test", ID, _FORM)
APPLICATION_TRAIN = Table("application_train", ID, (*_FORM, Column(TARGET, "outcome")))

APPLICATIONS = (replace(APPLICATION_TRAIN, columns=_FORM), APPLICATION_TEST)
"""The tables that hold applications, as scoring reads them: without the outcome, which need not be there."""
