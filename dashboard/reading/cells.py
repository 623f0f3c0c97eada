"""What stands in a cell of a file, by the field that its column is: a number, a label, or not what it should be."""

import re
from collections.abc import Callable, Sequence
from functools import partial
from math import isfinite
from typing import Any

from dashboard.answers import Field
from dashboard.reading.findings import Kind
from scoring.fields import BY_NAME, MAX_ID

Value = int | float | str | None
Meaning = Callable[[Any], Value]
"""A cell's text, or a JSON value -> what it means; None where that is unknown. Raises NotThat."""

_GROUPED = re.compile(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))", re.ASCII)
"""Between thousands, as a French spreadsheet shows them."""
_EXACT = 1e15
"""Below it a float holds every whole number exactly."""
_DIGITS = 19
"""Of a longer one nobody needs the last."""
_REMEMBERED = 4_096


class NotThat(ValueError):
    """A cell that isn't what its column holds; of a label, what could stand there."""

    def __init__(self, kind: Kind, labels: Sequence[str] = ()) -> None:
        super().__init__(kind.value)
        self.kind = kind
        self.labels = labels


class Column(dict[str, Value]):
    """A column's cells -> what they mean: of the first that differ remembered, as most columns say the same again and again."""

    def __init__(self, meaning: Meaning) -> None:
        super().__init__()
        self.meaning = meaning

    def __missing__(self, cell: str) -> Value:
        value = self.meaning(cell)
        if len(self) < _REMEMBERED:
            self[cell] = value
        return value


def meaning(field: Field, comma: bool) -> Meaning:
    """How to read a field's cells; `comma`: whether numbers may have a decimal comma."""
    if field.type == "label":
        return _labels([str(label) for label in field.allowed or ()], field.name, comma)
    numbers = {"integer": _whole, "flag": _flag}
    return partial(numbers.get(field.type, _number), comma=comma)


def nothing(_: object) -> None:
    """How to read a column that is let alone."""


def _number(cell: object, comma: bool, otherwise: Kind = Kind.NUMBER) -> int | float | None:
    if isinstance(cell, str):
        return _written(cell, comma, otherwise)
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        raise NotThat(otherwise)
    return cell


def _written(cell: str, comma: bool, otherwise: Kind) -> int | float | None:
    text = _GROUPED.sub("", cell).replace(",", ".") if comma else cell
    try:
        number = float(text)
    except ValueError:
        if not cell.strip():
            return None
        raise NotThat(otherwise) from None
    if not isfinite(number) or "_" in text or not text.strip().isascii():  # Python's own ways to write one
        raise NotThat(otherwise)
    if not number.is_integer():
        return number
    if -_EXACT < number < _EXACT:
        return int(number)
    return int(text) if text.strip().isdigit() and len(text) <= _DIGITS else number


def _whole(cell: object, comma: bool) -> int | None:
    number = _number(cell, comma, Kind.WHOLE)
    if number is None:
        return None
    if not 0 <= number <= MAX_ID or number != int(number):
        raise NotThat(Kind.WHOLE)
    return int(number)


def _flag(cell: object, comma: bool) -> int | None:
    number = _number(cell, comma, Kind.FLAG)
    if number is None:
        return None
    if number not in (0, 1):
        raise NotThat(Kind.FLAG)
    return int(number)


def _labels(labels: Sequence[str], name: str, comma: bool) -> Meaning:
    """By the label itself or, where the service takes one, by the number that earlier clients send for it."""
    allowed = frozenset(labels)
    aliases = BY_NAME[name].aliases if name in BY_NAME else {}

    def read(cell: object) -> str | None:
        text = cell.strip() if isinstance(cell, str) else None
        if text == "":
            return None
        if text in allowed:
            return text
        try:
            number = _number(cell, comma, Kind.LABEL) if aliases else None
        except NotThat:
            number = None
        if number in aliases:
            return aliases[int(number or 0)]
        raise NotThat(Kind.LABEL, labels)

    return read
