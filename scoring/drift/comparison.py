"""Two sides compared field by field, each field weighed by what the model makes of it, and the verdict on the whole."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from scoring.drift.field import FieldDrift, ScoreDrift, compare_field, compare_scores, unknown
from scoring.drift.settings import Settings
from scoring.drift.side import Side
from scoring.errors import TableError
from scoring.fields import BY_NAME

SCORE = "PD"
"""The probability of default, as it is told beside the fields."""

TOLD = 6
"""So many fields stand by name in a sentence."""


@dataclass(frozen=True, slots=True)
class Drift:
    """A comparison: its sides; its fields, those first that the model leans on most; those left out, and why; the PDs' own; how
    much of the model's importance drifts; and the reasons of an alarm, none where there is none.
    """

    reference: Mapping[str, Any]
    current: Mapping[str, Any]
    fields: tuple[FieldDrift, ...]
    left_out: Mapping[str, str]
    score: ScoreDrift | None
    importance: float
    reasons: tuple[str, ...]

    @property
    def alarm(self) -> bool:
        """Whether somebody has to look."""
        return bool(self.reasons)

    @property
    def drifted(self) -> tuple[FieldDrift, ...]:
        """The fields that drift."""
        return tuple(field for field in self.fields if field.drifted)

    def summary(self) -> dict[str, Any]:
        """The comparison as JSON."""
        fields = [asdict(field) | {"drifted": field.drifted} for field in self.fields]
        return {"alarm": self.alarm, **asdict(self), "fields": fields}


def compare(reference: Side, current: Side, weights: Mapping[str, float], settings: Settings) -> Drift:
    """Compare two sides in the fields that both have; `weights`: field -> its share of the model's importance.

    Raises TableError where a side has too few clients for its drift to mean anything.
    """
    for one in (reference, current):
        if one.rows < settings.least_clients:
            raise TableError(f"{one.source} has {one.rows} clients; drift means nothing under {settings.least_clients}")
    both = [name for name in BY_NAME if name in reference.columns and name in current.columns]
    empty = [name for name in both if all(unknown(one.columns[name]).all() for one in (reference, current))]
    left_out = dict.fromkeys(empty, "unknown on both sides")
    left_out |= {name: why for name, why in settings.left_out.items() if name in both}
    compared = [name for name in both if name not in left_out]
    fields = [compare_field(name, reference, current, weights.get(name, 0.0), settings) for name in compared]
    fields.sort(key=lambda field: (-field.weight, field.field))
    score = compare_scores(reference, current, settings)
    importance = sum(field.weight for field in fields if field.drifted)
    reasons = tuple(_reasons(fields, importance, score, settings))
    return Drift(_described(reference), _described(current), tuple(fields), left_out, score, importance, reasons)


def _described(one: Side) -> Mapping[str, Any]:
    return {"source": one.source, "clients": one.rows, "sampled": one.sampled, "rebuilt": one.clients is not None}


def _reasons(fields: Sequence[FieldDrift], importance: float, score: ScoreDrift | None, settings: Settings) -> Iterator[str]:
    if importance >= settings.alarm.importance:
        names = [field.field for field in fields if field.drifted and field.weight]
        told = ", ".join(names[:TOLD]) + (f" and {len(names) - TOLD} more" if len(names) > TOLD else "")
        limit = f"{settings.alarm.importance:.1%} is the limit"
        yield f"fields with {importance:.1%} of the model's importance drift, {limit}: {told}"
    if score and score.psi.drifted:
        yield f"the PSI of the {SCORE} is {score.psi.value:.3f}, {score.psi.limit:.3f} is the limit"
