"""`make serve` from outside: real processes, the real gunicorn.conf.py and Procfile, and a small app in the place of ours."""

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT, skip_unless_required

# As the real one in all that serve looks at: the factory's name, GET / and the key; it echoes what it was sent.
APP = """
import json, os

def from_environment():
    def app(environ, start_response):
        known = environ.get("HTTP_X_API_KEY") in os.environ["API_KEY"].split(",")
        size = int(environ.get("CONTENT_LENGTH") or 0)
        answer = {"path": environ["PATH_INFO"], "known": known, "body": environ["wsgi.input"].read(size).decode()}
        start_response("200 OK", [("content-type", "application/json")])
        return [json.dumps(answer).encode()]
    return app
"""
CLIENT = {"SK_ID_CURR": 100001, "AMT_CREDIT": 4.5e5, "OWN_CAR_AGE": None, "NAME": 'l\'été "x" $HOME `ls` !! \\'}


@dataclass
class Serve:
    """One run of jobs.serve, in a process group of its own as a terminal gives it."""

    process: subprocess.Popen[str]
    port: int
    log: Path

    def curl_line(self) -> str:
        """The printed command, once the server answers."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self.process.poll() is None:
            lines = [line for line in self.log.read_text().splitlines() if line.startswith("curl ")]
            if lines:
                return lines[0]
            time.sleep(0.05)
        raise AssertionError(f"no curl line in: {self.log.read_text()}")

    def end(self, number: signal.Signals) -> int:
        os.killpg(self.process.pid, number)
        return self.process.wait(timeout=20)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "gunicorn.conf.py", tmp_path)
    web = next(line for line in (ROOT / "Procfile").read_text().splitlines() if line.startswith("web:"))
    (tmp_path / "Procfile").write_text(f"release: python release.py\n{web}\n")
    (tmp_path / "release.py").write_text("open('released', 'w').close()")
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "demo_clients.json").write_text(json.dumps([CLIENT]))
    return tmp_path


@pytest.fixture
def serve(project: Path) -> Iterator[Callable[..., Serve]]:
    """Starts jobs.serve in the project's copy, with these variables besides; what a failed test leaves is killed."""
    runs: list[Serve] = []

    def start(**variables: str) -> Serve:
        port = int(variables.setdefault("PORT", str(_unused_port())))
        log = project / f"serve{len(runs)}.log"
        with log.open("w") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "jobs.serve"],
                cwd=project,
                env={**_environment(), **variables},
                stdout=out,
                stderr=subprocess.STDOUT,
                text=True,
                process_group=0,
            )
        runs.append(Serve(process, port, log))
        return runs[-1]

    yield start
    for run in runs:
        if run.process.poll() is None:
            run.end(signal.SIGTERM)


def test_the_printed_curl_command_pasted_into_bash_gets_the_demo_client_answered(serve: Callable[..., Serve]) -> None:
    if not shutil.which("curl"):
        skip_unless_required("curl is not installed")

    line = serve().curl_line()
    answer = json.loads(subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True).stdout)

    assert (answer["path"], answer["known"]) == ("/predict", True)
    assert json.loads(answer["body"]) == {name: value for name, value in CLIENT.items() if value is not None}


def test_the_release_command_has_run_when_the_service_answers(serve: Callable[..., Serve], project: Path) -> None:
    serve().curl_line()
    assert (project / "released").exists()


def test_a_release_command_that_fails_stops_the_start(serve: Callable[..., Serve], project: Path) -> None:
    (project / "release.py").write_text("raise SystemExit('no table could be made')")
    run = serve()
    assert run.process.wait(timeout=20) == 2
    said = run.log.read_text()
    assert "no table could be made" in said
    assert "error: `python release.py` ended with status 1" in said
    assert "curl" not in said


