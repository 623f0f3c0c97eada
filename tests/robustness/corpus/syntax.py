"""Bodies that are no JSON document, though they look like one."""

from collections.abc import Iterator

from tests.robustness.corpus.case import Case, post, posts

NUMBERS = """
NaN -NaN +NaN nan NAN Infinity -Infinity +Infinity infinity inf -inf INF 1e400 -1e400 1e999999999 1E+309 1.8e308 -1.8e308
1.7976931348623159e308 01 -01 00 +1 .5 -.5 5. 1.e5 1e 1e+ 1e5.5 - -- --1 0x10 0b1 0o17 1_000 1,000 1.2.3 1f 1L 1n 1d 50% $5 5€
١ １ ½ ∞ 1/3 (1) 1+1 1:2
"""
LONG_NUMBERS = ("1 000", "1" + "0" * 400, "-1" + "0" * 5000)
WORDS = """
True False None TRUE Null NULL undefined nil yes N/A unquoted 'single' `back` “smart” /regex/ <1> @x \\u0031 &quot;x&quot; b'x'
function(){} tru fals nulll truefalse /*1*/ ... , : ; ] =
"""
STRUCTURE = {
    "nothing": b"",
    "a blank": b" ",
    "line ends": b"\r\n\r\n",
    "a NUL": b"\0",
    "a form feed first": b'\x0c{"AMT_CREDIT": 1}',
    "a vertical tab between": b'{"AMT_CREDIT":\x0b1}',
    "a no-break space first": b'\xc2\xa0{"AMT_CREDIT": 1}',
    "a line separator between": b'{"AMT_CREDIT":\xe2\x80\xa81}',
    "a zero-width space first": b'\xe2\x80\x8b{"AMT_CREDIT": 1}',
    "a NUL at the end": b'{"AMT_CREDIT": 1}\0',
    "two documents": b'{"AMT_CREDIT": 1}{"AMT_CREDIT": 1}',
    "two lines of JSON": b'{"AMT_CREDIT": 1}\n{"AMT_CREDIT": 1}\n',
    "two lists": b'[{"AMT_CREDIT": 1}][{"AMT_CREDIT": 1}]',
    "a document and a comma": b'{"AMT_CREDIT": 1},',
    "a document and words": b'{"AMT_CREDIT": 1} and so on',
    "a document and a bracket": b'{"AMT_CREDIT": 1}]',
    "words and a document": b'the record: {"AMT_CREDIT": 1}',
    "a comma too many in an object": b'{"AMT_CREDIT": 1,}',
    "a comma too many in a list": b'[{"AMT_CREDIT": 1},]',
    "a comma first": b'{,"AMT_CREDIT": 1}',
    "two commas": b'{"AMT_CREDIT": 1,, "EXT_SOURCE_1": 0.5}',
    "no comma": b'{"AMT_CREDIT": 1 "EXT_SOURCE_1": 0.5}',
    "a semicolon": b'{"AMT_CREDIT": 1; "EXT_SOURCE_1": 0.5}',
    "no colon": b'{"AMT_CREDIT" 1}',
    "two colons": b'{"AMT_CREDIT":: 1}',
    "an equals sign": b'{"AMT_CREDIT" = 1}',
    "an arrow": b'{"AMT_CREDIT" => 1}',
    "a name without quotes": b"{AMT_CREDIT: 1}",
    "a name in single quotes": b"{'AMT_CREDIT': 1}",
    "a number for a name": b'{1: 1, "AMT_CREDIT": 1}',
    "null for a name": b'{null: 1, "AMT_CREDIT": 1}',
    "a list closed as an object": b'[{"AMT_CREDIT": 1}}',
    "an object closed as a list": b'{"AMT_CREDIT": 1]',
    "round brackets": b'("AMT_CREDIT", 1)',
    "a set": b'{"AMT_CREDIT", 1}',
    "a comment after": b'{"AMT_CREDIT": 1} // a loan',
    "a comment within": b'{"AMT_CREDIT": /* a loan */ 1}',
    "a hash comment": b'# a loan\n{"AMT_CREDIT": 1}',
    "JSONP": b'callback({"AMT_CREDIT": 1});',
    "a guard against hijacking": b')]}\',\n{"AMT_CREDIT": 1}',
    "a wrong type, then no JSON": b'{"AMT_CREDIT": "1", nonsense',
    "an unknown name, then no JSON": b'{"NOPE": 1, "AMT_CREDIT": 1',
    "an unknown name, then NaN": b'{"NOPE": NaN, "AMT_CREDIT": 1}',
    "a number past float64 under an unknown name": b'{"NOPE": 1e400, "AMT_CREDIT": 1}',
    "a number past float64 deep inside": b'{"NOPE": [[{"a": -1e400}]], "AMT_CREDIT": 1}',
    "a number past float64 for a label": b'{"CODE_GENDER": 1e400, "AMT_CREDIT": 1}',
    "a number past float64 for an id": b'{"SK_ID_CURR": 1e400, "AMT_CREDIT": 1}',
    "a number past float64 in the last of many records": b"[" + b'{"AMT_CREDIT": 1},' * 500 + b'{"AMT_CREDIT": 1e400}]',
    "many records, then no JSON": b"[" + b'{"AMT_CREDIT": 1},' * 500 + b"]",
    "too many records, then no JSON": b"[" + b'{"AMT_CREDIT": 1},' * 1500 + b"]",
}
STRINGS = {
    "a line end in a string": b"a\nb",
    "a tab in a string": b"a\tb",
    "a NUL in a string": b"a\0b",
    "a control character in a string": b"a\x1fb",
    "an escape that JSON lacks": b"\\x41",
    "an octal escape": b"\\101",
    "an escaped apostrophe": b"\\'",
    "half an escape": b"\\u12",
    "an escape that is no number": b"\\u12G4",
    "an escape of eight digits": b"\\U0001F600",
    "an escape in braces": b"\\u{1F600}",
    "a backslash at the end": b"a\\",
    "a quotation mark within": b'a"b',
}
HALVES = {
    "the first half of a character": b"\\ud83d",
    "the second half of a character": b"\\ude00",
    "the halves of a character in the wrong order": b"\\ude00\\ud83d",
    "the first half twice": b"\\ud83d\\ud83d",
    "a half before a letter": b"\\uD800A",
}
TWICE = {
    "a name twice": b'{"AMT_CREDIT": 1, "AMT_CREDIT": 2}',
    "a name twice with one value": b'{"AMT_CREDIT": 1, "AMT_CREDIT": 1}',
    "a name three times": b'{"AMT_CREDIT": 1, "AMT_CREDIT": 1, "AMT_CREDIT": 1}',
    "a name twice, first null": b'{"AMT_CREDIT": null, "AMT_CREDIT": 1}',
    "a name twice, once escaped": b'{"AMT_CREDIT": 1, "AMT_CR\\u0045DIT": 1}',
    "a name twice beside a label with a colon": b'{"ORGANIZATION_TYPE": "Trade: type 7", "AMT_CREDIT": 1, "AMT_CREDIT": 1}',
    "an audit name twice": b'{"CODE_GENDER": "F", "CODE_GENDER": "M", "AMT_CREDIT": 1}',
    "the id twice": b'{"SK_ID_CURR": 1, "AMT_CREDIT": 1, "SK_ID_CURR": 2}',
    "an unknown name twice": b'{"NOPE": 1, "NOPE": 1, "AMT_CREDIT": 1}',
    "a name twice in the second record": b'[{"AMT_CREDIT": 1}, {"AMT_CREDIT": 1, "AMT_CREDIT": 1}]',
    "a name twice under features": b'{"features": {"AMT_CREDIT": 1, "AMT_CREDIT": 1}}',
    "a name twice under an unknown name": b'{"NOPE": {"a": 1, "a": 1}, "AMT_CREDIT": 1}',
    "a name twice in a list under a known name": b'{"AMT_CREDIT": [{"a": 1, "a": 1}]}',
    "data twice": b'{"data": [{"SK_ID_CURR": 1, "AMT_CREDIT": 1}], "data": [{"SK_ID_CURR": 2, "AMT_CREDIT": 1}]}',
    "features twice": b'{"features": {"AMT_CREDIT": 1}, "features": {"AMT_CREDIT": 2}}',
    "an empty name twice": b'{"": 1, "": 1, "AMT_CREDIT": 1}',
}


