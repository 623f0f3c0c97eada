"""The one way in which rows of a history become a client's numbers: the same bits whatever the order of the rows.

Engines add floats in an order that changes from run to run. So whatever is added is added as DECIMAL, which has no order.
Rounding alone wouldn't hide it: a mean of amounts often lies half-way between two numbers of 9 digits. What is divided is
rounded to 9 significant digits all the same, because engines convert and divide in ways of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from scoring.fields import ID

_MONEY = "decimal(28, 4)"
_RATIO = "decimal(38, 18)"
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A reduction of a client's rows, and what it is for a client who has none: 0, or None for unknown."""

    value: ir.NumericScalar
    without_rows: float | None = None


Aggregates = Mapping[str, Aggregate]  # field -> how it is computed
Tables = Mapping[str, ir.Table]  # name -> typed table, as scoring.tables describes it


@dataclass(frozen=True, slots=True)
class History:
    """Rows with their client's SK_ID_CURR, and the fields that sum them up."""

    rows: ir.Table
    aggregates: Aggregates


def with_latest(rows: ir.Table, time: str) -> ir.Table:
    """The rows with the boolean `is_latest`: whether no row of the client has a greater `time`; several can be."""
    return rows.mutate(is_latest=rows[time] == rows[time].max().over(ibis.window(group_by=ID)))


def count(where: Any = None) -> Aggregate:
    """How many rows; 0 without any."""
    return Aggregate(_rows(where), 0.0)


def total(amount: ir.NumericColumn, where: ir.BooleanValue | None = None) -> Aggregate:
    """The sum of the amounts that are known; 0 without rows to add, unknown where none of theirs is known."""
    return Aggregate(ibis.ifelse(_rows(where) == 0, 0.0, exact_sum(amount, where)), 0.0)


def distinct(value: ir.Column, where: ir.BooleanValue | None = None) -> Aggregate:
    """How many different values; 0 without any."""
    return Aggregate(value.nunique(where=where), 0.0)


def mean(value: ir.NumericColumn, where: ir.BooleanValue | None = None) -> Aggregate:
    """The mean of the amounts, days or counts that are known, each to 4 decimals."""
    return Aggregate(_significant(exact_sum(value, where) / value.count(where=where)))


def mean_ratio(ratio: ir.NumericColumn, where: ir.BooleanValue | None = None) -> Aggregate:
    """The mean of the ratios that are known, each to 18 decimals; one of 1e20 or more is no ratio and left out."""
    exact = ratio.try_cast(_RATIO)
    return Aggregate(_significant(exact.sum(where=where).cast("float64") / exact.count(where=where)))


def share(condition: ir.BooleanColumn, where: ir.BooleanValue | None = None) -> Aggregate:
    """The share of the rows of which the condition is known that it holds of."""
    return Aggregate(_significant(condition.cast("float64").mean(where=where)))


def least(value: ir.NumericColumn, where: ir.BooleanValue | None = None) -> Aggregate:
    """The smallest value known."""
    return Aggregate(value.min(where=where))


def greatest(value: ir.NumericColumn, where: ir.BooleanValue | None = None) -> Aggregate:
    """The largest value known."""
    return Aggregate(value.max(where=where))


def share_of_totals(part: ir.NumericColumn, whole: ir.NumericColumn, where: ir.BooleanValue | None = None) -> Aggregate:
    """The sum of the parts over the sum of the wholes, of rows where both are known; unknown where the wholes add up to 0."""
    both = part.notnull() & whole.notnull()
    both = both if where is None else both & where
    return Aggregate(_significant(quotient(exact_sum(part, both), exact_sum(whole, both))))


def quotient(part: Any, whole: Any) -> ir.NumericValue:
    """Part over whole; unknown where the whole is 0."""
    return part / whole.nullif(0)


def money(amount: ir.NumericColumn) -> ir.DecimalColumn:
    """The amounts to 4 decimals, exactly: what a file kept as a smaller float is told from nothing else."""
    return amount.cast(_MONEY)


def exact_sum(amount: ir.NumericColumn, where: ir.BooleanValue | None = None) -> ir.NumericScalar:
    """The sum of the amounts that are known, each to 4 decimals; null if none is."""
    return money(amount).sum(where=where).cast("float64")


def per_client(history: History, clients: ir.Table) -> ir.Table:
    """One row per client with SK_ID_CURR and the aggregates' names, all float64.

    `clients`: SK_ID_CURR and the boolean `known`; a client whose history isn't known has null in everything.
    """
    values = {name: aggregate.value.cast("float64") for name, aggregate in history.aggregates.items()}
    found = history.rows.group_by(ID).aggregate(**values, rows=ibis._.count())
    joined = clients.left_join(found, ID)
    return joined.select(
        ID,
        **{
            name: ibis.cases(
                (~joined.known, ibis.null("float64")),
                (joined.rows.isnull(), ibis.literal(a.without_rows, "float64")),
                else_=joined[name],
            )
            for name, a in history.aggregates.items()
        },
    )


def _rows(where: Any) -> Any:
    # Ibis counts for Spark by adding conditions up, and a sum of nothing but nulls is null.
    return ibis._.count(where=None if where is None else where.fill_null(False))


def _significant(value: ir.NumericScalar) -> ir.NumericValue:
    scale = ibis.literal(10.0) ** (_DIGITS - 1 - value.abs().log10().floor())
    return ibis.ifelse(value == 0, 0.0, (value * scale).round() / scale)
