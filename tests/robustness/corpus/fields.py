"""Made by rule for every field of the field table: what its type, or its labels, don't take."""

import json
from collections.abc import Iterator, Sequence

from scoring.fields import FIELDS, Field
from tests.robustness.corpus.case import Case, post
from tests.robustness.corpus.forms import PATHS

NO_JSON = ("1e400", "-1e400", "NaN", "-Infinity", "01", "+1")
FOR_NONE = (
    "true",
    "false",
    "[]",
    "{}",
    "[1]",
    '{"value": 1}',
    '""',
    '" "',
    '"NaN"',
    '"null"',
    '"\\u0000"',
    '"1e400"',
    '"\U0001f3e6"',
)
NO_NUMBER = ('"1"', '"0.5"', '"-1"', '"XNA"', "[0.5, 0.5]")
NO_FLAG = ("2", "-1", "0.5", "1.0000000000000002", "1e-300", "1e308", '"1"', '"0"', '"Y"')
NO_ID = ("-1", "0.5", "9007199254740993", "9007199254740993.0", "1e17", "-1e-300", '"7"', '"0"')
NO_LABEL = ("2", "-1", "0.5", '"0"', '"1"', '"XNA "')
FORMS = ("%s", '{"features": %s}', "[%s]", '{"data": [%s]}')
GOOD = {"SK_ID_CURR": "7", "AMT_CREDIT": "500000", "EXT_SOURCE_2": "0.5"}


def cases(type_: str) -> Iterator[Case]:
    """For each field of that type; from field to field, what doesn't fit comes in another form and on another route."""
    for place, field in enumerate(one for one in FIELDS if one.type == type_):
        for number, literal in enumerate((*NO_JSON, *FOR_NONE, *_misfits(field)), start=place):
            members = GOOD | {field.name: literal}
            record = ", ".join(f'"{name}": {value}' for name, value in members.items())
            body = (FORMS[number % len(FORMS)] % f"{{{record}}}").encode()
            path = PATHS[number % len(PATHS)]
            yield post(f"{field.name}: {literal}", body, 400 if literal in NO_JSON else 422, path=path)


def _misfits(field: Field) -> Sequence[str]:
    if field.type == "label":
        zero_or_one = () if field.aliases else ("0", "1")
        return [*NO_LABEL, *zero_or_one, *map(json.dumps, _mislabelled(field))]
    return {"number": NO_NUMBER, "flag": NO_FLAG, "integer": NO_ID}[field.type]


def _mislabelled(field: Field) -> Iterator[object]:
    """What looks like a label of this field."""
    one = field.allowed[0]
    alike = [change(one) for change in (str.lower, str.upper, str.title, str.swapcase, lambda text: text[::-1])]
    alike += [f"{one} ", f" {one}", f"{one}\0", f"{one}\u200b", f"{one}\u0301", one * 2, one[:-1], "|".join(field.allowed)]
    yield from (text for text in dict.fromkeys(alike) if text.strip() and text not in field.allowed)
    yield from ([one], {one: 1}, {"label": one})
