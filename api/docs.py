"""The API's description as JSON, to try out in Swagger UI and to read in ReDoc, all of it from here: no other host is asked.

Both are files of installed packages, of which nothing is run.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

import msgspec
from flask import Flask, Response, request
from werkzeug.exceptions import NotFound

from api import auth
from api.replies import file_response

# Name -> where it lies: a package, and a path in it.
ASSETS = {
    "swagger-ui.css": ("flask_openapi3_swagger", "templates/swagger/css/swagger-ui.css"),
    "swagger-ui-bundle.js": ("flask_openapi3_swagger", "templates/swagger/js/swagger-ui-bundle.js"),
    "redoc.standalone.js": ("flask_openapi3_redoc", "templates/redoc/js/redoc.standalone.js"),
    "redoc.svg": ("flask_openapi3_redoc", "templates/redoc/images/redoc.svg"),
    "docs.js": ("api", "assets/docs.js"),
    "redoc.js": ("api", "assets/redoc.js"),
    "pages.css": ("api", "assets/pages.css"),
}
_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
# ReDoc shows its maker's logo from the maker's server; the package has one.
_ELSEWHERE, _HERE = b"https://cdn.redoc.ly/redoc/logo-mini.svg", b"/assets/redoc.svg"

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'{styles}",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
# The style elements that ReDoc puts in: one is empty, and filled rule by rule; the other draws its scroll bars.
_OF_REDOC = " 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' 'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='"
_FOR_EVER = "public, max-age=31536000, immutable"
_UNTIL_IT_CHANGES = "public, no-cache"

_PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
{links}
<div id="page"></div>
<noscript>This page is made by JavaScript, from <a href="/openapi.json">openapi.json</a>.</noscript>
{scripts}
</html>
"""


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes
    mimetype: str
    sha256: str

    @property
    def version(self) -> str:
        """What a page asks for it by, so that what a browser keeps for ever is never another."""
        return self.sha256[:8]


def register(app: Flask, document: Mapping[str, Any]) -> None:
    """Serve the description, the two pages and what they are made of."""
    assets = {name: _file(_content(name), _TYPES[name.rpartition(".")[2]]) for name in ASSETS}
    described = _file(msgspec.json.encode(document), "application/json")
    docs = _page("Credit scoring: try it out", assets, "swagger-ui.css", "pages.css", "swagger-ui-bundle.js", "docs.js")
    redoc = _page("Credit scoring: the API", assets, "pages.css", "redoc.standalone.js", "redoc.js")

    @app.get("/openapi.json")
    @auth.open_to_all
    def openapi() -> Response:
        return _answer(described)

    @app.get("/docs")
    @auth.open_to_all
    def swagger_page() -> Response:
        return _answer(docs, _POLICY.format(styles=""))

    @app.get("/redoc")
    @auth.open_to_all
    def redoc_page() -> Response:
        return _answer(redoc, _POLICY.format(styles=_OF_REDOC))

    @app.get("/assets/<name>")
    @auth.open_to_all
    def asset(name: str) -> Response:
        if name not in assets:
            raise NotFound
        return _answer(assets[name])


def _content(name: str) -> bytes:
    package, path = ASSETS[name]
    return resources.files(package).joinpath(path).read_bytes().replace(_ELSEWHERE, _HERE)


def _file(content: bytes, mimetype: str) -> _File:
    return _File(content, mimetype, hashlib.sha256(content).hexdigest())


def _page(title: str, assets: Mapping[str, _File], *names: str) -> _File:
    at = {name: f"/assets/{name}?v={assets[name].version}" for name in names}
    links = "\n".join(f'<link rel="stylesheet" href="{at[name]}">' for name in names if name.endswith(".css"))
    scripts = "\n".join(f'<script src="{at[name]}"></script>' for name in names if name.endswith(".js"))
    return _file(_PAGE.format(title=title, links=links, scripts=scripts).encode(), "text/html")


def _answer(file: _File, policy: str | None = None) -> Response:
    response = file_response(file.content, file.mimetype, file.sha256, request)
    response.headers["Cache-Control"] = _FOR_EVER if request.args.get("v") == file.version else _UNTIL_IT_CHANGES
    if policy:
        response.headers["Content-Security-Policy"] = policy
    return response
