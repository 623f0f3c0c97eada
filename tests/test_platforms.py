"""What Heroku and Render are told agrees with the Procfile, and sets nothing that the service doesn't read."""

import json
import os
import re
import shlex
import subprocess
from typing import Any

import requests
import yaml

from jobs.service_process import procfile_commands
from scoring.settings import Settings
from tests.conftest import ROOT
from tests.processes import eventually
from tests.serving import PROGRAMS, free_port
from tests.test_configuration import ROWS

COMMANDS = procfile_commands(ROOT / "Procfile")
APP = json.loads((ROOT / "app.json").read_text())
RENDER: dict[str, Any] = yaml.safe_load((ROOT / "render.yaml").read_text())
API, DASHBOARD = RENDER["services"]


def variables(service: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {variable["key"]: variable for variable in service["envVars"]}


def test_heroku_s_button_makes_the_database_and_the_key_and_sets_what_is_read() -> None:
    assert APP["addons"] == [{"plan": "heroku-postgresql:essential-0", "as": "DATABASE"}]
    assert APP["env"]["API_KEY"]["generator"] == "secret"
    assert set(APP["env"]) <= set(ROWS)
    set_there = {name: variable["value"] for name, variable in APP["env"].items() if "value" in variable}
    assert Settings.from_env(set_there).workers == 2
    assert set(APP["formation"]) == {"web"} <= set(COMMANDS)


def test_render_runs_the_procfile_s_release_command_and_asks_whether_the_service_is_ready() -> None:
    assert shlex.split(API["preDeployCommand"]) == COMMANDS["release"]
    assert API["healthCheckPath"] == "/health/ready"
    assert "startCommand" not in API  # the image's own, which tests/test_image.py holds to the Procfile
    assert [service["autoDeployTrigger"] for service in RENDER["services"]] == ["off", "checksPass"]


def test_render_makes_the_key_and_the_database_and_gives_both_to_who_needs_them() -> None:
    api, dashboard = variables(API), variables(DASHBOARD)
    assert set(api) <= set(ROWS)
    assert api["API_KEY"]["generateValue"] is True
    [database] = RENDER["databases"]
    assert (api["DATABASE_URL"]["fromDatabase"]["name"], database["ipAllowList"]) == (database["name"], [])
    assert dashboard["API_KEY"]["fromService"] == {"type": API["type"], "name": API["name"], "envVarKey": "API_KEY"}
    assert dashboard["API_HOSTPORT"]["fromService"]["name"] == API["name"]


def test_nobody_from_outside_reaches_the_pages_on_render() -> None:
    assert DASHBOARD["type"] == "pserv"


def test_render_installs_the_python_that_the_image_has() -> None:
    [version] = set(re.findall(r"^FROM python:([\d.]+)-", (ROOT / "Dockerfile").read_text(), re.MULTILINE))
    assert variables(DASHBOARD)["PYTHON_VERSION"]["value"] == version


def test_render_s_command_starts_the_pages_on_its_port() -> None:
    port = free_port()
    path = f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PORT": str(port), "API_HOSTPORT": "127.0.0.1:1", "API_KEY": "k"}
    command = DASHBOARD["startCommand"].replace("0.0.0.0", "127.0.0.1")  # a test listens to nobody else
    with subprocess.Popen(["bash", "-c", command], cwd=ROOT, env=environment, process_group=0) as process:
        try:
            eventually(lambda: healthy(port) or process.poll() is not None)
            assert process.poll() is None
        finally:
            os.killpg(process.pid, 15)


def healthy(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/_stcore/health", timeout=2).ok
    except requests.ConnectionError:
        return False
