"""What the Dockerfile and compose.yaml ask for is there, is let in, and is what the service reads."""

import ast
import fnmatch
import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from jobs.service_process import procfile_commands
from tests.conftest import ROOT
from tests.processes import eventually
from tests.serving import PROGRAMS, free_port
from tests.test_configuration import ROWS

DOCKERFILE = (ROOT / "Dockerfile").read_text()
STAGES = {
    words.split()[-1]: [line for line in text.splitlines() if line.startswith("COPY ") and "--from=" not in line]
    for words, text in re.findall(r"^FROM (.*)\n((?:(?!FROM ).*\n?)*)", DOCKERFILE, re.MULTILINE)
}
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
COMMANDS = procfile_commands(ROOT / "Procfile")


def copied(stage: str) -> list[str]:
    return [name for line in STAGES[stage] for name in line.split()[1:-1]]


def let_in(name: str) -> bool:
    """Whether .dockerignore does: of its lines the last that matches decides."""
    decided = True
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        pattern = line.removeprefix("!").removeprefix("**/")
        if line and not line.startswith("#") and any(fnmatch.fnmatch(part, pattern) for part in prefixes(name)):
            decided = line.startswith("!")
    return decided


def prefixes(name: str) -> list[str]:
    parts = Path(name).parts
    return ["/".join(parts[:end]) for end in range(1, len(parts) + 1)] + [parts[-1]]


def test_what_is_copied_is_in_git_and_let_in_and_nothing_secret_is() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    names = [name for stage in STAGES for name in copied(stage)]
    assert {"requirements.txt", "app.py", "models", "dashboard"} <= set(names)
    for name in names:
        assert let_in(name), name
        assert any(path == name or path.startswith(f"{name}/") for path in tracked), name
    secret = (".env", ".git/config", "var/decisions.db", "mlflow.db", "data/rows.csv")
    for name in (*secret, "tests/conftest.py", "api/__pycache__/a.pyc"):
        assert not let_in(name), name


@pytest.mark.parametrize(
    ("stage", "entries"), [("api", ["app.py", "gunicorn.conf.py", "scoring", "jobs"]), ("dashboard", ["dashboard"])]
)
def test_an_image_has_every_module_of_ours_that_its_own_import(stage: str, entries: list[str]) -> None:
    inside = {name.removesuffix(".py") for name in copied(stage)}
    ours = {path.stem for path in ROOT.glob("*.py")} | {path.parent.name for path in ROOT.glob("*/__init__.py")}
    files = [path for entry in entries for path in ([ROOT / entry] if entry.endswith(".py") else (ROOT / entry).rglob("*.py"))]
    assert files
    for file in files:
        nodes = ast.walk(ast.parse(file.read_text()))
        names = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level}
        missing = {name.split(".")[0] for name in names} & ours - inside
        allowed = {"dashboard"} if file.match("jobs/*") else set()  # jobs.dashboard starts the pages where they are
        assert missing <= allowed, (file, missing)


def test_the_image_runs_the_procfile_s_web_command_and_both_stages_have_one_base() -> None:
    assert re.findall(r"^CMD (.*)$", DOCKERFILE, re.MULTILINE)[-1] == str(COMMANDS["web"]).replace("'", '"')
    bases = re.findall(r"^FROM (\S+@sha256:[0-9a-f]{64}) AS", DOCKERFILE, re.MULTILINE)
    assert len(bases) == 2
    assert len(set(bases)) == 1


def test_compose_releases_then_serves_then_shows_and_keeps_what_must_stay() -> None:
    assert COMPOSE["release"]["command"] == COMMANDS["release"]
    after = {name: list(service.get("depends_on", {})) for name, service in COMPOSE.items()}
    assert after == {"database": [], "release": ["database"], "api": ["release"], "dashboard": ["api"], "mlflow": []}
    assert COMPOSE["api"]["depends_on"]["release"]["condition"] == "service_completed_successfully"
    assert {name for name, service in COMPOSE.items() if service.get("volumes")} == {"database", "api", "mlflow"}


def test_compose_s_services_may_write_nothing_listen_to_this_machine_alone_and_hold_no_secret() -> None:
    for name, service in COMPOSE.items():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name
        if name != "database":
            assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"]), name
    text = (ROOT / "compose.yaml").read_text()
    assert not re.findall(r"(?:API_KEY|PASSWORD): (?!\$\{\w+:[?-])\S+", text)


def test_compose_builds_each_of_our_images_once_and_asks_no_registry_for_one() -> None:
    built = [service["image"] for service in COMPOSE.values() if "build" in service]
    ours = {name: service for name, service in COMPOSE.items() if service["image"].startswith("credit")}
    assert len(built) == len(set(built)) == 2
    assert {service["image"] for service in ours.values()} == set(built)
    assert {name: service.get("pull_policy") for name, service in ours.items()} == {
        "release": "never",
        "api": "build",
        "dashboard": "build",
    }


def test_compose_asks_the_database_where_the_service_will() -> None:
    assert COMPOSE["database"]["healthcheck"]["test"][2:4] == ["--host", "127.0.0.1"]


def test_compose_sets_what_the_service_reads() -> None:
    read = {*ROWS, "PGPASSWORD"}  # PostgreSQL's own library reads that one
    assert set(COMPOSE["api"]["environment"]) | set(COMPOSE["dashboard"]["environment"]) <= read


def test_compose_waits_for_those_who_are_being_answered_as_long_as_gunicorn_does() -> None:
    [given] = re.findall(r"^graceful_timeout = (\d+)$", (ROOT / "gunicorn.conf.py").read_text(), re.MULTILINE)
    assert int(COMPOSE["api"]["stop_grace_period"].removesuffix("s")) > int(given)


def test_compose_s_mlflow_is_the_locked_one_and_answers_to_its_names_alone(tmp_path: Path) -> None:
    locked = re.findall(r"^mlflow==(\S+)", (ROOT / "requirements-train.txt").read_text(), re.MULTILINE)
    assert [COMPOSE["mlflow"]["image"].split(":v")[1]] == locked
    port = free_port()
    command = shlex.join(COMPOSE["mlflow"]["command"]).replace("5000", str(port)).replace("0.0.0.0", "127.0.0.1")
    words = shlex.split(command.replace("/mlflow/", f"{tmp_path}/"))
    url = f"http://127.0.0.1:{port}"
    environment = {**os.environ, **COMPOSE["mlflow"]["environment"], "HOME": str(tmp_path)}
    environment["PATH"] = f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(words, cwd=tmp_path, env=environment, stdout=log, stderr=log, process_group=0)
    try:
        eventually(lambda: status(url, "127.0.0.1") == 200 or process.poll() is not None)
        assert (status(url, "127.0.0.1"), status(url, f"mlflow:{port}")) == (200, 200), (tmp_path / "log").read_text()[-2000:]
        assert status(url, "elsewhere.example") == 403
    finally:
        os.killpg(process.pid, 15)
        process.wait(30)
    assert (tmp_path / "mlflow.db").is_file()


def status(url: str, host: str) -> int:
    try:
        header = host if ":" in host else f"{host}:{url.rsplit(':', 1)[1]}"
        asked = f"{url}/api/2.0/mlflow/experiments/get?experiment_id=0"
        return requests.get(asked, headers={"Host": header}, timeout=5).status_code
    except requests.ConnectionError:
        return 0
