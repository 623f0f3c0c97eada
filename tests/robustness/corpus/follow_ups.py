"""Reviews and outcomes that are none; those of decisions that aren't there or that take none."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.robustness.corpus.case import Case, post, posts, raw, request
from tests.robustness.corpus.encodings import packed
from tests.robustness.corpus.strings import INJECTIONS

NOBODY = "01a200fb-fc28-7bca-8302-10685e9b165c"
REVIEW = {"reviewer": "A. Martin", "decision": "granted", "reason": "a guarantor signed"}
NO_TEXTS: Mapping[str, Any] = {
    **{repr(value): value for value in (None, True, 7, 1.5, [], {}, ["A. Martin"], {"name": "A. Martin"}, "", " ", "\n\t", "\0")},
    **{ascii(value): value for value in ("...", "—", "🏦", "\u200b", "\u202e", "A\0", "\u00a0", "'\"", "_")},
    "2,001 letters": "x" * 2001,
    "1 MB": "x" * 1_000_000,
}
# JSON texts, or strings without their quotation marks.
NO_DECISIONS = r"""null|true|0|1|| |Granted|GRANTED| granted|granted |grant|yes|Yes|refuse|maybe|[]|["granted"]|{}
|{"granted": true}|"granted\u0000"|"gr\u0430nted"|granted;refused"""
NO_OUTCOMES = r"""null|true|false|0|1||Repaid|REPAID| repaid|repaid |paid|default|TARGET|late|[]|{}|["repaid"]|"repaid\u0000"
|"rep\u0430id"|repaid,defaulted"""
NO_DATES = r"""null|true|0|20261121|1.5|[]|{}|| |today|"2026"|2026-11|"20261121"|2026-325|2026-W47-6|2026-1-1|2026-13-01
|2026-00-10|2026-02-30|2026-11-00|2026-11-31|2025-02-29|26-11-21|02026-11-21|0000-01-01|-2026-11-21|+2026-11-21|10000-01-01|9999-12-31
|2099-01-01|21/11/2026|11/21/2026|21.11.2026|2026-11-21T00:00:00|2026-11-21T00:00:00Z|2026-11-21 | 2026-11-21
|"2026-11-21\n"|"2026-11-21\u0000"|2026−11−21|٢٠٢٦-١١-٢١|2026/11/21|2026_11_21|1e9|now()|["2026-11-21"]|{"date": "2026-11-21"}"""
NO_DECISION_IDS = rf"""null|true|7|1.5|[]|{{}}|| |"7"|x|{NOBODY[:-1]}|{NOBODY}0|{NOBODY[:-1]}g|'; DROP TABLE outcomes; --
|"{NOBODY}\u0000"|["{NOBODY}"]|{{"id": "{NOBODY}"}}|{"١" * 31}|{NOBODY.replace("-", "- ")}"""
NO_JSON = {
    "nothing": b"",
    "half an object": b"{",
    "two documents": b"{}{}",
    "NaN": b'{"date": NaN}',
    "Infinity": b'[{"date": -Infinity}]',
    "a number past float64": b'{"date": 1e400}',
    "a name twice": b'{"reason": "x", "reason": "x"}',
    "a name twice deep inside": b'[{"date": {"a": 1, "a": 1}}]',
    "bytes past UTF-8": b'{"reason": "\xff"}',
    "a byte-order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"reason": "x"}'.encode("utf-16"),
    "100,000 lists": b"[" * 100_000 + b"]" * 100_000,
    "100,000 objects": b'{"reason": ' * 100_000 + b"1" + b"}" * 100_000,
    "a number of 1,000,000 digits": b'{"date": ' + b"1" * 1_000_000 + b"}",
}
DOCUMENTS = 'null|true|7|"text"|{}|[null]|[[]]|[7]|["x"]|[{}]|{"data": []}|{"features": {}}'


def cases(decision: str, simulation: str) -> Iterator[Case]:
    """Of a decision that is in the log, and of a simulated one."""
    review, outcome = f"/decisions/{decision}/review", {"decision_id": decision, "outcome": "repaid", "date": "2026-11-20"}
    for path in (review, "/outcomes"):
        yield from posts({f"{name}, {path[:9]}": body for name, body in NO_JSON.items()}, 400, path=path)
        yield from posts({f"{text}, {path[:9]}": text.encode() for text in DOCUMENTS.split("|")}, 422, path=path)
        yield post(f"6 MB, {path[:9]}", b" " * 6_000_000, 413, path=path)
        yield post(f"100,000 unknown names, {path[:9]}", {f"n{one}": 1 for one in range(100_000)}, 422, path=path)
        half = dict.fromkeys(("reviewer", "decision_id"), "\ud83d")
        yield post(f"half a character, {path[:9]}", half, 400, 422, path=path)
        body, headers = packed(b"{}")["gzip"], {"content-encoding": "gzip"}
        yield post(f"compressed, {path[:9]}", body, 415, path=path, headers=headers)
        yield raw(f"no key, {path[:9]}", request(REVIEW, target=path, headers={"x-api-key": None}), 401)
    yield from posts(dict(_named(decision)), 422, path="/explain")
    yield post("an explanation of nobody", {"decision_id": NOBODY}, 404, path="/explain")
    yield from posts(dict(_reviews()), 422, path=review)
    yield from posts(dict(_outcomes(outcome)), 422, path="/outcomes")
    yield post("1,001 outcomes", [outcome] * 1001, 413, path="/outcomes")
    yield post("a review of nobody", REVIEW, 404, path=f"/decisions/{NOBODY}/review")
    yield post("a review of a simulation", REVIEW, 422, path=f"/decisions/{simulation}/review")
    yield post("an outcome of a simulation", {**outcome, "decision_id": simulation}, 422, path="/outcomes")
    yield post("an outcome of nobody", {**outcome, "decision_id": NOBODY}, 422, path="/outcomes")
    yield post("an outcome of nobody beside a good one", [outcome, {**outcome, "decision_id": NOBODY}], 422, path="/outcomes")


def _named(decision: str) -> Iterator[tuple[str, Any]]:
    for word in _values(NO_DECISION_IDS):
        if word != NOBODY:
            yield f"an explanation of {ascii(word)[:60]}", {"decision_id": word}
    named = {"decision_id": decision}
    yield "an explanation of two", {"decision_id": [decision, decision]}
    yield "a decision and a record", {**named, "AMT_CREDIT": 500_000.0, "EXT_SOURCE_2": 0.5}
    yield "a decision in a list", [named]
    yield "a decision under data", {"data": [named]}
    yield "a decision under features", {"features": named}
    yield "a decision by another name", {"Decision_id": decision}


def _reviews() -> Iterator[tuple[str, Any]]:
    for name, text in NO_TEXTS.items():
        yield f"the reviewer {name}", {**REVIEW, "reviewer": text}
        yield f"the reason {name}", {**REVIEW, "reason": text}
    yield "a reviewer of 201 letters", {**REVIEW, "reviewer": "x" * 201}
    for word in _values(NO_DECISIONS):
        yield f"the decision {ascii(word)[:40]}", {**REVIEW, "decision": word}
    for name in REVIEW:
        yield f"a review without its {name}", {one: value for one, value in REVIEW.items() if one != name}
    for name in ("by", "Reviewer", "reviewer ", "__proto__", "decision_id", "time", "<script>", "", "x" * 5000):
        yield f"a review with {name[:20]!r}", {**REVIEW, name: "x"}
    yield "a review in a list", [REVIEW]
    for name, text in INJECTIONS.items():
        yield f"a review's name: {name}", {**REVIEW, text: "x"}


def _outcomes(outcome: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    wrong = {"outcome": NO_OUTCOMES, "date": NO_DATES, "decision_id": NO_DECISION_IDS}
    for name, values in wrong.items():
        for value in _values(values):
            yield f"an outcome's {name}: {ascii(value)[:40]}", {**outcome, name: value}
            yield f"the second outcome's {name}: {ascii(value)[:40]}", [outcome, {**outcome, name: value}]
    for name in outcome:
        yield f"an outcome without its {name}", {one: value for one, value in outcome.items() if one != name}
    yield "an outcome with another name", {**outcome, "amount": 5}
    yield "no outcome", []


def _values(text: str) -> Iterator[Any]:
    yield "x" * 5000
    for one in text.replace("\n", "").split("|"):
        try:
            yield json.loads(one)
        except ValueError:
            yield one
