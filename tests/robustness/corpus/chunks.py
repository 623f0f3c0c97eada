"""Bodies in chunks that are broken, or that are too long; and what their headers say of them."""

from collections.abc import Iterator

from tests.robustness.corpus.case import CLIENT, Case, as_bytes, head, raw
from tests.robustness.corpus.encodings import packed
from tests.robustness.corpus.sizes import LIMIT
from tests.serving import KEY

GOOD = as_bytes(dict(CLIENT))
SIZE = b"%x" % len(GOOD)
BROKEN = {
    "nothing": b"",
    "the size alone": SIZE,
    "the size and its line end": SIZE + b"\r\n",
    "a chunk cut short": SIZE + b"\r\n" + GOOD[:10],
    "a chunk without its end": SIZE + b"\r\n" + GOOD,
    "a chunk and no last one": SIZE + b"\r\n" + GOOD + b"\r\n",
    "a last chunk without its end": SIZE + b"\r\n" + GOOD + b"\r\n0\r\n",
    "a last chunk cut short": SIZE + b"\r\n" + GOOD + b"\r\n0",
    "a size that is none": b"zz\r\n" + GOOD + b"\r\n0\r\n\r\n",
    "no size": b"\r\n" + GOOD + b"\r\n0\r\n\r\n",
    "a blank for a size": b" \r\n" + GOOD + b"\r\n0\r\n\r\n",
    "a size below zero": b"-" + SIZE + b"\r\n" + GOOD + b"\r\n0\r\n\r\n",
    "a size with a sign": b"+" + SIZE + b"\r\n" + GOOD + b"\r\n0\r\n\r\n",
    "a size in C": b"0x" + SIZE + b"\r\n" + GOOD + b"\r\n0\r\n\r\n",
    "a size with an underscore": b"0_" + SIZE + b"\r\n" + GOOD + b"\r\n0\r\n\r\n",
    "a size after a blank": b" " + SIZE + b"\r\n" + GOOD + b"\r\n0\r\n\r\n",
    "a size before a blank": SIZE + b" \r\n" + GOOD + b"\r\n0\r\n\r\n",
    "a size in two": SIZE + b" " + SIZE + b"\r\n" + GOOD + b"\r\n0\r\n\r\n",
    "a size in digits of another script": "٢٧".encode() + b"\r\n" + GOOD + b"\r\n0\r\n\r\n",
    "a size of 20 digits": b"f" * 20 + b"\r\n" + GOOD + b"\r\n0\r\n\r\n",
    "a size of 10,000 digits": b"f" * 10_000 + b"\r\n" + GOOD,
    "a size above the chunk's": b"ff\r\n" + GOOD + b"\r\n0\r\n\r\n",
    "a size below the chunk's": b"5\r\n" + GOOD + b"\r\n0\r\n\r\n",
    "a size one above": b"%x\r\n%s\r\n0\r\n\r\n" % (len(GOOD) + 1, GOOD),
    "a size one below": b"%x\r\n%s\r\n0\r\n\r\n" % (len(GOOD) - 1, GOOD),
    "line ends of Unix": SIZE + b"\n" + GOOD + b"\n0\n\n",
    "a chunk's end of Unix": SIZE + b"\r\n" + GOOD + b"\n0\r\n\r\n",
    "no line end between": SIZE + b"\r\n" + GOOD + b"0\r\n\r\n",
    "letters for a line end": SIZE + b"\r\n" + GOOD + b"XY0\r\n\r\n",
    "a carriage return in an extension": SIZE + b";a=\rb\r\n" + GOOD + b"\r\n0\r\n\r\n",
    "a trailer that is none": SIZE + b"\r\n" + GOOD + b"\r\n0\r\nbad trailer\r\n\r\n",
    "a trailer without a name": SIZE + b"\r\n" + GOOD + b"\r\n0\r\n: x\r\n\r\n",
    "a trailer with a NUL": SIZE + b"\r\n" + GOOD + b"\r\n0\r\nx: a\0b\r\n\r\n",
    "a length in the trailer": SIZE + b"\r\n" + GOOD + b"\r\n0\r\nContent-Length: 5\r\n\r\n",
    "chunks in the trailer": SIZE + b"\r\n" + GOOD + b"\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n",
    "200 trailers": SIZE + b"\r\n" + GOOD + b"\r\n0\r\n" + b"".join(b"x%d: y\r\n" % one for one in range(200)) + b"\r\n",
    "a trailer of 40 kB": SIZE + b"\r\n" + GOOD + b"\r\n0\r\nx: " + b"y" * 40_000 + b"\r\n\r\n",
    "a body without chunks": GOOD,
}

CODINGS = """
foo|gzip, chunked|deflate, chunked|compress, chunked|br, chunked|chunked, chunked|chunked, gzip|chunked, identity|xchunked
|chunkedx|chunked;q=1|"chunked"|\x0bchunked|identity, gzip|gzip||chunked, foo|foo, chunked|chunked,,foo
"""


def cases() -> Iterator[Case]:
    """None is scored, however much of it was good."""
    for name, body in BROKEN.items():
        yield _sent(f"chunks: {name}", body, 400)
    yield _sent("chunks of nothing", b"0\r\n\r\n", 400)
    yield _sent("half a record in chunks", chunked(GOOD[:5], GOOD[5:20]), 400)
    yield _sent("a compressed body in chunks", chunked(packed(GOOD)["gzip"]), 400)
    for size in (1_000_000, 100_000, 1000):
        yield _sent(f"chunks of {size:,} above the limit", chunked(GOOD, *[b" " * size] * (LIMIT // size)), 413)
    yield _sent("one chunk above the limit", chunked(GOOD + b" " * LIMIT), 413)
    yield _sent("a chunk that says it is above the limit", b"%x\r\n" % 10**9 + GOOD, 400, 413)
    for coding in (*(one.strip(" \n") for one in CODINGS.split("|")), "x" * 1000):
        yield _sent(f"the coding {coding[:20]!r}", chunked(GOOD), 400, 415, coding=coding)
    for name, body in packed(GOOD).items():
        if name in {"gzip", "zlib"}:
            yield _sent(f"{name} in chunks, by its coding", chunked(body), 400, 415, coding="gzip, chunked")
    yield _sent("chunks and a length", chunked(GOOD), 400, extra=[("content-length", str(len(GOOD)))])
    yield _sent("chunks and their length", chunked(GOOD), 400, extra=[("content-length", str(len(chunked(GOOD))))])
    yield _sent("chunks and a length of 0", chunked(GOOD), 400, extra=[("content-length", "0")])
    yield _sent("chunks twice", chunked(GOOD), 400, extra=[("transfer-encoding", "chunked")])
    yield _sent("chunks, then the identity", chunked(GOOD), 400, extra=[("transfer-encoding", "identity")])
    yield _sent("chunks in HTTP/1.0", chunked(GOOD), 400, line="POST /predict HTTP/1.0")


def chunked(*chunks: bytes) -> bytes:
    """A body in chunks as they ought to be."""
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


def _sent(
    name: str,
    body: bytes,
    *allowed: int,
    coding: str = "chunked",
    extra: list[tuple[str, str]] | None = None,
    line: str = "POST /predict HTTP/1.1",
) -> Case:
    headers = [("host", "test"), ("x-api-key", KEY), ("content-type", "application/json"), ("transfer-encoding", coding)]
    return raw(name, head(line, headers + (extra or [])) + body, *allowed)
