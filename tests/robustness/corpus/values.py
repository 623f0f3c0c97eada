"""JSON values that are no records, and values that no field takes."""

from collections.abc import Iterator, Mapping
from typing import Any

from scoring.fields import MAX_ID
from tests.robustness.corpus.case import CLIENT, Case, post

DOCUMENTS = """
null|true|false|0|7|-1.5|500000|""|"text"|"data"|"null"|"{\\"AMT_CREDIT\\": 500000}"|[null]|[true]|[1]|["AMT_CREDIT"]|[[]]|[[{}]]
|[[{"AMT_CREDIT": 1}]]|[{"AMT_CREDIT": 1}, null]|[{"AMT_CREDIT": 1}, []]|[{"AMT_CREDIT": 1}, 1]|[null, {"AMT_CREDIT": 1}]
|["AMT_CREDIT", 1]|[["AMT_CREDIT", 1]]|[{"AMT_CREDIT": 1}, "x"]
"""
NO_NUMBERS: Mapping[str, Any] = {
    "a digit in a string": "1",
    "an amount in a string": "500000.0",
    "an exponent in a string": "1e5",
    "a thousands separator": "500,000",
    "a decimal comma": "1,5",
    "a currency": "€500",
    "a sign": "+1",
    "a blank before": " 1",
    "an empty string": "",
    "a blank": " ",
    "a word for infinity": "Infinity",
    "a word for not a number": "NaN",
    "a word for null": "null",
    "a word for true": "true",
    "a hexadecimal number": "0x10",
    "Arabic digits": "٥٠٠",
    "true": True,
    "false": False,
    "an empty list": [],
    "a list of a number": [1],
    "a list of nulls": [None, None],
    "a deeper list": [[[1]]],
    "an empty object": {},
    "an object of a number": {"value": 1},
    "an operator": {"$gt": 0},
    "a decimal as an object": {"$numberDecimal": "1"},
    "a prototype": {"__proto__": {"value": 1}},
}
NO_FLAGS: Mapping[str, Any] = {
    **NO_NUMBERS,
    **{f"the number {number}": number for number in (2, -1, 0.5, 1.5, -0.5, 1e-300, 1.0000000000000002, 10, 1e308, 10**30)},
    "Y": "Y",
    "yes": "yes",
}
NO_IDS = """
-1 -0.5 -1e-300 0.5 1.5 7.0000000000000009 1e-300 1e16 1e17 1e300 1.7976931348623157e308 9007199254740993 9007199254740993.0
9007199254740994 4503599627370496.5 2251799813685247.5 18446744073709551615 18446744073709551616 -9007199254740992
9223372036854775807 9223372036854775808 -9223372036854775808 1e30 -1e30 1e308 -1e308 "7" "abc" "0x7" "７" "7;DROP" true false
[] [7] {} {"id":7} ""
"""
LONG_IDS = ("1" + "0" * 300, "-1" + "0" * 300)
NO_ALIASES = """
2 -1 0.5 1.5 true false "0" "1" [] [0] {} 1e300 -0.0000001 "y" "F" "YES" "Ｙ"
"""


def cases() -> Iterator[Case]:
    """Each is valid JSON that is no valid request."""
    for document in DOCUMENTS.strip().split("|"):
        yield post(f"the document {document.strip()[:40]}", document.strip().encode(), 422)
    for name, value in NO_NUMBERS.items():
        yield post(f"{name} for a number", {**CLIENT, "AMT_CREDIT": value}, 422)
        yield post(f"{name} for an audit number", {**CLIENT, "APARTMENTS_AVG": value}, 422)
    for name, value in NO_FLAGS.items():
        yield post(f"{name} for a flag", {**CLIENT, "REG_CITY_NOT_WORK_CITY": value}, 422)
    for literal in (*NO_IDS.split(), *LONG_IDS):
        yield post(f"the id {literal[:30]}", b'{"AMT_CREDIT": 1, "SK_ID_CURR": %s}' % literal.encode(), 422)
        under_data = b'{"data": [{"SK_ID_CURR": %s, "AMT_CREDIT": 1}]}' % literal.encode()
        yield post(f"the id {literal[:30]} under data", under_data, 422)
    for literal in NO_ALIASES.split():
        yield post(f"owns a car: {literal}", b'{"FLAG_OWN_CAR": %s, "AMT_CREDIT": 1}' % literal.encode(), 422)
    yield post(f"an id past {MAX_ID} beside good ones", [{"SK_ID_CURR": one, "AMT_CREDIT": 1} for one in (1, 2, MAX_ID + 1)], 422)
