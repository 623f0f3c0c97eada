"""Lengths that aren't the body's, requests behind one another, expectations, and callers who stop in the middle."""

from collections.abc import Iterator

from tests.robustness.corpus.case import CLIENT, Case, as_bytes, head, raw, request
from tests.robustness.corpus.chunks import chunked
from tests.robustness.corpus.sizes import LIMIT
from tests.serving import KEY

GOOD = as_bytes(dict(CLIENT))
VALID = request(GOOD)
NO_KEY = request(GOOD, headers={"x-api-key": None})
NO_JSON = request(b'{"AMT_CREDIT": NaN}')
IN_CHUNKS = head(
    "POST /predict HTTP/1.1",
    [("host", "test"), ("x-api-key", KEY), ("content-type", "application/json"), ("transfer-encoding", "chunked")],
)
DECIDED, BROKEN = frozenset({200}), frozenset({400})


def cases() -> Iterator[Case]:
    yield from _lengths()
    yield from _one_behind_the_other()
    yield from _smuggled()
    yield from _expectations()


def _lengths() -> Iterator[Case]:
    """What is left of a body that is longer than its length is the next request, and none."""
    for less in (1, 10, len(GOOD) - 1, len(GOOD)):
        length = len(GOOD) - less
        yield raw(f"a length of {length} for {len(GOOD)} bytes", _of_length(length), 400, answers=2)
    yield raw("no length", request(GOOD, headers={"content-length": None}), 400, 411, answers=2)
    yield raw("no length and no body", request(headers={"content-length": None}), 400, 411)
    for more in (1, 61, 10_000, LIMIT - len(GOOD)):
        yield raw(f"a length of {len(GOOD) + more:,} for {len(GOOD)} bytes", _of_length(len(GOOD) + more), 400)
    for length in (LIMIT + 1, 10**9, 2**31, 2**32 + len(GOOD), 2**63 - 1, 2**63, 2**64, 2**64 + len(GOOD), 10**30):
        yield raw(f"a length of {length} for {len(GOOD)} bytes", _of_length(length), 400, 413)
    for other in (len(GOOD), 0, 5, 1000):
        twice = [("content-length", str(len(GOOD))), ("content-length", str(other))]
        yield raw(f"a length of {len(GOOD)} and one of {other}", _with(twice) + GOOD, 400)
        yield raw(f"a length of {other}, then one of {len(GOOD)} first-hand", _with(list(reversed(twice)), "/data") + GOOD, 400)


def _one_behind_the_other() -> Iterator[Case]:
    """A good request is served whatever comes behind it; what comes behind a bad one is a request of its own."""
    bad = {"no JSON": (NO_JSON, 400), "no key": (NO_KEY, 401), "a wrong path": (request(GOOD, target="/nowhere"), 404)}
    bad |= {
        "a wrong type": (request(GOOD, headers={"content-type": "text/plain"}), 415),
        "a string": (request({"AMT_CREDIT": ""}), 422),
    }
    bad |= {
        "garbage": (b"garbage\r\n\r\n", 400),
        "half a request": (VALID[:-5], 400),
        "a line of HTTP/0.9": (b"GET /\r\n\r\n", 400),
    }
    bad |= {
        "a wrong method": (request(GOOD, method="PUT"), 405),
        "two lengths": (_with([("content-length", "1")] * 2) + b"1", 400),
    }
    for name, (content, status) in bad.items():
        second = frozenset({status})
        yield Case(f"a good request, then {name}", VALID + content, (DECIDED, second), ends=True)
        yield Case(f"two good requests, then {name}", VALID * 2 + content, (DECIDED, DECIDED, second), ends=True)
    for name in ("no JSON", "no key", "a wrong type", "a wrong path", "a wrong method"):
        content, status = bad[name]
        yield Case(f"{name}, then a good request", content + VALID, (frozenset({status}), DECIDED), ends=True)
    yield Case("no JSON five times", NO_JSON * 5, (BROKEN,) * 5, ends=True)


def _smuggled() -> Iterator[Case]:
    """A request in the body of one that is refused for its framing is not to be served."""
    both = [("content-length", "4"), ("transfer-encoding", "chunked")]
    yield raw("a request behind two framings", _with(both) + b"0\r\n\r\n" + VALID, 400)
    yield raw("a request behind two framings, the other way", _with(both[::-1]) + b"0\r\n\r\n" + VALID, 400)
    yield raw(
        "a request behind a framing with a blank", _with([both[0], ("transfer-encoding ", "chunked")]) + b"0\r\n\r\n" + VALID, 400
    )
    yield raw("a request behind a broken chunk", IN_CHUNKS + b"zz\r\n\r\n" + VALID, 400)
    yield raw("a request behind a chunk that is too short", IN_CHUNKS + b"2\r\n{}{}\r\n0\r\n\r\n" + VALID, 400)
    yield raw("a request behind a bad trailer", IN_CHUNKS + chunked(b"{")[:-2] + b"bad\r\n\r\n" + VALID, 400)
    yield raw("a request behind the last one", request(b"{", headers={"connection": "close"}) + VALID, 400)
    yield raw("a request in a body", request(VALID), 400)
    yield raw("a request in the body of a GET", request(VALID, "GET"), 405)
    yield raw("a request in the body of a HEAD", request(VALID, "HEAD"), 405)
    yield raw("a request in a body that is too large", request(VALID + b" " * LIMIT), 413)
    yield raw("a request in a body without a key", request(VALID, headers={"x-api-key": None}), 401)


def _expectations() -> Iterator[Case]:
    """Who waits for leave to send a body is told at once that it isn't wanted."""
    wait = {"expect": "100-continue"}
    yield raw("leave asked for, then no JSON", request(b"{", headers=wait), 400)
    yield raw("leave asked for without a key", request(headers={**wait, "x-api-key": None, "content-length": "1000"}), 401)
    yield raw("leave asked for 10 GB", request(headers={**wait, "content-length": "10000000000"}), 413)
    yield raw("leave asked for another type", request(headers={**wait, "content-type": "a/b", "content-length": "9"}), 415)
    yield raw("leave asked for, then half a body", request(GOOD[:9], headers={**wait, "content-length": "39"}), 400)
    yield raw("leave asked for twice", request(b"{", headers={"expect": "100-continue, 100-continue"}), 400, 417)
    yield raw("a WebSocket", request(b"{", headers={"upgrade": "websocket", "connection": "upgrade"}), 400)
    upgrade = {"upgrade": "h2c", "connection": "upgrade, http2-settings", "http2-settings": "AAMAAABkAARAAAAAAAIAAAAA"}
    yield raw("HTTP/2 for no JSON", request(b"{", headers=upgrade), 400)


def slow() -> Iterator[Case]:
    """Callers who stop in the middle and stay: told so after a while, and within 10 s."""
    stopped = (frozenset({408}),)
    yield Case("half a head, then nothing", VALID[:70], stopped)
    yield Case("half a body, then nothing", VALID[:-10], stopped)
    yield Case("half a chunk, then nothing", IN_CHUNKS + b"ff\r\n{", stopped)
    yield Case("two chunks, then nothing", IN_CHUNKS + chunked(GOOD[:9], GOOD[9:])[:-5], stopped)


def _of_length(length: int) -> bytes:
    return request(GOOD, headers={"content-length": str(length)})


def _with(headers: list[tuple[str, str]], path: str = "/predict") -> bytes:
    usual = [("host", "test"), ("x-api-key", KEY), ("content-type", "application/json")]
    return head(f"POST {path} HTTP/1.1", [*usual, *headers])
