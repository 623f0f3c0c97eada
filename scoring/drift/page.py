"""The report as a page that opens with no network."""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from scoring.drift import text
from scoring.drift.comparison import SCORE, Drift
from scoring.drift.side import Side
from scoring.fields import BY_NAME

OUTERMOST = 0.002
"""Of the values of both sides, how many at either end are drawn at the end of the axis: one absurd income would hide the rest."""


def page(drift: Drift, reference: Side, current: Side, drawn: int, seed: int) -> str:
    """The verdict, plots of the PD and of the `drawn` fields that the model leans on most, and a table of all."""
    os.environ["DO_NOT_TRACK"] = "1"  # Evidently reports its use unless told not to
    from scoring.drift.evidently_report import FieldDistribution, Table, Verdict, render

    fields = [field for field in drift.fields if max(field.unknown) < 1][:drawn]
    names = [*([SCORE] if drift.score else []), *(field.field for field in fields)]
    frames = [pd.DataFrame(columns(one, names, seed)) for one in (reference, current)]
    _clip(frames)
    headline = "Drift: somebody has to look" if drift.alarm else "No drift that matters"
    metrics: list[Any] = [
        Verdict(value=drift.importance, headline=headline, counts=text.counts(drift), sentences=list(text.sentences(drift)))
    ]
    if drift.score:
        told = text.of_score(drift.score)
        metrics.append(FieldDistribution(column=SCORE, value=drift.score.psi.value, title=SCORE, told=told))
    metrics += [
        FieldDistribution(column=field.field, value=field.moved.value, title=field.field, told=text.of_field(field))
        for field in fields
        if field.moved
    ]
    metrics.append(Table(value=len(drift.fields), columns=text.COLUMNS, rows=[text.row(field) for field in drift.fields]))
    return render(metrics, *frames)


def columns(one: Side, names: Sequence[str], seed: int) -> dict[str, Any]:
    """These fields of a side, or its PDs, as they are drawn: each in an order of its own, so that no row is a client."""
    rng = np.random.default_rng(seed)
    return {name: rng.permutation(_drawable(one, name)) for name in names}


def _drawable(one: Side, name: str) -> Any:
    if name == SCORE:
        return one.probability
    values = one.columns[name]
    if BY_NAME[name].type != "flag":
        return values
    return np.array([None if np.isnan(value) else "yes" if value else "no" for value in values], dtype=object)


def _clip(frames: Sequence[pd.DataFrame]) -> None:
    for name in frames[0].select_dtypes("number"):
        both = np.concatenate([frame[name].dropna().to_numpy() for frame in frames])
        low, high = np.quantile(both, [OUTERMOST, 1 - OUTERMOST])
        for frame in frames:
            frame[name] = frame[name].clip(low, high)
