"""What a visitor is told when the service doesn't play along: in words, within seconds, with what was typed still there."""

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import requests
from playwright.sync_api import Browser, expect

from tests.dashboards import dashboard
from tests.desk import Desk, desk
from tests.serving import KEY, free_port, serving

SOON = 5_000  # ms: what the visitor is promised


def told(visitor: Desk, kind: str, timeout: int = SOON) -> None:
    """The sentence of that kind stands on the page, soon."""
    expect(visitor.page.get_by_role("alert").filter(visible=True)).to_contain_text(
        visitor.words(f"trouble.{kind}"), timeout=timeout
    )


def stopped_processes(first: int) -> list[int]:
    """A process and its children, the ones to be frozen and thawed together."""
    children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
    return [first, *map(int, children)]


@contextmanager
def frozen(first: int) -> Iterator[None]:
    """A service that takes connections and says nothing."""
    processes = stopped_processes(first)
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)


def test_a_service_that_hangs_or_is_gone_is_told_and_nothing_typed_is_lost(browser: Browser, tmp_path: Path) -> None:
    with serving(tmp_path) as server, dashboard(server.url, KEY) as address, desk(browser, address) as visitor:
        visitor.open()
        visitor.choose(900001)
        visitor.tab("what_if")
        amount = visitor.page.get_by_label("Montant du crédit (€)")
        with frozen(server.process.pid):
            visitor.type("Montant du crédit (€)", "300000")
            told(visitor, "slow")
            expect(amount).to_have_value("300000")
        visitor.page.get_by_role("button", name=visitor.words("trouble.again")).click()
        expect(visitor.simulation()).to_be_visible()  # it answers again, and nothing had to be typed anew

        server.process.terminate()
        server.process.wait(30)
        visitor.type("Montant du crédit (€)", "250000")
        told(visitor, "down")
        expect(amount).to_have_value("250000")
        panel = visitor.tab("review")
        panel.get_by_label(visitor.words("review.reviewer")).fill("Ada")
        panel.get_by_label(visitor.words("review.reason")).fill("Une longue explication.")
        panel.get_by_role("button", name=visitor.words("review.record")).click()
        told(visitor, "down")
        expect(panel.get_by_label(visitor.words("review.reason"))).to_have_value("Une longue explication.")

        visitor.pick(visitor.client_box(), "900002")  # another client's file can be read, though not decided
        told(visitor, "down")
        expect(visitor.tab("file")).to_contain_text("Montant du crédit")
        expect(visitor.tab("why")).to_contain_text(visitor.words("client.no_decision"))
        assert visitor.complaints == []


def test_a_key_that_the_service_does_not_know_is_told(browser: Browser, tmp_path: Path) -> None:
    with serving(tmp_path) as server, dashboard(server.url, "another-key") as address, desk(browser, address) as visitor:
        visitor.open(language="en")
        visitor.pick(visitor.client_box(), "900001")
        told(visitor, "key")
        assert "another-key" not in visitor.page.content()
        visitor.page_link("model")
        told(visitor, "key")


class _OtherVersion(BaseHTTPRequestHandler):
    """A service that answers as none of ours does."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(b'{"message": "welcome", "version": 12}')

    def log_message(self, *_: object) -> None:
        """Nothing on stderr."""


def test_a_service_of_another_version_is_told(browser: Browser) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _OtherVersion) as other:
        Thread(target=other.serve_forever, daemon=True).start()
        with dashboard(f"http://127.0.0.1:{other.server_port}", KEY) as address, desk(browser, address) as visitor:
            visitor.open()
            visitor.page_link("model")
            told(visitor, "version")
            expect(visitor.page.get_by_role("button", name=visitor.words("trouble.again"))).to_have_count(0)
        other.shutdown()


def test_a_dashboard_that_starts_before_its_service_works_once_it_is_there(browser: Browser, tmp_path: Path) -> None:
    port = free_port()
    with dashboard(f"http://127.0.0.1:{port}", KEY) as address, desk(browser, address) as visitor:
        visitor.open()
        visitor.page_link("model")
        told(visitor, "down")
        with serving(tmp_path, arguments=f"--bind 127.0.0.1:{port}"):
            visitor.page.get_by_role("button", name=visitor.words("trouble.again")).click()
            expect(visitor.page.get_by_role("table")).to_be_visible()


class _Renaming(BaseHTTPRequestHandler):
    """The service, which calls its model as the server that this is of does."""

    def do_GET(self) -> None:
        self._pass_on(None)

    def do_POST(self) -> None:
        self._pass_on(self.rfile.read(int(self.headers["content-length"])))

    def _pass_on(self, body: bytes | None) -> None:
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
        answer = requests.request(self.command, f"{self.server.behind}{self.path}", data=body, headers=headers, timeout=30)  # type: ignore[attr-defined]
        content = re.sub(rb'"model_version":"[^"]+"', f'"model_version":"{self.server.version}"'.encode(), answer.content)  # type: ignore[attr-defined]
        self.send_response(answer.status_code)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing on stderr."""


def test_a_file_that_is_open_is_decided_anew_when_another_model_serves(browser: Browser, tmp_path: Path) -> None:
    with serving(tmp_path) as server, ThreadingHTTPServer(("127.0.0.1", 0), _Renaming) as between:
        between.behind, between.version = server.url, "8-old"  # type: ignore[attr-defined]
        Thread(target=between.serve_forever, daemon=True).start()
        with dashboard(f"http://127.0.0.1:{between.server_port}", KEY) as address, desk(browser, address) as visitor:
            visitor.open()
            visitor.choose(900001)
            assert server.logged("purpose") == ["decision"]
            between.version = "9-new"  # type: ignore[attr-defined]
            visitor.tab("what_if")
            visitor.type("Montant du crédit (€)", "300000")
            expect(visitor.simulation()).to_be_visible()
            visitor.page_link("model")
            expect(visitor.page.get_by_text("9-new")).to_be_visible()
        assert server.logged("purpose").count("decision") == 2
        between.shutdown()
