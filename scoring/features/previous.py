"""What the lender knows of a client from earlier applications."""

import ibis.expr.types as ir

from scoring.features.aggregates import (
    Aggregates,
    History,
    Tables,
    count,
    greatest,
    least,
    mean,
    mean_ratio,
    quotient,
    share,
    with_latest,
)

_NO_DATE = 365243


def applications(tables: Tables) -> History:
    """The fields of table previous_application."""
    rows = with_latest(tables["previous_application"], "DAYS_DECISION")
    approved, refused = rows.NAME_CONTRACT_STATUS == "Approved", rows.NAME_CONTRACT_STATUS == "Refused"
    decided = rows.DAYS_DECISION
    counts = {
        "PREVIOUS_COUNT": count(),
        "PREVIOUS_APPROVED_COUNT": count(approved),
        "PREVIOUS_REFUSED_COUNT": count(refused),
        "PREVIOUS_CANCELED_COUNT": count(rows.NAME_CONTRACT_STATUS == "Canceled"),
        "PREVIOUS_REFUSED_SHARE": share(refused),
        "PREVIOUS_APPROVED_1Y": count(approved & (decided >= -365)),
        "PREVIOUS_REFUSED_1Y": count(refused & (decided >= -365)),
        "PREVIOUS_APPROVED_2Y": count(approved & (decided >= -730)),
        "PREVIOUS_REFUSED_2Y": count(refused & (decided >= -730)),
    }
    dates = {
        "PREVIOUS_DAYS_DECISION_MAX": greatest(decided),
        "PREVIOUS_APPROVED_DAYS_MAX": greatest(decided, approved),
        "PREVIOUS_REFUSED_DAYS_MAX": greatest(decided, refused),
        "PREVIOUS_APPROVED_DAYS_MIN": least(decided, approved),
        "PREVIOUS_FIRST_DUE_MAX": greatest(rows.DAYS_FIRST_DUE.nullif(_NO_DATE), approved),
        "PREVIOUS_LAST_DUE_MAX": greatest(rows.DAYS_LAST_DUE.nullif(_NO_DATE), approved),
        "PREVIOUS_HOUR_MEAN": mean(rows.HOUR_APPR_PROCESS_START),
    }
    return History(rows, {**counts, **dates, **_loans(rows, approved)})


def _loans(rows: ir.Table, approved: ir.BooleanColumn) -> Aggregates:
    term = rows.CNT_PAYMENT.nullif(0)  # a revolving loan has none
    return {
        "PREVIOUS_LATEST_CREDIT": greatest(rows.AMT_CREDIT.nullif(0), rows.is_latest),
        "PREVIOUS_APPROVED_CREDIT_MEAN": mean(rows.AMT_CREDIT, approved),
        "PREVIOUS_APPROVED_CREDIT_MAX": greatest(rows.AMT_CREDIT, approved),
        "PREVIOUS_APPROVED_ANNUITY_MEAN": mean(rows.AMT_ANNUITY, approved),
        "PREVIOUS_APPROVED_ANNUITY_MAX": greatest(rows.AMT_ANNUITY, approved),
        "PREVIOUS_ASKED_SHARE_MEAN": mean_ratio(quotient(rows.AMT_APPLICATION, rows.AMT_CREDIT)),
        "PREVIOUS_DOWN_PAYMENT_MAX": greatest(rows.AMT_DOWN_PAYMENT),
        "PREVIOUS_DOWN_PAYMENT_RATE_MEAN": mean_ratio(rows.RATE_DOWN_PAYMENT),
        "PREVIOUS_TERM_MEAN": mean(term, approved),
        "PREVIOUS_REPAID_SHARE_MEAN": mean_ratio(quotient(rows.AMT_ANNUITY * term, rows.AMT_CREDIT), approved),
        "PREVIOUS_INSURED_SHARE": mean(rows.NFLAG_INSURED_ON_APPROVAL),
    }
