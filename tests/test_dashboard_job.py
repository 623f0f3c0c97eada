"""`make dashboard` from outside: real processes, gunicorn and Streamlit, and a small app and page in the place of ours."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import psutil
import pytest
import requests
from websockets import Origin
from websockets.sync.client import connect

from tests.conftest import ROOT
from tests.processes import alive, eventually
from tests.serving import free_port

# As the real one in all that the command and the page below look at.
APP = """
import json, os

def from_environment():
    def app(environ, start_response):
        known = environ.get("HTTP_X_API_KEY") in [key.strip() for key in os.environ["API_KEY"].split(",")]
        start_response("200 OK", [("content-type", "application/json")])
        return [json.dumps({"status": "ready", "known": known}).encode()]
    return app
"""
# As the real one in where it has the API's address and its key from. It writes the answer down, whole or not at all.
PAGE = """
import os, requests
answer = requests.get(os.environ["API_URL"], headers={"x-api-key": os.environ["API_KEY"]}, timeout=5)
open("part", "w").write(answer.text)
os.replace("part", "answered.json")
"""
OURS = ("API_KEY", "API_URL", "PORT", "DASHBOARD_PORT", "GUNICORN_CMD_ARGS", "no_proxy", "NO_PROXY")


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a command, in a process group of its own as a terminal gives it."""

    process: subprocess.Popen[str]
    log: Path

    def until_it_says(self, words: str) -> None:
        eventually(lambda: words in self.log.read_text() or self.process.poll() is not None)
        assert words in self.log.read_text()

    def started(self) -> list[psutil.Process]:
        """The processes that it has started, and those that they have."""
        return list(psutil.Process(self.process.pid).children(recursive=True))

    def end(self, number: signal.Signals) -> int:
        os.killpg(self.process.pid, number)
        return self.process.wait(timeout=40)


@dataclass(frozen=True, slots=True)
class Project:
    """A folder laid out as the project's root, the ports of its two servers, and the runs of commands there."""

    folder: Path
    api_port: int
    pages_port: int
    runs: list[Run]

    @property
    def dotenv(self) -> Path:
        return self.folder / ".env"

    def run(self, module: str = "jobs.dashboard", python: str = sys.executable, **variables: str) -> Run:
        ports = {"PORT": str(self.api_port), "DASHBOARD_PORT": str(self.pages_port)}
        mine = {name: value for name, value in os.environ.items() if name not in OURS}
        # A proxy, as companies have: one that isn't there.
        common = {"PYTHONPATH": str(ROOT), "WEB_CONCURRENCY": "1", "http_proxy": "http://127.0.0.1:9"}
        log = self.folder / f"{len(self.runs)}.log"
        with log.open("w") as out:
            environment = {**mine, **common, **ports, **variables}
            process = subprocess.Popen(
                [python, "-m", module], cwd=self.folder, env=environment, stdout=out, stderr=out, text=True, process_group=0
            )
        self.runs.append(Run(process, log))
        return self.runs[-1]

    def refusal(self, **variables: str) -> str:
        """The one line with which jobs.dashboard doesn't start."""
        run = self.run(**variables)
        assert run.process.wait(timeout=40) == 2
        (line,) = run.log.read_text().splitlines()
        return line

    @contextmanager
    def visitor(self) -> Iterator[dict[str, Any]]:
        """What the API answers a page that somebody looks at until the block ends."""
        from streamlit.proto.BackMsg_pb2 import BackMsg

        opened = BackMsg()
        opened.rerun_script.query_string = ""
        host = f"127.0.0.1:{self.pages_port}"
        with connect(f"ws://{host}/_stcore/stream", origin=Origin(f"http://{host}"), proxy=None) as browser:
            browser.send(opened.SerializeToString())
            answered = self.folder / "answered.json"
            eventually(answered.exists)
            yield json.loads(answered.read_text())


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """What a failed test leaves running there is ended."""
    for name in ("gunicorn.conf.py", ".streamlit/config.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "Procfile").write_text("release: python release.py\nweb: gunicorn 'app:from_environment()'\n")
    (tmp_path / "release.py").write_text("open('released', 'w').close()")
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "dashboard").mkdir()
    (tmp_path / "dashboard" / "main.py").write_text(PAGE)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "demo_clients.json").write_text("[{}]")
    made = Project(tmp_path, free_port(), free_port(), [])
    yield made
    for run in made.runs:
        if run.process.poll() is None:
            run.end(signal.SIGTERM)


def test_where_no_api_answers_one_is_started_and_ends_with_the_pages(project: Project) -> None:
    run = project.run()
    run.until_it_says(f"The dashboard: http://127.0.0.1:{project.pages_port} until Ctrl-C")
    run.until_it_says(f"http://127.0.0.1:{project.api_port}, which was started with it and ends with it")
    assert (project.folder / "released").exists()
    key = project.dotenv.read_text().removeprefix("API_KEY=").strip()
    assert len(key) >= 32
    assert stat.S_IMODE(project.dotenv.stat().st_mode) == 0o600

    started = run.started()
    shown = [" ".join(process.cmdline()) for process in started]
    assert {"streamlit", "gunicorn"} <= {name for name in ("streamlit", "gunicorn") for line in shown if name in line}
    assert not [line for line in [*shown, run.log.read_text()] if key in line]
    page = requests.get(f"http://127.0.0.1:{project.pages_port}/", timeout=10)
    assert page.headers["content-type"].startswith("text/html")
    with project.visitor() as answer:
        assert answer["known"]
        assert run.end(signal.SIGTERM) == 0

    assert not alive(started)
    assert "Traceback" not in run.log.read_text()


