"""Rollback: the release before serves again, in one rename, whatever the registry has to say to it."""

import os
import shutil
from pathlib import Path

import pytest

from jobs import rollback as rollback_job
from scoring.errors import ModelError, OutputError, TrainingError
from scoring.releasing.links import before, serving
from scoring.releasing.registry import Registry
from scoring.releasing.rollback import RolledBack, roll_back
from scoring.tracking import Store
from tests.releases import Project, files, publish, roll_back_and_die, served, stored_runs, whole_releases


@pytest.fixture
def project(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Project:
    return Project(stored_runs(tmp_path_factory.getbasetemp(), tmp_path), tmp_path)


@pytest.fixture
def twice(project: Project) -> Project:
    """A project that released "plain", then "better"."""
    project.release("plain")
    project.release("better")
    return project


def no_store() -> Store:
    raise TrainingError("there is no store")


def back(root: Path) -> RolledBack:
    """Roll back where the folders hold no models and nothing is registered."""
    return roll_back(root, no_store, lambda folder: None)


def job(project: Project, uri: str | None = None) -> int:
    return rollback_job.main(["--root", str(project.root), "--tracking-uri", uri or project.store.uri])


def test_the_release_before_serves_again_and_is_the_champion(twice: Project, capsys: pytest.CaptureFixture[str]) -> None:
    new, old = serving(twice.root), before(twice.root)
    assert new
    assert old
    assert job(twice) == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        f"rolled back from {new.name} to {old.name}; a running service changes when it is started again",
        "the registry's champion followed",
    ]
    assert said.err == ""
    assert twice.serves() == "plain"
    assert twice.aliases() == {"champion": "plain", "challenger": "better"}


def test_a_rollback_of_a_rollback_is_the_newer_release_again(twice: Project) -> None:
    for name, other in (("plain", "better"), ("better", "plain"), ("plain", "better")):
        assert job(twice) == 0
        assert twice.serves() == name
        assert twice.aliases() == {"champion": name, "challenger": other}
    assert len(whole_releases(twice.root)) == 2


def test_a_release_after_a_rollback_goes_back_to_what_served_last(twice: Project) -> None:
    job(twice)
    twice.release("worse", force="to see it go")
    assert job(twice) == 0
    assert twice.serves() == "plain"  # not "better", which was rolled back from
    assert twice.aliases() == {"champion": "plain", "challenger": "worse"}


def test_what_was_rolled_back_from_has_to_pass_the_gate_again(twice: Project) -> None:
    twice.release("worse", force="to see it go")
    job(twice)
    assert twice.serves() == "better"
    with pytest.raises(TrainingError, match="is not released, but registered as version 3, challenger"):
        twice.release("worse")
    assert twice.aliases() == {"champion": "better", "challenger": "worse"}


def test_without_a_release_before_it_says_so_and_changes_nothing(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert job(project) == 2
    assert capsys.readouterr().err == f"error: nothing is released in {project.root}: run `make release`\n"
    assert not (project.root / "models").exists()
    only = project.release("plain").folder.name
    assert job(project) == 2
    said = f"error: no release served in {project.root} before {only}: there is nothing to roll back to\n"
    assert capsys.readouterr().err == said
    assert project.serves() == "plain"
    assert project.aliases() == {"champion": "plain"}


@pytest.mark.parametrize(
    ("damage", "said"),
    [("model.pkl", "has sha256"), ("model.json", "is not a model.json"), ("", "can't be read")],
)
def test_a_damaged_release_never_serves_again(damage: str, said: str, twice: Project, capsys: pytest.CaptureFixture[str]) -> None:
    old = before(twice.root)
    assert old
    if damage:
        (old / damage).write_bytes((old / damage).read_bytes()[:-9])
    else:
        shutil.rmtree(old)
    assert job(twice) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"error: {old.name}, which served before, can't serve: ")
    assert said in told
    assert told.count("\n") == 1
    assert twice.serves() == "better"
    assert twice.aliases() == {"champion": "better"}


