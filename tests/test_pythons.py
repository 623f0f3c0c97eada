"""The committed pickle on every Python that the project supports and that is here: it scores as at release."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

OPENED = """
import json, pickle, sys
release = json.load(open("models/latest/model.json"))
model = pickle.load(open("models/latest/model.pkl", "rb"))
records = [golden["record"] for golden in release["golden"]]
together = model.raw_score(model.input_matrix({name: [one.get(name) for one in records] for name in model.fields_})).tolist()
alone = [model.raw_score(model.input_matrix({name: [one.get(name)] for name in model.fields_}))[0] for one in records]
assert together == alone == [golden["raw"] for golden in release["golden"]], (together, alone)
print(len(records), "records on", *sys.version_info[:2])
"""


def interpreter(version: str) -> str | None:
    """A Python of this version that starts: on the PATH, or where pyenv keeps them (its own shim starts only the chosen one)."""
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [shutil.which(f"python{version}"), *map(str, sorted(kept.glob(f"{version}.*/bin/python")))]
    return next((path for path in found if path and subprocess.run([path, "-c", ""], capture_output=True).returncode == 0), None)


@pytest.mark.faults  # it installs the packages anew: half a minute each, and a network
@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_the_committed_pickle_scores_as_at_release(version: str, tmp_path: Path) -> None:
    python = interpreter(version)
    if python is None:
        pytest.skip(f"no Python {version} here; GitHub's workflow has them all")
    subprocess.run([python, "-m", "venv", tmp_path / "venv"], check=True)
    environment = tmp_path / "venv" / "bin" / "python"
    install = ["-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "-r", "requirements.txt"]
    subprocess.run([environment, *install], cwd=ROOT, check=True)
    done = subprocess.run([environment, "-c", OPENED], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"10 records on {version.replace('.', ' ')}\n"
