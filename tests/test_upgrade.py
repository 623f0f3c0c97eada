"""`make upgrade`: newer versions are locked if the released model serves with them as before, and otherwise nothing is."""

import json
import re
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from jobs import trial
from jobs.locks import changes, locked, opened, pinned
from jobs.relocking import checked_names, project_files, write
from scoring.errors import OutputError, SettingError
from tests.conftest import LATEST, ROOT, skip_unless_required
from tests.processes import alive
from tests.small_project import Project, small_project, with_environment

ASKED = """\
dependencies = [
    "flask==3.1.3",
    "flask-openapi3==4.0",
    'psycopg[binary, pool] == 3.3.9 ; python_version < "3.13"',  # "flask" and psycopg==3 stay here
    "Zope.Interface==1.0,!=1.1", "numpy==2.*",
]
"""
OLD = r"""itsdangerous==2.1.2 \
    --hash=sha256:2c2349112351b88699d8d4b6b075022c0808887cb7ad10069318a8b0bc88db44 \
    --hash=sha256:5dbbc68b317e5e42f327f9021763545dc3fc3bfe22e6deb96aaf1fc38874156a
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return small_project(tmp_path)


@pytest.fixture
def real(tmp_path: Path) -> Project:
    """A copy of this project that has locked an old version of a package that the service needs."""
    root = tmp_path / "project"
    for folder in ("api", "data", "jobs", "models", "scoring"):
        shutil.copytree(ROOT / folder, root / folder, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Makefile", "app.py", "custom_threshold_model.py", "model.py", *project_files(ROOT)):
        text = re.sub(r"^itsdangerous==.*\n(?: +--hash=.*\n)+", lambda _: OLD, (ROOT / name).read_text(), flags=re.MULTILINE)
        (root / name).write_text(text)
    return with_environment(root, tmp_path / "temporary")


def test_a_pin_is_opened_and_named_anew_where_it_is_asked_for_and_nowhere_else() -> None:
    names = ["flask", "psycopg", "zope-interface", "numpy"]
    wider = opened(ASKED, names)
    assert wider.splitlines()[1:5] == [
        '    "flask>=3.1.3",',
        '    "flask-openapi3==4.0",',
        """    'psycopg[binary, pool]>=3.3.9 ; python_version < "3.13"',  # "flask" and psycopg==3 stay here""",
        '    "Zope.Interface>=1.0,!=1.1", "numpy==2.*",',
    ]
    assert pinned(ASKED, "psycopg", "3.4") == ASKED.replace("pool] == 3.3.9", "pool]==3.4")


def test_locks_are_compared_package_by_package() -> None:
    before = {"a.txt": "both==1 \\\n    --hash=x\ngone==1\n", "b.txt": "both[extra]==1\nforked==1 ; python_version < '3.12'\n"}
    after = {"a.txt": "both==2 \\\n    --hash=y\n", "b.txt": "both==2\nforked==1 ; x\nforked==2 ; y\nnew==1.0.post1\n"}
    assert [str(change) for change in changes(before, after)] == [
        "both 1 -> 2 (a.txt, b.txt)",
        "forked 1 -> 1 or 2 (b.txt)",
        "gone 1 goes (a.txt)",
        "new 1.0.post1 comes along (b.txt)",
    ]


def test_a_package_that_no_file_locks_is_refused_with_the_closest_name() -> None:
    files = project_files(ROOT)
    assert checked_names(["LightGBM", "scikit_learn", "lightgbm"], files) == ["lightgbm", "scikit-learn"]
    with pytest.raises(SettingError, match=r"^lightgmb is no locked package: did you mean lightgbm\?$"):
        checked_names(["flask", "lightgmb"], files)


def test_files_that_changed_meanwhile_or_cannot_be_written_stay_all_of_them(project: Project) -> None:
    before = project_files(project.root)
    after = {name: f"{text}# newer\n" for name, text in before.items()}
    (project.root / "requirements.txt").rename(project.root / "elsewhere")
    (project.root / "requirements.txt").symlink_to("elsewhere")  # which is no file to replace
    with pytest.raises(OutputError, match=r"requirements\.txt is there and can't be replaced"):
        write(project.root, before, after)
    assert project_files(project.root) == before
    (project.root / "pyproject.toml").write_text("edited")
    with pytest.raises(OutputError, match="changed meanwhile"):
        write(project.root, before, after)
    assert project_files(project.root) == before | {"pyproject.toml": "edited"}


def test_a_pinned_package_is_raised_in_all_files_and_pinned_again_once_it_was_tried(project: Project) -> None:
    before = project.files()
    done = project.upgrade("alpha")
    assert (done.returncode, done.stderr) == (0, "")
    assert "alpha 1.0 -> 2.0 (requirements-compare.txt, requirements-dashboard.txt" in done.stdout
    assert "tried alpha 2.0" in done.stdout
    after = project.files()
    assert after["pyproject.toml"] == before["pyproject.toml"].replace("fast]==1.0", "fast]==2.0")
    assert locked(after["requirements-train.txt"]) == {"alpha": ("2.0",), "beta": ("1.0",), "modern": ("1.0",)}
    subprocess.run(["make", "-s", "-o", "setup", "lock"], cwd=project.root, env=project.environment, check=True)
    assert project.files() == after
    assert not list(project.temporary.iterdir())


