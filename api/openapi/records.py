"""The client record and the four forms of body that hold it, from the table that the validator is made from.

Two things JSON Schema can't say: that no client stands twice in a request (it stands there in words), and that a whole number
above 2^51 must be written without a fraction.
"""

from collections.abc import Mapping

from api.openapi.parts import Part, fixed, listed, schema
from model import Release
from scoring.fields import FIELDS, ID, MAX_ID, Field

FORMS = ("Record", "WrappedRecord", "Records", "NumberedRecords")

Ranges = Mapping[str, tuple[float, float]]


def schemas(release: Release, max_records: int) -> dict[str, Part]:
    """Each form, and what they are made of."""
    many: Part = {"minItems": 1, "maxItems": max_records}
    numbered = {**schema("Record"), "required": [ID], "properties": {ID: {"not": {"type": "null"}}}}
    return {
        "Record": _record(release.ranges),
        "UnknownClient": _unknown_client(),
        "WrappedRecord": fixed("One record, under a name of its own.", {"features": schema("Record")}),
        "Records": listed(schema("Record"), "Records, of which no two have the same SK_ID_CURR.", **many),
        "NumberedRecords": fixed(
            "Records that all have their SK_ID_CURR, no two the same.", {"data": listed(numbered, uniqueItems=True, **many)}
        ),
    }


def _record(ranges: Ranges) -> Part:
    return {
        "type": "object",
        "description": "What is known of a client. A field that is null or left out is unknown to the model, never 0. At least "
        "one field that the model uses must be known.",
        "properties": {field.name: {**value(field), "description": _words(field, ranges)} for field in FIELDS},
        "additionalProperties": False,
        "minProperties": 1,
        "not": schema("UnknownClient"),
    }


def _unknown_client() -> Part:
    return {
        "type": "object",
        "description": "A record that says nothing to the model: every field that the model uses is null or left out.",
        "properties": {field.name: {"type": "null"} for field in FIELDS if field.role == "model"},
    }


def value(field: Field) -> Part:
    """What a field may hold. Its range is no limit: a value outside it is taken, and warned of."""
    if field.type == "label":
        types = ["string", "integer", "null"] if field.aliases else ["string", "null"]
        return {"type": types, "enum": [*field.allowed, *field.aliases, None]}
    numbers: dict[str, Part] = {
        "integer": {"type": ["integer", "null"], "minimum": 0, "maximum": MAX_ID},
        "flag": {"type": ["integer", "null"], "enum": [0, 1, None]},
        "number": {"type": ["number", "null"]},
    }
    return numbers[field.type]


def _words(field: Field, ranges: Ranges) -> str:
    words = [field.meaning]
    if field.aliases:
        words.append(" and ".join(f"{alias} stands for {label}" for alias, label in field.aliases.items()))
    if field.name in ranges and field.type == "number":
        words.append("training saw {:g} to {:g}".format(*ranges[field.name]))
    if field.role == "audit" and field.name != ID:
        words.append("logged, and never given to the model")
    return "; ".join(words)
