"""The application form's part of the client record: its columns as they are."""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from scoring.fields import APPLICATION


def application(forms: Sequence[ir.Table]) -> ir.Table:
    """The forms of one or several tables, one row per client, with the columns of APPLICATION in order."""
    names = [f.name for f in APPLICATION]
    return ibis.union(*(form.select(names) for form in forms))