def test_a_damaged_release_can_be_left(twice: Project) -> None:
    now = serving(twice.root)
    assert now
    (now / "model.json").write_text("{")
    assert job(twice) == 0
    assert twice.serves() == "plain"
    assert twice.aliases() == {"champion": "plain"}


@pytest.mark.parametrize("store", ["absent", "away", "another"])
def test_only_the_folder_moves_where_the_store_is_no_help(
    store: str,
    twice: Project,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    uri, said = {
        "absent": (f"sqlite:///{elsewhere / 'absent.db'}", "there is no complete training in sqlite:///"),
        "away": ("http://me:secret@127.0.0.1:9", "the MLflow server at http://127.0.0.1:9 can't be reached"),
        "another": (stored_runs(tmp_path_factory.getbasetemp(), elsewhere).uri, "is no version of this store's registry"),
    }[store]
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    assert job(twice, uri) == 0
    told = capsys.readouterr()
    assert told.err == ""
    assert told.out.splitlines()[1].startswith("only the folder moved: ")
    assert said in told.out
    assert "secret" not in told.out
    assert twice.serves() == "plain"
    assert twice.aliases() == {"champion": "better"}  # left behind, until
    twice.release("plain")
    assert twice.aliases() == {"champion": "plain"}


def test_the_one_rolled_back_from_need_not_be_registered(project: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    project.release("plain")
    other = Project(stored_runs(tmp_path_factory.getbasetemp(), tmp_path_factory.mktemp("other")), project.root)
    other.release("better")
    assert job(project) == 0
    assert project.serves() == "plain"
    assert project.aliases() == {"champion": "plain"}


def test_an_alias_that_a_kill_left_behind_is_put_right_by_the_next_rollback(twice: Project) -> None:
    back(twice.root)  # as a kill leaves it when the folder has moved
    assert (twice.serves(), twice.aliases()) == ("plain", {"champion": "better"})
    Registry(twice.store).challenge(2)
    job(twice)
    assert (twice.serves(), twice.aliases()) == ("better", {"champion": "better", "challenger": "plain"})


def test_a_place_that_cannot_be_written_is_named_in_one_line(tmp_path: Path) -> None:
    for word in ("1-one", "2-two"):
        publish(tmp_path, word, files(word))
    (tmp_path / "mlruns_reduced").unlink()
    (tmp_path / "mlruns_reduced").mkdir()
    with pytest.raises(OutputError, match="is not the link that a release makes"):
        back(tmp_path)
    assert serving(tmp_path) == tmp_path / "models" / "releases" / "2-two"


def test_without_the_link_nothing_is_released(tmp_path: Path) -> None:
    publish(tmp_path, "1-one", files("one"))
    (tmp_path / "models" / "latest").unlink()
    with pytest.raises(ModelError, match="nothing is released"):
        back(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_kill_at_any_step_leaves_one_of_the_two_serving_and_the_other_to_go_back_to(tmp_path: Path) -> None:
    for word in ("1-old", "2-new"):
        publish(tmp_path / "before", word, files(word))
    outcomes, dead, step = [], True, 0
    while dead:
        root = tmp_path / str(step)
        shutil.copytree(tmp_path / "before", root, symlinks=True)
        dead = roll_back_and_die(root, step)
        found = served(root)
        assert found in (files("1-old"), files("2-new")), f"killed at step {step}"
        outcomes.append(found == files("1-old"))
        now, other = ("1-old", "2-new") if outcomes[-1] else ("2-new", "1-old")
        for name, left in ((other, now), (now, other), (other, now)):
            assert back(root) == RolledBack(root / "models/releases" / left, root / "models/releases" / name, "there is no store")
            assert served(root) == files(name)
        publish(root, "3-next", files("3-next"))
        assert whole_releases(root) == sorted([other, "3-next"])
        step += 1
    assert outcomes == sorted(outcomes)  # the new one at first, from one step on the old
    assert outcomes.count(False) > 3
    assert outcomes.count(True) > 1
