"""A project of a few packages that nobody knows, with our Makefile and `jobs.upgrade`, and a folder of wheels for an index."""

import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT, skip_unless_required

CODE = ("Makefile", "jobs/__init__.py", "scoring/__init__.py", "scoring/errors.py", "scoring/files.py", "scoring/settings.py")
JOBS = ("upgrade", "relocking", "locks", "command", "servers", "ports")
PYPROJECT = """\
[project]
name = "small"
version = "1"
requires-python = ">=3.11,<3.14"
dependencies = [
    "Alpha[fast]==1.0",  # it is pinned for a reason
    "modern==1.0",
]
[project.optional-dependencies]
train = ["beta"]
dashboard = []
dev = ["tool==1.0"]
compare = []
"""
TRIAL = """\
import importlib.metadata, pathlib, sys
print("tried alpha", importlib.metadata.version("alpha"))
sys.exit(pathlib.Path("fails").exists())
"""


@dataclass(frozen=True, slots=True)
class Project:
    """Its folder, and what `jobs.upgrade` is told of where packages are and temporary folders belong."""

    root: Path
    environment: dict[str, str]

    @property
    def temporary(self) -> Path:
        return Path(self.environment["TMPDIR"])

    def command(self, *packages: str) -> list[str]:
        return [sys.executable, "-m", "jobs.upgrade", *packages]

    def upgrade(self, *packages: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(*packages), cwd=self.root, env=self.environment, capture_output=True, text=True)

    def files(self) -> dict[str, str]:
        """What the job may write, and what it may leave beside it."""
        return {path.name: path.read_text() for path in self.root.iterdir() if path.is_file()}


def with_environment(root: Path, temporary: Path, **variables: str) -> Project:
    """The project of that folder, with this environment as its .venv and a folder of its own for what is temporary."""
    if shutil.which("make") is None:
        skip_unless_required("no make here")
    (root / ".venv").symlink_to(sys.prefix)
    temporary.mkdir()
    return Project(root, {**os.environ, "TMPDIR": str(temporary), "PYTHONDONTWRITEBYTECODE": "1", **variables})


def small_project(folder: Path) -> Project:
    """It has locked the older version of all; the newer `modern` is for newer Pythons. A trial fails where a file `fails` is."""
    root, wheels = folder / "project", folder / "wheels"
    for name in (*CODE, *(f"jobs/{job}.py" for job in JOBS)):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    (root / "jobs" / "trial.py").write_text(TRIAL)
    (root / "pyproject.toml").write_text(PYPROJECT)
    (root / "requirements-nannyml.in").write_text("tool==1.0  # the newer one is slow\n")
    (folder / "uv.toml").write_text(f"no-index = true\n[pip]\nfind-links = [{str(wheels)!r}]\n")
    variables = {"UV_CONFIG_FILE": str(folder / "uv.toml"), "UV_CACHE_DIR": str(folder / "cache"), "PIP_CONFIG_FILE": os.devnull}
    project = with_environment(root, folder / "temporary", PIP_NO_INDEX="1", PIP_FIND_LINKS=str(wheels), **variables)
    wheels.mkdir()
    for version in ("1.0", "2.0"):
        _wheel(wheels, "alpha", version, "Provides-Extra: fast")
        _wheel(wheels, "modern", version, f"Requires-Python: >={'3.11' if version == '1.0' else '3.12'}")
        for name in ("beta", "tool"):
            _wheel(wheels, name, version)
        if version == "1.0":
            subprocess.run(["make", "-s", "-o", "setup", "lock"], cwd=root, env=project.environment, check=True)
    return project


def _wheel(folder: Path, name: str, version: str, *metadata: str) -> None:
    """A package that holds nothing."""
    about = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as file:
        lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *metadata]
        file.writestr(f"{about}/METADATA", "\n".join(lines) + "\n")
        file.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr(f"{about}/RECORD", "".join(f"{about}/{part},,\n" for part in ("METADATA", "WHEEL", "RECORD")))
