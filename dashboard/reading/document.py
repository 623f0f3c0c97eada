"""Clients as JSON: a record, a list of them, or either in the envelope that the service takes it in."""

from codecs import BOM_UTF8
from collections.abc import Iterator
from typing import Any

from dashboard.reading.cells import Meaning, meaning, nothing
from dashboard.reading.findings import BadFile, Kind, Wrong
from dashboard.reading.gathered import Clients, Gathered
from scoring import strict_json
from scoring.errors import MalformedBody
from scoring.fields import TARGET

_NESTING = 8
UTF_8 = "utf-8-sig"
"""With or without a byte order mark."""


def of_document(content: bytes, encoding: str, gathered: Gathered) -> Clients:
    """The clients of a JSON file; raises BadFile."""
    try:
        body = content.removeprefix(BOM_UTF8) if encoding == UTF_8 else content.decode(encoding).encode()
        with strict_json.document(body, _NESTING) as document:
            return _clients(document, gathered)
    except (MalformedBody, UnicodeError):
        raise BadFile([Wrong(Kind.NOT_JSON)]) from None


def _clients(document: Any, gathered: Gathered) -> Clients:
    read: dict[str, Meaning] = {one.name: meaning(one, comma=False) for one in gathered.fields}
    left_out: set[str] = set()
    strange: set[str] = set()
    for row, received in enumerate(_unwrapped(document), start=1):
        if not gathered.has_room():
            break
        if isinstance(received, dict):
            gathered.read(row, _known_cells(row, received, read, strange, gathered), strange)
            left_out |= {TARGET} & received.keys()
        else:
            gathered.findings.add(Kind.NO_RECORD, row)
    return gathered.clients(of_table=False, left_out=sorted(left_out))


def _unwrapped(document: Any) -> list[Any]:
    if isinstance(document, dict) and len(document) == 1:
        document = document.get("data", document.get("features", document))
    return document if isinstance(document, list) else [document]


def _known_cells(
    row: int, received: dict[str, Any], read: dict[str, Meaning], strange: set[str], gathered: Gathered
) -> Iterator[tuple[str, Meaning, object]]:
    """What a record says; names that nobody knows are noted once and join the `strange` ones."""
    for name, value in received.items():
        if name not in read and name != TARGET:
            if name not in strange:
                gathered.findings.unknown(row, name, list(read))
            strange.add(name)
        elif value is not None:
            yield name, read.get(name, nothing), value
