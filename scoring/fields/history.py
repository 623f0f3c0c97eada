"""The fields that sum up a client's history, by the table they are computed from (scoring/features computes them).

Days count from the application, so the past is negative, as in Kaggle's tables; 1Y and 2Y are its last 365 and 730 days, or 12
and 24 months where a table goes by months. A count or a total of a history that was looked up and found empty is 0; all else
is unknown there, as everything is where nobody looked.
"""

from collections.abc import Mapping

from scoring.fields.field import ANY, PAST, POSITIVE, SHARE, Field, Range, Role, number


def _fields(prefix: str, *described: tuple[str, str] | tuple[str, str, Range], role: Role = "model") -> tuple[Field, ...]:
    return tuple(number(f"{prefix}_{name}", meaning, rest[0] if rest else POSITIVE, role) for name, meaning, *rest in described)


_BUREAU = _fields(
    "BUREAU",
    ("COUNT", "other lenders' credits that the bureau knows of"),
    ("ACTIVE_COUNT", "of these, still running"),
    ("CLOSED_COUNT", "of these, closed"),
    ("BAD_COUNT", "of these, sold on or written off"),
    ("COUNT_1Y", "credits at other lenders, taken out within a year"),
    ("COUNT_2Y", "credits at other lenders, taken out within two years"),
    ("ACTIVE_SHARE", "share of the credits at other lenders that is still running", SHARE),
    ("CARD_COUNT", "credit cards at other lenders"),
    ("ACTIVE_CARD_COUNT", "credit cards at other lenders, still running"),
    ("DAYS_CREDIT_MAX", "when the latest credit at another lender was taken out, in days", PAST),
    ("DAYS_CREDIT_MIN", "when the first one was", PAST),
    ("DAYS_CREDIT_MEAN", "when they were, on average", PAST),
    ("ACTIVE_DAYS_CREDIT_MAX", "when the latest running one was", PAST),
    ("ACTIVE_DAYS_CREDIT_MIN", "when the first running one was", PAST),
    ("DAYS_ENDDATE_FACT_MAX", "when a credit at another lender was last closed, in days", PAST),
    ("DAYS_CREDIT_ENDDATE_MEAN", "when credits at other lenders end by contract, on average, in days", ANY),
    ("ACTIVE_DAYS_ENDDATE_MAX", "when the last running one ends by contract", ANY),
    ("ACTIVE_DAYS_ENDDATE_MIN", "when the first running one ends by contract", ANY),
    ("TERM_DAYS_MEAN", "how long credits at other lenders run by contract, on average, in days", ANY),
    ("DURATION_DAYS_MEAN", "how long those with a closing date did run", ANY),
    ("DELAY_DAYS_MEAN", "how long after their contract's end these were closed (negative: before)", ANY),
    ("DAYS_UPDATE_MEAN", "when the bureau last heard of the credits, on average, in days", ANY),
    ("CREDIT_TOTAL", "amount of all credits at other lenders", ANY),
    ("CREDIT_MAX", "amount of the largest", ANY),
    ("ACTIVE_CREDIT_TOTAL", "amount of all running ones", ANY),
    ("ACTIVE_CREDIT_MEAN", "amount of a running one, on average", ANY),
    ("DEBT_TOTAL", "what is owed to other lenders", ANY),
    ("DEBT_MEAN", "what is owed of a credit there, on average", ANY),
    ("ACTIVE_DEBT_TOTAL", "what is owed on running credits there", ANY),
    ("DEBT_SHARE", "what is owed to other lenders, as a share of the amounts of these credits", ANY),
    ("ACTIVE_DEBT_SHARE", "the same of running credits", ANY),
    ("CARD_DEBT_TOTAL", "what is owed on credit cards of other lenders", ANY),
    ("CARD_LIMIT_TOTAL", "what these cards allow still", ANY),
    ("ANNUITY_TOTAL", "annuities of the credits at other lenders"),
    ("OVERDUE_TOTAL", "what is overdue at other lenders"),
    ("OVERDUE_COUNT", "credits at other lenders with something overdue"),
    ("MAX_OVERDUE_MAX", "the most that was ever overdue on one credit there"),
    ("MAX_OVERDUE_MEAN", "the most that was ever overdue, averaged over credits"),
    ("PROLONGED_TOTAL", "how often credits at other lenders were prolonged"),
)

_BUREAU_BALANCE = _fields(
    "BUREAU_MONTHS",
    ("COUNT", "months of credits at other lenders whose status the bureau knows, closed ones too"),
    ("LATE_COUNT", "of these, with a payment late"),
    ("LATE_SHARE", "share of these with a payment late", SHARE),
    ("LATE_1Y", "months with a payment late, within a year"),
    ("LATE_2Y", "months with a payment late, within two years"),
    (
        "WORST",
        "worst status of a month (0 on time, 1 up to 30 days late, ... 5 over 120 days or written off; closed months left out)",
        (0, 5),
    ),
)

