"""The client record's field table: what each field is called, holds and means."""

from collections.abc import Mapping

from scoring.fields.application import APPLICATION
from scoring.fields.field import ID, MAX_ID, NOT_EMPLOYED, TARGET, Field
from scoring.fields.history import HISTORIES

__all__ = ["APPLICATION", "BY_NAME", "FIELDS", "HISTORIES", "ID", "MAX_ID", "NOT_EMPLOYED", "TARGET", "Field"]

FIELDS: tuple[Field, ...] = (*APPLICATION, *(field for fields in HISTORIES.values() for field in fields))
"""The whole client record: what the API takes, what jobs.build_features writes."""

BY_NAME: Mapping[str, Field] = {f.name: f for f in FIELDS}
