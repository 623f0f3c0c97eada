"""What isn't HTTP, or HTTP whose lines, headers or lengths are wrong."""

from collections.abc import Iterator

from tests.robustness.corpus.case import CLIENT, NO_ANSWER, Case, as_bytes, head, raw, request
from tests.serving import KEY

GOOD = as_bytes(dict(CLIENT))
USUAL = [("host", "test"), ("x-api-key", KEY), ("content-type", "application/json"), ("content-length", str(len(GOOD)))]
HEADERS = head("", USUAL)[2:]
LINES = {
    "HTTP/0.9": b"GET /",
    "HTTP/0.9 with headers": b"POST /predict",
    "HTTP/2": b"POST /predict HTTP/2.0",
    "HTTP/2 without a dot": b"POST /predict HTTP/2",
    "HTTP/3": b"POST /predict HTTP/3.0",
    "HTTP/0.0": b"POST /predict HTTP/0.0",
    "HTTP/9.9": b"POST /predict HTTP/9.9",
    "HTTP/1": b"POST /predict HTTP/1",
    "HTTP/1.": b"POST /predict HTTP/1.",
    "HTTP/1.10": b"POST /predict HTTP/1.10",
    "HTTP/01.1": b"POST /predict HTTP/01.1",
    "http/1.1": b"POST /predict http/1.1",
    "HTTP 1.1": b"POST /predict HTTP 1.1",
    "HTTPS/1.1": b"POST /predict HTTPS/1.1",
    "ICY/1.1": b"POST /predict ICY/1.1",
    "HTTP/-1.1": b"POST /predict HTTP/-1.1",
    "HTTP/1.\xb9": b"POST /predict HTTP/1.\xb9",
    "words after the version": b"POST /predict HTTP/1.1 now",
    "a method alone": b"POST",
    "a path alone": b"/predict HTTP/1.1",
    "a version alone": b"HTTP/1.1",
    "an answer": b"HTTP/1.1 200 OK",
    "no path": b"POST HTTP/1.1",
    "two paths": b"POST /predict /data HTTP/1.1",
    "two blanks": b"POST  /predict HTTP/1.1",
    "tabs": b"POST\t/predict\tHTTP/1.1",
    "a blank first": b" POST /predict HTTP/1.1",
    "a blank in the path": b"POST /predict now HTTP/1.1",
    "a NUL in the path": b"POST /pre\0dict HTTP/1.1",
    "a carriage return in the path": b"POST /pre\rdict HTTP/1.1",
    "a line end of Unix in the path": b"POST /pre\ndict HTTP/1.1",
    "a tab in the path": b"POST /pre\tdict HTTP/1.1",
    "an escape in the path": b"POST /predict\x1b HTTP/1.1",
    "a DEL in the path": b"POST /predict\x7f HTTP/1.1",
    "a method in small letters": b"post /predict HTTP/1.1",
    "a method in mixed letters": b"Post /predict HTTP/1.1",
    "a method of one letter": b"P /predict HTTP/1.1",
    "a method past ASCII": b"P\xd6ST /predict HTTP/1.1",
    "a method of signs": b"(POST) /predict HTTP/1.1",
    "a method with a NUL": b"PO\0ST /predict HTTP/1.1",
    "a method of 5,000 letters": b"P" * 5000 + b" /predict HTTP/1.1",
    "a header for a line": b"Host: test",
    "an empty line": b"",
    "a quoted line": b'"POST /predict HTTP/1.1"',
    "a line of 9,000 letters": b"POST /" + b"a" * 9000 + b" HTTP/1.1",
    "a line of 1 MB": b"POST /predict?" + b"a" * 1_000_000 + b" HTTP/1.1",
    "the preface of HTTP/2": b"PRI * HTTP/2.0",
}
BAD_HEADERS = {
    "no colon": b"x",
    "no name": b": x",
    "a blank before the colon": b"x : y",
    "a tab before the colon": b"x\t: y",
    "a blank first": b" x: y",
    "a folded one": b"x: y\r\n z",
    "a blank in the name": b"x y: z",
    "a name past ASCII": b"\xe9: y",
    "a name of signs": b"x(y): z",
    "a name in brackets": b"[x]: y",
    "a NUL in the name": b"x\0y: z",
    "a NUL in the value": b"x: y\0z",
    "a carriage return in the value": b"x: y\rz",
    "a line end of Unix in the value": b"x: y\nz",
    "a control character in the value": b"x: y\x01z",
    "a DEL in the value": b"x: y\x7fz",
    "an escape in the value": b"x: y\x1b[2Jz",
    "a NUL in the key": b"x-api-key: a\0b",
    "a NUL in the type": b"content-type: application/json\0",
    "a value of 9,000 letters": b"x: " + b"y" * 9000,
    "a name of 9,000 letters": b"x" * 9000 + b": y",
    "a value of 1 MB": b"x: " + b"y" * 1_000_000,
    "120 headers": b"\r\n".join(b"x%d: y" % one for one in range(120)),
    "5,000 headers": b"\r\n".join(b"x%d: y" % one for one in range(5000)),
    "1 MB of headers": b"\r\n".join(b"x%d: %s" % (one, b"y" * 8000) for one in range(125)),
    "another type": b"content-type: text/plain",
    "the type twice": b"content-type: application/json",
    "two hosts": b"host: other",
    "an expectation": b"expect: 200-ok",
    "an unknown expectation": b"expect: x" + b"y" * 1000,
}
LENGTHS = '-1 -39 +39 39.0 0x27 3_9 3e1 39,39 39;39 39x x39 abc NaN null true ² ٣٩ 1e2 0b100111 --39 +-39 39- . "39" (39)'
ODD_LENGTHS = (b"", b"3 9", b"39 39", b"39, 39", b"39\t39", b"39\x0b", b"9" * 5000, b"-" + b"9" * 30, b"\xb2", b"\xb9\xb2\xb3")
NO_HTTP = {
    "a TLS greeting": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100),
    "SSH": b"SSH-2.0-OpenSSH_9.6\r\n",
    "SMTP": b"EHLO test\r\nMAIL FROM:<a@test>\r\n",
    "Redis": b"*1\r\n$4\r\nPING\r\n",
    "memcached": b"stats\r\nquit\r\n",
    "PostgreSQL": b"\x00\x00\x00\x08\x04\xd2\x16\x2f",
    "a proxy's line": b"PROXY TCP4 1.1.1.1 2.2.2.2 1 2\r\n" + request(GOOD),
    "a proxy's bytes": b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" + bytes(12) + request(GOOD),
    "SOCKS": b"\x05\x01\x00",
    "SIP": b"OPTIONS sip:a@test SIP/2.0\r\nVia: SIP/2.0/TCP test\r\n\r\n",
    "RTSP": b"DESCRIBE rtsp://test/a RTSP/1.0\r\nCSeq: 1\r\n\r\n",
    "WebSocket frames": b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58",
    "the preface of HTTP/2 and its settings": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
    "JSON": GOOD,
    "JSON in lines": GOOD + b"\r\n" + GOOD + b"\r\n\r\n",
    "NULs": bytes(1000),
    "line ends": b"\r\n" * 50,
    "bytes past ASCII": b"\xff" * 1000 + b"\r\n\r\n",
    "40 kB of letters": b"A" * 40_000,
    "1 MB of letters": b"A" * 1_000_000,
    "a request in UTF-16": request(GOOD).decode("latin-1").encode("utf-16"),
    "line ends of Unix": request(GOOD).replace(b"\r\n", b"\n"),
    "line ends of old Macs": request(GOOD).replace(b"\r\n", b"\r"),
}


def cases() -> Iterator[Case]:
    """What follows a line that is refused is not to be read: one answer, and the connection ends."""
    for name, line in LINES.items():
        yield raw(f"the line: {name}", line + b"\r\n" + HEADERS + GOOD, *_line_statuses(line))
    for name, header in BAD_HEADERS.items():
        first = head("POST /predict HTTP/1.1", USUAL)[:-2] + header
        yield raw(f"a header: {name}", first + b"\r\n\r\n" + GOOD, 400, 417, 431)
    yield raw("no host", request(GOOD, headers={"host": None}), 400)
    for text in (*map(str.encode, LENGTHS.split()), *ODD_LENGTHS):
        content = request(GOOD).replace(b"content-length: %d" % len(GOOD), b"content-length: " + text)
        yield raw(f"the length {str(text[:20])[1:]}", content, 400)
    for name, content in NO_HTTP.items():
        yield raw(name, content, 400, 414, 431)
    for length in (1, 20, 60, len(request(GOOD)) - len(GOOD) - 1):
        yield raw(f"{length} bytes of a head", request(GOOD)[:length], NO_ANSWER, 400)


def _line_statuses(line: bytes) -> tuple[int, ...]:
    return (400, 414, 431) if len(line) > 5000 else (400, 404)
