"""Which fields of the record each column's contribution to the PD belongs to."""

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from custom_threshold_model import CustomThresholdModel

Floats = NDArray[np.float64]


def sources(model: CustomThresholdModel) -> dict[str, tuple[str, ...]]:
    """Column of the model, in order -> the record's fields that it is made of, itself where it is one.

    Raises ValueError naming the columns of which the model doesn't say what they are made of.
    """
    made_of: dict[str, tuple[str, ...]] = {name: (name,) for name in model.fields_}
    made_of |= {f"{name}_NONE": (name,) for name in model.missing_codes or {}}
    for name, _, parts in model.ratios:
        made_of[name] = tuple(dict.fromkeys(field for part in parts for field in made_of[part]))
    made_of |= {name: made_of[by] for name, by, _, _ in model.local_means}  # the other column is other clients'
    if unknown := [name for name in model.columns_ if name not in made_of]:
        raise ValueError(f"columns that are made of nobody knows what: {', '.join(unknown)}")
    return {name: made_of[name] for name in model.columns_}


def shares(made_of: Collection[Sequence[str]], fields: Sequence[str]) -> Floats:
    """(columns, fields): which part of a column's contribution is each field's; contributions @ shares are the fields'.

    A column's contribution goes in equal parts to the fields that it is made of (`made_of`, one entry a column); what a field
    gets of several columns is added with its sign, so that what cancels out for a client moves nothing.
    """
    place = {name: i for i, name in enumerate(fields)}
    parts = np.zeros((len(made_of), len(fields)))
    for row, names in zip(parts, made_of, strict=True):
        row[[place[name] for name in names]] = 1 / len(names)
    return parts
