"""One side of a comparison: clients of a folder, or the ones that a release remembers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.explaining.profile import ALL, Profile
from scoring.fields import BY_NAME, FIELDS
from scoring.inputs import MISSING_CODES
from scoring.monitoring.scores import Scores
from scoring.training.reference import DIGITS

Values = NDArray[Any]
Floats = NDArray[np.float64]

_SMALLEST = 1e-15  # what is smaller is 0, or as good as that


@dataclass(frozen=True, eq=False, slots=True)
class Side:
    """Where the clients come from, how many there are, and the sample that is looked at.

    columns: field -> its n values, numbers and flags float64 with NaN, labels str objects with None. probability (n,): their PDs,
    or None where there are none. clients: of how many the sample tells, where it was rebuilt.
    """

    source: str
    rows: int
    columns: Mapping[str, Values]
    probability: Floats | None = None
    clients: int | None = None

    @property
    def sampled(self) -> int:
        """How many are looked at."""
        return len(next(iter(self.columns.values()))) if self.columns else 0

    @property
    def told_of(self) -> float:
        """How many clients one of the sample stands for, where chance is concerned."""
        return (self.clients or self.sampled) / self.sampled


def side(source: str, rows: int, columns: Mapping[str, Any], probability: Floats | None = None) -> Side:
    """A side of client records given as field -> n values, as the model takes them: what a code says is unknown is NaN.

    Numbers and PDs have the digits that a release remembers: a third would be larger than the 0.333333 of the other side.
    """
    scores = None if probability is None else _rounded(probability)
    return Side(source, rows, {name: _values(name, given) for name, given in columns.items()}, scores)


def remembered(profile: Profile, source: str, sample: int, seed: int, scores: Scores | None) -> Side:
    """The clients that a model was trained on, rebuilt field by field from their quantiles and shares.

    Each field for itself: what goes together in one client isn't remembered. `scores`: of their PDs, where the release has them.
    """
    rng = np.random.default_rng(seed)
    clients = profile.clients[ALL]
    fields = [field for field in FIELDS if field.name in profile.columns]
    columns = {field.name: rng.permutation(_rebuilt(profile, field.name, sample)) for field in fields}
    probability = rng.permutation(_between(scores.quantiles[ALL], scores.levels, sample)) if scores else None
    return Side(source, clients, columns, probability, clients)


def _values(name: str, given: Any) -> Values:
    if BY_NAME[name].type == "label":
        return np.array(given, dtype=object)
    values = np.array(given, dtype=np.float64)  # a copy: it may be changed below
    if name in MISSING_CODES:
        values[values == MISSING_CODES[name]] = np.nan
    return _rounded(values)


def _rounded(values: Floats) -> Floats:
    """To DIGITS significant digits, the very floats that those digits are read as: whole numbers by exact powers of ten."""
    size = np.abs(np.where(np.isfinite(values) & (np.abs(values) >= _SMALLEST), values, 1.0))
    places = DIGITS - 1 - np.floor(np.log10(size)).astype(int)
    scale = 10.0 ** np.abs(places)
    rounded: Floats = np.where(places >= 0, np.rint(values * scale) / scale, np.rint(values / scale) * scale)
    return rounded


def _rebuilt(profile: Profile, name: str, count: int) -> Values:
    """`count` values of a field, unknown ones last."""
    found = profile.columns[name][ALL]
    known = count - round(found.missing * count)
    if BY_NAME[name].type == "label":
        return np.array([*_labels(found.shares, known), *[None] * (count - known)], dtype=object)
    values = _between(found.quantiles, profile.levels, known) if found.quantiles else np.empty(0)
    return np.concatenate([values, np.full(count - len(values), np.nan)])


def _labels(shares: Mapping[str, float], count: int) -> list[str]:
    """Labels in these shares, to the nearest client (largest remainders)."""
    exact = {label: share / sum(shares.values()) * count for label, share in shares.items()}
    by_remainder = sorted(exact, key=lambda label: int(exact[label]) - exact[label])
    more = set(by_remainder[: count - sum(int(number) for number in exact.values())])
    return [label for label, number in exact.items() for _ in range(int(number) + (label in more))]


def _between(quantiles: Sequence[float], levels: Sequence[float], count: int) -> Floats:
    """Values at `count` evenly spread levels: between two quantiles along a line, but of whole numbers one that occurred."""
    at = (np.arange(count) + 0.5) / max(count, 1)
    if all(float(value).is_integer() for value in quantiles):
        return np.asarray(quantiles)[np.minimum(np.searchsorted(levels, at), len(levels) - 1)]
    return np.asarray(np.interp(at, levels, quantiles))