def test_an_api_that_runs_is_used_with_the_first_key_of_dotenv_and_stays(project: Project) -> None:
    project.dotenv.write_text("API_KEY= first , second")
    api = project.run("jobs.serve")
    api.until_it_says("curl ")
    run = project.run()
    run.until_it_says(f"http://127.0.0.1:{project.api_port}, which was running already")

    started = run.started()
    with project.visitor() as answer:
        assert answer["known"]
        assert run.end(signal.SIGINT) == 0
    assert not alive(started)
    assert "Traceback" not in run.log.read_text()
    assert api.process.poll() is None
    assert requests.get(f"http://127.0.0.1:{project.api_port}/health/ready", timeout=10).ok
    assert project.dotenv.read_text() == "API_KEY= first , second"


@pytest.mark.parametrize(("program", "name"), [("gunicorn", "the API"), ("streamlit", "the dashboard")])
def test_when_one_of_the_two_dies_the_other_is_ended_and_it_is_said_which(project: Project, program: str, name: str) -> None:
    run = project.run()
    run.until_it_says("until Ctrl-C")
    started = run.started()
    next(process for process in started if program in " ".join(process.cmdline())).kill()

    assert run.process.wait(timeout=40) == 2
    assert run.log.read_text().splitlines()[-1] == f"error: {name} ended by itself with status -9"
    assert not alive(started)


def test_a_stop_while_the_api_starts_leaves_nothing_behind(project: Project) -> None:
    (project.folder / "app.py").write_text(
        "import time\n\ndef from_environment():\n    print('loading', flush=True)\n    time.sleep(60)\n"
    )
    run = project.run()
    run.until_it_says("loading")
    started = run.started()
    assert run.end(signal.SIGTERM) == 0
    assert not alive(started)


def test_a_port_that_is_taken_is_one_line_and_nothing_is_started(project: Project) -> None:
    with answering(404, "") as taken:
        line = project.refusal(DASHBOARD_PORT=str(taken))
        assert f"DASHBOARD_PORT={taken + 1} make dashboard" in line
        line = project.refusal(PORT=str(taken))
        assert f" PORT={taken + 1} make dashboard" in line
    assert not project.dotenv.exists()
    assert not (project.folder / "released").exists()


@pytest.mark.parametrize("status", [200, 404, 503])
def test_what_answers_at_api_url_and_is_no_api_of_ours_is_one_line(project: Project, status: int) -> None:
    with answering(status, "<html>") as port:
        line = project.refusal(API_URL=f"http://127.0.0.1:{port}", API_KEY="k")
    assert f"API_URL=http://127.0.0.1:{port}: what answers is not this API" in line


def test_nothing_at_api_url_is_one_line_and_no_api_is_started_in_its_place(project: Project) -> None:
    url = f"http://127.0.0.1:{free_port()}/"
    project.dotenv.write_text(f"API_URL={url}\n")
    assert f"API_URL={url}: nothing answers" in project.refusal()
    assert project.dotenv.read_text() == f"API_URL={url}\n"


@pytest.mark.parametrize(("status", "body"), [(200, {"status": "ready"}), (503, {"error": {"code": "not_ready"}})])
def test_an_api_that_answers_is_of_no_use_without_a_key(project: Project, status: int, body: dict[str, Any]) -> None:
    """One that can't decide now is an API nevertheless: its pages say what is wrong."""
    with answering(status, json.dumps(body)) as port:
        assert "API_KEY is not set" in project.refusal(PORT=str(port))
    assert not project.dotenv.exists()


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"API_URL": "localhost:8000"}, "API_URL=localhost:8000 is not an address"),
        ({"PORT": "http"}, "PORT=http is not a port"),
        ({"DASHBOARD_PORT": "70000"}, "DASHBOARD_PORT=70000 is not a port"),
    ],
)
def test_a_setting_that_means_nothing_is_one_line(project: Project, variables: dict[str, str], named: str) -> None:
    assert named in project.refusal(**variables)


def test_in_another_folder_it_says_where_to_run_it(project: Project) -> None:
    (project.folder / "dashboard" / "main.py").unlink()
    assert "run this from the project's root" in project.refusal()


@pytest.mark.faults  # it installs the packages anew: a minute, and a network
def test_requirements_dashboard_txt_is_all_that_either_command_and_the_pages_import(project: Project, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    python = str(tmp_path / "venv" / "bin" / "python")
    install = ["-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "-r", "requirements-dashboard.txt"]
    subprocess.run([python, *install], cwd=ROOT, check=True)
    pages = [f"dashboard.{path.stem}" for path in (ROOT / "dashboard").glob("*.py") if path.stem != "main"]  # it shows itself
    subprocess.run([python, "-c", f"import app, {', '.join(pages)}"], cwd=ROOT, check=True)
    api = project.run("jobs.serve", python)
    api.until_it_says("curl ")
    api.end(signal.SIGTERM)
    project.run(python=python).until_it_says("until Ctrl-C")
    with project.visitor() as answer:
        assert answer["known"]


@contextmanager
def answering(status: int, body: str) -> Iterator[int]:
    """The port of a server that answers every GET so."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()
