"""The notebook is the API's test interface: executed here against a live server, committed without its outputs."""

import html
import json
import re
import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from model import Scorer
from scoring.fields import FIELDS
from scoring.schema import columns, parse
from tests.conftest import ROOT, demo_clients
from tests.serving import KEY, Server, free_port, serving

NOTEBOOK = ROOT / "notebooks" / "api_test.ipynb"


@dataclass(frozen=True, slots=True)
class Run:
    """A whole run: what each part says, how many pictures it shows, and what the service logged.

    `logged` are columns of the decisions, `posted` counts the POSTs by route and status.
    """

    said: dict[int, str]
    pictures: dict[int, int]
    logged: dict[str, list[str]]
    posted: Counter[tuple[str, int]]


def read() -> Any:
    return nbformat.read(NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]


def code_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def execute(notebook: Any, url: str, key: str, folder: Path = NOTEBOOK.parent, allow_errors: bool = False) -> None:
    with pytest.MonkeyPatch.context() as environment:
        for name, value in {"API_URL": url, "API_KEY": key, "PORT": ""}.items():
            environment.setenv(name, value)
        where = {"metadata": {"path": str(folder)}}
        NotebookClient(notebook, timeout=300, allow_errors=allow_errors, resources=where).execute()


def first_part() -> Any:
    """The notebook as far as the end of its first part."""
    notebook = read()
    end = next(place for place, cell in enumerate(notebook.cells) if cell.source.startswith("## 2. "))
    notebook.cells = notebook.cells[:end]
    return notebook


def text_of(cell: Any) -> str:
    """What a reader sees of its outputs: streams, texts, and tables as their words in a row."""
    seen = []
    for output in cell.outputs:
        data = output.get("data", {})
        table = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", data.get("text/html", "")))
        seen.append(html.unescape(output.get("text") or table or data.get("text/plain", "")))
    return "\n".join(seen)


def by_part(notebook: Any) -> Iterator[tuple[int, Any]]:
    """The code cells under each numbered heading."""
    part = 0
    for cell in notebook.cells:
        if heading := re.match(r"## (\d+)\. ", cell.source):
            part = int(heading[1])
        elif cell.cell_type == "code":
            yield part, cell


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("service")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    with serving(folder) as server:
        yield server


@pytest.fixture(scope="module")
def run(server: Server, folder: Path) -> Run:
    notebook = read()
    execute(notebook, server.url, KEY)
    lines = [json.loads(line) for line in (folder / "server.log").read_text().splitlines() if line.startswith('{"time"')]
    posted = Counter((line["route"], line["status"]) for line in lines if line["method"] == "POST")
    said: dict[int, str] = {}
    pictures = Counter[int]()
    for part, cell in by_part(notebook):
        said[part] = said.get(part, "") + text_of(cell)
        pictures[part] += sum("image/png" in output.get("data", {}) for output in cell.outputs)
    return Run(said, dict(+pictures), {name: server.logged(name) for name in ("purpose", "request_id", "decision")}, posted)


def test_the_notebook_is_committed_without_outputs() -> None:
    notebook = read()
    assert not [cell for cell in code_cells(notebook) if cell.outputs or cell.execution_count]
    assert set(notebook.metadata) == {"kernelspec", "language_info"}


def test_every_part_says_what_it_is_there_for(run: Run, scorer: Scorer) -> None:
    words = run.logged["decision"]
    batch = [f"'client n°90000{i + 1}': '{'Yes' if word == 'granted' else 'No'}'" for i, word in enumerate(words[3:8])]
    for part, expected in {
        1: ("/health/live alive", f"/health/ready ready {scorer.model_version} database", "takes the key"),
        3: (f"from a PD of {scorer.threshold:.2%} on", "cost_false_negative", "cost_false_positive"),
        4: (f"Client 900001 is {words[0]}", "decision_id", f"{scorer.threshold:.1%} is where refusing begins"),
        6: batch,
        8: ("as asked", "half of it"),
        10: ("on this machine, one caller", "p50", "p95", "/predict 200", "/explain 50"),
    }.items():
        for one in expected:
            assert one in run.said[part]
    assert not [text for text in run.said.values() if "Warning" in text]


def test_the_costs_of_granting_and_refusing_at_the_threshold_are_worked_out(run: Run, scorer: Scorer) -> None:
    costs = scorer.release.costs
    found = re.search(r"× [\d.]+% = ([\d.]+), and refusing .* = ([\d.]+)\.", run.said[3])
    assert found
    expected = costs.false_negative * scorer.threshold, costs.false_positive * (1 - scorer.threshold)
    assert [float(cost) for cost in found.groups()] == pytest.approx(expected, abs=0.0005)


def test_the_reasons_are_there_in_french_and_english(run: Run, scorer: Scorer) -> None:
    records = parse(json.dumps(demo_clients()[0]).encode(), max_records=1, max_nesting=2).records
    [explanation] = scorer.explainer().explain(columns(records))
    said = [one.said for one in (*explanation.against, *explanation.in_favour)]
    if explanation.recourse:
        said.append(explanation.recourse.said)
    sentences = [" ".join(one[code].split()) for one in said for code in ("fr", "en")]
    assert sentences
    assert not [sentence for sentence in sentences if sentence not in run.said[5]]


