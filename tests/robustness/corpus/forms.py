"""Requests whose form is none of the four, or whose records don't go together."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.robustness.corpus.case import CLIENT, Case, posts

GOOD = dict(CLIENT)
SECOND = {**CLIENT, "SK_ID_CURR": 8}
ONLY_AUDIT = {"SK_ID_CURR": 7, "CODE_GENDER": "F", "NAME_FAMILY_STATUS": "Married", "FLAG_MOBIL": 1, "APARTMENTS_AVG": 0.1}
THOUSAND = [{"SK_ID_CURR": number, "AMT_CREDIT": 1} for number in range(1000)]
INVALID: Mapping[str, Any] = {
    "an empty object": {},
    "an empty list": [],
    "an empty record in a list": [{}],
    "empty data": {"data": []},
    "an empty record under data": {"data": [{}]},
    "an empty record under features": {"features": {}},
    "an id alone": {"SK_ID_CURR": 7},
    "an id alone among good ones": {"data": [GOOD, {"SK_ID_CURR": 8}]},
    "nulls alone": {"SK_ID_CURR": 7, "AMT_CREDIT": None, "EXT_SOURCE_1": None},
    "fields that the model isn't given": ONLY_AUDIT,
    "the same under features": {"features": ONLY_AUDIT},
    "the same in a list": [GOOD, {**ONLY_AUDIT, "SK_ID_CURR": 8}],
    "data that is null": {"data": None},
    "data that is true": {"data": True},
    "data that is a number": {"data": 1},
    "data that is a string": {"data": "x"},
    "data that is JSON in a string": {"data": '[{"SK_ID_CURR": 7, "AMT_CREDIT": 1}]'},
    "data that is a record": {"data": GOOD},
    "data that is an empty object": {"data": {}},
    "data by number": {"data": {"0": GOOD}},
    "data of null": {"data": [None]},
    "data of numbers": {"data": [7, 500_000]},
    "data of strings": {"data": ["SK_ID_CURR"]},
    "data of lists": {"data": [["SK_ID_CURR", 7]]},
    "data of a list of records": {"data": [[GOOD]]},
    "data in data": {"data": [{"data": [GOOD]}]},
    "data in data, without a list": {"data": {"data": [GOOD]}},
    "features in data": {"data": [{"features": GOOD}]},
    "features that are null": {"features": None},
    "features that are a list": {"features": [GOOD]},
    "features that are an empty list": {"features": []},
    "features that are a string": {"features": "AMT_CREDIT"},
    "features that are true": {"features": True},
    "features that are a number": {"features": 500_000},
    "features that are names": {"features": ["AMT_CREDIT"]},
    "features in features": {"features": {"features": GOOD}},
    "data in features": {"features": {"data": [GOOD]}},
    "features in a list": [{"features": GOOD}],
    "data in a list": [{"data": [GOOD]}],
    "a list in a list": [[GOOD]],
    "data beside features": {"data": [GOOD], "features": SECOND},
    "empty data beside features": {"data": [], "features": GOOD},
    "null data beside features": {"data": None, "features": GOOD},
    "features beside null data": {"features": GOOD, "data": None},
    "a field beside data": {"data": [GOOD], "AMT_CREDIT": 1},
    "a field beside features": {"features": GOOD, "AMT_CREDIT": 1},
    "the id beside features": {"SK_ID_CURR": 7, "features": {"AMT_CREDIT": 1}},
    "a null field beside features": {"features": GOOD, "AMT_CREDIT": None},
    "an unknown name beside data": {"data": [GOOD], "version": 1},
    "an unknown name beside features": {"features": GOOD, "callback": "x"},
    "no id under data": {"data": [{"AMT_CREDIT": 500_000}]},
    "an id of null under data": {"data": [{"SK_ID_CURR": None, "AMT_CREDIT": 500_000}]},
    "no id in one of three": {"data": [GOOD, {"AMT_CREDIT": 1}, SECOND]},
    "an id twice under data": {"data": [GOOD, GOOD]},
    "an id twice in a list": [GOOD, GOOD],
    "an id twice with other values": [GOOD, {**GOOD, "AMT_CREDIT": 1}],
    "an id twice, once as a float": [GOOD, {**SECOND, "SK_ID_CURR": 7.0}],
    "an id twice, once as minus zero": [{**GOOD, "SK_ID_CURR": 0}, {**GOOD, "SK_ID_CURR": -0.0}],
    "an id twice, far apart": [*THOUSAND[:999], THOUSAND[0]],
    "a string in the last of a thousand": [*THOUSAND[:999], {"SK_ID_CURR": 1001, "AMT_CREDIT": "1"}],
    "an unknown name in the last of a thousand": {"data": [*THOUSAND[:999], {**SECOND, "SK_ID_CURR": 1001, "NOPE": 1}]},
    "null for the last of a thousand": [*THOUSAND[:999], None],
    "nothing known of the last of a thousand": [*THOUSAND[:999], {"SK_ID_CURR": 1001}],
    "records": {"records": [GOOD]},
    "instances": {"instances": [GOOD]},
    "inputs": {"inputs": {"SK_ID_CURR": [7], "AMT_CREDIT": [500_000]}},
    "a split frame": {"dataframe_split": {"columns": ["SK_ID_CURR", "AMT_CREDIT"], "data": [[7, 500_000]]}},
    "a frame's records": {"dataframe_records": [GOOD]},
    "a split frame under data": {"columns": ["AMT_CREDIT"], "index": [0], "data": [[500_000]]},
    "columns": {"SK_ID_CURR": [7, 8], "AMT_CREDIT": [1, 2]},
    "records by id": {"7": {"AMT_CREDIT": 500_000}},
    "JSON-RPC": {"jsonrpc": "2.0", "method": "predict", "params": GOOD, "id": 1},
    "GraphQL": {"query": "{ decisions { record } }", "variables": {}},
    "JSON Patch": [{"op": "replace", "path": "/threshold", "value": 1}],
    "an error of ours": {"error": {"code": "x", "message": "x", "details": [], "request_id": None}},
    "a decision of ours": {"decision_id": "01a200fb-fc28-7bca-8302-10685e9b165c", "SK_ID_CURR": 7, "probability": 0.01},
    "a record and its own answer": {**GOOD, "probability": 0.01, "decision": "granted"},
    "a record and its outcome": {**GOOD, "TARGET": 0},
    "several problems": {"SK_ID_CURR": -1, "AMT_CREDIT": "x", "NOPE": [], "CODE_GENDER": 5},
}
TOO_MANY: Mapping[str, Any] = {
    "1,001 records": [*THOUSAND, {"SK_ID_CURR": 1001, "AMT_CREDIT": 1}],
    "1,001 records under data": {"data": [*THOUSAND, {"SK_ID_CURR": 1001, "AMT_CREDIT": 1}]},
    "1,001 records without ids": [{"AMT_CREDIT": 1}] * 1001,
    "2,000 records": [{"AMT_CREDIT": number} for number in range(2000)],
    "1,001 records under data, without ids": {"data": [{"AMT_CREDIT": 1}] * 1001},
    "20,000 records": [{"AMT_CREDIT": 1}] * 20_000,
}
PATHS = ("/predict", "/predict_proba", "/explain", "/data")


def cases() -> Iterator[Case]:
    """Each on all four routes that take records, which share what reads them."""
    for path in PATHS:
        for bodies, status in ((INVALID, 422), (TOO_MANY, 413)):
            named = {f"{name}, {path}": body for name, body in bodies.items()}
            yield from posts(named, status, path=path)
