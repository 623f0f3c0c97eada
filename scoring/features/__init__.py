"""The tables -> the client record: one row per client, in expressions that DuckDB and Spark can both run."""

from collections.abc import Mapping

import ibis.expr.types as ir

from scoring.features.application import application
from scoring.features.histories import histories
from scoring.fields import FIELDS, ID


def client_records(tables: Mapping[str, ir.Table]) -> ir.Table:
    """One row per client of the application tables that are there, with the columns of FIELDS in order.

    `tables`: name -> typed table as scoring.tables describes it: application_train, application_test or both (no client in
    both), history tables and coverage as far as there are any. TARGET is not a field and never comes through.
    """
    records = application([tables[name] for name in ("application_train", "application_test") if name in tables])
    clients = records.select(ID)
    for history in histories(clients, tables):
        records = records.join(history, ID)
    return records.select([f.name for f in FIELDS])
