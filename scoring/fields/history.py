"""The fields that sum up a client's history, by the table they are computed from (scoring/features computes them).

Days count from the application, so the past is negative, as in Kaggle's tables; 1Y and 2Y are its last 365 and 730 days, or 12
and 24 months where a table goes by months. A count or a total of a history that was looked up and found empty is 0; all else
is unknown there, as everything is where nobody looked. A meaning is shown alone and in any order, so it leans on no other.
"""

from collections.abc import Mapping

from scoring.fields.field import ANY, PAST, POSITIVE, SHARE, Field, Range, Role, number


def _fields(prefix: str, *described: tuple[str, str] | tuple[str, str, Range], role: Role = "model") -> tuple[Field, ...]:
    return tuple(number(f"{prefix}_{name}", meaning, rest[0] if rest else POSITIVE, role) for name, meaning, *rest in described)


_BEFORE = "(days before the application, negative)"
_DAYS = "(days from the application, negative: before it)"

_BUREAU = _fields(
    "BUREAU",
    ("COUNT", "credits at other lenders that the bureau knows of"),
    ("ACTIVE_COUNT", "credits at other lenders, still running"),
    ("CLOSED_COUNT", "credits at other lenders, closed"),
    ("BAD_COUNT", "credits at other lenders, sold on or written off"),
    ("COUNT_1Y", "credits at other lenders, taken out within a year"),
    ("COUNT_2Y", "credits at other lenders, taken out within two years"),
    ("ACTIVE_SHARE", "share of the credits at other lenders that is still running", SHARE),
    ("CARD_COUNT", "credit cards at other lenders"),
    ("ACTIVE_CARD_COUNT", "credit cards at other lenders, still running"),
    ("DAYS_CREDIT_MAX", f"when the latest credit at another lender was taken out {_BEFORE}", PAST),
    ("DAYS_CREDIT_MIN", f"when the first credit at another lender was taken out {_BEFORE}", PAST),
    ("DAYS_CREDIT_MEAN", f"when credits at other lenders were taken out, on average {_BEFORE}", PAST),
    ("ACTIVE_DAYS_CREDIT_MAX", f"when the latest running credit at another lender was taken out {_BEFORE}", PAST),
    ("ACTIVE_DAYS_CREDIT_MIN", f"when the oldest running credit at another lender was taken out {_BEFORE}", PAST),
    ("DAYS_ENDDATE_FACT_MAX", f"when a credit at another lender was last closed {_BEFORE}", PAST),
    ("DAYS_CREDIT_ENDDATE_MEAN", f"when credits at other lenders end by contract, on average {_DAYS}", ANY),
    ("ACTIVE_DAYS_ENDDATE_MAX", f"when the last of the running credits at other lenders ends by contract {_DAYS}", ANY),
    ("ACTIVE_DAYS_ENDDATE_MIN", f"when the first of the running credits at other lenders ends by contract {_DAYS}", ANY),
    ("TERM_DAYS_MEAN", "how long credits at other lenders run by contract, on average, in days", ANY),
    ("DURATION_DAYS_MEAN", "how long closed credits at other lenders ran, on average, in days", ANY),
    ("DELAY_DAYS_MEAN", "days from a contract's end to its closing at other lenders, on average (negative: closed before)", ANY),
    ("DAYS_UPDATE_MEAN", f"when the bureau last heard of credits at other lenders, on average {_DAYS}", ANY),
    ("CREDIT_TOTAL", "amount of all credits at other lenders", ANY),
    ("CREDIT_MAX", "amount of the largest credit at another lender", ANY),
    ("ACTIVE_CREDIT_TOTAL", "amount of all running credits at other lenders", ANY),
    ("ACTIVE_CREDIT_MEAN", "amount of a running credit at another lender, on average", ANY),
    ("DEBT_TOTAL", "what is owed to other lenders", ANY),
    ("DEBT_MEAN", "what is owed on a credit at another lender, on average", ANY),
    ("ACTIVE_DEBT_TOTAL", "what is owed on running credits at other lenders", ANY),
    ("DEBT_SHARE", "what is owed on credits at other lenders, as a share of their amounts", ANY),
    ("ACTIVE_DEBT_SHARE", "what is owed on running credits at other lenders, as a share of their amounts", ANY),
    ("CARD_DEBT_TOTAL", "what is owed on credit cards at other lenders", ANY),
    ("CARD_LIMIT_TOTAL", "what credit cards at other lenders still allow", ANY),
    ("ANNUITY_TOTAL", "annuities of all credits at other lenders"),
    ("OVERDUE_TOTAL", "what is overdue at other lenders"),
    ("OVERDUE_COUNT", "credits at other lenders with something overdue"),
    ("MAX_OVERDUE_MAX", "most that was ever overdue on one credit at another lender"),
    ("MAX_OVERDUE_MEAN", "most that was ever overdue on each credit at other lenders, on average"),
    ("PROLONGED_TOTAL", "how often credits at other lenders were prolonged"),
)

