"""Does a table hold what its description says? One aggregate over the file; details are looked up only if something is wrong."""

import difflib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from scoring.errors import TableError
from scoring.fields import MAX_ID
from scoring.tables import Column, Table
from scoring.tables.scans import Scan

Fetch = Callable[[ir.Table], pa.Table]

_SHOWN = 5  # problems told in one message
_LONGEST = 40  # characters of a value shown


@dataclass(frozen=True, slots=True)
class _Check:
    column: Column
    wrong: ir.BooleanValue
    words: str


def typed(raw: ir.Table, column: Column) -> ir.Value:
    """A column as its type says, null where it isn't of that type; NaN is null."""
    value = raw[column.name]
    if column.type == "label":
        return value
    if column.type == "id":
        return value.try_cast("int64")
    number = value.try_cast("float64") if value.type().is_string() else value
    number = ibis.ifelse(number.isnan(), ibis.null("float64"), number)
    return number.cast("int64") if column.type == "outcome" else number


def check(table: Table, scan: Scan, raw: ir.Table, fetch: Fetch) -> int:
    """Check the rows of a scanned file; gives how many there are.

    Raises TableError in one line: each column at fault with what is wrong, in how many rows, and the first of them.
    """
    checks = [check for column in table.columns for check in _checks(raw, column)]
    key = next(typed(raw, column) for column in table.columns if column.name == table.key)
    found = _one_row(
        fetch,
        raw.aggregate(
            rows=raw.count(),
            duplicates=key.count() - key.nunique() if table.unique_key else ibis.literal(0),
            **{f"wrong_{i}": check.wrong.sum() for i, check in enumerate(checks)},
        ),
    )
    if not found["rows"] and not table.may_be_empty:
        raise TableError(f"{scan.path} holds a header and no row (0 rows): fetch it again")
    if problems := [(check, rows) for i, check in enumerate(checks) if (rows := found[f"wrong_{i}"])]:
        words = [_in_words(check, rows, raw, fetch) for check, rows in problems[:_SHOWN]]
        more = [f"and {len(problems) - _SHOWN} problems more"] if len(problems) > _SHOWN else []
        raise TableError(f"{scan.path}: {'; '.join(words + more)}; correct these rows or leave them out")
    if found["duplicates"]:
        raise TableError(f"{scan.path}: {_duplicates(table.key, key, fetch)}; keep one row each")
    return int(found["rows"])


def _checks(raw: ir.Table, column: Column) -> Iterator[_Check]:
    value = raw[column.name]
    if column.type == "label":
        if column.allowed:
            yield _Check(column, ~value.isin(column.allowed), "holds a label that is not known")
        return
    number = value.try_cast("float64") if value.type().is_string() else value  # here NaN is still itself
    if column.type == "id":
        yield _Check(column, value.isnull(), "has no value")
        whole = typed(raw, column)
        yield _Check(column, value.notnull() & (whole.isnull() | (number != whole.cast("float64"))), "is not a whole number")
        yield _Check(column, (whole < 0) | (whole > MAX_ID), f"is not between 0 and {MAX_ID}")
        return
    yield _Check(column, value.notnull() & number.isnull(), "is not a number")
    if column.type == "number":
        yield _Check(column, number.isinf(), "is not a finite number")
        if math.isfinite(column.largest):
            yield _Check(column, (number.abs() > column.largest) & ~number.isinf(), f"is beyond {column.largest:g}")
        return
    yield _Check(column, ~number.isin([0.0, 1.0]) & ~number.isnan(), "is neither 0 nor 1")
    if column.type == "outcome":
        yield _Check(column, value.isnull() | number.isnan(), "has no value")


def _in_words(check: _Check, rows: int, raw: ir.Table, fetch: Fetch) -> str:
    numbered = raw.select(value=raw[check.column.name].cast("string"), wrong=check.wrong, row=ibis.row_number() + 1)
    first = _one_row(fetch, numbered.filter(numbered.wrong).order_by("row").limit(1))
    shown = "" if first["value"] is None else f" ({_shown(first['value'])}{_closest(check.column, first['value'])})"
    return f"{check.column.name} {check.words} in {_rows(rows)}, first in row {first['row']} of the data{shown}"


def _duplicates(name: str, key: ir.Column, fetch: Fetch) -> str:
    times = key.name("id").as_table().group_by("id").aggregate(times=ibis._.count())
    repeated = times.filter(times.times > 1)
    found = _one_row(fetch, repeated.aggregate(ids=repeated.count(), rows=repeated.times.sum(), first=repeated.id.min()))
    return f"{name} is not unique: {found['ids']} ids stand in {_rows(found['rows'])}, the smallest of them is {found['first']}"


def _one_row(fetch: Fetch, expression: ir.Table) -> dict[str, Any]:
    row: dict[str, Any] = fetch(expression).to_pylist()[0]
    return row


def _rows(count: int) -> str:
    return f"{count} row{'s' if count != 1 else ''}"


def _shown(value: str) -> str:
    return repr(value if len(value) <= _LONGEST else f"{value[: _LONGEST - 3]}...")


def _closest(column: Column, value: str) -> str:
    closest = difflib.get_close_matches(value[:_LONGEST], column.allowed, n=1)
    return f"; the closest known label is {closest[0]!r}" if closest else ""
