"""jobs.deploy before a Heroku and a Render that a test wrote, in front of the real service."""

import io
import os
import shutil
import signal
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jobs import command, deploy
from tests.answering import Reply, in_front_of
from tests.conftest import LATEST, ROOT
from tests.fake_platforms import PLATFORM_KEY, FakeHeroku, FakePlatform, FakeRender, heroku, render
from tests.fake_service import Asked
from tests.processes import eventually
from tests.serving import KEY, free_port, serving

Run = Callable[..., tuple[int, str]]
BY_HAND = "heroku releases:rollback v41 --app credit"
OTHER = next(folder for folder in LATEST.resolve().parent.iterdir() if folder.is_dir() and folder != LATEST.resolve())


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the real service."""
    with serving(tmp_path_factory.mktemp("service")) as server:
        yield server.url


@pytest.fixture(scope="module")
def wrong(right: str) -> Iterator[str]:
    """The address of one that refuses everybody."""

    def change(asked: Asked, reply: Reply) -> Reply:
        return (reply[0], {**reply[1], "decision": "refused"}) if "decision" in reply[1] else reply

    with in_front_of(right, change) as url:
        yield url


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of two commits that serve models/latest; what its folder holds besides isn't to be deployed."""
    root = tmp_path_factory.mktemp("repository")
    for name in ("app.py", "Procfile"):
        shutil.copy(ROOT / name, root)
    shutil.copytree(ROOT / "models", root / "models", symlinks=True)
    git(root, "init", "--quiet")
    commit(root)
    git(root, "tag", "first")
    (root / "second.txt").write_text("of the second commit")
    commit(root)
    (root / "uncommitted.txt").write_text("not to be deployed")
    (root / "models" / "latest").unlink()
    (root / "models" / "latest").symlink_to(Path("releases", OTHER.name))
    return root


def commit(root: Path) -> None:
    git(root, "add", "--all")
    git(root, "-c", "user.name=Test", "-c", "user.email=test@test.invalid", "commit", "--quiet", "--message", "a commit")


