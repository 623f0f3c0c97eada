"""Good requests of every kind, and what their records mean."""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scoring.fields import FIELDS, MAX_ID, Field
from tests.conftest import demo_clients
from tests.robustness.corpus.case import CLIENT, Headers, as_bytes, head, request
from tests.robustness.corpus.chunks import chunked
from tests.serving import KEY

Record = Mapping[str, Any]
LABELS = tuple(field for field in FIELDS if field.type == "label")
TYPES = """
application/json;charset=utf-8|application/json; charset=UTF-8|application/json; charset=utf8|APPLICATION/JSON
|application/json; charset="utf-8"|application/json ; charset=utf-8|application/json; version=1
"""
NUMBERS = """
0 -0 0.0 -0.0 7 -7 1e5 1E5 1e+5 5E-1 1.7976931348623157e308 -1.7976931348623157e308 5e-324 1e-400 0e999 0.1 0.30000000000000004
123456789.123456789 9007199254740993 18446744073709551616 1000000000000000000000000000000
"""
FRAMES: Mapping[str, tuple[str, Headers]] = {
    "of HTTP's absolute form": ("http://test/predict", {}),
    "with a query": ("/predict?verbose=1&x=%ff", {}),
    "percent-encoded": ("/%70redict", {}),
    "for a browser": (
        "/predict",
        {"accept": "text/html", "origin": "http://test", "accept-encoding": "br"},
    ),
    "for a simulation": ("/predict", {"x-purpose": "Simulation"}),
    "for a decision": ("/predict", {"x-purpose": " decision "}),
    "with a key of 255": ("/predict", {"idempotency-key": "x" * 255}),
    "with a key of signs": ("/predict", {"idempotency-key": "';--<script>{{7*7}} \\"}),
    "that asks for leave": ("/predict", {"expect": "100-continue"}),
    "that is the last": ("/predict", {"connection": "close"}),
    "with zeros before its length": ("/predict", {"content-length": f"00{len(as_bytes(dict(CLIENT)))}"}),
}


@dataclass(frozen=True, slots=True)
class Valid:
    """A good request, and its records with labels for aliases and floats for numbers."""

    name: str
    raw: bytes
    meant: Sequence[Record]


def valid() -> Iterator[Valid]:
    """At least fifty."""
    yield from _in_every_form()
    yield from _of_every_value()
    yield from _written_otherwise()
    yield from _sent_otherwise()
    yield from (_ask(f"drawn {seed}", records, records) for seed in range(10) if (records := drawn(20, seed)))


def _in_every_form() -> Iterator[Valid]:
    clients = demo_clients()
    for path in ("/predict", "/predict_proba", "/explain"):
        yield _ask(f"bare, {path}", clients[0], clients[:1], path)
        yield _ask(f"features, {path}", {"features": clients[1]}, clients[1:2], path)
        yield _ask(f"a list, {path}", clients, clients, path)
        yield _ask(f"data, {path}", {"data": clients}, clients, path)
    yield _ask("without the nulls", [known(one) for one in clients], clients)
    yield _ask("in another order", dict(reversed(clients[2].items())), clients[2:3])
    yield _ask("one field alone", {"EXT_SOURCE_3": 0.5}, [{"EXT_SOURCE_3": 0.5}])
    yield _ask("all but one null", dict.fromkeys(clients[3]) | {"AMT_CREDIT": 1}, [{"AMT_CREDIT": 1.0}])
    thousand = [{**known(one), "SK_ID_CURR": number} for number, one in enumerate(clients * 5)]  # with nulls: over 5 MB
    yield _ask("a thousand", {"data": thousand}, thousand)


def _of_every_value() -> Iterator[Valid]:
    vocabulary = [vocabulary_of(number) for number in range(max(len(field.allowed) for field in LABELS))]
    yield _ask("the whole vocabulary", vocabulary, vocabulary)
    identified = [{"SK_ID_CURR": number, **one} for number, one in enumerate(vocabulary)]
    yield _ask("the whole vocabulary under data", {"data": identified}, vocabulary)
    for alias, own in ((0, "N"), (1, "Y"), (0.0, "N"), (1.0, "Y")):
        body = {"AMT_CREDIT": 1, "CODE_GENDER": alias, "FLAG_OWN_CAR": alias, "FLAG_OWN_REALTY": alias}
        yield _ask(f"the alias {alias}", body, [{"AMT_CREDIT": 1.0, "FLAG_OWN_CAR": own, "FLAG_OWN_REALTY": own}])
    for number in (0, 1, MAX_ID - 1, MAX_ID, 7.0, 2.0**51):
        yield _ask(f"the id {number}", {"data": [{**CLIENT, "SK_ID_CURR": number}]}, [CLIENT])
    for value in (0.0, -0.0, 1.0, -1.0, 5e-324, 1e-300, 1e15, 1e300, 1.7976931348623157e308, -1.7976931348623157e308, 365243.0):
        record = {field.name: value for field in FIELDS if field.type == "number"}
        yield _ask(f"every number {value}", record, [record])