def test_what_no_version_is_named_of_is_raised_where_none_is_named(project: Project) -> None:
    before = project.files()
    assert project.upgrade().returncode == 0
    after = project.files()
    assert after["pyproject.toml"] == before["pyproject.toml"]
    assert locked(after["requirements-train.txt"]) == {"alpha": ("1.0",), "beta": ("2.0",), "modern": ("1.0",)}


def test_a_version_that_is_not_for_every_python_is_not_pinned(project: Project) -> None:
    before = project.files()
    done = project.upgrade("modern")
    assert (done.returncode, "nothing changes" in done.stdout) == (0, True), done.stderr
    assert project.files() == before


def test_what_the_service_does_not_have_needs_no_trial(project: Project) -> None:
    (project.root / "fails").touch()
    done = project.upgrade("tool")
    assert (done.returncode, "no trial" in done.stdout) == (0, True), done.stderr
    assert project.files()["requirements-nannyml.in"] == "tool==2.0  # the newer one is slow\n"
    assert locked(project.files()["requirements-dev.txt"])["tool"] == ("2.0",)


def test_a_failed_trial_leaves_every_file_as_it_was(project: Project) -> None:
    (project.root / "fails").touch()
    before = project.files()
    done = project.upgrade("alpha")
    assert done.returncode == 1
    assert done.stderr == "with these versions the released model doesn't serve as at release: nothing was written\n"
    assert project.files() == before
    assert not list(project.temporary.iterdir())


def test_versions_that_do_not_fit_together_are_told_in_uv_s_words(project: Project) -> None:
    (project.root / "pyproject.toml").write_text(project.files()["pyproject.toml"].replace('["beta"]', '["beta>2"]'))
    before = project.files()
    done = project.upgrade("alpha")
    assert done.returncode == 2
    assert "only beta<=2.0 is available" in " ".join(done.stderr.replace("│", "").split())
    assert done.stderr.endswith("\nerror: no lock could be made: why stands above, and nothing was written\n")
    assert project.files() == before


@contextmanager
def silent_index() -> Iterator[tuple[str, threading.Event]]:
    """The address of a package index that answers nobody, and whether somebody asked."""
    asked = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            connection, _ = server.accept()
            with connection:
                asked.set()
                while connection.recv(1 << 16):  # until the caller goes
                    pass

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/simple", asked
        thread.join(60)
        assert not thread.is_alive()


def test_a_stop_during_the_installation_leaves_nothing_behind(project: Project) -> None:
    before = project.files()
    with silent_index() as (url, asked):
        environment = {**project.environment, "PIP_INDEX_URL": url}
        del environment["PIP_NO_INDEX"]
        with subprocess.Popen(
            project.command("alpha"), cwd=project.root, env=environment, stdout=-1, stderr=-1, text=True
        ) as process:
            assert asked.wait(60)
            started = psutil.Process(process.pid).children(recursive=True)
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, "stopped: nothing half-written was left\n")
    assert started
    assert not alive(started)
    assert project.files() == before
    assert not list(project.temporary.iterdir())


def test_the_trial_passes_with_what_is_locked(capsys: pytest.CaptureFixture[str]) -> None:
    assert trial.main([]) == 0
    assert capsys.readouterr().out == "10 golden records score as at release; the app decides about 200 demo clients\n"


def test_the_trial_says_by_how_much_golden_records_differ(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    release = off_by(0.25, shutil.copytree(LATEST, tmp_path / "release"))
    assert trial.main(["--release", str(release)]) == 1
    assert capsys.readouterr().err.endswith("; of all 10 together: 3 by 0.25\n")


def off_by(score: float, release: Path) -> Path:
    """The release, saying of its third golden record another raw score than the model gives it."""
    content = json.loads((release / "model.json").read_text())
    content["golden"][2]["raw"] += score
    (release / "model.json").write_text(json.dumps(content))
    return release


@pytest.mark.faults  # it installs the packages anew: a minute, and a network
def test_a_package_of_the_service_is_raised_once_the_golden_records_hold(real: Project) -> None:
    done = upgraded(real)
    assert done.returncode == 0, done.stderr
    assert "itsdangerous 2.1.2 -> " in done.stdout
    assert "10 golden records score as at release; the app decides about 200 demo clients" in done.stdout
    assert real.files()["pyproject.toml"] == (ROOT / "pyproject.toml").read_text()
    newer = {name: locked(text)["itsdangerous"] for name, text in real.files().items() if "itsdangerous==" in text}
    assert len(newer) == 5
    assert len(set(newer.values())) == 1
    assert ("2.1.2",) not in newer.values()


@pytest.mark.faults  # as above
def test_golden_records_that_differ_leave_every_file_as_it_was(real: Project) -> None:
    off_by(1e-9, (real.root / "models" / "latest").resolve())
    before = real.files()
    done = upgraded(real)
    assert done.returncode == 1, done.stderr
    assert "golden record 3 of" in done.stderr
    assert "3 by 1e-09" in done.stderr
    assert real.files() == before
    assert not list(real.temporary.iterdir())


def upgraded(real: Project) -> subprocess.CompletedProcess[str]:
    done = real.upgrade("itsdangerous")
    if done.returncode == 2 and ("Failed to fetch" in done.stderr or "No matching distribution" in done.stderr):
        skip_unless_required(f"no package index: {done.stderr}")
    return done
