"""When, and how much, a client paid of each instalment of earlier loans."""

import ibis.expr.types as ir

from scoring.features.aggregates import History, Tables, count, exact_sum, greatest, mean, money, share, share_of_totals, total
from scoring.fields import ID

_INSTALMENT = (ID, "SK_ID_PREV", "NUM_INSTALMENT_VERSION", "NUM_INSTALMENT_NUMBER")


def payments(tables: Tables) -> History:
    """The fields of table installments_payments."""
    rows = _instalments(tables["installments_payments"])
    delay = rows.paid_on - rows.due
    late = (delay > 0) | (rows.unpaid & rows.due.notnull())
    aggregates = {
        "INSTALMENTS_COUNT": count(),
        "INSTALMENTS_LATE_COUNT": count(late),
        "INSTALMENTS_LATE_SHARE": share(late),
        "INSTALMENTS_LATE_1Y": count(late & (rows.due >= -365)),
        "INSTALMENTS_LATE_2Y": count(late & (rows.due >= -730)),
        "INSTALMENTS_DELAY_DAYS_MEAN": mean(delay),
        "INSTALMENTS_DELAY_DAYS_MAX": greatest(delay),
        "INSTALMENTS_SHORT_COUNT": count(rows.paid < rows.owed),
        "INSTALMENTS_PAID_SHARE": share_of_totals(rows.paid, rows.owed),
        "INSTALMENTS_PAID_TOTAL": total(rows.paid),
    }
    return History(rows, aggregates)


def _instalments(rows: ir.Table) -> ir.Table:
    """One row an instalment: the table has one a payment, and repeats the whole amount due where it was paid in parts."""
    grouped = rows.group_by(_INSTALMENT).aggregate(
        due=rows.DAYS_INSTALMENT.max(),
        owed=money(rows.AMT_INSTALMENT).max().cast("float64"),
        paid=exact_sum(rows.AMT_PAYMENT).fill_null(0.0),
        last=rows.DAYS_ENTRY_PAYMENT.max(),
        unpaid=rows.DAYS_ENTRY_PAYMENT.isnull().any(),
    )
    return grouped.mutate(paid_on=grouped.unpaid.ifelse(None, grouped["last"]))
