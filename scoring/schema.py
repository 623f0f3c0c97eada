"""A request's bytes -> validated client records, in one decoding pass built from the field table."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from scoring import diagnosis, strict_json
from scoring.errors import InvalidRequest, MalformedBody, Problem, TooManyRecords
from scoring.fields import FIELDS, ID, MAX_ID, Field

_ZERO_OR_ONE = Annotated[float, Meta(ge=0, le=1, multiple_of=1)]
# 7.0 is 7, as long as a float can tell it from its neighbours.
_WHOLE = Annotated[int, Meta(ge=0, le=MAX_ID)] | Annotated[float, Meta(ge=0, le=2**51, multiple_of=1)]


def value_type(field: Field) -> Any:
    """The msgspec type of a field's value: null is unknown; NaN, infinities, booleans and other fields' types don't fit."""
    if field.type == "label":
        labels: Any = Literal.__getitem__(field.allowed)  # Literal[...] made from a value
        return labels | _ZERO_OR_ONE | None if field.aliases else labels | None
    numbers: dict[str, Any] = {"integer": _WHOLE, "flag": _ZERO_OR_ONE, "number": float}
    return numbers[field.type] | None


VALUE_TYPES = {field.name: value_type(field) for field in FIELDS}

ClientRecord: Any = msgspec.defstruct(
    "ClientRecord",
    [(name, type_ | UnsetType, UNSET) for name, type_ in VALUE_TYPES.items()],
    forbid_unknown_fields=True,
    frozen=True,
    omit_defaults=True,
)
"""One client's record as received; an absent field is UNSET."""

_Records: Any = list.__class_getitem__(ClientRecord)

# A bare record is decoded as a body without `data` and `features`, so that no body is decoded twice.
_Body: Any = msgspec.defstruct(
    "_Body",
    [("data", _Records | UnsetType, UNSET), ("features", ClientRecord | UnsetType, UNSET)],
    bases=(ClientRecord,),
    forbid_unknown_fields=True,
    frozen=True,
    omit_defaults=True,
)

_decode_object = msgspec.json.Decoder(_Body).decode
_decode_list = msgspec.json.Decoder(_Records).decode
_decode_record = msgspec.json.Decoder(ClientRecord).decode
_LIST = re.compile(rb"[ \t\r\n]*\[")
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"[ \t\r\n]*(:?)')

_WIDTH = len(FIELDS)
_NAMES = tuple(field.name for field in FIELDS)
_ID_AT = _NAMES.index(ID)
_MODEL_AT = tuple(i for i, field in enumerate(FIELDS) if field.role == "model")
_ALIASES = {i: field.aliases for i, field in enumerate(FIELDS) if field.aliases}


class Form(Enum):
    """How the records came; it decides the form of the reply."""

    BARE = "a bare record"
    FEATURES = "features"
    LIST = "a list"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class Record:
    """One client's record: `values` in the order of FIELDS, None where unknown, and the JSON object as received.

    `unknown`: the model's fields that nothing is known of.
    """

    values: tuple[Any, ...]
    unknown: tuple[str, ...]
    received: msgspec.Struct

    @property
    def client(self) -> int | None:
        """SK_ID_CURR, where it was given."""
        value = self.values[_ID_AT]
        return None if value is None else int(value)


@dataclass(frozen=True, slots=True)
class Request:
    """The validated records of one request, 1 to the service's limit."""

    form: Form
    records: tuple[Record, ...]


def parse(body: bytes, max_records: int, max_nesting: int) -> Request:
    """Decode and validate a request body.

    Raises MalformedBody (not one JSON document), InvalidRequest (with every problem found) or TooManyRecords.
    """
    too_many = TooManyRecords(f"more than {max_records} records in one request; send them in several")
    enough = max_records + 2  # records are flat, and one object may be around them: told before a million of them are made
    if body.count(b"{") >= enough and strict_json.count_objects(body, max_nesting, up_to=enough) == enough:
        with _told_as_malformed():
            msgspec.json.decode(body, type=msgspec.Raw)
        raise too_many
    form, structs = _decode(body, max_nesting)
    if len(structs) > max_records:
        raise too_many
    request = Request(form, tuple(_record(struct) for struct in structs))
    if error := diagnosis.refusal(_problems(request)):
        raise error
    return request