def test_the_fields_are_counted_by_role_and_type(run: Run) -> None:
    assert "flag integer label number all" in run.said[2]
    for role in ("audit", "model"):
        types = Counter(field.type for field in FIELDS if field.role == role)
        counts = [types["flag"], types["integer"], types["label"], types["number"], types.total()]
        assert f"{role} {' '.join(map(str, counts))} " in run.said[2]
    assert f"{len(FIELDS)} rows × 5 columns" in run.said[2]


def test_the_contributions_add_up_to_the_pd_of_the_answer(run: Run) -> None:
    found = re.search(r"a PD of ([\d.]+%); the answer says ([\d.]+%)", run.said[5])
    assert found
    assert found[1] == found[2]


def test_wrong_input_is_a_table_of_the_service_s_own_words(run: Run) -> None:
    invalid = "422 invalid_request the request is not valid"
    for row in (
        f"an unknown field {invalid} 900001 AMT_CREDT unknown field; the closest known one is AMT_CREDIT",
        f"a wrong type {invalid} 900001 AMT_CREDIT must be a number",
        f'an unknown label {invalid} 900001 NAME_CONTRACT_TYPE "Cash loan" is none of its 2 labels',
        "malformed JSON 400 malformed_json the body is not one JSON document",
        "no key 401 unauthenticated the header x-api-key is missing",
        f"an empty batch {invalid} no record in the request",
    ):
        assert row in run.said[9]


def test_there_is_a_picture_of_contributions_of_pds_and_of_latency(run: Run) -> None:
    assert run.pictures == {5: 1, 7: 1, 10: 1}


def test_every_decision_is_logged_as_a_simulation_and_none_for_wrong_input(run: Run) -> None:
    one, batch, demo, what_if, latency = 3, 5, 200, 2, 250
    assert run.logged["purpose"] == ["simulation"] * (one + batch + demo + what_if + latency)
    answered = {("/predict", 200): 1 + 1 + 2 + 1 + 200, ("/predict_proba", 200): 1, ("/explain", 200): 1 + 50}
    assert run.posted == {**answered, ("/predict", 400): 1, ("/predict", 401): 1, ("/predict", 422): 4}


def test_all_demo_clients_come_in_requests_of_a_hundred_and_are_counted_as_decided(run: Run) -> None:
    sizes = Counter(run.logged["request_id"])
    assert sorted(size for size in sizes.values() if size > 5) == [100, 100]
    of_demo = [word for word, id_ in zip(run.logged["decision"], run.logged["request_id"], strict=True) if sizes[id_] == 100]
    assert f"{of_demo.count('refused')} of 200 clients are refused, in 2 requests" in run.said[7]


def stopped_by(url: str, key: str) -> list[str]:
    """The lines that the first part shows in place of a trace, where it can't go on."""
    notebook = first_part()
    execute(notebook, url, key, allow_errors=True)
    [error] = [output for cell in code_cells(notebook) for output in cell.outputs if output.output_type == "error"]
    lines: list[str] = error.traceback
    return lines


def test_without_an_environment_it_asks_the_local_service_with_the_first_key_of_dotenv(server: Server, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    shutil.copy(ROOT / "data" / "demo_clients.json", tmp_path / "data")
    (tmp_path / ".env").write_text(f"API_KEY={KEY},another\nPORT={server.port}\n")
    notebook = first_part()
    execute(notebook, url="", key="", folder=tmp_path)
    assert f"{server.url} takes the key." in text_of(code_cells(notebook)[-1])


@pytest.mark.parametrize("form", ["http://127.0.0.1:{port}", "127.0.0.1:{port}"])
def test_where_nothing_answers_one_sentence_says_what_to_do(form: str) -> None:
    url = form.format(port=free_port())
    [said] = stopped_by(url, KEY)
    assert re.fullmatch(rf"Nothing answers at {url} \(\w+\): start it with `make serve`, or set API_URL\.", said)


def test_a_wrong_key_is_one_sentence_that_says_what_to_set(server: Server) -> None:
    [said] = stopped_by(server.url, "une clé à nous: ключ")
    refused = f"The service at {server.url} refuses the key (the header x-api-key holds no valid key)"
    assert said == f"{refused}: set API_KEY to one of its keys, or let `.env` hold it."


@contextmanager
def another_service(status: int, body: str) -> Iterator[str]:
    """The address of one that answers every GET by this."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing of it on stderr."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(("status", "body"), [(404, '{"detail": "Not Found"}'), (302, "")])
def test_another_service_at_the_address_is_one_sentence_too(status: int, body: str) -> None:
    with another_service(status, body) as url:
        [said] = stopped_by(url, KEY)
    assert said.startswith(f"What answers at {url} isn't this service: ")
    assert said.endswith("set API_URL.")


def test_a_service_that_is_not_ready_says_why() -> None:
    with another_service(503, '{"error": {"code": "not_ready", "message": "the service can\'t decide", "details": []}}') as url:
        assert stopped_by(url, KEY) == ["GET /health/live was answered by status 503: the service can't decide."]
