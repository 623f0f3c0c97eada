"""The API's pages and their files as they are served, and the headers that every answer has."""

import re
from collections.abc import Sequence

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from api import headers
from api.docs import ASSETS
from app import create_app
from model import Scorer
from scoring.decision_log.entries import Claim, Entry
from scoring.settings import Settings
from tests.logs import MemoryLog

KEY = {"x-api-key": "secret"}
PAGES = ["/docs", "/redoc"]
SAFE = {"'none'", "'self'", "data:"}


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog()


@pytest.fixture
def client(scorer: Scorer, log: MemoryLog) -> FlaskClient:
    return create_app(Settings.from_env({"API_KEY": "secret"}), scorer, log).test_client()


def files_of(client: FlaskClient, page: str) -> list[str]:
    return re.findall(r'(?:src|href)="(/assets/[^"]+)"', client.get(page).text)


@pytest.mark.parametrize("page", [*PAGES, "/docs/", "/redoc/", "/openapi.json/"])
def test_the_pages_need_no_key_and_no_exact_slash(client: FlaskClient, page: str) -> None:
    assert client.get(page).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_is_made_of_is_kept_for_ever_under_a_name_that_changes_with_it(client: FlaskClient, page: str) -> None:
    assert len(files_of(client, page)) == 3 + (page == "/docs")
    for path in files_of(client, page):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        assert path.endswith(f"?v={str(answer.get_etag()[0])[:8]}")
        assert client.get(path.partition("?")[0]).headers["Cache-Control"] == "public, no-cache"


@pytest.mark.parametrize("path", [*PAGES, "/openapi.json", "/assets/docs.js"])
def test_who_has_it_already_is_told_so_without_it(client: FlaskClient, path: str) -> None:
    first = client.get(path)
    assert first.data
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = client.get(path, headers={"If-Match": '"another"'})
    assert (other.status_code, (other.json or {})["error"]["code"]) == (412, "http_error")


@pytest.mark.parametrize("name", ["plugins.py", "../docs.py", "..%2fdocs.py", "swagger-ui-bundle.js.map", ""])
def test_nothing_else_is_served(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/assets/{name}", headers=KEY)
    assert (answer.status_code, (answer.json or {})["error"]["code"]) == (404, "not_found")


def test_each_file_says_what_it_is_and_asks_nobody_else_for_a_picture(client: FlaskClient) -> None:
    kinds = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
    for name in ASSETS:
        answer = client.get(f"/assets/{name}")
        assert answer.mimetype == kinds[name.rpartition(".")[2]]
        assert b"cdn.redoc.ly" not in answer.data


@pytest.mark.parametrize("page", PAGES)
def test_a_page_may_load_from_here_alone_and_run_nothing_that_stands_in_it(client: FlaskClient, page: str) -> None:
    policy = dict(rule.split(" ", 1) for rule in client.get(page).headers["Content-Security-Policy"].split("; "))
    allowed = {source for sources in policy.values() for source in sources.split()}
    assert {source for source in allowed if not source.startswith("'sha256-")} <= SAFE
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert not re.search(r"<script>|<style| on\w+=| style=", client.get(page).text)


def test_every_answer_has_the_headers_an_error_too(client: FlaskClient, log: MemoryLog, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_entries: Sequence[Entry], _claim: Claim | None) -> None:
        raise RuntimeError

    answers = [client.get(path, headers=KEY) for path in ("/", "/features", "/nowhere", "/predict", "/docs", "/assets/docs.js")]
    answers += [client.get("/features"), client.post("/predict", json={}, headers=KEY), client.options("/", headers=KEY)]
    monkeypatch.setattr(log, "append", fail)
    answers.append(client.post("/predict", json={"AMT_CREDIT": 1}, headers=KEY))
    assert [answer.status_code for answer in answers] == [200, 200, 404, 405, 200, 200, 401, 422, 405, 500]
    for answer in answers:
        for name, value in headers.SECURITY.items():
            own = name == "Content-Security-Policy" and answer.mimetype == "text/html" and answer.request.path == "/docs"
            assert (answer.headers[name] == value) is not own
            assert len(answer.headers.getlist(name)) == 1


def test_an_answer_keeps_a_header_of_its_own() -> None:
    app = Flask(__name__)
    headers.register(app)

    @app.get("/")
    def view() -> Response:
        return Response("", headers={"Content-Security-Policy": "default-src 'self'"})

    assert app.test_client().get("/").headers["Content-Security-Policy"] == "default-src 'self'"