def test_a_key_is_made_once_for_the_owner_alone_and_used_again(serve: Callable[..., Serve], project: Path) -> None:
    (project / ".env").write_text("OTHER=kept")
    first = serve()
    line = first.curl_line()
    first.end(signal.SIGTERM)
    written = (project / ".env").read_text()

    other, key = written.splitlines()
    assert other == "OTHER=kept"
    assert len(key.removeprefix("API_KEY=")) >= 32
    assert f"x-api-key: {key.removeprefix('API_KEY=')}'" in line
    assert stat.S_IMODE((project / ".env").stat().st_mode) == 0o600
    assert not [path for path in project.iterdir() if path.name.startswith(".env") and path.name != ".env"]

    assert key.removeprefix("API_KEY=") in serve().curl_line()
    assert (project / ".env").read_text() == written


def test_a_key_in_the_environment_wins_and_nothing_is_written(serve: Callable[..., Serve], project: Path) -> None:
    assert "x-api-key: first'" in serve(API_KEY="first,second").curl_line()
    assert not (project / ".env").exists()


@pytest.fixture
def hang_up_heard() -> Iterator[None]:
    """What a process ignores its children ignore, and these tests may run under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("hang_up_heard")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_ends_with_0_at_once_and_leaves_nothing_behind(serve: Callable[..., Serve], number: signal.Signals) -> None:
    run = serve()
    run.curl_line()
    with socket.create_connection(("127.0.0.1", run.port)) as idle:  # a browser keeps such connections open
        idle.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert idle.recv(1)
        time.sleep(0.2)

        began = time.monotonic()
        assert run.end(number) == 0
        assert time.monotonic() - began < 10

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", run.port))
    assert "Traceback" not in run.log.read_text()
    assert not _processes_in(run.log.parent)


def test_a_busy_port_is_one_line_and_exit_2(serve: Callable[..., Serve]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        run = serve(PORT=str(port), API_KEY="k")
        assert run.process.wait(timeout=10) == 2

    (line,) = run.log.read_text().splitlines()
    assert f"port {port} " in line
    assert f"PORT={port + 1} make serve" in line


@pytest.mark.parametrize(
    ("spoil", "variables", "named"),
    [
        (lambda folder: None, {"PORT": "http"}, "PORT=http"),
        (lambda folder: None, {"PORT": "70000"}, "PORT=70000"),
        (lambda folder: (folder / "Procfile").write_text("worker: x"), {}, "Procfile"),
        (lambda folder: (folder / "data" / "demo_clients.json").unlink(), {}, "demo_clients.json"),
        (lambda folder: (folder / "data" / "demo_clients.json").write_text("{}"), {}, "demo_clients.json"),
    ],
)
def test_what_keeps_it_from_starting_is_one_line(
    project: Path, spoil: Callable[[Path], object], variables: dict[str, str], named: str
) -> None:
    spoil(project)
    done = subprocess.run(
        [sys.executable, "-m", "jobs.serve"],
        cwd=project,
        env={**_environment(), "API_KEY": "k", **variables},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert named in line


def test_an_app_that_does_not_start_is_noticed_and_its_own_words_are_shown(serve: Callable[..., Serve], project: Path) -> None:
    (project / "app.py").write_text("def from_environment():\n    raise SystemExit('the model is not there')\n")
    run = serve()
    assert run.process.wait(timeout=20) == 2
    *_, own_words, conclusion = run.log.read_text().splitlines()
    assert own_words == "the model is not there"
    assert "ended with status 1" in conclusion


def _environment() -> dict[str, str]:
    mine = {name: value for name, value in os.environ.items() if name not in {"API_KEY", "PORT", "GUNICORN_CMD_ARGS"}}
    return {**mine, "PYTHONPATH": str(ROOT), "WEB_CONCURRENCY": "1"}


def _unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _processes_in(folder: Path) -> list[str]:
    """Running processes whose working directory is the folder, where the system shows them (Linux)."""
    found = []
    for link in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if link.readlink() == folder:
                found.append(link.parent.name)
        except OSError:  # it ended meanwhile, or is someone else's
            continue
    return found
