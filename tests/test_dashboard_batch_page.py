"""The batch page in a real browser: a file is dropped, decided by the real service, and its decisions taken away."""

import csv
import io
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.conftest import demo_clients
from tests.dashboards import dashboard, settle
from tests.serving import KEY, Server, serving

PATIENCE = 30_000
FAR = 600_000


class Gate(ThreadingHTTPServer):
    """Stands before a service: what is posted waits until it is open, while it is `down` nobody is answered.

    What is posted is answered 422 instead while there is a `refusal`.
    """

    daemon_threads = True

    def __init__(self, target: str) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.target = target
        self.open = threading.Semaphore(0)
        """Each request that may pass takes one."""
        self.down = False
        self.refusal: dict[str, Any] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def let(self, requests_: int) -> None:
        self.open.release(requests_)


class _Passing(BaseHTTPRequestHandler):
    server: Gate

    def do_GET(self) -> None:
        self._pass_on(b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.open.acquire(timeout=60)
        self._pass_on(body)

    def _pass_on(self, body: bytes) -> None:
        if self.server.down:
            self.close_connection = True
            return
        if body and self.server.refusal:
            self._answer(422, json.dumps({"error": self.server.refusal}).encode())
            return
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
        answer = requests.request(self.command, self.server.target + self.path, data=body, headers=headers, timeout=60)
        self._answer(answer.status_code, answer.content)

    def _answer(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Nobody reads it."""


@dataclass(frozen=True, slots=True)
class Stand:
    """A dashboard, the gate that it asks through, and the service behind."""

    url: str
    gate: Gate
    server: Server


@contextmanager
def standing(folder: Path) -> Iterator[Stand]:
    with serving(folder) as server, Gate(server.url) as gate:
        thread = threading.Thread(target=gate.serve_forever)
        thread.start()
        try:
            with dashboard(gate.url, KEY) as url:
                yield Stand(url, gate, server)
        finally:
            gate.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with standing(tmp_path_factory.mktemp("server")) as running:
        yield running


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody before the batch page."""

    page: Page

    def drop(self, content: bytes, name: str = "clients.csv") -> None:
        self.page.locator('input[type="file"]').set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})

    def click(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def sees(self, text: str) -> None:
        expect(self.page.get_by_text(text).first).to_be_visible()

    def speak(self, language: str) -> None:
        self.page.get_by_text(language, exact=True).click()

    def go(self, page: str) -> None:
        self.page.get_by_role("link", name=page, exact=True).first.click()
        settle(self.page)

    def metrics(self) -> list[int]:
        shown = self.page.get_by_test_id("stMetricValue")
        expect(shown).to_have_count(2)
        return [int("".join(filter(str.isdigit, text))) for text in shown.all_inner_texts()]

    def download(self, button: str) -> list[dict[str, str]]:
        with self.page.expect_download() as coming:
            self.click(button)
        text = coming.value.path().read_text("utf-8")
        return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def visitor(browser: Browser, stand: Stand) -> Iterator[Visitor]:
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    page.goto(f"{stand.url}/batch?lang=fr")
    settle(page)
    yield Visitor(page)
    page.close()


def many(count: int, first: int) -> list[dict[str, Any]]:
    """Generated clients, by other numbers as often as it takes."""
    demo = demo_clients()
    return [{**demo[at % len(demo)], "SK_ID_CURR": first + at} for at in range(count)]


def as_csv(clients: list[dict[str, Any]]) -> bytes:
    out = io.StringIO(newline="")
    rows = csv.DictWriter(out, list(clients[0]))
    rows.writeheader()
    rows.writerows(clients)
    return out.getvalue().encode()


def predicted(server: Server, clients: list[dict[str, Any]]) -> list[dict[str, Any]]:
    answer = requests.post(
        f"{server.url}/predict", json=clients, headers={"x-api-key": KEY, "x-purpose": "simulation"}, timeout=60
    )
    decisions: list[dict[str, Any]] = answer.json()["decisions"]
    return decisions


def test_a_file_is_decided_while_the_page_answers_and_its_decisions_are_those_of_the_service(
    visitor: Visitor, stand: Stand
) -> None:
    clients = many(300, 1_000_000)
    visitor.drop(as_csv(clients))
    visitor.sees("Dossiers lus dans « clients.csv » : 300.")
    visitor.click("Demander les décisions")
    visitor.sees("Dossiers décidés : 0 sur 300")
    expect(visitor.page.get_by_role("progressbar")).to_be_visible()
    visitor.speak("English")
    visitor.sees("0 of 300 files decided")
    visitor.go("What matters")
    visitor.go("Batch of files")
    visitor.sees("0 of 300 files decided")
    stand.gate.let(1)
    visitor.sees("All decisions are here.")
    expected = predicted(stand.server, clients)
    refused = sum(one["decision"] == "refused" for one in expected)
    assert visitor.metrics() == [300 - refused, refused]
    rows = visitor.download("Download the decisions (CSV)")
    told = [(int(row["client"]), float(row["probability"]), float(row["threshold"]), row["decision"]) for row in rows]
    assert told == [(one["SK_ID_CURR"], one["probability"], one["threshold"], one["decision"]) for one in expected]
    logged = dict(zip(stand.server.logged(), stand.server.logged("purpose"), strict=True))
    assert [logged[row["decision_id"]] for row in rows] == ["decision"] * 300
    expect(visitor.page.get_by_label("Histogram of the probabilities of non-repayment.")).not_to_have_count(0)
    first = visitor.page.get_by_role("table", name="The first clients of the file")
    expect(first.get_by_role("rowheader")).to_have_text([str(1_000_000 + at) for at in range(10)])


def test_a_bad_file_is_told_in_either_language_and_a_good_one_takes_its_place(visitor: Visitor) -> None:
    visitor.drop("SK_ID_CURR;AMT_CREDI;CODE_GENDER\n1;5;<b>Q</b>\n;6;F\n".encode("cp1252"), "*mauvais*.csv")
    visitor.sees("Ce fichier ne peut pas être utilisé tel quel.")
    said = visitor.page.get_by_role("listitem")
    expect(said).to_contain_text(["« AMT_CREDI » n'est pas connue", "« <b>Q</b> » n'est pas une", "Ligne 3 : le numéro"])
    visitor.speak("English")
    visitor.sees("This file can't be used as it is.")
    expect(said).to_contain_text(["“AMT_CREDI” is not known", "“<b>Q</b>” is not one", "Row 3: the client's number"])
    visitor.drop(json.dumps(many(1, 7)).encode(), "un.json")
    visitor.sees("Client files read from “un.json”: 1.")
    expect(said).to_have_count(0)


def test_a_simulation_is_stopped_kept_and_gone_on_with(visitor: Visitor, stand: Stand) -> None:
    clients = many(700, 2_000_000)
    before = len(stand.server.logged())
    visitor.drop(as_csv([{**one, "TARGET": 0} for one in clients]))
    visitor.sees("La colonne « TARGET » est laissée de côté")
    visitor.page.get_by_text("Simulation seulement").click()
    visitor.click("Demander les décisions")
    visitor.sees("Dossiers décidés : 0 sur 700")
    visitor.click("Arrêter")
    visitor.sees("Arrêt dès la réponse du service…")
    stand.gate.let(1)
    visitor.sees("Arrêté à votre demande.")
    visitor.sees("Dossiers décidés : 500 sur 700")
    assert len(visitor.download("Télécharger les décisions (CSV)")) == 500
    stand.gate.let(1)
    visitor.click("Continuer")
    visitor.sees("Toutes les décisions sont là.")
    visitor.sees("elles ne comptent pas.")
    rows = visitor.download("Télécharger les décisions (CSV)")
    assert [int(row["client"]) for row in rows] == [one["SK_ID_CURR"] for one in clients]
    assert stand.server.logged()[before:] == [row["decision_id"] for row in rows]
    assert stand.server.logged("purpose")[before:] == ["simulation"] * 700


def test_a_service_that_is_away_is_told_and_the_file_is_kept(visitor: Visitor, stand: Stand) -> None:
    stand.gate.down = True
    try:
        visitor.drop(as_csv(many(2, 3_000_000)))
        visitor.sees("Le service de décision ne répond pas.")
    finally:
        stand.gate.down = False
    visitor.click("Réessayer")
    visitor.sees("Dossiers lus dans « clients.csv » : 2.")


def test_a_service_that_goes_away_meanwhile_is_waited_for(visitor: Visitor, stand: Stand) -> None:
    visitor.drop(as_csv(many(2, 4_000_000)))
    visitor.click("Demander les décisions")
    visitor.sees("Dossiers décidés : 0 sur 2")
    stand.gate.down = True
    try:
        stand.gate.let(1)
        visitor.sees("Nous lui redemandons de nous-mêmes")
    finally:
        stand.gate.down = False
    stand.gate.let(1)
    visitor.sees("Toutes les décisions sont là.")


def test_what_the_service_refuses_is_told_with_its_rows_and_what_was_decided_before_is_kept(
    visitor: Visitor, stand: Stand
) -> None:
    visitor.drop(as_csv(many(700, 6_000_000)))
    visitor.click("Demander les décisions")
    stand.gate.let(1)
    visitor.sees("Dossiers décidés : 500 sur 700")
    details = [{"client": 6_000_555, "field": "AMT_CREDIT", "problem": "must be a number"}]
    stand.gate.refusal = {"code": "invalid_request", "message": "the request is not valid", "details": details}
    try:
        stand.gate.let(1)
        visitor.sees("Ce fichier ne peut pas être utilisé tel quel.")
    finally:
        stand.gate.refusal = None
    visitor.sees("Lignes concernées : de 502 à 701.")
    visitor.sees("Colonnes à vérifier : AMT_CREDIT.")
    expect(visitor.page.get_by_role("button", name="Continuer")).to_have_count(0)
    assert len(visitor.download("Télécharger les décisions (CSV)")) == 500


def test_a_file_that_is_taken_away_is_forgotten(visitor: Visitor) -> None:
    visitor.drop(as_csv(many(2, 5_000_000)))
    visitor.sees("Dossiers lus dans « clients.csv » : 2.")
    visitor.page.get_by_test_id("stFileChipDeleteBtn").get_by_role("button").click()
    expect(visitor.page.get_by_text("Dossiers lus")).to_have_count(0)


@pytest.mark.faults
def test_fifty_thousand_clients_are_decided_while_the_page_answers(
    browser: Browser, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    count = 50_000
    content = as_csv(many(count, 10_000_000))
    with standing(tmp_path) as stand:
        page = browser.new_page()
        page.set_default_timeout(FAR)
        expect.set_options(timeout=FAR)
        page.goto(f"{stand.url}/batch?lang=fr")
        settle(page)
        visitor = Visitor(page)
        path = tmp_path / "clients.csv"
        path.write_bytes(content)
        begun = time.monotonic()
        page.locator('input[type="file"]').set_input_files(path)
        visitor.sees("Dossiers lus dans")
        read = time.monotonic()
        visitor.click("Demander les décisions")
        stand.gate.let(10)
        visitor.sees("Dossiers décidés : 5 000 sur 50 000")
        stand.gate.let(89)  # The last of the hundred waits for the visitor, so that the page is never done too early.
        switches = []
        for language, seen in (("English", "files decided"), ("Français", "Dossiers décidés")) * 3:
            asked = time.monotonic()
            visitor.speak(language)
            visitor.sees(seen)
            switches.append(time.monotonic() - asked)
        stand.gate.let(1)
        visitor.sees("Toutes les décisions sont là.")
        decided = time.monotonic() - read
        rows = visitor.download("Télécharger les décisions (CSV)")
        page.close()
        assert [int(row["client"]) for row in rows] == list(range(10_000_000, 10_000_000 + count))
        assert stand.server.logged() == [row["decision_id"] for row in rows]
    told = [
        f"{count} clients ({len(content) / 1e6:.0f} MB) sent and read in {read - begun:.1f} s",
        f"decided in {decided:.0f} s: {count / decided:.0f} a second",
        f"language switched meanwhile in {', '.join(f'{one:.2f}' for one in switches)} s",
    ]
    with capsys.disabled():
        print("", *told, sep="\n")  # noqa: T201
