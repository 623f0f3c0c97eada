"""Sides of a drift comparison for tests: some fields of a few hundred clients."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.drift.comparison import Drift, compare
from scoring.drift.field import FieldDrift
from scoring.drift.settings import Settings, read_settings
from scoring.drift.side import Side, side

CLIENTS = 600
WEIGHTS = {"AMT_CREDIT": 0.03, "AMT_ANNUITY": 0.02, "EXT_SOURCE_1": 0.3}
NAN = float("nan")


def shares(**of: float) -> NDArray[Any]:
    """Values of CLIENTS clients, each value for its share of them; `unknown` is None."""
    values = [None if value == "unknown" else value for value, share in of.items() for _ in range(round(share * CLIENTS))]
    assert len(values) == CLIENTS
    return np.array(values, dtype=object)


def ramp(unknown: float = 0.0, moved: float = 0.0) -> NDArray[Any]:
    """0, 1, 2... for as many clients as are known, of whom the lowest share `moved` went above all others."""
    known = CLIENTS - round(unknown * CLIENTS)
    values = np.arange(known, dtype=np.float64)
    values[: round(moved * known)] += 10 * CLIENTS
    return np.concatenate([values, np.full(CLIENTS - known, NAN)])


def clients(source: str = "here", probability: Any = None, **fields: Any) -> Side:
    """A side of CLIENTS clients with these fields."""
    return side(source, CLIENTS, fields, probability)


def over(tmp_path: Path, text: str) -> Settings:
    """The defaults with this text's over them."""
    path = tmp_path / "own.toml"
    path.write_text(text)
    return read_settings(path)


def compared(reference: Side, current: Side, settings: Settings | None = None) -> Drift:
    return compare(reference, current, WEIGHTS, settings or read_settings())


def moved(settings: Settings | None = None, /, **fields: tuple[Any, Any]) -> Drift:
    """The drift of fields given as (reference, current)."""
    reference, current = ({name: values[i] for name, values in fields.items()} for i in (0, 1))
    return compared(side("before", CLIENTS, reference), side("after", CLIENTS, current), settings)


def only(drift: Drift) -> FieldDrift:
    """Its one field."""
    [field] = drift.fields
    return field