_BUREAU_BALANCE = _fields(
    "BUREAU_MONTHS",
    ("COUNT", "months of credits at other lenders whose status the bureau knows (closed ones too)"),
    ("LATE_COUNT", "months with a payment late at other lenders"),
    ("LATE_SHARE", "share of the months of credits at other lenders with a payment late", SHARE),
    ("LATE_1Y", "months with a payment late at other lenders, within a year"),
    ("LATE_2Y", "months with a payment late at other lenders, within two years"),
    (
        "WORST",
        "worst status of a month at other lenders "
        "(0 on time, 1 up to 30 days late, ... 5 over 120 days or written off; closed months left out)",
        (0, 5),
    ),
    role="audit",  # it earns nothing beside table bureau (docs/features.md)
)

_PREVIOUS = _fields(
    "PREVIOUS",
    ("COUNT", "earlier applications here"),
    ("APPROVED_COUNT", "earlier applications here, approved"),
    ("REFUSED_COUNT", "earlier applications here, refused"),
    ("CANCELED_COUNT", "earlier applications here, canceled by the client"),
    ("REFUSED_SHARE", "share of the earlier applications here that was refused", SHARE),
    ("APPROVED_1Y", "earlier applications here, approved within a year"),
    ("REFUSED_1Y", "earlier applications here, refused within a year"),
    ("APPROVED_2Y", "earlier applications here, approved within two years"),
    ("REFUSED_2Y", "earlier applications here, refused within two years"),
    ("DAYS_DECISION_MAX", f"when the latest earlier application here was decided {_BEFORE}", PAST),
    ("APPROVED_DAYS_MAX", f"when an earlier application here was last approved {_BEFORE}", PAST),
    ("REFUSED_DAYS_MAX", f"when an earlier application here was last refused {_BEFORE}", PAST),
    ("APPROVED_DAYS_MIN", f"when an earlier application here was first approved {_BEFORE}", PAST),
    (
        "LATEST_CREDIT",
        "amount of the latest earlier application here (unknown if it got none; the largest if several were decided that day)",
    ),
    ("APPROVED_CREDIT_MEAN", "amount of an approved earlier loan here, on average"),
    ("APPROVED_CREDIT_MAX", "amount of the largest approved earlier loan here"),
    ("APPROVED_ANNUITY_MEAN", "annuity of an approved earlier loan here, on average"),
    ("APPROVED_ANNUITY_MAX", "highest annuity of an approved earlier loan here"),
    ("ASKED_SHARE_MEAN", "what earlier applications here asked for, as a share of the loan's amount, on average"),
    ("DOWN_PAYMENT_MAX", "largest down payment of an earlier application here", ANY),
    ("DOWN_PAYMENT_RATE_MEAN", "down payment rate of an earlier application here, on average", ANY),
    ("TERM_MEAN", "term of an approved earlier loan here, in months, on average (those without a term left out)"),
    ("REPAID_SHARE_MEAN", "all annuities of an approved earlier loan here, as a share of its amount, on average"),
    ("FIRST_DUE_MAX", f"latest date on which an approved earlier loan here was first due {_DAYS}", ANY),
    ("LAST_DUE_MAX", f"latest date on which an approved earlier loan here was last due {_DAYS}; loans without one left out", ANY),
    ("INSURED_SHARE", "share of the earlier loans here that was insured", SHARE),
    ("HOUR_MEAN", "hour at which the client applied here earlier, on average", (0, 23)),
)

