"""Facts about the repository that nothing else would notice being broken."""

import re
import subprocess
import sys
import tomllib
from importlib.util import find_spec

import pytest

import scoring
from jobs.service_process import procfile_commands
from tests.conftest import ROOT, skip_unless_required

MAKEFILE = (ROOT / "Makefile").read_text()


def test_every_job_that_a_make_target_calls_exists() -> None:
    modules = set(re.findall(r"-m (jobs\.\w+)", MAKEFILE))
    assert "jobs.serve" in modules
    assert not [name for name in sorted(modules) if find_spec(name) is None]


def test_every_target_is_listed_by_make_alone() -> None:
    shown = set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE))
    phony = set(re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE).group(1).split())  # type: ignore[union-attr]
    assert phony - shown == {"serve-env", "dashboard-env"}
    assert shown <= phony


def test_runtime_txt_names_the_lowest_python_that_the_project_supports() -> None:
    supported = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    version = (ROOT / "runtime.txt").read_text().strip().removeprefix("python-")
    assert supported.startswith(f">={version},")


def test_serve_runs_the_procfile_s_command_which_names_the_app_s_factory() -> None:
    commands = procfile_commands(ROOT / "Procfile")
    assert commands == {"release": ["alembic", "upgrade", "head"], "web": ["gunicorn", "app:from_environment()"]}


def test_gunicorn_takes_every_setting_of_its_file() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--print-config", "json:loads"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    settings = dict(re.findall(r"^(\w+) += (.*)$", done.stdout, re.MULTILINE))
    assert settings["preload_app"] == "True"
    assert settings["control_socket_disable"] == "True"
    assert settings["threads"] == "64"
    assert "PatientWorker" in settings["worker_class"]
    assert int(settings["max_requests"]) > int(settings["max_requests_jitter"]) > 0


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ("requirements.txt", "requirements-train.txt"),
        ("requirements.txt", "requirements-dashboard.txt"),
        ("requirements.txt", "requirements-dev.txt"),
        ("requirements-dashboard.txt", "requirements-dev.txt"),
        ("requirements-train.txt", "requirements-dev.txt"),
        ("requirements-dev.txt", "requirements-compare.txt"),
    ],
)
def test_one_environment_can_hold_what_two_locks_say(narrow: str, wide: str) -> None:
    wider = {without_extras(package): hashes for package, hashes in locked(wide).items()}
    differing = [package for package, hashes in locked(narrow).items() if wider.get(without_extras(package)) != hashes]
    assert not differing


@pytest.mark.parametrize("name", sorted(path.name for path in ROOT.glob("requirements*.txt")))
def test_every_locked_package_has_a_version_and_hashes(name: str) -> None:
    for package, hashes in locked(name).items():
        assert re.fullmatch(r"[a-z0-9-]+(\[[a-z0-9,-]+\])?==\S+", package)
        assert hashes, package
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", text) for text in hashes), package


def test_git_ignores_runs_but_not_the_reduced_one() -> None:
    ignored = (ROOT / ".gitignore").read_text().split()
    assert {".venv/", ".env", "mlruns/"} <= set(ignored)
    assert "mlruns*" not in ignored


def test_the_code_and_its_package_have_one_version() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == scoring.__version__


def test_no_committed_file_names_a_folder_of_the_machine_it_was_written_on() -> None:
    # Put together here, so that this file isn't found itself.
    folders = re.compile("|".join(rf"(?<![\w.-])/{name}/" for name in ("work", "root", "home/[a-z]+")).encode())
    found = [name for name in committed_files() if folders.search((ROOT / name).read_bytes())]
    assert not found


def committed_files() -> list[str]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        skip_unless_required("this is not a git checkout")
    return [name for name in done.stdout.split("\0") if (ROOT / name).is_file()]


def locked(name: str) -> dict[str, list[str]]:
    """Each locked `package==version`, without the platforms it is for, and its hashes."""
    entries = (ROOT / name).read_text().replace("\\\n", "").splitlines()
    words = [entry.split() for entry in entries]
    return {first: [text for text in rest if text.startswith("--hash=")] for first, *rest in words}


def without_extras(package: str) -> str:
    """What an extra asks for stands in the lock as well: which extras stand there says nothing of what is installed."""
    return re.sub(r"\[.*\]", "", package)