def logged_record(text: str) -> Record:
    """A record as the decision log keeps it, without what is asked of a request.

    Raises InvalidRequest where this field table doesn't take it, which names its fields and no value.
    """
    try:
        return _record(_decode_record(text))
    except msgspec.DecodeError:
        told = diagnosis.explain(text.encode(), "", VALUE_TYPES, max_nesting=1)
    names = sorted({problem.field for problem in told.details if problem.field})
    raise InvalidRequest(f"{', '.join(names)} not as the field table has it" if names else "it isn't a client's record")


def columns(records: Sequence[Record]) -> dict[str, tuple[Any, ...]]:
    """The records turned round: field -> its n values (float, label or None), labels always as labels."""
    turned = dict(zip(_NAMES, zip(*(record.values for record in records), strict=True), strict=True))
    for i, aliases in _ALIASES.items():
        turned[_NAMES[i]] = tuple(aliases.get(value, value) for value in turned[_NAMES[i]])
    return turned


def _decode(body: bytes, max_nesting: int) -> tuple[Form, Sequence[Any]]:
    is_list = _LIST.match(body) is not None
    try:
        with _told_as_malformed():
            body.decode("utf-8")  # msgspec looks only into the strings that it keeps
            decoded: Any = _decode_list(body) if is_list else _decode_object(body)
    except msgspec.ValidationError as error:
        raise diagnosis.explain(body, str(error), VALUE_TYPES, max_nesting) from None
    form, structs = _unwrap(decoded)
    if _has_more_names(body, form, structs):
        raise diagnosis.explain(body, "a name stands twice, or beside `data` or `features`", VALUE_TYPES, max_nesting)
    return form, structs


@contextmanager
def _told_as_malformed() -> Iterator[None]:
    """What bytes that are no JSON document raise, as MalformedBody; what a document that is no request raises, as it is."""
    try:
        yield
    except msgspec.ValidationError:
        raise
    except UnicodeDecodeError as error:
        raise MalformedBody(f"the body is not UTF-8 (byte {error.start})") from None
    except RecursionError:
        raise MalformedBody(strict_json.TOO_DEEP) from None
    except msgspec.DecodeError as error:
        raise MalformedBody(f"the body is not one JSON document: {error}") from None


def _unwrap(body: Any) -> tuple[Form, Sequence[Any]]:
    if isinstance(body, list):
        return Form.LIST, body
    if body.data is not UNSET:
        return Form.DATA, body.data
    if body.features is not UNSET:
        return Form.FEATURES, [body.features]
    return Form.BARE, [body]


def _has_more_names(body: bytes, form: Form, structs: Sequence[Any]) -> bool:
    """Whether the document has names that the decoder dropped: duplicates, or fields beside `data` or `features`.

    A document without escapes whose colons are those of the decoded names and labels has no others; else the names
    themselves are counted.
    """
    rows = [msgspec.structs.astuple(struct)[:_WIDTH] for struct in structs]
    names = sum(_WIDTH - row.count(UNSET) for row in rows) + (form in (Form.DATA, Form.FEATURES))
    in_labels = sum(value.count(":") for row in rows for value in row if isinstance(value, str))
    if b"\\" not in body and body.count(b":") == names + in_labels:
        return False
    return sum(1 for colon in _STRING.findall(body) if colon) != names


def _record(struct: Any) -> Record:
    values = tuple(None if value is UNSET else value for value in msgspec.structs.astuple(struct)[:_WIDTH])
    return Record(values, tuple(_NAMES[i] for i in _MODEL_AT if values[i] is None), struct)


def _problems(request: Request) -> Iterator[Problem]:
    seen: set[int] = set()
    for number, record in enumerate(request.records, start=1):
        who = f"record {number}" if record.client is None else record.client
        if record.client is None and request.form is Form.DATA:
            yield Problem(who, ID, "required under `data`")
        if record.client in seen:
            yield Problem(who, ID, "stands twice in the request")
        if len(record.unknown) == len(_MODEL_AT):
            yield Problem(who, None, "nothing is known of this client: give at least one field that the model uses")
        if record.client is not None:
            seen.add(record.client)
    if not request.records:
        yield Problem(None, None, "no record in the request: send 1 or more")
