"""The API's pages in a real browser: they show every route, try one out, and ask nobody else for anything."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from api.openapi.examples import CLIENT
from tests.described import Description
from tests.serving import KEY, Server, serving

PATIENCE = 30_000


@dataclass(frozen=True, slots=True)
class Visit:
    """A page, what it asked for, and what the browser didn't like about it."""

    page: Page
    server: Server
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Description:
        """Go there, and give the description that the page is made of."""
        self.page.goto(self.server.url + path)
        return Description(requests.get(f"{self.server.url}/openapi.json", timeout=10).json())

    def check(self) -> None:
        """The page asked this server alone, and nothing went wrong or was forbidden."""
        assert {urlsplit(url).netloc for url in self.asked if not url.startswith("data:")} == {f"127.0.0.1:{self.server.port}"}
        assert self.complaints == []


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Visit]:
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    visited = Visit(page, server)
    page.on("request", lambda request: visited.asked.append(request.url))
    page.on("response", lambda answer: visited.complaints.append(answer.url) if answer.status >= 400 else None)
    page.on("console", lambda said: visited.complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: visited.complaints.append(str(error)))
    page.on("requestfailed", lambda request: visited.complaints.append(f"{request.url}: {request.failure}"))
    yield visited
    page.close()


def test_swagger_ui_shows_every_operation(visit: Visit) -> None:
    description = visit.open("/docs")
    shown = visit.page.locator(".opblock")
    expect(shown).to_have_count(len(list(description.operations())))
    routes = {f"{method} {path}" for method, path, _ in description.operations()}
    told = visit.page.locator(".opblock-summary-method").all_inner_texts()
    paths = [path.replace("\u200b", "") for path in visit.page.locator(".opblock-summary-path").all_inner_texts()]
    assert {f"{method} {path}" for method, path in zip(told, paths, strict=True)} == routes
    visit.check()


def test_redoc_shows_every_operation(visit: Visit) -> None:
    description = visit.open("/redoc")
    names = [operation["operationId"] for _, _, operation in description.operations()]
    for name in names:
        expect(visit.page.locator(f'[id$="operation/{name}"]').first).to_be_attached()
    expect(visit.page.get_by_alt_text("redocly logo")).to_be_visible()  # the one thing that it would ask another server for
    expect(visit.page.locator("h1")).to_contain_text(["Credit scoring"])
    visit.check()


def test_a_decision_can_be_tried_out_with_a_key(visit: Visit) -> None:
    visit.open("/docs")
    page = visit.page
    page.click("button.authorize")
    page.fill(".auth-container input", KEY)
    page.click(".auth-container button.authorize")
    page.click(".auth-container .btn-done")
    predict = page.locator("#operations-Decisions-predict")
    predict.locator(".opblock-summary").click()
    predict.get_by_role("button", name="Try it out").click()
    predict.get_by_role("button", name="Execute").click()
    answer = predict.locator(".live-responses-table .response")
    expect(answer.locator(".response-col_status")).to_contain_text("200")
    expect(answer.locator(".highlight-code")).to_contain_text(f'"SK_ID_CURR": {CLIENT["SK_ID_CURR"]}')
    [decision_id] = visit.server.logged()
    expect(answer.locator(".highlight-code")).to_contain_text(f'"decision_id": "{decision_id}"')
    visit.check()


def test_a_key_is_forgotten_with_the_page(visit: Visit) -> None:
    visit.open("/docs")
    visit.page.click("button.authorize")
    visit.page.fill(".auth-container input", KEY)
    visit.page.click(".auth-container button.authorize")
    kept: Any = visit.page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])")
    assert KEY not in kept