def _written_otherwise() -> Iterator[Valid]:
    for literal in (*NUMBERS.split(), "0." + "3" * 1_000_000, "0." + "0" * 400 + "1e400"):
        number = float(literal)
        body = f'{{"AMT_CREDIT": {literal}, "AMT_ANNUITY": 25000, "EXT_SOURCE_1": {literal}}}'.encode()
        yield Valid(
            f"the number {literal[:30]}", request(body), [{"AMT_CREDIT": number, "AMT_ANNUITY": 25e3, "EXT_SOURCE_1": number}]
        )
    trade = [{**CLIENT, "ORGANIZATION_TYPE": "Trade: type 7"}]
    house = [{**CLIENT, "NAME_HOUSING_TYPE": "House / apartment"}]
    yield _ask("a label with a colon, escaped", as_bytes(trade[0]).replace(b": type", b"\\u003A\\u0020type"), trade)
    yield _ask("a label with a slash, escaped", as_bytes(house[0]).replace(b" / ", b" \\/ "), house)
    yield _ask("a name in escapes", as_bytes(dict(CLIENT)).replace(b"AMT", b"\\u0041\\u004d\\u0054"), [CLIENT])
    good = json.dumps(dict(CLIENT), indent="\t").replace("\n", "\r\n").encode()
    yield _ask("lines and tabs", b"\r\n\t " + good + b" \t\r\n", [CLIENT])
    yield _ask("4 MB of blanks", b" " * 2_000_000 + good + b"\n" * 2_000_000, [CLIENT])
    yield _ask("no blank", json.dumps(dict(CLIENT), separators=(",", ":")).encode(), [CLIENT])


def _sent_otherwise() -> Iterator[Valid]:
    good = as_bytes(dict(CLIENT))
    for type_ in TYPES.strip().replace("\n", "").split("|"):
        yield Valid(f"the type {type_}", request(good, headers={"content-type": type_}), [CLIENT])
    for name, (target, headers) in FRAMES.items():
        yield Valid(f"a request {name}", request(good, target=target, headers=headers), [CLIENT])
    plain = request(good)
    yield Valid("HTTP/1.0", plain.replace(b"HTTP/1.1", b"HTTP/1.0"), [CLIENT])
    yield Valid("header names in capitals", plain.replace(b"x-api-key", b"X-API-KEY").replace(b"content-", b"CONTENT-"), [CLIENT])
    yield Valid("blanks around values", plain.replace(KEY.encode(), b"\t " + KEY.encode() + b" \t"), [CLIENT])
    usual = [("host", "test"), ("x-api-key", KEY), ("content-type", "application/json"), ("Transfer-Encoding", "Chunked")]
    start = head("POST /predict HTTP/1.1", usual)
    yield Valid("chunks of one byte", start + chunked(*(good[one : one + 1] for one in range(len(good)))), [CLIENT])
    size = b"%X" % len(good)
    yield Valid("a chunk with an extension", start + size + b";a=b\r\n" + good + b"\r\n0\r\n\r\n", [CLIENT])
    yield Valid("zeros before a chunk's size", start + b"000" + size + b"\r\n" + good + b"\r\n000\r\n\r\n", [CLIENT])
    yield Valid("a trailer", start + size + b"\r\n" + good + b"\r\n0\r\nx-checksum: 7\r\n\r\n", [CLIENT])


def drawn(count: int, seed: int) -> list[dict[str, Any]]:
    """Records whose fields are drawn, each known or null or absent, numbers of any size."""
    random_ = random.Random(seed)
    return [
        {field.name: value_of(field, random_) for field in FIELDS if field.name != "SK_ID_CURR" and random_.random() < 0.7}
        | {"EXT_SOURCE_2": random_.random()}
        for _ in range(count)
    ]


def value_of(field: Field, random_: random.Random) -> Any:
    if random_.random() < 0.2:
        return None
    if field.type == "label":
        return random_.choice(field.allowed)
    if field.type == "flag":
        return random_.choice((0, 1, 0.0, 1.0))
    return random_.choice(
        (random_.random(), random_.randint(-20_000, 20_000), random_.uniform(-1e6, 1e6), 10.0 ** random_.randint(-9, 9))
    )


def vocabulary_of(number: int) -> dict[str, Any]:
    """A record of labels alone but for an amount: of each field the label of that number, from the first again."""
    labels = {field.name: field.allowed[number % len(field.allowed)] for field in LABELS}
    return {"AMT_CREDIT": 500_000.0, **labels}


def known(record: Record) -> dict[str, Any]:
    return {name: value for name, value in record.items() if value is not None}


def _ask(name: str, body: Any, meant: Sequence[Record], path: str = "/predict") -> Valid:
    return Valid(name, request(body, target=path), meant)
