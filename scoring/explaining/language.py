"""A language's table of texts, and numbers written as its readers write them.

Our own rather than Babel's, whose locale data would be among the largest things on the dyno (docs/decisions/0017).
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from scoring.explaining.kinds import kind_of

TEXTS = Path(__file__).with_name("texts")
CODES = ("fr", "en")
"""A file of TEXTS each."""

_DIGITS = {"score": 2, "times": 1, "count": 1, "index": 3}
_COUNTED = {"months": ("month", 0), "months_ago": ("month", 0), "years": ("year", 0), "instalments": ("instalment", 1)}
"""Kind -> the unit that has a singular, and the digits."""
_EITHER_WAY = {"date": ("past", "future"), "delay": ("early", "late")}
_MORE = 3
"""Digits beyond the usual ones that may be needed to tell two values apart."""
_DAYS_A_MONTH, _DAYS_A_YEAR = 30.4375, 365.25
_HALF_A_DAY = 0.5
_FAR = 40 * _DAYS_A_YEAR  # how some lenders say that a credit, such as a card, has no end


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
        kind, value = kind_of(column), shown(column, value)
        if kind == "id":
            return f"{value:.0f}"  # a name, to be found again as it is written: no thousands apart
        if kind == "flag":
            return self.units["yes" if value else "no"]
        if kind == "date" and (abs(value) < _HALF_A_DAY or abs(value) > _FAR):
            return self.units["today" if abs(value) < _HALF_A_DAY else "open"]
        if kind in _EITHER_WAY:
            before, after = _EITHER_WAY[kind]
            return self.units[before if value < 0 else after].format(self._duration(abs(value), more))
        if kind in ("days", "days_ago"):
            return self._duration(value, more)
        if kind in _COUNTED:
            return self._counted(*_COUNTED[kind], value, more)
        digits = _DIGITS.get(kind, 0) + (0 if kind in ("hour", "money") else more)  # neither is told in tenths
        number = self.number(100 * value if kind == "share" else value, digits, fixed=kind == "score")
        sign = self.numbers.minus if number.startswith(self.numbers.minus) else ""
        return sign + self.units.get(kind, "{}").format(number.removeprefix(sign))

    def share(self, of_one: float, more: int = 0) -> str:
        """A share of clients, in whole percents, or with so many digits."""
        return self.units["share"].format(self.number(100 * of_one, more))

    def listed(self, words: Sequence[str]) -> str:
        """One, two and three, in words."""
        *first, last = words
        return f"{', '.join(first)}{self.recourse['and']}{last}" if first else last

    def probability(self, value: float, more: int = 0) -> str:
        """A probability, in percents with one digit and `more`."""
        return self.units["share"].format(self.number(100 * value, 1 + more, fixed=True))

    def number(self, value: float, digits: int, fixed: bool = False) -> str:
        """A number of at most that many digits after the decimal mark; of exactly so many, if fixed."""
        whole, _, rest = f"{abs(value):,.{digits}f}".partition(".")
        rest = rest if fixed else rest.rstrip("0")
        written = whole.replace(",", self.numbers.thousands) + (self.numbers.decimal + rest if rest else "")
        return self.numbers.minus + written if value < 0 and written.strip("0" + self.numbers.decimal) else written

    def _duration(self, days: float, more: int) -> str:
        if abs(days) < 2 * _DAYS_A_MONTH:
            return self._counted("day", 0, days, more)
        if abs(days) < 2 * _DAYS_A_YEAR:
            return self._counted("month", 0, days / _DAYS_A_MONTH, more)
        return self._counted("year", 1, days / _DAYS_A_YEAR, more)

    def _counted(self, unit: str, usual: int, count: float, more: int) -> str:
        singular, plural = self.counted[unit]
        digits = usual + more
        rounded = abs(round(count, digits))
        return (singular if rounded == 1 or rounded < self.numbers.singular_below else plural).format(self.number(count, digits))


def apart(write: Callable[[float, int], str], value: float, *others: float) -> list[str]:
    """Numbers written with as few more digits as tell the first of them from the others; alike, where that takes too many."""
    written: list[str] = []
    for more in range(_MORE):
        written = [write(one, more) for one in (value, *others)]
        if written[0] not in written[1:]:
            break
    return written


def shown(column: str, value: float) -> float:
    """A number as it is told: days before the application are an age, so that more of it is more."""
    return -value if kind_of(column) in ("days_ago", "months_ago") else value


def read_languages() -> Mapping[str, Language]:
    """Every language by its code."""
    return {code: msgspec.convert(tomllib.loads((TEXTS / f"{code}.toml").read_text("utf-8")), type=Language) for code in CODES}
