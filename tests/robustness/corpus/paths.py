"""Paths that aren't there, and methods that a path doesn't take."""

from collections.abc import Iterator
from urllib.parse import quote

from tests.robustness.corpus.case import CLIENT, Case, as_bytes, raw, request
from tests.robustness.corpus.strings import INJECTIONS

GOOD = as_bytes(dict(CLIENT))
NOBODY = "01a200fb-fc28-7bca-8302-10685e9b165c"
UNKNOWN = r"""
/nowhere /Predict /PREDICT /predictx /predict/7 /predict/predict /predict.json /predict.html /predict.php /pred /p
//predict ///predict /predict// //predict_proba //data //outcomes // /// /.//predict /predict//x //features
/./predict /../predict /x/../predict /predict/. /predict/.. /predict/../predict /.. /../ /.../predict /....//predict
/%2e/predict /%2e%2e/predict /x/%2e%2e/predict /..%2f..%2fetc%2fpasswd /%2fpredict /features%2f..%2fpredict
/predict%00 /predict%00.json /%00%00 /%00predict /pre%00dict /%ff /predict%ff /%c0%ae%c0%ae/predict /%ed%a0%80 /%e2%82
/% /%z /%zz /predict% /predict%2 /predict%zz /%u0070redict /%25%37%30redict /%2570redict /predict%20 /%20predict
/predict%0d%0aSet-Cookie:%20a=b /predict%0a /predict%09 /%0d%0a%0d%0aHTTP/1.1 /predict;a=b /predict;jsessionid=1
/;/predict /predict, /predict: /predict&x=1 /predict+ /predict* /* /predict\ /\predict /predict\..\x /~root
/etc/passwd /.env /.git/config /.git/HEAD /.DS_Store /backup.sql /decisions.db /var/decisions.db /app.py /static/x
/models/latest/model.pkl /model.pkl /requirements.txt /Procfile /logs /admin /login /console /debug /phpmyadmin
/wp-login.php /cgi-bin/test /server-status /actuator/env /graphql /swagger.json /v1/predict /api/predict /rpc
/favicon.ico /robots.txt /sitemap.xml /.well-known/security.txt /crossdomain.xml /invocations /ping /version
/assets/../app.py /assets/..%2f..%2fapp.py /assets/%2e%2e/app.py /docs/x /redoc/x /metrics/x /health/x /health
/decisions /decisions/ /decisions/7 /decisions/x /decisions/null /decisions/* /decisions/../features
/decisions/01a200fb /decisions/01a200fbfc287bca83021 /decisions/01a200fb-fc28-7bca-8302-10685e9b165
/decisions/01a200fb-fc28-7bca-8302-10685e9b165cc /decisions/{01a200fb-fc28-7bca-8302-10685e9b165c}
/decisions/01a200fb-fc28-7bca-8302-10685e9b165g /decisions/01a200fb_fc28_7bca_8302_10685e9b165c
/decisions/urn:uuid:01a200fb-fc28-7bca-8302-10685e9b165c /decisions/01a200fbfc287bca830210685e9b165c
/decisions/01a200fb-fc28-7bca-8302-10685e9b165c%00 /decisions/01a200fb-fc28-7bca-8302-10685e9b165c'
/decisions/%d9%a01a200fb-fc28-7bca-8302-10685e9b165c /decisions/-1 /decisions/1e5 /decisions/01a200fb-fc28/x
"""
UNKNOWN_WORDS = ("предсказать", "рredict", "prédict", "predict\u200b", "🏦", "ｐｒｅｄｉｃｔ")
LONG = ("/" + "a" * 8000, "/predict/" + "a/" * 3000, "/" + "%41" * 2500, "/" + "../" * 2000 + "predict", "/predict" + "/" * 3000)
METHODS = "GET PUT PATCH DELETE TRACE CONNECT HEAD PROPFIND MKCOL BREW LINK QUERY M-SEARCH"
TAKING = ("/predict", "/predict_proba", "/explain", "/data", "/outcomes")
TELLING = """
/ /features /best_threshold /importance /reference /decisions/01a200fb-fc28-7bca-8302-10685e9b165c /metrics
/health/live /health/ready /openapi.json /docs /redoc
"""
TARGETS = r"predict ? # * : @ test test:80 http: http:/predict ?x=/predict \ %2fpredict é"


def cases() -> Iterator[Case]:
    """A path is unknown whatever the method, and a method refused whatever the body."""
    yield from _unknown()
    yield from _refused()
    yield from _odd()


def _unknown() -> Iterator[Case]:
    unknown = [*UNKNOWN.split(), *(f"/{quote(word)}" for word in UNKNOWN_WORDS)]
    for path in unknown:
        yield raw(f"POST {path[:70]}", request(GOOD, target=path), 404)
    for path in LONG:
        yield raw(f"POST {path[:20]} and so on", request(GOOD, target=path), 404, 414)
    for path in (*unknown[::5], "/assets/x.js", "/decisions/00000000-0000-0000-0000-000000000000"):
        yield raw(f"GET {path[:70]}", request(method="GET", target=path), 404)
    for name, text in INJECTIONS.items():
        if len(text) < 1000:
            yield raw(f"the path: {name}", request(GOOD, target="/" + quote(text, safe="")), 404)
            yield raw(f"the decision: {name}", request(method="GET", target="/decisions/" + quote(text, safe="")), 404)


def _refused() -> Iterator[Case]:
    for method in METHODS.split():
        for path in TAKING if method in {"GET", "HEAD", "PUT", "DELETE", "TRACE"} else TAKING[:1]:
            yield raw(f"{method} {path}", request(GOOD, method, path), 405)
    for path in TELLING.split():
        for method in ("POST", "PUT", "DELETE"):
            yield raw(f"{method} {path}", request(GOOD, method, path), 405)
    for method in ("GET", "PUT", "DELETE", "HEAD"):
        yield raw(f"{method} a review", request(GOOD, method, f"/decisions/{NOBODY}/review"), 405)


def _odd() -> Iterator[Case]:
    for target in TARGETS.split():
        yield raw(f"the target {target}", request(GOOD, target=target), 400, 404, 405)
    yield raw("the method in a header", request(GOOD, "GET", headers={"x-http-method-override": "POST"}), 405)
    yield raw("the method in the query", request(GOOD, "GET", "/predict?_method=POST"), 405)
    yield raw("an unknown path of another host", request(GOOD, target="http://test/nowhere"), 404)
    yield raw("an unknown path of another scheme", request(GOOD, target="ftp://test/nowhere"), 400, 404)
    yield raw("a host without a path", request(GOOD, target="http://test"), 400, 404, 405)
    yield raw("a fragment", request(GOOD, target="/predict#now"), 400, 404)
    yield raw("options of everything", request(GOOD, "OPTIONS", "*"), 400, 404, 405)
