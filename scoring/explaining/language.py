"""A language's table of texts, and numbers written as its readers write them.

Our own rather than Babel's, whose locale data would be among the largest things on the dyno (docs/decisions/0017).
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from scoring.explaining.kinds import kind_of

TEXTS = Path(__file__).with_name("texts")
CODES = ("fr", "en")
"""A file of TEXTS each."""

_DIGITS = {"score": 2, "times": 1, "instalments": 1, "count": 1, "index": 3}
_MORE = 3
"""Digits beyond the usual ones that may be needed to tell two values apart."""
_DAYS_A_MONTH, _DAYS_A_YEAR = 30.4375, 365.25


class _Numbers(msgspec.Struct, frozen=True):
    decimal: str
    thousands: str
    minus: str
    singular_below: int


class Language(msgspec.Struct, frozen=True):
    """What stands in a file of TEXTS: words for fields, labels, topics and units, the sentences, and what a picture says."""

    fields: dict[str, str]
    labels: dict[str, dict[str, str]]
    topics: dict[str, str]
    numbers: _Numbers
    units: dict[str, str]
    counted: dict[str, tuple[str, str]]
    reason: dict[str, str]
    recourse: dict[str, str]
    gap: dict[str, str]
    picture: dict[str, str]

    def written(self, column: str, value: float | str, more: int = 0) -> str:
        """A column's value with its unit, with `more` digits than it usually has; a label in words."""
        if isinstance(value, str):
            return self.labels[column].get(value, value)
        kind = kind_of(column)
        if kind == "flag":
            return self.units["yes" if value else "no"]
        if kind == "date":
            return self.units["past" if value <= 0 else "future"].format(self._duration(abs(value), more))
        if kind in ("days", "days_ago"):
            return self._duration(shown(column, value), more)
        if kind in ("months", "months_ago", "years"):
            return self._counted("year" if kind == "years" else "month", shown(column, value), more)
        digits = _DIGITS.get(kind, 0) + (0 if kind == "hour" else more)  # an hour has no tenths
        number = self.number(100 * value if kind == "share" else value, digits, fixed=kind == "score")
        return self.units.get(kind, "{}").format(number)

    def apart(self, column: str, value: float, other: float) -> tuple[str, str] | None:
        """Two values, written with as many digits as it takes to tell them apart; None where that is more than anybody reads."""
        for more in range(_MORE):
            first, second = self.written(column, value, more), self.written(column, other, more)
            if first != second:
                return first, second
        return None

    def share(self, of_one: float) -> str:
        """A share of clients, in whole percents."""
        return self.units["share"].format(self.number(100 * of_one, 0))

    def probability(self, value: float, more: int = 0) -> str:
        """A probability, in percents with one digit and `more`."""
        return self.units["share"].format(self.number(100 * value, 1 + more))

    def beside(self, threshold: float, *values: float) -> list[str]:
        """The threshold, then probabilities, with as many digits as it takes to tell them from it."""
        written: list[str] = []
        for more in range(_MORE):
            written = [self.probability(value, more) for value in (threshold, *values)]
            if written[0] not in written[1:]:
                break
        return written

    def number(self, value: float, digits: int, fixed: bool = False) -> str:
        """A number of at most that many digits after the decimal mark; of exactly so many, if fixed."""
        whole, _, rest = f"{abs(value):,.{digits}f}".partition(".")
        rest = rest if fixed else rest.rstrip("0")
        written = whole.replace(",", self.numbers.thousands) + (self.numbers.decimal + rest if rest else "")
        return self.numbers.minus + written if value < 0 and written.strip("0" + self.numbers.decimal) else written

    def _duration(self, days: float, more: int) -> str:
        if abs(days) < 2 * _DAYS_A_MONTH:
            return self._counted("day", days, more)
        if abs(days) < 2 * _DAYS_A_YEAR:
            return self._counted("month", days / _DAYS_A_MONTH, more)
        return self._counted("year", days / _DAYS_A_YEAR, 1 + more)

    def _counted(self, unit: str, count: float, digits: int) -> str:
        singular, plural = self.counted[unit]
        rounded = abs(round(count, digits))
        return (singular if rounded == 1 or rounded < self.numbers.singular_below else plural).format(self.number(count, digits))


def shown(column: str, value: float) -> float:
    """A number as it is told: days before the application are an age, so that more of it is more."""
    return -value if kind_of(column) in ("days_ago", "months_ago") else value


def read_languages() -> Mapping[str, Language]:
    """Every language by its code."""
    return {code: msgspec.convert(tomllib.loads((TEXTS / f"{code}.toml").read_text("utf-8")), type=Language) for code in CODES}
