"""The history tables' part of the client record, and for which clients each table is complete."""

from collections.abc import Callable, Iterator, Mapping

import ibis
import ibis.expr.types as ir

from scoring.features import bureau, credit_card, installments, pos_cash, previous
from scoring.features.aggregates import History, Tables, per_client
from scoring.fields import HISTORIES, ID
from scoring.tables.histories import BUREAU, BUREAU_BALANCE, COVERAGE, KNOWN_BY

_SUMMED_UP_BY: Mapping[str, Callable[[Tables], History]] = {
    "bureau": bureau.loans,
    "bureau_balance": bureau.months,
    "previous_application": previous.applications,
    "POS_CASH_balance": pos_cash.months,
    "credit_card_balance": credit_card.months,
    "installments_payments": installments.payments,
}


def histories(clients: ir.Table, tables: Tables) -> Iterator[ir.Table]:
    """For each history table a table with SK_ID_CURR and its fields, one row for each of `clients` (SK_ID_CURR alone).

    Everything is unknown of a client whose history nobody looked up: where the table is missing, or where table coverage,
    if it is there, doesn't say that it is complete.
    """
    for name, summed_up in _SUMMED_UP_BY.items():
        if _is_there(name, tables):
            yield per_client(summed_up(tables), _with_known(clients, tables, KNOWN_BY[name]))
        else:
            yield clients.mutate(**{field.name: ibis.null("float64") for field in HISTORIES[name]})


def _is_there(name: str, tables: Tables) -> bool:
    # The months of bureau_balance need their credits in bureau.
    return name in tables and (name != BUREAU_BALANCE.name or BUREAU.name in tables)


def _with_known(clients: ir.Table, tables: Tables, column: str) -> ir.Table:
    if COVERAGE.name not in tables:
        return clients.mutate(known=True)
    coverage = tables[COVERAGE.name].select(ID, known=tables[COVERAGE.name][column] == 1)
    joined = clients.left_join(coverage, ID)
    return joined.select(ID, known=joined.known.fill_null(False))
