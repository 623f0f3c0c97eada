"""The tables of a client's history, and which of the clients each is complete for."""

from scoring.fields import ID
from scoring.tables import Column, Table

_LARGEST = 1e15  # what adds up exactly, and more than anybody owes
_LOAN = Column("SK_ID_PREV", "id")


def _numbers(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "number", largest=_LARGEST) for name in names)


BUREAU = Table(
    "bureau",
    "SK_ID_BUREAU",
    (
        Column(ID, "id"),
        Column("SK_ID_BUREAU", "id"),
        Column("CREDIT_ACTIVE", "label", ("Active", "Closed", "Sold", "Bad debt")),
        Column("CREDIT_TYPE", "label"),
        *_numbers(
            "DAYS_CREDIT",
            "DAYS_CREDIT_ENDDATE",
            "DAYS_ENDDATE_FACT",
            "DAYS_CREDIT_UPDATE",
            "AMT_CREDIT_MAX_OVERDUE",
            "CNT_CREDIT_PROLONG",
            "AMT_CREDIT_SUM",
            "AMT_CREDIT_SUM_DEBT",
            "AMT_CREDIT_SUM_LIMIT",
            "AMT_CREDIT_SUM_OVERDUE",
            "AMT_ANNUITY",
        ),
    ),
    may_be_empty=True,
)

BUREAU_BALANCE = Table(
    "bureau_balance",
    "SK_ID_BUREAU",
    (
        Column("SK_ID_BUREAU", "id"),
        Column("MONTHS_BALANCE", "number"),
        Column("STATUS", "label", ("C", "X", "0", "1", "2", "3", "4", "5")),
    ),
    unique_key=False,
    may_be_empty=True,
)

PREVIOUS_APPLICATION = Table(
    "previous_application",
    "SK_ID_PREV",
    (
        _LOAN,
        Column(ID, "id"),
        Column("NAME_CONTRACT_STATUS", "label", ("Approved", "Refused", "Canceled", "Unused offer")),
        *_numbers(
            "AMT_ANNUITY",
            "AMT_APPLICATION",
            "AMT_CREDIT",
            "AMT_DOWN_PAYMENT",
            "RATE_DOWN_PAYMENT",
            "DAYS_DECISION",
            "HOUR_APPR_PROCESS_START",
            "CNT_PAYMENT",
            "DAYS_FIRST_DUE",
            "DAYS_LAST_DUE",
            "NFLAG_INSURED_ON_APPROVAL",
        ),
    ),
    may_be_empty=True,
)

POS_CASH_BALANCE = Table(
    "POS_CASH_balance",
    ID,
    (
        _LOAN,
        Column(ID, "id"),
        Column("NAME_CONTRACT_STATUS", "label"),
        *_numbers("MONTHS_BALANCE", "CNT_INSTALMENT", "CNT_INSTALMENT_FUTURE", "SK_DPD_DEF"),
    ),
    unique_key=False,
    may_be_empty=True,
)

CREDIT_CARD_BALANCE = Table(
    "credit_card_balance",
    ID,
    (
        Column(ID, "id"),
        *_numbers(
            "MONTHS_BALANCE",
            "AMT_BALANCE",
            "AMT_CREDIT_LIMIT_ACTUAL",
            "AMT_DRAWINGS_ATM_CURRENT",
            "AMT_DRAWINGS_CURRENT",
            "CNT_DRAWINGS_ATM_CURRENT",
            "CNT_DRAWINGS_CURRENT",
            "AMT_INST_MIN_REGULARITY",
            "AMT_PAYMENT_CURRENT",
            "SK_DPD",
            "SK_DPD_DEF",
        ),
    ),
    unique_key=False,
    may_be_empty=True,
)

INSTALLMENTS_PAYMENTS = Table(
    "installments_payments",
    ID,
    (
        _LOAN,
        Column(ID, "id"),
        *_numbers(
            "NUM_INSTALMENT_VERSION",
            "NUM_INSTALMENT_NUMBER",
            "DAYS_INSTALMENT",
            "DAYS_ENTRY_PAYMENT",
            "AMT_INSTALMENT",
            "AMT_PAYMENT",
        ),
    ),
    unique_key=False,
    may_be_empty=True,
)

HISTORY_TABLES = (BUREAU, BUREAU_BALANCE, PREVIOUS_APPLICATION, POS_CASH_BALANCE, CREDIT_CARD_BALANCE, INSTALLMENTS_PAYMENTS)
"""Each may be missing from a folder."""

COVERAGE = Table(
    "coverage",
    ID,
    (Column(ID, "id"), *(Column(name, "flag") for name in ("bureau_known", "previous_known", "installments_known"))),
    may_be_empty=True,
)
"""For which clients each history is complete: 1 where it was looked up (and may be empty), 0 where nobody looked."""

KNOWN_BY = {
    "bureau": "bureau_known",
    "bureau_balance": "bureau_known",
    "credit_card_balance": "bureau_known",
    "previous_application": "previous_known",
    "POS_CASH_balance": "previous_known",
    "installments_payments": "installments_known",
}
"""History table -> the column of COVERAGE that says for whom it is complete."""
