"""GitHub's workflows: who may do what, what comes before a deployment, and each step's own shell, run here.

`make` is asked what it would run, `docker` is written down: what they start has tests of its own (test_dyno, test_image,
test_deploy, test_upgrade, test_audit), and `make test` would begin again.
"""

import datetime as dt
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT

FOLDER = ROOT / ".github" / "workflows"
TEXTS = {path.name: path.read_text() for path in sorted(FOLDER.glob("*.yml"))}
WORKFLOWS: dict[str, dict[Any, Any]] = {name: yaml.safe_load(text) for name, text in TEXTS.items()}
MAIN = WORKFLOWS["main.yml"]["jobs"]
CHECKS = {"lint", "test", "browser", "faults", "audit", "slug", "image"}
DEPLOYED = "github.event_name == 'push' && (github.ref == 'refs/heads/main' || github.ref == 'refs/heads/master')"
THERE = "steps.secret.outputs.there"
LONG = "bin/slug-size"  # run by test_dyno
GITHUB = {"GITHUB_REPOSITORY": "Lender/Scoring", "GITHUB_SHA": "abc1", "GITHUB_ACTOR": "ann"}


def jobs() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name, workflow in WORKFLOWS.items():
        for job, content in workflow["jobs"].items():
            yield name, job, content


STEPS = [
    pytest.param(step, id=f"{name}-{job}-{number}")
    for name, job, content in jobs()
    for number, step in enumerate(content["steps"])
    if "run" in step
]


class Runner:
    """A machine of GitHub's with a checkout, as far as a step's shell sees one."""

    def __init__(self, folder: Path) -> None:
        self.checkout, self.output, self.docker = folder / "checkout", folder / "output", folder / "docker.log"
        subprocess.run(["git", "clone", "--quiet", ROOT, self.checkout], check=True)
        shutil.copy(ROOT / "Makefile", self.checkout)
        self._programs = folder / "programs"
        self._programs.mkdir()
        self.program("make", f'exec {shutil.which("make")} --dry-run "$@"')
        self.program("docker", f'echo "$@" >>{self.docker}; case "$*" in *--password-stdin*) cat >>{self.docker};; esac')

    def program(self, name: str, script: str) -> None:
        """Put a program before those of the same name."""
        (self._programs / name).write_text(f"#!/bin/sh\n{script}\n")
        (self._programs / name).chmod(0o755)

    def run(self, step: Mapping[str, Any], **given: str) -> subprocess.CompletedProcess[str]:
        """The step's shell as GitHub runs it; `given` are the secrets, variables and inputs."""

        def value(match: re.Match[str]) -> str:
            return given.get(match[1].rsplit(".")[-1], "")

        variables = {name: re.sub(r"\$\{\{ *([\w.]+) *\}\}", value, str(text)) for name, text in step.get("env", {}).items()}
        github = {
            "GITHUB_OUTPUT": str(self.output),
            "GITHUB_REPOSITORY": "Lender/Scoring",
            "GITHUB_SHA": "abc1",
            "GITHUB_ACTOR": "ann",
        }
        environment = {**os.environ, **github, **variables, "PATH": f"{self._programs}{os.pathsep}{os.environ['PATH']}"}
        return subprocess.run(
            ["bash", "-e", "-c", step["run"]], cwd=self.checkout, env=environment, capture_output=True, text=True
        )


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


def step_of(job: Mapping[str, Any], words: str) -> dict[str, Any]:
    [found] = [step for step in job["steps"] if words in step.get("run", "")]
    return dict(found)


@pytest.mark.parametrize("step", [step for step in STEPS if step.values[0]["run"] != LONG])  # type: ignore[index]
def test_a_step_s_shell_runs(step: dict[str, Any], runner: Runner) -> None:
    assert "${{" not in step["run"]  # what somebody may have written would be a part of the shell's own words
    given = {"HEROKU_APP": "app", "RENDER_SERVICE": "srv-1", "GITHUB_TOKEN": "token", "package": "numpy"}
    done = runner.run(step, **given)
    assert done.returncode == 0, done.stderr
    assert 'test -n ""' not in done.stdout  # a target that wants to be told more


def test_what_a_person_types_for_a_package_is_no_shell(runner: Runner) -> None:
    runner.program("make", f'exec {shutil.which("make")} -o setup PY="echo asked:" "$@"')
    done = runner.run(step_of(WORKFLOWS["upgrade.yml"]["jobs"]["upgrade"], "make upgrade"), package="x; touch pwned")
    assert (done.stdout, done.returncode) == ("asked: -m jobs.upgrade x; touch pwned\n", 0), done.stderr
    assert not (runner.checkout / "pwned").exists()


def test_the_step_that_is_not_run_here_is_a_program_of_the_project() -> None:
    assert [step["run"] for step in MAIN["slug"]["steps"] if "run" in step] == [LONG]
    assert os.access(ROOT / LONG, os.X_OK)


