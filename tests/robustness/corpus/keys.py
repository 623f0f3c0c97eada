"""Requests without a valid key: nothing else of them is looked at."""

import base64
from collections.abc import Iterator

from tests.robustness.corpus.case import CLIENT, Case, Headers, as_bytes, head, raw, request
from tests.robustness.corpus.chunks import chunked
from tests.serving import KEY

GOOD = as_bytes(dict(CLIENT))
NO_KEYS = {
    "an empty key": "",
    "another key": "another-key",
    "the key in capitals": KEY.upper(),
    "the key's beginning": KEY[:-1],
    "the key and a letter": f"{KEY}x",
    "the key twice": f"{KEY}{KEY}",
    "the key in a list": f"{KEY},{KEY}",
    "the key and another": f"other, {KEY}",
    "the key in quotation marks": f'"{KEY}"',
    "the key as a bearer's": f"Bearer {KEY}",
    "the key with an accent": KEY.replace("a", "à"),
    "the key percent-encoded": KEY.replace("-", "%2d"),
    "the key in Base64": base64.b64encode(KEY.encode()).decode(),
    "the key with a tab": KEY.replace("-", "\t"),
    "bytes past ASCII": "\xff\xfe\x80",
    "an asterisk": "*",
    "null": "null",
    "true": "true",
    "a list": f'["{KEY}"]',
    "SQL": "' OR '1'='1",
    "a template": "${API_KEY}",
    "8,000 letters": "a" * 8000,
}
ELSEWHERE: dict[str, Headers] = {
    "in Authorization": {"authorization": f"Bearer {KEY}"},
    "in Authorization, alone": {"authorization": KEY},
    "as a user": {"authorization": "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()},
    "in api-key": {"api-key": KEY},
    "in x-apikey": {"x-apikey": KEY},
    "in x-auth-token": {"x-auth-token": KEY},
    "in x_api_key": {"x_api_key": KEY},
    "in a cookie": {"cookie": f"x-api-key={KEY}"},
    "in x-forwarded-x-api-key": {"x-forwarded-x-api-key": KEY},
    "in proxy-authorization": {"proxy-authorization": f"Bearer {KEY}"},
}
PATH_CHANGES: dict[str, Headers] = {
    "SCRIPT_NAME": {"script_name": "/predict"},
    "x-original-url": {"x-original-url": "/"},
    "x-rewrite-url": {"x-rewrite-url": "/"},
    "x-forwarded-prefix": {"x-forwarded-prefix": "/predict"},
    "x-forwarded-for": {"x-forwarded-for": "127.0.0.1"},
    "x-script-name": {"x-script-name": "/predict"},
    "x-http-method-override": {"x-http-method-override": "GET"},
    "x-remote-user": {"x-remote-user": "admin"},
}
ROUTES = """
GET /features|GET /best_threshold|GET /importance|GET /reference|POST /predict|POST /predict_proba|POST /explain
|POST /data|POST /outcomes
|GET /decisions/01a200fb-fc28-7bca-8302-10685e9b165c|POST /decisions/01a200fb-fc28-7bca-8302-10685e9b165c/review|GET /metrics
|GET /nowhere|POST /nowhere|GET /decisions/x|DELETE /predict|GET /predict|PUT /features|GET /healthz|GET /Features|GET /features/
|GET /features?x-api-key=a-key-for-tests|GET /.env|GET /predict/../features|GET /health/../features|GET /docs/../features
|GET /;/features|GET /%2e/features|GET /features%00|GET /features;/docs|GET /openapi.json/../features|POST http://test/predict
|OPTIONS /predict|OPTIONS *|GET //features|GET /%2ffeatures|POST //predict|GET /docs/../../features|TRACE /features
"""
BODIES = {
    "no JSON": b"{",
    "another type": b"{}",
    "bytes past UTF-8": b"\xff" * 100,
    "6 MB": b" " * 6_000_000,
}


def cases() -> Iterator[Case]:
    """Each is refused for its key; what gunicorn itself doesn't take, as x_api_key, may be refused for that."""
    for name, key in NO_KEYS.items():
        yield raw(name, request(GOOD, headers={"x-api-key": key}), 401)
    for name, headers in (ELSEWHERE | PATH_CHANGES).items():
        yield raw(f"the key {name}", request(GOOD, headers={"x-api-key": None, **headers}), 400, 401)
    for route in ROUTES.strip().split("|"):
        method, target = route.split()
        allowed = (401, 404) if "/../" in target else (401,)
        yield raw(f"no key for {method} {target}", request(GOOD, method, target, {"x-api-key": None}), *allowed)
    for name, body in BODIES.items():
        yield raw(f"no key, and {name}", request(body, headers={"x-api-key": None, "content-type": "text/plain"}), 401)
    yield raw("no key, and 10 GB to come", request(headers={"x-api-key": None, "content-length": "10000000000"}), 401)
    yield raw("no key, and an unknown encoding", request(GOOD, headers={"x-api-key": None, "content-encoding": "x"}), 401)
    yield raw("no key, and an unknown purpose", request(GOOD, headers={"x-api-key": None, "x-purpose": "x"}), 401)
    for name, body in {"good chunks": chunked(GOOD), "broken chunks": b"zz\r\n"}.items():
        start = head("POST /predict HTTP/1.1", [("host", "test"), ("transfer-encoding", "chunked")])
        yield raw(f"no key, and {name}", start + body, 401)
    twice = [("host", "test"), ("x-api-key", KEY), ("x-api-key", KEY), ("content-length", "0")]
    yield raw("the key in two headers", head("POST /predict HTTP/1.1", twice), 400, 401)
