"""How a client used and repaid earlier credit cards, month by month."""

from scoring.features.aggregates import History, Tables, count, greatest, mean, mean_ratio, quotient, total, with_latest


def months(tables: Tables) -> History:
    """The fields of table credit_card_balance."""
    rows = with_latest(tables["credit_card_balance"], "MONTHS_BALANCE")
    balance, month = rows.AMT_BALANCE, rows.MONTHS_BALANCE
    this_year = month >= -12
    use = quotient(balance, rows.AMT_CREDIT_LIMIT_ACTUAL)
    # In months without any drawing or payment these columns are empty.
    cash, cash_drawings = rows.AMT_DRAWINGS_ATM_CURRENT.fill_null(0), rows.CNT_DRAWINGS_ATM_CURRENT.fill_null(0)
    paid = rows.AMT_PAYMENT_CURRENT.fill_null(0)
    aggregates = {
        "CARD_COUNT": count(),
        "CARD_BALANCE_MEAN": mean(balance),
        "CARD_BALANCE_NOW": total(balance, rows.is_latest),
        "CARD_LIMIT_MAX": greatest(rows.AMT_CREDIT_LIMIT_ACTUAL),
        "CARD_USE_MEAN": mean_ratio(use),
        "CARD_USE_MAX": greatest(use),
        "CARD_USE_1Y": mean_ratio(use, this_year),
        "CARD_DRAWN_TOTAL": total(rows.AMT_DRAWINGS_CURRENT),
        "CARD_CASH_TOTAL": total(cash),
        "CARD_DRAWINGS_MEAN": mean(rows.CNT_DRAWINGS_CURRENT),
        "CARD_DRAWINGS_1Y": mean(rows.CNT_DRAWINGS_CURRENT, this_year),
        "CARD_CASH_DRAWINGS_MEAN": mean(cash_drawings),
        "CARD_CASH_DRAWINGS_1Y": mean(cash_drawings, this_year),
        "CARD_PAID_SHARE_MEAN": mean_ratio(quotient(paid, rows.AMT_INST_MIN_REGULARITY)),
        "CARD_LATE_COUNT": count(rows.SK_DPD_DEF > 0),
        "CARD_DAYS_LATE_MAX": greatest(rows.SK_DPD),
    }
    return History(rows, aggregates)
