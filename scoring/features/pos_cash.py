"""How a client repaid earlier consumer and cash loans, month by month."""

from scoring.features.aggregates import History, Tables, count, distinct, greatest, least, mean, share, total, with_latest


def months(tables: Tables) -> History:
    """The fields of table POS_CASH_balance."""
    rows = with_latest(tables["POS_CASH_balance"], "MONTHS_BALANCE")
    month, late = rows.MONTHS_BALANCE, rows.SK_DPD_DEF > 0
    aggregates = {
        "POS_COUNT": count(),
        "POS_LATE_COUNT": count(late),
        "POS_LATE_SHARE": share(late),
        "POS_LATE_1Y": count(late & (month >= -12)),
        "POS_LATE_2Y": count(late & (month >= -24)),
        "POS_DAYS_LATE_MAX": greatest(rows.SK_DPD_DEF),
        "POS_MONTHS_MIN": least(month),
        "POS_INSTALMENTS_MEAN": mean(rows.CNT_INSTALMENT),
        "POS_FUTURE_MEAN": mean(rows.CNT_INSTALMENT_FUTURE),
        "POS_FUTURE_NOW": total(rows.CNT_INSTALMENT_FUTURE, rows.is_latest),
        "POS_COMPLETED_COUNT": distinct(rows.SK_ID_PREV, rows.NAME_CONTRACT_STATUS == "Completed"),
    }
    return History(rows, aggregates)