def git(root: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keys, and a .netrc that has another one for everybody, as Heroku's command line leaves it."""
    (tmp_path / "netrc").write_text("default login somebody password another-key\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("API_KEY", KEY)
    for name in ("HEROKU_API_KEY", "RENDER_API_KEY"):
        monkeypatch.setenv(name, f"{PLATFORM_KEY}\n")


@pytest.fixture
def run(environment: None, root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command; gives its exit code and what it printed, in which no key and no presigned address may stand."""

    def main(platform: FakePlatform, *arguments: str) -> tuple[int, str]:
        monkeypatch.setenv("HEROKU_API_URL", platform.url)
        monkeypatch.setenv("RENDER_API_URL", platform.url)
        code = deploy.main([*words(platform, root), *arguments])
        out, err = capsys.readouterr()
        said = out + err
        assert not [secret for secret in (KEY, PLATFORM_KEY, "signature=") if secret in said]
        return code, said

    return main


def words(platform: FakePlatform, root: Path) -> list[str]:
    name = ["heroku", "--app", "credit"] if isinstance(platform, FakeHeroku) else ["render", "--service", "srv-credit"]
    return [*name, "--root", str(root), "--pause", "0.01", "--limit", "20", "--wait", "0"]


def last(said: str) -> str:
    return said.splitlines()[-1]


def uploaded(platform: FakeHeroku) -> set[str]:
    """The names that stand at the top of what was."""
    with tarfile.open(fileobj=io.BytesIO(platform.uploaded), mode="r:gz") as files:
        return {Path(name).parts[0] for name in files.getnames()}


def serves_before(platform: FakeHeroku) -> bool:
    return bool(platform.current()["slug"] == {"id": "slug-before"})


def test_a_commit_is_deployed_to_heroku_and_serves_once_its_dynos_are_up(run: Run, root: Path, right: str) -> None:
    head = git(root, "rev-parse", "HEAD")
    with heroku(right) as platform:
        code, said = run(platform)
    assert (code, last(said)) == (0, f"done: {head[:12]} serves, and answers as its release says")
    assert platform.current()["slug"] == {"id": f"slug-of-{head}"}
    assert platform.orders() == ["/apps/credit/builds"]
    assert "Heroku: v41 serves before" in said
    assert "ok: POST /predict with golden record 1 of" in said


def test_what_is_uploaded_is_the_commits_and_nothing_else(run: Run, root: Path, right: str) -> None:
    with heroku(right) as platform:
        assert run(platform)[0] == 0
    assert uploaded(platform) == {"app.py", "Procfile", "models", "second.txt"}
    [put] = [asked for asked in platform.asked if asked.method == "PUT"]
    assert not {"authorization", "content-type", "transfer-encoding"} & set(put.headers)


def test_another_commit_can_be_named(run: Run, root: Path, right: str) -> None:
    with heroku(right) as platform:
        assert run(platform, "--commit", "first")[0] == 0
    assert platform.builds["b-1"]["source_blob"]["version"] == git(root, "rev-parse", "first")
    assert uploaded(platform) == {"app.py", "Procfile", "models"}


def test_a_wrong_answer_brings_the_release_back_that_served_before(run: Run, wrong: str) -> None:
    with heroku(wrong) as platform:
        code, said = run(platform)
    assert (code, last(said)) == (1, "rolled back: v41 serves again")
    assert "wrong: POST /predict with golden record " in said
    assert serves_before(platform)
    assert [one["version"] for one in platform.releases if one["current"]] == [43]


def test_a_dyno_that_crashes_does_too(run: Run, right: str) -> None:
    """The old one is still up when the new one starts."""
    with heroku(right, dynos="crashed") as platform:
        code, said = run(platform)
    assert (code, last(said)) == (1, "rolled back: v41 serves again")
    assert "wrong: a web dyno crashed" in said
    assert serves_before(platform)


def test_dynos_that_never_start_do_too(run: Run, right: str) -> None:
    with heroku(right, dynos="starting") as platform:
        code, said = run(platform, "--limit", "0.5")
    assert (code, last(said)) == (1, "rolled back: v41 serves again")
    assert "wrong: the start of v42's web dynos took longer than 0.5 s" in said


@pytest.mark.parametrize(("how", "what"), [({"build": "failed"}, "the build"), ({"release": "failed"}, "the release command")])
def test_what_fails_before_it_serves_changes_nothing_and_shows_the_end_of_its_log(
    run: Run, how: dict[str, Any], what: str
) -> None:
    log = "\n".join(f"line {number}" for number in range(100)) + f"\n ! failed with {PLATFORM_KEY}, {KEY}\n"
    with heroku(f"http://127.0.0.1:{free_port()}", log=log, **how) as platform:
        code, said = run(platform)
    assert (code, last(said)) == (1, f"failed: {what} failed; nothing changed, v41 serves")
    assert "  | line 99\n  |  ! failed with [hidden], [hidden]\n" in said
    assert "line 50" not in said
    assert serves_before(platform)
    assert platform.orders() == ["/apps/credit/builds"]


def test_a_first_deploy_has_nothing_to_go_back_to(run: Run, wrong: str) -> None:
    """An app's own first release holds no code."""
    with heroku(wrong, before=False) as platform:
        code, said = run(platform)
    assert code == 1
    assert last(said).endswith("serves all the same; nothing served before it, there is nothing to go back to")
    assert platform.orders() == ["/apps/credit/builds"]


@pytest.mark.parametrize("make", [heroku, render])
def test_a_key_that_is_not_valid_is_told_in_one_line_and_nothing_is_deployed(
    run: Run, right: str, make: Callable[..., Any]
) -> None:
    with make(right, key="another") as platform:
        code, said = run(platform)
    assert code == 2
    assert said.count("\n") == 1
    assert "is answered 401 (Invalid credentials provided.): " in said
    assert {asked.method for asked in platform.asked} == {"GET"}


def test_a_long_refusal_that_repeats_the_key_shows_no_part_of_it(run: Run, right: str) -> None:
    told = "x" * 290
    with heroku(right) as platform:
        platform.refusal = f"{told}{PLATFORM_KEY}"
        code, said = run(platform)
    assert (code, told in said) == (2, True)
    assert PLATFORM_KEY[:8] not in said


def test_an_api_that_is_away_for_a_moment_is_asked_again(run: Run, right: str) -> None:
    looks = ["apps/credit", "apps/credit/releases", "apps/credit/builds/b-1", "apps/credit/releases/r-42", "apps/credit/dynos"]
    stumbles = ["POST /sources", "PUT /presigned/put", *(f"GET /{path}" for path in looks)]
    with heroku(right, stumbles=stumbles) as platform:
        assert run(platform)[0] == 0
    assert platform.stumbles == []


@pytest.mark.parametrize(("make", "order"), [(heroku, "/apps/credit/builds"), (render, "/services/srv-credit/deploys")])
def test_an_order_to_deploy_that_may_have_been_taken_is_not_given_again(
    run: Run, right: str, make: Callable[..., Any], order: str
) -> None:
    with make(right, stumbles=[f"POST {order}"]) as platform:
        code, said = run(platform)
    assert code == 1
    assert platform.orders() == [order]
    assert "isn't known; the way back: " in last(said)


def test_a_build_that_does_not_end_is_told_with_the_way_back(run: Run, right: str) -> None:
    with heroku(right, build="pending") as platform:
        code, said = run(platform, "--limit", "0.2")
    assert code == 1
    assert "failed: the build took longer than 0.2 s; " in last(said)
    assert last(said).endswith(f"will serve unchecked if it can; the way back: {BY_HAND}")


def test_a_rollback_is_ordered_again_where_the_api_is_away(run: Run, wrong: str) -> None:
    with heroku(wrong, stumbles=["POST /apps/credit/releases"]) as platform:
        code, said = run(platform)
    assert (code, last(said)) == (1, "rolled back: v41 serves again")
    assert serves_before(platform)


def test_a_rollback_that_fails_leaves_the_way_back_to_a_person(run: Run, wrong: str) -> None:
    with heroku(wrong, of_rollback={"release": "failed", "dynos": "up"}) as platform:
        code, said = run(platform)
    assert code == 1
    assert last(said).startswith("failed: rolling back didn't work, the release command failed; ")
    assert last(said).endswith(f"the way back: {BY_HAND}")


def test_an_upload_that_is_refused_deploys_nothing(run: Run, right: str) -> None:
    with heroku(right, upload=403) as platform:
        code, said = run(platform)
    assert (code, last(said)) == (1, "failed: the upload of the source is answered 403; nothing was deployed")
    assert platform.orders() == []


def test_ctrl_c_says_what_is_under_way_and_the_way_back(environment: None, root: Path, right: str) -> None:
    """Where only the dashboard is installed, too."""
    program = "import sys; sys.modules.update(mlflow=None, duckdb=None, ibis=None, pandas=None, matplotlib=None, tqdm=None)\n"
    program += "from jobs import deploy; sys.exit(deploy.main(sys.argv[1:]))"
    with heroku(right, build="pending") as platform:
        command_line = [sys.executable, "-c", program, *words(platform, root)]
        variables = {**os.environ, "HEROKU_API_URL": platform.url}
        with subprocess.Popen(
            command_line, cwd=ROOT, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            eventually(lambda: any("/builds/" in asked.path for asked in platform.asked))
            process.send_signal(signal.SIGINT)
            said, _ = process.communicate(timeout=60)
    assert process.returncode == command.STOPPED
    assert last(said).startswith("stopped: ")
    assert last(said).endswith(f"is under way (b-1) and will serve unchecked if it can; the way back: {BY_HAND}")
    assert not [secret for secret in (KEY, PLATFORM_KEY) if secret in said]


def test_a_commit_is_deployed_to_render_and_serves_once_it_is_live(run: Run, root: Path, right: str) -> None:
    head = git(root, "rev-parse", "HEAD")
    with render(right) as platform:
        code, said = run(platform)
    assert (code, last(said)) == (0, f"done: {head[:12]} serves, and answers as its release says")
    assert platform.live() == [head]
    assert said.index("dep-1: created") < said.index("dep-1: build_in_progress") < said.index("dep-1: live")


def test_a_deploy_that_render_queues_is_found_among_those_of_the_same_commit(run: Run, root: Path, right: str) -> None:
    head = git(root, "rev-parse", "HEAD")
    with render(right, queues=True) as platform:
        platform.add(head, "build_failed")
        code, said = run(platform)
    assert code == 0
    assert "dep-2: live" in said
    assert platform.live() == [head]


def test_a_wrong_answer_brings_the_deploy_back_that_was_live_before(run: Run, wrong: str) -> None:
    with render(wrong) as platform:
        code, said = run(platform)
    assert (code, last(said)) == (1, "rolled back: dep-0 (c0ffee) serves again")
    assert platform.live() == ["c0ffee"]
    assert platform.orders()[1:] == ["/services/srv-credit/rollback"]


@pytest.mark.parametrize("status", ["build_failed", "pre_deploy_failed", "update_failed", "canceled"])
def test_a_deploy_that_does_not_become_live_changes_nothing(run: Run, right: str, status: str) -> None:
    with render(right, ends=status) as platform:
        code, said = run(platform)
    assert code == 1
    assert last(said).startswith(f"failed: dep-1 ended as {status}; ")
    assert last(said).endswith("; nothing changed, dep-0 (c0ffee) serves")
    assert platform.live() == ["c0ffee"]
    assert platform.orders() == ["/services/srv-credit/deploys"]


def test_a_commit_that_render_does_not_know_changes_nothing(run: Run, root: Path, right: str) -> None:
    with render(right, unknown=git(root, "rev-parse", "HEAD")) as platform:
        code, said = run(platform)
    assert code == 1
    assert last(said).endswith("is answered 400 (commit not found); nothing changed, dep-0 (c0ffee) serves")


def test_a_first_deploy_to_render_has_nothing_to_go_back_to(run: Run, wrong: str) -> None:
    with render(wrong, before=False) as platform:
        code, said = run(platform)
    assert code == 1
    assert last(said).endswith("there is nothing to go back to")


def test_a_deploy_whose_place_another_took_is_not_called_a_success(run: Run, right: str) -> None:
    with render(right, ends="deactivated") as platform:
        code, said = run(platform)
    assert code == 1
    assert "dep-1 served and doesn't any more" in last(said)


def test_a_render_that_is_away_for_a_moment_is_asked_again(run: Run, right: str) -> None:
    looks = ["", "/deploys", "/deploys/dep-1"]
    with render(right, stumbles=[f"GET /services/srv-credit{path}" for path in looks]) as platform:
        assert run(platform)[0] == 0
    assert platform.stumbles == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["nowhere"],
        ["heroku"],
        ["heroku", "--service", "srv-credit"],
        ["heroku", "--app", "credit", "--service", "srv-credit"],
        ["heroku", "--app", "../account"],
        ["render", "--service", "credit"],
        ["heroku", "--app", "credit", "--commit", "no-such-commit"],
        ["heroku", "--app", "credit", "--commit", "--all"],
        ["heroku", "--app", "credit", "--root", "no-such-folder"],
        ["heroku", "--app", "credit", "--limit", "nan"],
    ],
)
def test_what_cannot_be_begun_is_told_in_one_line_and_nobody_is_asked(
    environment: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], right: str, arguments: list[str]
) -> None:
    with heroku(right) as platform:
        monkeypatch.setenv("HEROKU_API_URL", platform.url)
        code = deploy.main(arguments)
    out, err = capsys.readouterr()
    assert (code, out, err.count("\n"), err[:7]) == (2, "", 1, "error: ")
    assert platform.asked == []


@pytest.mark.parametrize("name", ["API_KEY", "HEROKU_API_KEY"])
def test_a_key_that_is_missing_is_named(run: Run, monkeypatch: pytest.MonkeyPatch, right: str, name: str) -> None:
    monkeypatch.delenv(name)
    with heroku(right) as platform:
        code, said = run(platform)
    assert (code, platform.asked) == (2, [])
    assert said.startswith(f"error: {name} is not set: ")


def test_an_api_address_that_would_show_the_key_is_refused(
    environment: None, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RENDER_API_URL", "http://api.render.example")
    assert deploy.main(words(FakeRender(), root)) == 2
    assert "cross the network in clear" in capsys.readouterr().err
