"""What other lenders report of a client: bureau's credits, and under them bureau_balance's months."""

import ibis.expr.types as ir

from scoring.features.aggregates import Aggregates, History, Tables, count, greatest, least, mean, share, share_of_totals, total
from scoring.fields import ID

_LATE = ("1", "2", "3", "4", "5")


def loans(tables: Tables) -> History:
    """The fields of table bureau."""
    rows = tables["bureau"]
    active, closed = rows.CREDIT_ACTIVE == "Active", rows.CREDIT_ACTIVE == "Closed"
    card = rows.CREDIT_TYPE == "Credit card"
    amount, debt = rows.AMT_CREDIT_SUM, rows.AMT_CREDIT_SUM_DEBT
    counts = {
        "BUREAU_COUNT": count(),
        "BUREAU_ACTIVE_COUNT": count(active),
        "BUREAU_CLOSED_COUNT": count(closed),
        "BUREAU_BAD_COUNT": count(rows.CREDIT_ACTIVE.isin(("Sold", "Bad debt"))),
        "BUREAU_COUNT_1Y": count(rows.DAYS_CREDIT >= -365),
        "BUREAU_COUNT_2Y": count(rows.DAYS_CREDIT >= -730),
        "BUREAU_ACTIVE_SHARE": share(active),
        "BUREAU_CARD_COUNT": count(card),
        "BUREAU_ACTIVE_CARD_COUNT": count(card & active),
    }
    money = {
        "BUREAU_CREDIT_TOTAL": total(amount),
        "BUREAU_CREDIT_MAX": greatest(amount),
        "BUREAU_ACTIVE_CREDIT_TOTAL": total(amount, active),
        "BUREAU_ACTIVE_CREDIT_MEAN": mean(amount, active),
        "BUREAU_DEBT_TOTAL": total(debt),
        "BUREAU_DEBT_MEAN": mean(debt),
        "BUREAU_ACTIVE_DEBT_TOTAL": total(debt, active),
        "BUREAU_DEBT_SHARE": share_of_totals(debt, amount),
        "BUREAU_ACTIVE_DEBT_SHARE": share_of_totals(debt, amount, active),
        "BUREAU_CARD_DEBT_TOTAL": total(debt, card),
        "BUREAU_CARD_LIMIT_TOTAL": total(rows.AMT_CREDIT_SUM_LIMIT, card),
        "BUREAU_ANNUITY_TOTAL": total(rows.AMT_ANNUITY),
        "BUREAU_OVERDUE_TOTAL": total(rows.AMT_CREDIT_SUM_OVERDUE),
        "BUREAU_OVERDUE_COUNT": count(rows.AMT_CREDIT_SUM_OVERDUE > 0),
        "BUREAU_MAX_OVERDUE_MAX": greatest(rows.AMT_CREDIT_MAX_OVERDUE),
        "BUREAU_MAX_OVERDUE_MEAN": mean(rows.AMT_CREDIT_MAX_OVERDUE),
        "BUREAU_PROLONGED_TOTAL": total(rows.CNT_CREDIT_PROLONG),
    }
    return History(rows, {**counts, **_dates(rows, active), **money})


def _dates(rows: ir.Table, active: ir.BooleanColumn) -> Aggregates:
    taken, ends, ended = rows.DAYS_CREDIT, rows.DAYS_CREDIT_ENDDATE, rows.DAYS_ENDDATE_FACT
    return {
        "BUREAU_DAYS_CREDIT_MAX": greatest(taken),
        "BUREAU_DAYS_CREDIT_MIN": least(taken),
        "BUREAU_DAYS_CREDIT_MEAN": mean(taken),
        "BUREAU_ACTIVE_DAYS_CREDIT_MAX": greatest(taken, active),
        "BUREAU_ACTIVE_DAYS_CREDIT_MIN": least(taken, active),
        "BUREAU_DAYS_ENDDATE_FACT_MAX": greatest(ended),
        "BUREAU_DAYS_CREDIT_ENDDATE_MEAN": mean(ends),
        "BUREAU_ACTIVE_DAYS_ENDDATE_MAX": greatest(ends, active),
        "BUREAU_ACTIVE_DAYS_ENDDATE_MIN": least(ends, active),
        "BUREAU_TERM_DAYS_MEAN": mean(ends - taken),
        "BUREAU_DURATION_DAYS_MEAN": mean(ended - taken),
        "BUREAU_DELAY_DAYS_MEAN": mean(ended - ends),
        "BUREAU_DAYS_UPDATE_MEAN": mean(rows.DAYS_CREDIT_UPDATE),
    }


def months(tables: Tables) -> History:
    """The fields of table bureau_balance; a month belongs to the client of its credit in table bureau."""
    rows = tables["bureau_balance"].join(tables["bureau"].select("SK_ID_BUREAU", ID), "SK_ID_BUREAU")
    late = rows.STATUS.isin(_LATE)  # its latest month is 0, the other tables' -1
    aggregates = {
        "BUREAU_MONTHS_COUNT": count(rows.STATUS != "X"),  # X: nobody knows
        "BUREAU_MONTHS_LATE_COUNT": count(late),
        "BUREAU_MONTHS_LATE_SHARE": share(late, rows.STATUS != "X"),
        "BUREAU_MONTHS_LATE_1Y": count(late & (rows.MONTHS_BALANCE > -12)),
        "BUREAU_MONTHS_LATE_2Y": count(late & (rows.MONTHS_BALANCE > -24)),
        "BUREAU_MONTHS_WORST": greatest(rows.STATUS.try_cast("float64")),
    }
    return History(rows, aggregates)