_PREVIOUS = _fields(
    "PREVIOUS",
    ("COUNT", "earlier applications to this lender"),
    ("APPROVED_COUNT", "of these, approved"),
    ("REFUSED_COUNT", "of these, refused"),
    ("CANCELED_COUNT", "of these, canceled by the client"),
    ("REFUSED_SHARE", "share of the earlier applications that was refused", SHARE),
    ("APPROVED_1Y", "earlier applications approved within a year"),
    ("REFUSED_1Y", "earlier applications refused within a year"),
    ("APPROVED_2Y", "earlier applications approved within two years"),
    ("REFUSED_2Y", "earlier applications refused within two years"),
    ("DAYS_DECISION_MAX", "when the latest earlier application was decided, in days", PAST),
    ("APPROVED_DAYS_MAX", "when the latest approval was", PAST),
    ("REFUSED_DAYS_MAX", "when the latest refusal was", PAST),
    ("APPROVED_DAYS_MIN", "when the first approval was", PAST),
    ("LATEST_CREDIT", "amount of the latest earlier application, if it got one, the largest if several were decided that day"),
    ("APPROVED_CREDIT_MEAN", "amount of an approved earlier loan, on average"),
    ("APPROVED_CREDIT_MAX", "amount of the largest"),
    ("APPROVED_ANNUITY_MEAN", "annuity of an approved earlier loan, on average"),
    ("APPROVED_ANNUITY_MAX", "the largest"),
    ("ASKED_SHARE_MEAN", "what was asked for, as a share of the amount, on average over the earlier applications"),
    ("DOWN_PAYMENT_MAX", "the largest down payment of an earlier application", ANY),
    ("DOWN_PAYMENT_RATE_MEAN", "down payment rate of an earlier application, on average", ANY),
    ("TERM_MEAN", "term of an approved earlier loan that has one, in months, on average"),
    ("REPAID_SHARE_MEAN", "all annuities of an approved earlier loan, as a share of its amount, on average"),
    ("FIRST_DUE_MAX", "when the approved earlier loan that began last was first due, in days", ANY),
    ("LAST_DUE_MAX", "when an approved earlier loan was last due, in days (those without such a date left out)", ANY),
    ("INSURED_SHARE", "share of the earlier loans that was insured", SHARE),
    ("HOUR_MEAN", "hour at which the client applied earlier, on average", (0, 23)),
)

_POS = _fields(
    "POS",
    ("COUNT", "months of earlier consumer and cash loans here"),
    ("LATE_COUNT", "of these, with a payment late (small debts left out)"),
    ("LATE_SHARE", "share of these with a payment late (small debts left out)", SHARE),
    ("LATE_1Y", "months with a payment late, within a year"),
    ("LATE_2Y", "months with a payment late, within two years"),
    ("DAYS_LATE_MAX", "most days that such a payment was ever late (small debts left out)"),
    ("MONTHS_MIN", "first month of such a loan, before the application", PAST),
    ("INSTALMENTS_MEAN", "instalments of such a loan, on average over its months"),
    ("FUTURE_MEAN", "instalments still to pay, on average over its months"),
    ("FUTURE_NOW", "instalments still to pay in the latest month"),
    ("COMPLETED_COUNT", "such loans that were completed"),
)

_CARD = _fields(
    "CARD",
    ("COUNT", "months of earlier credit cards here"),
    ("BALANCE_MEAN", "balance of the card, on average over its months", ANY),
    ("BALANCE_NOW", "balance in the latest month", ANY),
    ("LIMIT_MAX", "highest limit that the card ever had"),
    ("USE_MEAN", "balance as a share of the limit, on average over the months", ANY),
    ("USE_MAX", "the highest", ANY),
    ("USE_1Y", "the same within a year, on average", ANY),
    ("DRAWN_TOTAL", "everything drawn on the card", ANY),
    ("CASH_TOTAL", "of this, in cash at a machine", ANY),
    ("DRAWINGS_MEAN", "drawings a month"),
    ("DRAWINGS_1Y", "drawings a month within a year"),
    ("CASH_DRAWINGS_MEAN", "drawings of cash a month"),
    ("CASH_DRAWINGS_1Y", "drawings of cash a month within a year"),
    ("PAID_SHARE_MEAN", "what was paid, as a share of the least instalment, on average over the months", ANY),
    ("LATE_COUNT", "months with a payment late (small debts left out)"),
    ("DAYS_LATE_MAX", "most days that a payment was ever late"),
)

_INSTALMENTS = _fields(
    "INSTALMENTS",
    ("COUNT", "instalments of earlier loans here"),
    ("LATE_COUNT", "of these, paid late or not at all"),
    ("LATE_SHARE", "share of these that was paid late or not at all", SHARE),
    ("LATE_1Y", "such ones due within a year"),
    ("LATE_2Y", "such ones due within two years"),
    ("DELAY_DAYS_MEAN", "days from due to wholly paid, on average (negative: before)", ANY),
    ("DELAY_DAYS_MAX", "the longest", ANY),
    ("SHORT_COUNT", "instalments of which less was paid than was due"),
    ("PAID_SHARE", "everything paid, as a share of everything due"),
    ("PAID_TOTAL", "everything paid"),
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
