"""Good records under headers that say something else: types, encodings, purposes, keys of repetition."""

from collections.abc import Iterator

from tests.robustness.corpus.case import CLIENT, Case, as_bytes, post, raw, request
from tests.robustness.corpus.encodings import packed
from tests.robustness.corpus.strings import INJECTIONS

USED_KEY = "a key that was used"
"""The Idempotency-Key that came with another request before the first case."""

GOOD = as_bytes(dict(CLIENT))
TYPES = """
text/plain text/json text/javascript text/html text/xml text/csv application/xml application/javascript json JSON application
application/x-www-form-urlencoded multipart/form-data multipart/form-data;boundary=x application/octet-stream image/png video/mp4
application/problem+json application/vnd.api+json application/ld+json application/hal+json application/json-patch+json */* null
true application/x-ndjson application/jsonlines application/json-seq application/json5 application/jsonp application/cbor
application/* application/msgpack application/x-protobuf application/grpc application/x-yaml application/gzip application/
/json {} application/jsonx xapplication/json application/json+xml application\\json application/json/x application/json,text/plain
application/json;charset=utf-16 application/json;charset=UTF-32 application/json;charset=iso-8859-1 text/plain;charset=utf-8
application/json;charset=us-ascii application/json;charset=windows-1252 application/json;charset=utf-7
application/json;charset=utf-8-sig application/json;charset=rot13 application/json;charset=base64 application/json;charset=idna
application/json;charset="utf-16"
"""
ODD_TYPES = ("", "application / json", "application/json text/plain", "application/json; charset=x" + "y" * 5000, "a" * 8000)
ENCODINGS = {
    "gzip": "gzip",
    "x-gzip": "gzip",
    "deflate": "zlib",
    "br": "brotli",
    "zstd": "zstandard",
    "compress": "raw deflate",
    "x-compress": "raw deflate",
    "bzip2": "bzip2",
    "xz": "xz",
    "lzma": "lzma",
    "zip": "zip",
    "base64": "Base64",
    "pack200-gzip": "gzip",
    "exi": "MessagePack",
    "aes128gcm": "raw deflate",
}
SAID = "gzip GZIP deflate br zstd compress identity Identity chunked utf-8 none null * foo gzip,gzip gzip,identity gzip;q=1 <x>"
ODDLY_SAID = ("gzip, br", "identity, identity", "x" * 5000)
PURPOSES = (
    "test decisions simulate simulation; simulation,decision decision,simulation 0 1 true null * dry-run what-if simulätion"
)
ODD_PURPOSES = ("simulation simulation", '"simulation"', "x" * 5000)
REPEATED = {
    "an empty one": "",
    "one of 256 characters": "x" * 256,
    "one of 8,000 characters": "x" * 8000,
    "one with a tab": "a\tb",
    "one past ASCII": "cl\u00e9",
    "one of bytes past ASCII": "\xff\xfe",
    "one with a no-break space": "a\u00a0b",
}
OTHERS = {
    "another amount": ("/predict", {**CLIENT, "AMT_CREDIT": 1}, {}),
    "another id": ("/predict", {**CLIENT, "SK_ID_CURR": 8}, {}),
    "the record under features": ("/predict", {"features": dict(CLIENT)}, {}),
    "the record in a list": ("/predict", [dict(CLIENT)], {}),
    "a blank more": ("/predict", GOOD + b" ", {}),
    "both probabilities": ("/predict_proba", GOOD, {}),
    "the reasons, too": ("/explain", GOOD, {}),
    "another purpose": ("/predict", GOOD, {"x-purpose": "simulation"}),
}


def cases() -> Iterator[Case]:
    """Each record would be scored but for its headers."""
    yield from _typed()
    yield from _encoded()
    yield from _meant_otherwise()


def _typed() -> Iterator[Case]:
    for type_ in (*TYPES.split(), *ODD_TYPES):
        yield post(f"the type {type_[:40]}", GOOD, 415, headers={"content-type": type_})
    for path in ("/predict", "/predict_proba", "/explain", "/data", "/outcomes"):
        yield post(f"no type, {path}", GOOD, 415, path=path, headers={"content-type": None})


def _encoded() -> Iterator[Case]:
    bodies = packed(GOOD)
    for encoding, format_ in ENCODINGS.items():
        yield post(f"compressed: {encoding}", bodies[format_], 415, headers={"content-encoding": encoding})
    for said in (*SAID.split(), *ODDLY_SAID):
        yield post(f"said to be compressed: {said[:20]}", GOOD, 415, headers={"content-encoding": said})
    for path in ("/predict_proba", "/explain", "/data", "/outcomes"):
        yield post(f"compressed, {path}", bodies["gzip"], 415, path=path, headers={"content-encoding": "gzip"})


def _meant_otherwise() -> Iterator[Case]:
    for purpose in (*PURPOSES.split(), *ODD_PURPOSES):
        yield post(f"the purpose {purpose[:20]}", GOOD, 422, headers={"x-purpose": purpose})
    for name, text in INJECTIONS.items():
        if text.isascii() and text.isprintable() and len(text) < 5000:
            yield post(f"{name} for a purpose", GOOD, 422, headers={"x-purpose": text})
            yield post(f"{name} for a type", GOOD, 415, headers={"content-type": text})
    for name, key in REPEATED.items():
        yield post(f"an Idempotency-Key: {name}", GOOD, 422, headers={"idempotency-key": key})
    for path in ("/reference", "/importance"):
        yield raw(f"another ETag wanted, {path}", request(method="GET", target=path, headers={"if-match": '"x"'}), 412)
    for name, (path, body, headers) in OTHERS.items():
        yield post(f"a used Idempotency-Key: {name}", body, 409, path=path, headers={"idempotency-key": USED_KEY, **headers})
