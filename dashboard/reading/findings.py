"""What is wrong with a file of clients, as kinds and blanks that each language has a sentence for (texts, section [file])."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum

from scoring.errors import CreditScoringError

MOST = 20
"""Problems that are told one by one."""
_LONGEST = 40  # characters of somebody's own words that are said back
_NEAR = 0.6


class Kind(StrEnum):
    """What can be wrong; each has a sentence of that name."""

    EMPTY = "empty"
    NOT_TEXT = "not_text"
    WORKBOOK = "workbook"
    NOT_JSON = "not_json"
    QUOTES = "quotes"
    NO_ROWS = "no_rows"
    TOO_MANY = "too_many"
    NO_NUMBERS = "no_numbers"
    """No column for the clients' numbers."""
    UNKNOWN = "unknown"
    """A column that resembles a known one."""
    STRANGE = "strange"
    """A column that doesn't."""
    UNNAMED = "unnamed"
    COLUMN_TWICE = "column_twice"
    CELLS_FEW = "cells_few"
    CELLS_MANY = "cells_many"
    NO_RECORD = "no_record"
    NUMBER = "number"
    WHOLE = "whole"
    FLAG = "flag"
    LABEL = "label"
    WITHOUT_NUMBER = "without_number"
    """A client whose number isn't there."""
    TWICE = "twice"
    NOTHING_KNOWN = "nothing_known"


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing wrong: where, as who made the file counts and names it, and what stands in its sentence's other blanks."""

    kind: Kind
    row: int | None = None
    column: str | None = None
    value: str | None = None
    blanks: Mapping[str, str | int] = field(default_factory=dict)


class BadFile(CreditScoringError):
    """A file that can't be used: the first problems, how many more there are, and whether it has rows, rather than records."""

    code = "bad_file"

    def __init__(self, problems: Sequence[Wrong], more: int = 0, of_table: bool = True) -> None:
        super().__init__(f"the file has {len(problems) + more} problems; the first is of the kind {problems[0].kind.value}")
        self.problems = tuple(problems)
        self.more = more
        self.of_table = of_table


@dataclass(slots=True)
class Findings:
    """What is found wrong while a file is read."""

    told: list[Wrong] = field(default_factory=list)
    count: int = 0

    def add(
        self, kind: Kind, row: int | None = None, column: str | None = None, value: object = None, **blanks: str | int
    ) -> None:
        """Note a problem."""
        self.count += 1
        if len(self.told) < MOST:
            said = None if value is None else short(str(value))
            self.told.append(Wrong(kind, row, None if column is None else short(column), said, blanks))

    def label(self, row: int, column: str, value: object, labels: Sequence[str]) -> None:
        """Note a label that isn't one of these, with the closest; which is looked for as long as somebody will read it."""
        self.add(Kind.LABEL, row, column, value, closest=_closest(str(value), labels, 0.0) if len(self.told) < MOST else "")

    def unknown(self, row: int, column: str, known: Sequence[str]) -> None:
        """Note a column that isn't one of these, with the one that it may stand for."""
        closest = _closest(column, known, _NEAR) if len(self.told) < MOST else ""
        if closest:
            self.add(Kind.UNKNOWN, row, column, closest=closest)
        else:
            self.add(Kind.STRANGE, row, column)

    def check(self, of_table: bool) -> None:
        """Raise BadFile where anything was found."""
        if self.count:
            raise BadFile(self.told, self.count - len(self.told), of_table)


def short(text: str) -> str:
    """Somebody's own words in one line, cut where they are long."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[:_LONGEST] + "…"


def _closest(text: str, among: Sequence[str], cutoff: float) -> str:
    folded = {one.casefold(): one for one in among}
    found = get_close_matches(text[:_LONGEST].casefold(), folded, n=1, cutoff=cutoff)
    return folded[found[0]] if found else ""
