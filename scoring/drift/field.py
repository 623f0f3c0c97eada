"""One field compared: how far its values moved, how much more or less of it is unknown, and what both say by the PSI."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.drift import distances, psi
from scoring.drift.settings import Settings
from scoring.drift.side import Side
from scoring.fields import BY_NAME

Values = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing measured: it drifts from `limit` on, which is the settings' or, where that is more, chance's."""

    value: float
    limit: float

    @property
    def drifted(self) -> bool:
        """Whether the limit is reached."""
        return self.value >= self.limit


@dataclass(frozen=True, slots=True)
class FieldDrift:
    """One field's comparison.

    weight: its share of the model's importance, 0 where the model doesn't use it. moved: by its test, how far the sides are
    apart, None where one knows nothing of it. unknown: the share that is, in the reference and now; gone: how far that moved,
    None where the test is the PSI. psi, band: over known and unknown together. typical: of a number its median and how
    many lie up to where the sides differ most, of a label how many have the one that moved most.
    """

    field: str
    weight: float
    test: str
    moved: Check | None
    unknown: tuple[float, float]
    gone: Check | None
    psi: float
    band: str
    typical: tuple[str, str]

    @property
    def drifted(self) -> bool:
        """Whether its values, or how often it is unknown, moved too far."""
        return any(check.drifted for check in (self.moved, self.gone) if check)


@dataclass(frozen=True, slots=True)
class ScoreDrift:
    """The PDs' comparison: their distance, their PSI with its limit and band, and the mean PD of each side."""

    moved: float
    psi: Check
    band: str
    means: tuple[float, float]


def compare_field(name: str, reference: Side, current: Side, weight: float, settings: Settings) -> FieldDrift:
    """Compare two sides in one field that at least one of them knows something of."""
    rule = settings.rule_of(name)
    pair = _Pair(reference, current, settings)
    sides = reference.columns[name], current.columns[name]
    lost = [unknown(values) for values in sides]
    known = [values[~gone] for values, gone in zip(sides, lost, strict=True)]
    binned = _binned(name, sides, lost)
    index = psi.psi(*binned)
    moved = gone = None
    if rule.test == "psi":  # the unknown are a bin of it
        moved = Check(index, max(rule.limit, pair.chance_of_psi(binned)))
    else:
        gone = pair.counts([_halves(mask) for mask in lost], rule.limit)
        if len(known[0]) and len(known[1]):
            compared = pair.numbers if BY_NAME[name].type == "number" else pair.labels
            moved = compared(known, rule.limit)
    shares = float(lost[0].mean()), float(lost[1].mean())
    return FieldDrift(name, weight, rule.test, moved, shares, gone, index, psi.band(index), _typical(name, known))


def compare_scores(reference: Side, current: Side, settings: Settings) -> ScoreDrift | None:
    """Compare the PDs of two sides, where both have them."""
    before, after = reference.probability, current.probability
    if before is None or after is None:
        return None
    pair = _Pair(reference, current, settings)
    bounds = psi.edges(before)
    counts = [psi.binned(side, bounds) for side in (before, after)]
    index = psi.psi(*counts)
    check = Check(index, max(settings.alarm.score_psi, pair.chance_of_psi(counts)))
    return ScoreDrift(distances.of_numbers(before, after), check, psi.band(index), (float(before.mean()), float(after.mean())))


def unknown(values: Values) -> NDArray[np.bool_]:
    """Which of a field's values (n,) are unknown: NaN, or None."""
    lost: NDArray[np.bool_] = values == np.array(None) if values.dtype == object else np.isnan(values)
    return lost


@dataclass(frozen=True, eq=False, slots=True)
class _Pair:
    """What chance does to two sides, by how many clients each tells of."""

    reference: Side
    current: Side
    settings: Settings

    def numbers(self, known: Sequence[Values], limit: float) -> Check:
        sizes = [round(side.sum()) for side in self._scaled([np.array([len(values)]) for values in known])]
        chance = distances.chance_of_numbers(sizes[0], sizes[1], self.settings.chance)
        return Check(distances.of_numbers(known[0], known[1]), max(limit, chance))

    def labels(self, known: Sequence[Values], limit: float) -> Check:
        return self.counts(_counts(known), limit)

    def counts(self, counts: Sequence[Values], limit: float) -> Check:
        before, after = self._scaled(counts)
        chance = distances.chance_of_counts(before, after, self.settings.chance, self.settings.seed)
        return Check(distances.of_counts(before, after), max(limit, chance))

    def chance_of_psi(self, counts: Sequence[Values]) -> float:
        before, after = self._scaled(counts)
        return psi.chance(before, after, self.settings.chance)

    def _scaled(self, counts: Sequence[Values]) -> list[Values]:
        """Counts of a sample as those of the clients that it tells of."""
        return [side * one.told_of for side, one in zip(counts, (self.reference, self.current), strict=True)]


def _binned(name: str, sides: Sequence[Values], lost: Sequence[Values]) -> list[Values]:
    """Counts for the PSI: a label, or a tenth of the reference's known values, a bin; and one for the unknown."""
    known = [values[~gone] for values, gone in zip(sides, lost, strict=True)]
    if BY_NAME[name].type == "number":
        bounds = psi.edges(known[0])
        return [psi.binned(values, bounds) for values in sides]
    return [np.append(counts, gone.sum()) for counts, gone in zip(_counts(known), lost, strict=True)]


def _counts(known: Sequence[Values]) -> list[Values]:
    _, *counts = distances.counts(known[0], known[1])
    return counts


def _halves(mask: Values) -> Values:
    """How many are known, and how many aren't."""
    return np.array([(~mask).sum(), mask.sum()], dtype=np.float64)


def _typical(name: str, known: Sequence[Values]) -> tuple[str, str]:
    before, after = known
    if not (len(before) and len(after)):
        return "known" if len(before) else "all unknown", "known" if len(after) else "all unknown"
    kind = BY_NAME[name].type
    if kind == "number":
        value, *below = distances.widest_gap(before, after)
        told = [
            f"median {np.median(side):,.6g}; {share:.1%} up to {value:,.6g}" for side, share in zip(known, below, strict=True)
        ]
        return told[0], told[1]
    values, *counts = distances.counts(before, after)
    shares = [side / side.sum() for side in counts]
    most = len(values) - 1 if kind == "flag" else int(np.argmax(np.abs(shares[0] - shares[1])))
    what = values[most] if kind == "label" else "yes" if values[most] else "no"
    return f"{what} {shares[0][most]:.1%}", f"{what} {shares[1][most]:.1%}"
