"""What the environment may set: one table in the README, true to the code, and no start with a value that means nothing."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from scoring.settings import ROOT, Settings
from tests.serving import PROGRAMS, server_environment, web_command

README = (ROOT / "README.md").read_text()
TABLE = README[README.index("| variable |") :].split("\n\n")[0]
ROWS = {name: row for row in TABLE.splitlines()[2:] for name in re.findall(r"`([A-Z_]+)`", row.split("|")[1])}

# Where a variable is read, in Python, in the shell's way (bin, compose.yaml) and in GitHub's.
READ = re.compile(
    r'(?:environ|environment|settings|variables)(?:\.get\(|\[|, )"([A-Z][A-Z_]+)"'
    r'|^FOLDER = "([A-Z_]+)"'
    r"|(?<!\$)\$\{([A-Z][A-Z_]+):[-?]"
    r"|\b(?:secrets|vars)\.([A-Z_]+)",
    re.MULTILINE,
)
NOT_OURS = {
    *("OMP_NUM_THREADS", "GUNICORN_CMD_ARGS", "GUNICORN_PID"),  # set by our own code, for libraries
    *("DO_NOT_TRACK", "GITHUB_TOKEN", "MPLBACKEND", "NO_PROXY", "PATH", "PATH_INFO"),  # everybody's
    *("PYTHON", "PIP_AUDIT_OSV_URL"),  # told where they are of use: make setup, bin/audit
}


def sources() -> list[Path]:
    folders = ("api", "server", "scoring", "jobs", "dashboard", "bin", ".github/workflows")
    found = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in (".py", ".yml", "")]
    top = [ROOT / name for name in ("app.py", "model.py", "gunicorn.conf.py", "compose.yaml", ".ci/run", "tests/conftest.py")]
    return [path for path in [*found, *top] if path.is_file()]


def read_somewhere() -> set[str]:
    groups = [match for path in sources() for match in READ.findall(path.read_text(encoding="utf-8"))]
    return {name for group in groups for name in group if name} - NOT_OURS


def test_the_table_holds_every_variable_that_is_read_and_no_other() -> None:
    assert {"API_KEY", "PORT", "WEB_CONCURRENCY", "DASHBOARD_PORT", "HOME_CREDIT_DATA"} <= read_somewhere()
    assert set(ROWS) == read_somewhere()


@pytest.mark.parametrize(
    ("variable", "default"),
    [
        ("PORT", Settings().port),
        ("WEB_CONCURRENCY", Settings().workers),
        ("MAX_BODY_BYTES", f"{Settings().max_body_bytes}, {Settings().max_records}, {Settings().max_nesting}"),
        ("MODEL_DIR", Settings().model_dir.relative_to(ROOT)),
        ("SPOOL_DIR", Settings().spool_dir.relative_to(ROOT)),
        ("DATABASE_URL", Settings().database_url.replace(f"{ROOT}/", "")),
        ("MLFLOW_TRACKING_URI", Settings().tracking_uri.replace(f"{ROOT}/", "")),
    ],
)
def test_the_table_tells_the_default(variable: str, default: object) -> None:
    assert ROWS[variable].split("|")[2].strip() == str(default)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("API_KEY", ""),
        ("API_KEY_NAMES", "one,two"),
        ("DATABASE_URL", "mysql://host/log"),
        ("MAX_BODY_BYTES", "5MB"),
        ("MODEL_DIR", "nowhere"),
        ("PORT", "99999"),
        ("PROMETHEUS_MULTIPROC_DIR", "/proc/metrics"),
        ("RATE_LIMIT", "often"),
        ("SPOOL_DIR", "/proc/spool"),
        ("WEB_CONCURRENCY", "0"),
    ],
)
def test_a_value_that_means_nothing_stops_the_server_s_start_in_one_line_that_names_it(
    variable: str, value: str, tmp_path: Path
) -> None:
    environment = {**server_environment(tmp_path, 8000), "GUNICORN_CMD_ARGS": "--log-level critical", variable: value}
    done = subprocess.run(web_command(), cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert re.fullmatch(rf"error: .*\b{variable}\b.*\n", done.stderr), done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("variable", "wrong"),
    [
        # gunicorn ends in a trace over this one before it reads a line of ours: a platform runs the release command first.
        ("WEB_CONCURRENCY", {"WEB_CONCURRENCY": "many"}),
        ("DATABASE_URL", {"DATABASE_URL": "postgres://127.0.0.1:1/log"}),
        ("ALLOW_EPHEMERAL_LOG", {"ALLOW_EPHEMERAL_LOG": "yes", "DYNO": "release.1"}),
    ],
)
def test_a_value_that_means_nothing_stops_the_release_command_in_one_line_that_names_it(
    variable: str, wrong: dict[str, str], tmp_path: Path
) -> None:
    environment = {**server_environment(tmp_path, 8000), **wrong}
    done = subprocess.run([PROGRAMS / "alembic", "upgrade", "head"], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode != 0
    assert re.search(rf"^FAILED: .*\b{variable}\b.*$", done.stdout + done.stderr, re.MULTILINE), done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_an_address_of_mlflow_that_holds_other_tables_is_told_in_one_line(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'decisions.db'}"
    subprocess.run([PROGRAMS / "alembic", "upgrade", "head"], cwd=ROOT, env={**os.environ, "DATABASE_URL": database}, check=True)
    environment = {**os.environ, "MLFLOW_TRACKING_URI": database}
    release = [str(PROGRAMS / "python"), "-m", "jobs.release"]
    done = subprocess.run(release, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 2
    assert re.fullmatch(r"error: MLflow at sqlite:\S+ can't be used: .*\n", done.stderr), done.stderr
