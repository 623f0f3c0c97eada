"""A deployment to Heroku, without Heroku: the slug of the last commit, the Procfile's own commands, a real PostgreSQL."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import requests

from scoring.settings import ROOT
from tests.conftest import demo_clients
from tests.databases import new_database
from tests.serving import KEY, Server, serving

pytestmark = pytest.mark.faults  # it installs the packages anew: a minute, and a network


@dataclass(frozen=True, slots=True)
class Slug:
    """An unpacked slug, what was said while it was built, and an environment in which its programs come first."""

    folder: Path
    said: str
    environment: dict[str, str]

    def command(self, name: str) -> list[str]:
        """A line of its Procfile, as a dyno runs it."""
        [line] = re.findall(rf"^{name}: (.*)$", (self.folder / "Procfile").read_text(), re.MULTILINE)
        return ["bash", "-c", f"exec {line}"]

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def slug(tmp_path_factory: pytest.TempPathFactory, postgres_server: str) -> Slug:
    folder = tmp_path_factory.mktemp("heroku") / "app"
    done = subprocess.run(["bin/slug-size", "--keep", folder], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    path = f"{folder / '.heroku' / 'python' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    # As Heroku writes it.
    database = new_database(postgres_server).replace("postgresql+psycopg://", "postgres://")
    environment = {**os.environ, "PATH": path, "DYNO": "web.1", "DATABASE_URL": database, "WEB_CONCURRENCY": "2"}
    return Slug(folder, done.stdout, environment)


@pytest.fixture(scope="module")
def deployed(slug: Slug, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    released = slug.run(*slug.command("release"))
    assert released.returncode == 0, released.stdout + released.stderr
    folder = tmp_path_factory.mktemp("dyno")
    with serving(folder, slug.command("web"), root=slug.folder, **slug.environment) as server:
        yield server


def test_the_slug_is_within_its_limit_and_holds_what_the_dyno_needs_and_no_more(slug: Slug) -> None:
    [size, most] = re.findall(r"(\d+) MB", slug.said)
    assert 50 < int(size) <= int(most) == 130
    for module in ("mlflow", "evidently", "pandas", "streamlit", "duckdb"):
        assert slug.run("python", "-c", f"import {module}").returncode == 1, module
    for name in ("tests", "docs", "notebooks", "dashboard", "requirements-dev.txt", ".github"):
        assert not (slug.folder / name).exists(), name
    inside = slug.run("python", "-c", "import sys, gunicorn; print(sys.prefix, gunicorn.__file__)").stdout
    assert inside.count(str(slug.folder)) == 2


def test_it_decides_explains_and_records_as_at_home(slug: Slug, deployed: Server) -> None:
    headers = {"x-api-key": KEY}
    clients = demo_clients()[:50]
    answer = requests.post(f"{deployed.url}/predict", json={"data": clients}, headers=headers, timeout=30).json()
    assert [one["SK_ID_CURR"] for one in answer["decisions"]] == [client["SK_ID_CURR"] for client in clients]
    released = json.loads((slug.folder / "models" / "latest" / "model.json").read_text())
    assert {one["model_version"] for one in answer["decisions"]} == {released["model_version"]}
    explained = requests.post(f"{deployed.url}/explain", json=clients[0], headers=headers, timeout=30).json()
    assert explained["probability"] == answer["decisions"][0]["probability"]
    assert explained["reasons"]["against"] or explained["reasons"]["in_favour"]
    assert deployed.logged() == [one["decision_id"] for one in answer["decisions"]] + [explained["decision_id"]]
    assert requests.get(f"{deployed.url}/docs", timeout=10).status_code == 200


def test_the_commands_around_the_log_run_on_it(slug: Slug, deployed: Server, tmp_path: Path) -> None:
    requests.post(f"{deployed.url}/predict", json=demo_clients()[0], headers={"x-api-key": KEY}, timeout=30).raise_for_status()
    replayed = slug.run("python", "-m", "jobs.replay")
    assert replayed.returncode == 0, replayed.stdout + replayed.stderr
    exported = slug.run("python", "-m", "jobs.export_log", "--out", str(tmp_path / "log.jsonl"))
    assert exported.returncode == 0, exported.stdout + exported.stderr
    assert len((tmp_path / "log.jsonl").read_text().splitlines()) == len(deployed.logged())


def test_a_second_release_command_changes_nothing(slug: Slug, deployed: Server) -> None:
    before = deployed.logged()
    assert slug.run(*slug.command("release")).returncode == 0
    assert deployed.logged() == before


def test_without_the_database_add_on_neither_command_starts_and_both_say_what_to_add(slug: Slug) -> None:
    environment = {name: value for name, value in slug.environment.items() if name != "DATABASE_URL"}
    alone = replace(slug, environment={**environment, "API_KEY": KEY})
    for name in ("release", "web"):
        done = alone.run(*alone.command(name))
        assert done.returncode != 0
        assert "heroku addons:create heroku-postgresql" in done.stdout + done.stderr
