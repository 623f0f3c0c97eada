"""The clients of a file as they are read, and what is wrong with them as a whole."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field

from dashboard.answers import Field
from dashboard.reading.cells import Meaning, NotThat, Value
from dashboard.reading.findings import Findings, Kind
from scoring.fields import ID

Record = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Clients:
    """A file's clients. `rows`: where each stands, as a spreadsheet counts, or which of a JSON file's records it is."""

    records: Sequence[Record]
    rows: Sequence[int]
    of_table: bool
    left_out: tuple[str, ...] = ()
    """Columns that were let alone: what became of a loan is no part of deciding on it."""


@dataclass(slots=True)
class Gathered:
    """What was read so far."""

    fields: Sequence[Field]
    most: int
    numbered: bool = True
    """Whether each client must have a number."""
    findings: Findings = field(default_factory=Findings)
    records: list[Record] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    _row_of: dict[Value, int] = field(default_factory=dict)
    _model: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self._model = frozenset(one.name for one in self.fields if one.role == "model")

    def has_room(self) -> bool:
        """Whether another client may come; that there are too many is noted."""
        if len(self.records) < self.most:
            return True
        self.findings.add(Kind.TOO_MANY, most=self.most)
        return False

    def take(self, row: int, record: Record, bad: Set[str]) -> None:
        """Keep a client; `bad`: the columns that can't be read, of which is known already that something is wrong."""
        client = record.get(ID)
        if client is None and ID not in bad and self.numbered:
            self.findings.add(Kind.WITHOUT_NUMBER, row, ID)
        elif client is not None and (first := self._row_of.setdefault(client, row)) != row:
            self.findings.add(Kind.TWICE, row, ID, client, first=first)
        if not bad and self._model.isdisjoint(record):
            self.findings.add(Kind.NOTHING_KNOWN, row)
        self.records.append(record)
        self.rows.append(row)

    def read(self, row: int, cells: Iterable[tuple[str, Meaning, object]], bad: Set[str]) -> None:
        """Keep what can be read of a client's cells, each with its column's name and how to read it; what can't is noted."""
        record: Record = {}
        wrong: set[str] = set()
        for name, meaning, cell in cells:
            try:
                value = meaning(cell)
            except NotThat as why:
                self._wrong(row, name, cell, why)
                wrong.add(name)
            else:
                if value is not None:
                    record[name] = value
        self.take(row, record, bad | wrong)

    def clients(self, of_table: bool, left_out: Sequence[str]) -> Clients:
        """All of them; raises BadFile."""
        if not self.records and not self.findings.count:
            self.findings.add(Kind.NO_ROWS)
        self.findings.check(of_table)
        return Clients(self.records, self.rows, of_table, tuple(left_out))

    def _wrong(self, row: int, column: str, value: object, why: NotThat) -> None:
        if why.kind is Kind.LABEL:
            self.findings.label(row, column, value, why.labels)
        else:
            self.findings.add(why.kind, row, column, value)
