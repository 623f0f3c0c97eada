"""Clients as CSV: a line each under a line of names, as a spreadsheet or a program writes it."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dashboard.reading.cells import Column, Meaning, NotThat, meaning, nothing
from dashboard.reading.findings import Kind
from dashboard.reading.gathered import Clients, Gathered, Record
from scoring.fields import ID, TARGET

_SEPARATORS = ",;\t"


@dataclass(frozen=True, slots=True)
class _Header:
    """The columns' names, how each is read, and which can't be."""

    names: Sequence[str]
    read: Sequence[Meaning]
    bad: frozenset[str]


def of_table(content: bytes, encoding: str, gathered: Gathered) -> Clients:
    """The clients of a CSV file; raises BadFile."""
    left_out: list[str] = []
    row = 0
    with io.TextIOWrapper(io.BytesIO(content), encoding, newline="") as text:
        separator = _separator(text)
        rows = _rows(text, separator)
        try:
            row, names = next(rows, (1, []))
            header = _header(row, names, gathered, comma=separator != ",")
            left_out = [name for name in header.names if name == TARGET]
            for row, cells in rows:
                if not gathered.has_room():
                    break
                _take(row, cells, header, gathered)
        except csv.Error:
            gathered.findings.add(Kind.QUOTES, row + 1)
    return gathered.clients(of_table=True, left_out=left_out)


def _separator(text: io.TextIOWrapper) -> str:
    """What stands between the columns' names; the text is left at its beginning."""
    header = next((line for line in text if line.strip()), "")
    text.seek(0)
    return max(_SEPARATORS, key=header.count)


def _rows(text: io.TextIOWrapper, separator: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that say anything, each with its number in a spreadsheet, where a cell of two lines is one row's."""
    for row, cells in enumerate(csv.reader(text, delimiter=separator, strict=True), start=1):
        if any(map(str.strip, cells)):
            yield row, cells


def _header(row: int, cells: Sequence[str], gathered: Gathered, comma: bool) -> _Header:
    """What the columns are; what is wrong with their names is noted."""
    known = {one.name: one for one in gathered.fields}
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    bad = {name for name in names if name not in known and name != TARGET}
    for number, name in enumerate(names, start=1):
        if not name:
            gathered.findings.add(Kind.UNNAMED, row, number=number)
        elif name in names[: number - 1]:
            gathered.findings.add(Kind.COLUMN_TWICE, row, name)
        elif name in bad:
            gathered.findings.unknown(row, name, list(known))
    if ID not in names and gathered.numbered:
        gathered.findings.add(Kind.NO_NUMBERS, row, ID)
        bad.add(ID)
    read = [Column(meaning(known[name], comma)).__getitem__ if name in known else nothing for name in names]
    return _Header(names, read, frozenset(bad))


def _take(row: int, cells: list[str], header: _Header, gathered: Gathered) -> None:
    more = len(cells) - len(header.names)
    if more < 0 or any(map(str.strip, cells[len(header.names) :])):
        kind = Kind.CELLS_FEW if more < 0 else Kind.CELLS_MANY
        gathered.findings.add(kind, row, cells=len(cells), columns=len(header.names))
        return
    try:
        record: Record = {
            name: value
            for name, read, cell in zip(header.names, header.read, cells, strict=False)
            if cell and (value := read(cell)) is not None
        }
    except NotThat:
        gathered.read(row, zip(header.names, header.read, cells, strict=False), header.bad)
        return
    gathered.take(row, record, header.bad)
