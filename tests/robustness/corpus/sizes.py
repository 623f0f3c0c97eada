"""Bodies that are large: of up to 4 MB, and above the 5 MB that a body may have."""

import gzip
from collections.abc import Callable, Iterator, Mapping
from itertools import cycle

from tests.robustness.corpus.case import CLIENT, Case, as_bytes, post
from tests.robustness.corpus.forms import PATHS

LIMIT = 5_000_000
LARGE = 4_000_000
MANY = 100_000
GOOD = as_bytes(dict(CLIENT))

Made = Callable[[], bytes]
NO_JSON: Mapping[str, Made] = {
    "100,000 unknown names, the last one twice": lambda: _object(*_unknown(), b'"n99999":1'),
    "100,000 unknown names, then NaN": lambda: _object(*_unknown(), b'"x":NaN'),
    "100,000 unknown names, not closed": lambda: _object(*_unknown())[:-1],
    "a name 100,000 times": lambda: _object(*[b'"AMT_CREDIT":1'] * MANY),
    "an unknown name 100,000 times": lambda: _object(*[b'"NOPE":null'] * MANY),
    "the empty name 100,000 times": lambda: _object(*[b'"":1'] * MANY),
    "a name of 2 MB, twice": lambda: _object(*[b'"%s":1' % (b"x" * 2_000_000)] * 2),
    "a string of 4 MB that doesn't end": lambda: b'{"OCCUPATION_TYPE": "' + b"x" * LARGE,
    "4 MB of quotation marks": lambda: b'"' * LARGE,
    "4 MB of backslashes": lambda: b'{"AMT_CREDIT": "%s"' % (b"\\" * LARGE),
    "4 MB of blanks": lambda: b" " * LARGE,
    "4 MB of line ends": lambda: b"\r\n" * (LARGE // 2),
    "a record, 4 MB of blanks, a bracket": lambda: GOOD + b" " * LARGE + b"]",
    "4 MB of NULs": lambda: bytes(LARGE),
    "4 MB that no UTF-8 has": lambda: b"\xff" * LARGE,
    "4 MB of marks of the byte order": lambda: b"\xef\xbb\xbf" * (LARGE // 3),
    "4 MB of opening brackets": lambda: b"[" * LARGE,
    "4 MB of opening braces": lambda: b"{" * LARGE,
    "4 MB of opened objects": lambda: b'{"a":' * (LARGE // 5),
    "4 MB of opened records": lambda: b'[{"data":' * (LARGE // 9),
    "4 MB of closing brackets": lambda: b"]" * LARGE,
    "4 MB of commas": lambda: b"[" + b"," * LARGE + b"]",
    "4 MB of colons": lambda: b'{"a"' + b":" * LARGE + b"1}",
    "4 MB of minus signs": lambda: b'{"AMT_CREDIT": %s1}' % (b"-" * LARGE),
    "a number of 1,000,000 digits": lambda: _credit(b"1" * 1_000_000),
    "a negative number of 1,000,000 digits": lambda: _credit(b"-" + b"9" * 1_000_000),
    "a number of 1,000,000 digits, and a fraction": lambda: _credit(b"1" * 1_000_000 + b".5"),
    "an exponent of 1,000,000 digits": lambda: _credit(b"1e" + b"9" * 1_000_000),
    "a number of 1,000,000 zeros first": lambda: _credit(b"0" * 1_000_000 + b"1"),
    "an id of 1,000,000 digits": lambda: b'{"AMT_CREDIT": 1, "SK_ID_CURR": %s}' % (b"7" * 1_000_000),
    "1,000,000 digits under an unknown name": lambda: b'{"AMT_CREDIT": 1, "NOPE": %s}' % (b"7" * 1_000_000),
    "1,000,000 digits for a label": lambda: b'{"AMT_CREDIT": 1, "CODE_GENDER": %s}' % (b"7" * 1_000_000),
    "100,000 numbers past float64": lambda: _list(b"1e400", MANY),
    "a compressed body that would be 50 MB": lambda: gzip.compress(bytes(50_000_000), mtime=0),
}
NO_REQUEST: Mapping[str, Made] = {
    "100,000 unknown names": lambda: _object(*_unknown()),
    "100,000 unknown names under features": lambda: b'{"features": %s}' % _object(*_unknown()),
    "100,000 unknown names beside data": lambda: _object(*_unknown(), b'"data": [%s]' % GOOD),
    "a label of 4 MB": lambda: b'{"AMT_CREDIT": 1, "OCCUPATION_TYPE": "%s"}' % (b"x" * LARGE),
    "a label of 2,000 braces": lambda: b'{"AMT_CREDIT": 1, "OCCUPATION_TYPE": "%s"}' % (b"{" * 2000),
    "a name of 4 MB": lambda: b'{"AMT_CREDIT": 1, "%s": 1}' % (b"x" * LARGE),
    "a number in a string of 4 MB": lambda: b'{"AMT_CREDIT": "%s"}' % (b"1" * LARGE),
    "an id in a string of 4 MB": lambda: b'{"AMT_CREDIT": 1, "SK_ID_CURR": "%s"}' % (b"1" * LARGE),
    "4 MB of escapes in a name": lambda: b'{"%s": 1}' % (b"\\u0041" * (LARGE // 6)),
    "4 MB of escaped quotation marks in a name": lambda: b'{"%s": 1}' % (b'\\"' * (LARGE // 2)),
    "4 MB of escaped emoji in a label": lambda: b'{"OCCUPATION_TYPE": "%s"}' % (b"\\ud83d\\ude00" * (LARGE // 12)),
    "4 MB of emoji in a name": lambda: b'{"%s": 1}' % ("🏦" * (LARGE // 4)).encode(),
    "4 MB of escaped NULs in a label": lambda: b'{"OCCUPATION_TYPE": "%s"}' % (b"\\u0000" * (LARGE // 6)),
    "4 MB of blanks in a label": lambda: b'{"OCCUPATION_TYPE": "Drivers%s"}' % (b" " * LARGE),
    "a list of 4 MB in a number's place": lambda: _credit(_list(b"1", LARGE // 2)),
    "an object of 100,000 names in a number's place": lambda: _credit(_object(*_unknown())),
    "a thousand records with 4 kB of label each": lambda: _list(b'{"OCCUPATION_TYPE": "%s"}' % (b"x" * 4000), 1000),
    "a thousand records with 4 kB of name each": lambda: _list(b'{"AMT_CREDIT": 1, "%s": 1}' % (b"x" * 4000), 1000),
    "a thousand records with 100 problems each": lambda: _list(_object(*(b'"n%d": []' % one for one in range(100))), 1000),
    "a string of 4 MB for a document": lambda: b'"%s"' % (b"x" * LARGE),
}
TOO_MANY: Mapping[str, Made] = {
    "400,000 empty records": lambda: _list(b"{}", 400_000),
    "1,300,000 empty records": lambda: _list(b"{}", 1_300_000),
    "400,000 empty records under data": lambda: b'{"data": %s}' % _list(b"{}", 400_000),
    "200,000 records": lambda: _list(b'{"AMT_CREDIT":1}', 200_000),
    "an object for each of 100,000 names": lambda: _object(*(b'"n%d":{}' % one for one in range(MANY))),
    "1,300,000 empty lists": lambda: _list(b"[]", 1_300_000),
    "2,000,000 numbers": lambda: _list(b"0", 2_000_000),
    "800,000 nulls": lambda: _list(b"null", 800_000),
    "1,300,000 empty strings": lambda: _list(b'""', 1_300_000),
    "a list of strings of braces": lambda: _list(b'"{{{{{{{{{{"', 300_000),
}
TOO_LARGE: Mapping[str, Made] = {
    "one blank above the limit": lambda: GOOD + b" " * (LIMIT + 1 - len(GOOD)),
    "one byte above the limit, no JSON": lambda: b"x" * (LIMIT + 1),
    "6 MB": lambda: GOOD + b" " * 6_000_000,
    "30 MB": lambda: GOOD + b" " * 30_000_000,
    "6 MB of records": lambda: _list(b'{"AMT_CREDIT":1}', 360_000),
}


def cases() -> Iterator[Case]:
    """Each on one of the three routes that take records. What has many members that are no records may be too many as well."""
    paths = cycle(PATHS)
    for made, allowed in ((NO_JSON, (400,)), (NO_REQUEST, (422,)), (TOO_MANY, (413, 422)), (TOO_LARGE, (413,))):
        for name, make in made.items():
            yield post(name, make(), *allowed, path=next(paths))


def _object(*members: bytes) -> bytes:
    return b"{%s}" % b",".join(members)


def _list(one: bytes, times: int) -> bytes:
    return b"[%s]" % b",".join([one] * times)


def _unknown() -> Iterator[bytes]:
    return (b'"n%d":1' % number for number in range(MANY))


def _credit(literal: bytes) -> bytes:
    return b'{"SK_ID_CURR": 7, "AMT_CREDIT": %s}' % literal