def test_every_action_is_one_commit_with_its_version_beside_it() -> None:
    used = [line.split("uses:")[1] for text in TEXTS.values() for line in text.splitlines() if "uses:" in line]
    assert len(used) > 10
    assert not [action for action in used if not re.fullmatch(r" [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action)]
    commits: dict[str, set[str]] = {}
    for action in used:
        commits.setdefault(action.split("@")[0], set()).add(action)
    assert not [action for action, versions in commits.items() if len(versions) > 1]


def test_a_workflow_may_nothing_and_a_job_may_read_and_one_may_write_packages() -> None:
    assert all(workflow["permissions"] == {} for workflow in WORKFLOWS.values())
    allowed = {(name, job): set(content["permissions"].items()) for name, job, content in jobs()}
    writers = {place for place, rights in allowed.items() if rights - {("contents", "read")}}
    assert writers == {("main.yml", "publish")}
    assert allowed[("main.yml", "publish")] == {("packages", "write")}


def test_every_job_has_an_end_and_no_checkout_keeps_its_token() -> None:
    for name, job, content in jobs():
        assert 0 < content["timeout-minutes"] <= 90, (name, job)
        for step in content["steps"]:
            if step.get("uses", "").startswith("actions/checkout"):
                assert step["with"]["persist-credentials"] is False, (name, job)


def test_tests_run_on_every_python_that_the_project_supports_and_leave_none_out() -> None:
    assert MAIN["test"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
    chosen = [re.findall(r"-m '(.*)'", step_of(MAIN[job], "make test ARGS")["run"])[0] for job in ("test", "browser")]
    assert chosen == ["not faults and not browser", "browser and not faults"]
    assert step_of(MAIN["browser"], "make test")["env"] == {"REQUIRE_ALL": "1"}


@pytest.mark.parametrize("job", ["publish", "deploy-heroku", "deploy-render"])
def test_what_others_get_to_see_comes_from_main_or_master_once_everything_has_passed(job: str) -> None:
    assert set(MAIN) == CHECKS | {"publish", "deploy-heroku", "deploy-render"}
    assert set(MAIN[job]["needs"]) == CHECKS
    assert MAIN[job]["if"] == DEPLOYED
    assert not [name for name in CHECKS if "if" in MAIN[name]]


def test_a_secret_is_only_read_in_the_environment_that_it_belongs_to() -> None:
    readers = {
        (name, job) for name, job, content in jobs() if set(re.findall(r"secrets\.(\w+)", str(content))) - {"GITHUB_TOKEN"}
    }
    assert readers == {("main.yml", "deploy-heroku"), ("main.yml", "deploy-render"), ("drift.yml", "drift")}
    for name, job in readers:
        assert WORKFLOWS[name]["jobs"][job]["environment"]


@pytest.mark.parametrize(("name", "job"), [("main.yml", "deploy-heroku"), ("main.yml", "deploy-render"), ("drift.yml", "drift")])
def test_where_the_secret_is_missing_nothing_else_is_done_and_the_run_says_so(name: str, job: str, runner: Runner) -> None:
    ask, *others = WORKFLOWS[name]["jobs"][job]["steps"]
    assert all(THERE in step["if"] for step in others)
    [secret] = re.findall(r"secrets\.(\w+)", ask["env"]["KEY"])
    without = runner.run(ask)
    assert (without.returncode, runner.output.read_text()) == (0, "there=\n")
    assert re.fullmatch(rf"::notice::.* has no secret {secret}\n", without.stdout)
    given = runner.run(ask, **{secret: "s3cret"})
    assert (given.stdout, given.stderr, runner.output.read_text()) == ("", "", "there=\nthere=yes\n")


def test_the_image_that_was_asked_is_the_one_that_is_pushed(runner: Runner) -> None:
    saved, loaded = MAIN["image"]["steps"][-1], MAIN["publish"]["steps"][0]
    assert saved["with"]["name"] == loaded["with"]["name"]
    assert f">{saved['with']['path']}" in step_of(MAIN["image"], "docker save")["run"]
    done = runner.run(step_of(MAIN["publish"], "docker push"), GITHUB_TOKEN="t0ken")
    assert "t0ken" not in done.stdout + done.stderr
    image = "ghcr.io/lender/scoring"
    assert runner.docker.read_text().splitlines() == [
        f"load --input {saved['with']['path']}",
        *["login ghcr.io --username ann --password-stdin", "t0ken"],
        *[f"tag credit-scoring-api {image}:abc1", f"push {image}:abc1"],
        *[f"tag credit-scoring-api {image}:latest", f"push {image}:latest"],
        "logout ghcr.io",
    ]


@pytest.mark.parametrize(("program", "script"), [("make", "exit 1"), ("docker", 'case "$2" in up) exit 1;; esac')])
def test_an_image_that_does_not_start_or_answers_wrongly_fails_the_job_and_shows_its_log(
    program: str, script: str, runner: Runner
) -> None:
    runner.program(program, f'echo "$@" >>{runner.docker}; {script}')
    done = runner.run(step_of(MAIN["image"], "compose up"))
    assert done.returncode == 1
    assert "compose logs" in runner.docker.read_text().splitlines()


def test_the_weekly_report_is_of_the_last_seven_days_and_is_kept_when_it_finds_drift(runner: Runner) -> None:
    steps = WORKFLOWS["drift.yml"]["jobs"]["drift"]["steps"]
    done = runner.run(step_of({"steps": steps}, "make drift"), DATABASE_URL="postgres://host/log")
    since = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=7)
    assert re.search(rf'--log-since "{since}" *--html "var/drift.html" --json "var/drift.json"', done.stdout), done.stdout
    assert (steps[-1]["if"], steps[-1]["with"]["path"]) == (f"always() && {THERE}", "var/drift.*")
    assert WORKFLOWS["drift.yml"][True]["schedule"]  # YAML's `on`