_POS = _fields(
    "POS",
    ("COUNT", "months of earlier consumer and cash loans here"),
    ("LATE_COUNT", "months with a payment late on consumer and cash loans here (small debts left out)"),
    ("LATE_SHARE", "share of the months of consumer and cash loans here with a payment late (small debts left out)", SHARE),
    ("LATE_1Y", "months with a payment late on consumer and cash loans here, within a year (small debts left out)"),
    ("LATE_2Y", "months with a payment late on consumer and cash loans here, within two years (small debts left out)"),
    ("DAYS_LATE_MAX", "most days that a payment on a consumer or cash loan here was ever late (small debts left out)"),
    ("MONTHS_MIN", "first month of a consumer or cash loan here (months before the application, negative)", PAST),
    ("INSTALMENTS_MEAN", "instalments of a consumer or cash loan here, on average over the months"),
    ("FUTURE_MEAN", "instalments still to pay on a consumer or cash loan here, on average over the months"),
    ("FUTURE_NOW", "instalments still to pay on consumer and cash loans here in the latest month"),
    ("COMPLETED_COUNT", "consumer and cash loans here that were completed"),
)

_CARD = _fields(
    "CARD",
    ("COUNT", "months of earlier credit cards here"),
    ("BALANCE_MEAN", "balance of a credit card here, on average over the months", ANY),
    ("BALANCE_NOW", "balance of the credit cards here in the latest month", ANY),
    ("LIMIT_MAX", "highest limit that a credit card here ever had"),
    ("USE_MEAN", "balance of a credit card here as a share of its limit, on average over the months", ANY),
    ("USE_MAX", "highest balance of a credit card here as a share of its limit", ANY),
    ("USE_1Y", "balance of a credit card here as a share of its limit, on average within a year", ANY),
    ("DRAWN_TOTAL", "everything drawn on credit cards here", ANY),
    ("CASH_TOTAL", "everything drawn on credit cards here in cash at a machine", ANY),
    ("DRAWINGS_MEAN", "drawings a month on a credit card here"),
    ("DRAWINGS_1Y", "drawings a month on a credit card here, within a year"),
    ("CASH_DRAWINGS_MEAN", "drawings of cash a month on a credit card here"),
    ("CASH_DRAWINGS_1Y", "drawings of cash a month on a credit card here, within a year"),
    (
        "PAID_SHARE_MEAN",
        "what was paid on a credit card here, as a share of the least instalment, on average over the months",
        ANY,
    ),
    ("LATE_COUNT", "months with a payment late on a credit card here (small debts left out)"),
    ("DAYS_LATE_MAX", "most days that a payment on a credit card here was ever late"),
)

_INSTALMENTS = _fields(
    "INSTALMENTS",
    ("COUNT", "instalments of earlier loans here"),
    ("LATE_COUNT", "instalments of earlier loans here, paid late or not at all"),
    ("LATE_SHARE", "share of the instalments of earlier loans here that was paid late or not at all", SHARE),
    ("LATE_1Y", "instalments of earlier loans here, due within a year and paid late or not at all"),
    ("LATE_2Y", "instalments of earlier loans here, due within two years and paid late or not at all"),
    ("DELAY_DAYS_MEAN", "days from due to wholly paid of instalments here, on average (negative: paid before)", ANY),
    ("DELAY_DAYS_MAX", "most days from due to wholly paid of an instalment here (negative: paid before)", ANY),
    ("SHORT_COUNT", "instalments of earlier loans here of which less was paid than was due"),
    ("PAID_SHARE", "everything paid on earlier loans here, as a share of everything due"),
    ("PAID_TOTAL", "everything paid on earlier loans here"),
    role="audit",  # known of too few of the labelled clients for a model to learn from
)

HISTORIES: Mapping[str, tuple[Field, ...]] = {
    "bureau": _BUREAU,
    "bureau_balance": _BUREAU_BALANCE,
    "previous_application": _PREVIOUS,
    "POS_CASH_balance": _POS,
    "credit_card_balance": _CARD,
    "installments_payments": _INSTALMENTS,
}
"""History table -> the fields that come from it."""
