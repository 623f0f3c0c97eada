"""What the dyno has is enough: the service in an environment of requirements.txt alone."""

import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.conftest import ROOT, demo_clients
from tests.serving import KEY, serving, web_command


@pytest.mark.faults  # it installs the packages anew: a minute, and a network
def test_the_service_decides_with_nothing_but_requirements_txt(tmp_path: Path) -> None:
    environment = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    install = ["-m", "pip", "install", "--quiet", "-r", "requirements.txt"]  # as Heroku's buildpack does it, with dependencies
    subprocess.run([environment / "bin" / "python", *install], cwd=ROOT, check=True)
    missing = subprocess.run([environment / "bin" / "python", "-c", "import mlflow"], capture_output=True)
    assert missing.returncode != 0
    with serving(tmp_path, web_command(environment / "bin")) as server:
        answer = requests.post(f"{server.url}/predict", json={"data": demo_clients()}, headers={"x-api-key": KEY}, timeout=30)
    assert len(answer.json()["decisions"]) == len(demo_clients())