def cases() -> Iterator[Case]:
    """Each is refused as no JSON document; half a character may also be an unknown label or name."""
    yield from posts(STRUCTURE, 400)
    yield from posts(TWICE, 400)
    for literal in (*NUMBERS.split(), *LONG_NUMBERS, *WORDS.split(), "new Date()", ""):
        yield post(f"the value {literal[:20]}", f'{{"SK_ID_CURR": 7, "AMT_CREDIT": {literal}}}'.encode(), 400)
    for where, body in {"label": b'{"OCCUPATION_TYPE": "%s", "AMT_CREDIT": 1}', "name": b'{"%s": 1, "AMT_CREDIT": 1}'}.items():
        for name, text in STRINGS.items():
            yield post(f"{name}, a {where}", body % text, 400)
        for name, text in HALVES.items():
            yield post(f"{name}, a {where}", body % text, 400, 422)


def cut_short() -> Iterator[Case]:
    """A record that ends too early, after each of its bytes."""
    body = b'[{"SK_ID_CURR": 7, "AMT_CREDIT": 5e5, "NAME_EDUCATION_TYPE": "Academic\\u0020degree", "EXT_SOURCE_1": null}]'
    for length in range(2, len(body)):
        yield post(f"cut short after {length} bytes", body[:length], 400)
