"""A file's bytes -> client records, by the fields that the service knows; or everything that is wrong with it, at once.

findings.py   what can be wrong, as kinds and blanks
cells.py      what stands in one cell
gathered.py   the clients read so far
table.py      CSV
document.py   JSON
sentences.py  what is wrong, in the words of a language
"""

import codecs
from collections.abc import Sequence

from dashboard.answers import Field
from dashboard.reading.document import UTF_8, of_document
from dashboard.reading.findings import BadFile, Kind, Wrong
from dashboard.reading.gathered import Clients, Gathered, Record
from dashboard.reading.sentences import sentences
from dashboard.reading.table import of_table

__all__ = ["BadFile", "Clients", "Kind", "Record", "Wrong", "read_clients", "read_records", "sentences"]

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How .xlsx and .ods, and .xls begin."""
_BEGINNING = 4_096


def read_records(name: str, content: bytes, fields: Sequence[Field], most: int) -> list[Record]:
    """The clients of a file, in its order, with a number or without; see read_clients."""
    return list(read_clients(name, content, fields, most, numbered=False).records)


def read_clients(name: str, content: bytes, fields: Sequence[Field], most: int, numbered: bool = True) -> Clients:
    """The clients of a CSV or JSON file, at most `most`, each with a number if `numbered`, without what is unknown of them.

    CSV: comma, semicolon or tab (then numbers may have a decimal comma), UTF-8, UTF-16 or cp1252. JSON: a record, a list of
    records, {"data": [...]} or {"features": {...}}. Raises BadFile with every problem.
    """
    if not content.strip(b" \t\r\n" + codecs.BOM_UTF8):
        raise BadFile([Wrong(Kind.EMPTY)])
    if content.startswith(_WORKBOOKS):
        raise BadFile([Wrong(Kind.WORKBOOK)])
    encoding = _encoding(content)
    gathered = Gathered(fields, most, numbered)
    begins = content[:_BEGINNING].decode(encoding, "ignore").lstrip()[:1]
    if begins in ("[", "{") or name.lower().endswith(".json"):
        return of_document(content, encoding, gathered)
    return of_table(content, encoding, gathered)


def _encoding(content: bytes) -> str:
    """What the text is written in: Unicode, or what a French spreadsheet takes for it."""
    unicode = "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else UTF_8
    for encoding in (unicode, "cp1252"):
        try:
            if "\0" not in content.decode(encoding):
                return encoding
        except UnicodeDecodeError:
            continue
    raise BadFile([Wrong(Kind.NOT_TEXT)])
