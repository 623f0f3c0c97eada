"""The history fields once more, in plain pandas, from what scoring/fields/history.py says that they mean: to compare with."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from scoring.fields import ID

Columns = Mapping[str, pd.Series]
Summed = tuple[Columns, Columns]  # counts and totals, which are 0 where there is nothing to add; and the rest


def expected(folder: Path, clients: pd.Index) -> pd.DataFrame:
    """Every history field of these clients, NaN where it is unknown."""

    def rows(name: str) -> pd.DataFrame:
        table = pd.read_csv(folder / f"{name}.csv")
        return table[table[ID].isin(clients)]

    loans = rows("bureau")
    months = pd.read_csv(folder / "bureau_balance.csv").merge(loans[["SK_ID_BUREAU", ID]], on="SK_ID_BUREAU")
    known = pd.read_csv(folder / "coverage.csv").set_index(ID).reindex(clients)
    columns: dict[str, pd.Series] = {}
    for prefix, (added, other), known_by in (
        ("BUREAU", bureau(loans), "bureau_known"),
        ("BUREAU_MONTHS", bureau_months(months), "bureau_known"),
        ("PREVIOUS", previous(rows("previous_application")), "previous_known"),
        ("POS", pos(rows("POS_CASH_balance")), "previous_known"),
        ("CARD", card(rows("credit_card_balance")), "bureau_known"),
        ("INSTALMENTS", instalments(rows("installments_payments")), "installments_known"),
    ):
        filled = {name: values.reindex(clients, fill_value=0) for name, values in added.items()}
        filled |= {name: values.reindex(clients) for name, values in other.items()}
        columns |= {f"{prefix}_{name}": values.where(known[known_by] == 1) for name, values in filled.items()}
    return pd.DataFrame(columns, dtype=float)


def bureau(b: pd.DataFrame) -> Summed:
    b = b.rename(columns=lambda name: name.removeprefix("AMT_").removeprefix("CREDIT_SUM_")).rename(
        columns={"CREDIT_SUM": "CREDIT", "CREDIT_MAX_OVERDUE": "MAX_OVERDUE", "CNT_CREDIT_PROLONG": "PROLONGED"}
    )
    b["DAYS_ENDDATE"], b["DAYS_UPDATE"] = b.DAYS_CREDIT_ENDDATE, b.DAYS_CREDIT_UPDATE
    b["TERM_DAYS"], b["DURATION_DAYS"] = b.DAYS_CREDIT_ENDDATE - b.DAYS_CREDIT, b.DAYS_ENDDATE_FACT - b.DAYS_CREDIT
    b["DELAY_DAYS"] = b.DAYS_ENDDATE_FACT - b.DAYS_CREDIT_ENDDATE
    active, cards = b[b.CREDIT_ACTIVE == "Active"], b[b.CREDIT_TYPE == "Credit card"]
    counted = {"": b, "ACTIVE_": active, "CARD_": cards, "ACTIVE_CARD_": cards[cards.CREDIT_ACTIVE == "Active"]}
    counted |= {"CLOSED_": b[b.CREDIT_ACTIVE == "Closed"], "BAD_": b[b.CREDIT_ACTIVE.isin(["Sold", "Bad debt"])]}
    added = {f"{name}COUNT": size(rows) for name, rows in (counted | {"OVERDUE_": b[b.OVERDUE > 0]}).items()}
    added |= windows(b, "DAYS_CREDIT", 365, "COUNT")
    added |= stats(b, "CREDIT_TOTAL DEBT_TOTAL ANNUITY_TOTAL OVERDUE_TOTAL PROLONGED_TOTAL")
    added |= stats(active, "CREDIT_TOTAL DEBT_TOTAL", "ACTIVE_") | stats(cards, "DEBT_TOTAL LIMIT_TOTAL", "CARD_")
    other = {
        "ACTIVE_SHARE": share(b, b.CREDIT_ACTIVE == "Active"),
        **stats(b, "DAYS_CREDIT_MAX DAYS_CREDIT_MIN DAYS_CREDIT_MEAN DAYS_ENDDATE_FACT_MAX DAYS_CREDIT_ENDDATE_MEAN"),
        **stats(b, "TERM_DAYS_MEAN DURATION_DAYS_MEAN DELAY_DAYS_MEAN DAYS_UPDATE_MEAN"),
        **stats(b, "CREDIT_MAX DEBT_MEAN MAX_OVERDUE_MAX MAX_OVERDUE_MEAN"),
        **stats(active, "DAYS_CREDIT_MAX DAYS_CREDIT_MIN DAYS_ENDDATE_MAX DAYS_ENDDATE_MIN CREDIT_MEAN", "ACTIVE_"),
        "DEBT_SHARE": ratio_of_totals(b, "DEBT", "CREDIT"),
        "ACTIVE_DEBT_SHARE": ratio_of_totals(active, "DEBT", "CREDIT"),
    }
    return added, other


def bureau_months(m: pd.DataFrame) -> Summed:
    m = m[m.STATUS != "X"]
    m = m.assign(STATUS=pd.to_numeric(m.STATUS, errors="coerce"))  # C, closed, is no number
    late = m[m.STATUS >= 1]
    added = {"COUNT": size(m), "LATE_COUNT": size(late), **windows(late, "MONTHS_BALANCE", 12, "LATE", first=0)}
    return added, {"LATE_SHARE": share(m, m.STATUS >= 1), "WORST": m.groupby(ID).STATUS.max()}


def previous(p: pd.DataFrame) -> Summed:
    p = p.rename(columns={"RATE_DOWN_PAYMENT": "DOWN_PAYMENT_RATE", "CNT_PAYMENT": "TERM", "HOUR_APPR_PROCESS_START": "HOUR"})
    p = p.rename(columns={"AMT_DOWN_PAYMENT": "DOWN_PAYMENT", "AMT_CREDIT": "CREDIT", "AMT_ANNUITY": "ANNUITY"})
    p["DAYS"], p["TERM"] = p.DAYS_DECISION, p.TERM.mask(p.TERM == 0)
    p["FIRST_DUE"], p["LAST_DUE"] = (due.mask(due == 365243) for due in (p.DAYS_FIRST_DUE, p.DAYS_LAST_DUE))
    p["ASKED_SHARE"], p["REPAID_SHARE"] = quotient(p.AMT_APPLICATION, p.CREDIT), quotient(p.ANNUITY * p.TERM, p.CREDIT)
    approved, refused, canceled = (p[p.NAME_CONTRACT_STATUS.eq(status)] for status in ("Approved", "Refused", "Canceled"))
    added = {"COUNT": size(p), "APPROVED_COUNT": size(approved), "REFUSED_COUNT": size(refused), "CANCELED_COUNT": size(canceled)}
    added |= windows(approved, "DAYS", 365, "APPROVED") | windows(refused, "DAYS", 365, "REFUSED")
    other = {
        "REFUSED_SHARE": share(p, p.NAME_CONTRACT_STATUS == "Refused"),
        **stats(p, "DAYS_DECISION_MAX ASKED_SHARE_MEAN DOWN_PAYMENT_MAX DOWN_PAYMENT_RATE_MEAN HOUR_MEAN"),
        **stats(approved, "DAYS_MAX DAYS_MIN CREDIT_MEAN CREDIT_MAX ANNUITY_MEAN ANNUITY_MAX", "APPROVED_"),
        **stats(approved, "TERM_MEAN REPAID_SHARE_MEAN FIRST_DUE_MAX LAST_DUE_MAX"),
        **stats(refused, "DAYS_MAX", "REFUSED_"),
        "LATEST_CREDIT": latest(p.assign(CREDIT=p.CREDIT.mask(p.CREDIT == 0)), "DAYS_DECISION").groupby(ID).CREDIT.max(),
        "INSURED_SHARE": p.groupby(ID).NFLAG_INSURED_ON_APPROVAL.mean(),
    }
    return added, other


def pos(m: pd.DataFrame) -> Summed:
    m = m.rename(columns={"CNT_INSTALMENT": "INSTALMENTS", "CNT_INSTALMENT_FUTURE": "FUTURE", "MONTHS_BALANCE": "MONTHS"})
    m = m.rename(columns={"SK_DPD_DEF": "DAYS_LATE"})
    late, completed = m[m.DAYS_LATE > 0], m[m.NAME_CONTRACT_STATUS == "Completed"]
    added = {"COUNT": size(m), "LATE_COUNT": size(late), **windows(late, "MONTHS", 12, "LATE")}
    added |= {"COMPLETED_COUNT": completed.groupby(ID).SK_ID_PREV.nunique()}
    added |= {"FUTURE_NOW": latest(m, "MONTHS").groupby(ID).FUTURE.sum(min_count=1)}
    return added, {
        "LATE_SHARE": share(m, m.DAYS_LATE > 0),
        **stats(m, "DAYS_LATE_MAX MONTHS_MIN INSTALMENTS_MEAN FUTURE_MEAN"),
    }


def card(m: pd.DataFrame) -> Summed:
    m = m.rename(columns={"AMT_BALANCE": "BALANCE", "AMT_CREDIT_LIMIT_ACTUAL": "LIMIT", "SK_DPD": "DAYS_LATE"})
    m = m.rename(columns={"AMT_DRAWINGS_CURRENT": "DRAWN", "AMT_DRAWINGS_ATM_CURRENT": "CASH"})
    m = m.rename(columns={"CNT_DRAWINGS_CURRENT": "DRAWINGS", "CNT_DRAWINGS_ATM_CURRENT": "CASH_DRAWINGS"})
    m = m.fillna({"CASH": 0, "CASH_DRAWINGS": 0, "AMT_PAYMENT_CURRENT": 0})
    m["USE"], m["PAID_SHARE"] = quotient(m.BALANCE, m.LIMIT), quotient(m.AMT_PAYMENT_CURRENT, m.AMT_INST_MIN_REGULARITY)
    year = m[m.MONTHS_BALANCE >= -12].groupby(ID)
    added = {"COUNT": size(m), "LATE_COUNT": size(m[m.SK_DPD_DEF > 0]), **stats(m, "DRAWN_TOTAL CASH_TOTAL")}
    added |= {"BALANCE_NOW": latest(m, "MONTHS_BALANCE").groupby(ID).BALANCE.sum(min_count=1)}
    return added, {
        **stats(m, "BALANCE_MEAN LIMIT_MAX USE_MEAN USE_MAX DRAWINGS_MEAN CASH_DRAWINGS_MEAN PAID_SHARE_MEAN DAYS_LATE_MAX"),
        **{f"{name}_1Y": year[name].mean() for name in ("USE", "DRAWINGS", "CASH_DRAWINGS")},
    }


def instalments(i: pd.DataFrame) -> Summed:
    keys = [ID, "SK_ID_PREV", "NUM_INSTALMENT_VERSION", "NUM_INSTALMENT_NUMBER"]
    i["unpaid"] = i.DAYS_ENTRY_PAYMENT.isna()
    i = i.groupby(keys, as_index=False).agg(
        {"DAYS_INSTALMENT": "max", "DAYS_ENTRY_PAYMENT": "max", "AMT_INSTALMENT": "max", "AMT_PAYMENT": "sum", "unpaid": "any"}
    )
    i["PAID"] = i["AMT_PAYMENT"] = i.AMT_PAYMENT.round(4)  # what floats add on their own
    i["DELAY_DAYS"] = (i.DAYS_ENTRY_PAYMENT - i.DAYS_INSTALMENT).mask(i.unpaid)
    late = i[(i.DELAY_DAYS > 0) | i.unpaid]
    added = {"COUNT": size(i), "LATE_COUNT": size(late), **windows(late, "DAYS_INSTALMENT", 365, "LATE")}
    added |= {"SHORT_COUNT": size(i[i.AMT_PAYMENT < i.AMT_INSTALMENT]), **stats(i, "PAID_TOTAL")}
    return added, {
        "LATE_SHARE": share(i, (i.DELAY_DAYS > 0) | i.unpaid),
        **stats(i, "DELAY_DAYS_MEAN DELAY_DAYS_MAX"),
        "PAID_SHARE": ratio_of_totals(i, "AMT_PAYMENT", "AMT_INSTALMENT"),
    }


def stats(rows: pd.DataFrame, names: str, prefix: str = "") -> dict[str, pd.Series]:
    """For names such as DAYS_CREDIT_MAX the maximum of column DAYS_CREDIT; likewise MIN, MEAN and TOTAL."""
    found, by_client = {}, rows.groupby(ID)
    for name in names.split():
        column, _, how = name.rpartition("_")
        values = by_client[column]
        found[prefix + name] = values.sum(min_count=1) if how == "TOTAL" else values.agg(how.lower())
    return found


def size(rows: pd.DataFrame) -> pd.Series:
    return rows.groupby(ID).size()


def windows(rows: pd.DataFrame, time: str, year: int, name: str, first: int = -1) -> dict[str, pd.Series]:
    """The rows of so many years back from `first`."""
    return {f"{name}_{years}Y": size(rows[rows[time] > first - years * year]) for years in (1, 2)}


def share(rows: pd.DataFrame, condition: pd.Series) -> pd.Series:
    return condition.groupby(rows[ID]).mean()


def quotient(part: pd.Series, whole: pd.Series) -> pd.Series:
    return part / whole.where(whole != 0)


def ratio_of_totals(rows: pd.DataFrame, part: str, whole: str) -> pd.Series:
    totals = rows.dropna(subset=[part, whole]).groupby(ID)[[part, whole]].sum()
    return quotient(totals[part], totals[whole])


def latest(rows: pd.DataFrame, time: str) -> pd.DataFrame:
    return rows[rows[time] == rows.groupby(ID)[time].transform("max")]
