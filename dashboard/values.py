"""The values of a client's file, as they are read and typed on a page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from dashboard.words import Words
from scoring.explaining.kinds import kind_of
from scoring.fields import BY_NAME, NOT_EMPLOYED

_DAYS_A_YEAR, _MONTHS_A_YEAR = 365.25, 12.0


def name_of(words: Words, field: str) -> str | None:
    """A field in words; None of one that these pages have no words for: a newer service may have it."""
    return words.language.fields.get(field)


def written(words: Words, field: str, value: Any) -> str:
    """A value of a client's file with its unit, or that it isn't known; one of another type than the field's as it stands there.

    A file is shown before the service has said whether it takes it.
    """
    if value is None:
        return words("value.unknown")
    if field == "DAYS_EMPLOYED" and value == NOT_EMPLOYED:
        return words("value.not_employed")
    known = canonical(field, value)
    if isinstance(known, int | float) and kind_of(field) != "label":
        return words.language.written(field, known)
    return label_of(words, field, str(known))


def canonical(field: str, value: Any) -> Any:
    """A value as the field table has it: the label where a file holds the number that earlier clients send for it."""
    known = BY_NAME.get(field)
    return known.aliases.get(value, value) if known and isinstance(value, int | float) else value  # type: ignore[arg-type]


def label_of(words: Words, field: str, label: str) -> str:
    """A label in words."""
    return words.language.labels.get(field, {}).get(label, label)


@dataclass(frozen=True, slots=True)
class Unit:
    """How a number is typed: its unit's text, the step, and how to come from the file's number to what is typed and back.

    `shown` gives None of a number that counts nothing.
    """

    text: str
    step: float
    shown: Callable[[float], float | None]
    meant: Callable[[float], float]


def _scaled(text: str, step: float, factor: float, digits: int) -> Unit:
    """What is typed is so many times the file's number; what comes back is rounded as files have it, and never -0."""
    return Unit(text, step, lambda number: round(factor * number, 2) + 0.0, lambda typed: round(typed / factor, digits) + 0.0)


_YEARS_AGO = _scaled("unit.years", 1.0, -1 / _DAYS_A_YEAR, 0)
_UNITS: Mapping[str, Unit] = {
    "money": _scaled("unit.money", 1000.0, 1.0, 2),
    "share": _scaled("unit.share", 1.0, 100.0, 4),
    "score": Unit("unit.score", 0.05, float, float),
    "days_ago": replace(_YEARS_AGO, shown=lambda days: None if days == NOT_EMPLOYED else _YEARS_AGO.shown(days)),
    "months_ago": _scaled("unit.years", 1.0, -1 / _MONTHS_A_YEAR, 0),
    "days": _scaled("unit.days", 10.0, 1.0, 0),
    "delay": _scaled("unit.days", 1.0, 1.0, 0),
    "date": _scaled("unit.days", 10.0, 1.0, 0),
    "years": _scaled("unit.years", 1.0, 1.0, 0),
    "months": _scaled("unit.months", 1.0, 1.0, 2),
}
_PLAIN = Unit("unit.none", 1.0, float, float)
_FINE = replace(_PLAIN, step=0.01)


def unit_of(field: str) -> Unit:
    """How a number field is typed; of the indices only some, such as a rating, go beyond 1."""
    kind = kind_of(field)
    if kind == "index":
        return _FINE if BY_NAME[field].range[1] in (1, None) else _PLAIN
    return _UNITS.get(kind, _PLAIN)
