"""What a folder lacks and what in it leads nowhere: said once, so that nobody wonders later."""

from collections.abc import Iterator, Sequence
from typing import Any

from scoring.fields import HISTORIES, ID
from scoring.tables import Table
from scoring.tables.histories import BUREAU, BUREAU_BALANCE, HISTORY_TABLES
from scoring.tables.reading import Database


def remarks(database: Database, applications: Sequence[Table]) -> Iterator[str]:
    """A line for the history tables that are missing, and for each that holds rows of no client of `applications`."""
    if missing := [table.name for table in HISTORY_TABLES if table.name not in database.tables]:
        fields = sum(len(HISTORIES[name]) for name in missing)
        yield f"no table {', '.join(missing)}: {fields} fields are unknown of every client"
    for table in HISTORY_TABLES:
        if table.name in missing:
            continue
        if table == BUREAU_BALANCE and BUREAU.name not in database.tables:
            yield f"{table.name} is of no use without table {BUREAU.name}, which says whose credits these are"
        elif line := _orphans(database, table, applications):
            yield line


def _orphans(database: Database, table: Table, applications: Sequence[Table]) -> str | None:
    parents, key = ([BUREAU], BUREAU.key) if table == BUREAU_BALANCE else (applications, ID)
    lost = database.tables[table.name].select(key)
    for parent in parents:
        lost = lost.anti_join(database.tables[parent.name], key)
    found: dict[str, Any] = database.fetch(lost.aggregate(rows=lost.count(), first=lost[key].min())).to_pylist()[0]
    if not found["rows"]:
        return None
    names = " or ".join(parent.name for parent in parents)
    what = f"{found['rows']:,} of {database.rows[table.name]:,} rows belong to nobody in {names}"
    return f"{table.name}: {what} and are left out, the smallest {key} of them is {found['first']}"
