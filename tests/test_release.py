"""Release folders: what serves is one whole release, whenever the power fails."""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from jobs import release as release_job
from scoring.errors import OutputError
from scoring.releasing.links import before, serving
from tests.releases import NAMES, files, publish, publish_and_die, served, whole_releases


def test_a_release_is_served_under_both_names(tmp_path: Path) -> None:
    released = publish(tmp_path, "1-aaaa", files("one"))
    assert released == serving(tmp_path) == tmp_path / "models" / "releases" / "1-aaaa"
    assert served(tmp_path) == files("one")
    assert (tmp_path / "mlruns_reduced").readlink() == Path("models/latest/run")  # relative: it is committed
    assert (tmp_path / "models" / "latest").readlink() == Path("releases/1-aaaa")


def test_the_new_release_and_the_one_before_it_are_kept(tmp_path: Path) -> None:
    for word in ("1-one", "2-two", "3-three"):
        last = serving(tmp_path)
        publish(tmp_path, word, files(word))
        assert before(tmp_path) == last
    assert whole_releases(tmp_path) == ["2-two", "3-three"]
    assert served(tmp_path) == files("3-three")


def test_two_releases_at_once_leave_one_of_them_serving_whole(tmp_path: Path) -> None:
    def release(number: int) -> Path:
        return publish(tmp_path, f"{number}-x", files(str(number)))

    with ThreadPoolExecutor(4) as releasers:
        list(releasers.map(release, range(40)))
    last = serving(tmp_path)
    assert last is not None
    assert served(tmp_path) == files(last.name.partition("-")[0])
    assert len(whole_releases(tmp_path)) == 2


def test_a_stop_while_a_release_is_written_leaves_nothing_of_it(tmp_path: Path) -> None:
    publish(tmp_path, "1-one", files("one"))

    class Stopped(dict[str, bytes]):
        def items(self) -> Any:
            yield from list(super().items())[:2]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        publish(tmp_path, "2-two", Stopped(files("two")))
    assert [path.name for path in (tmp_path / "models" / "releases").iterdir()] == ["1-one"]
    assert served(tmp_path) == files("one")


def test_the_same_release_once_more_changes_nothing_and_keeps_the_one_before(tmp_path: Path) -> None:
    publish(tmp_path, "1-one", files("one"))
    publish(tmp_path, "2-two", files("two"))
    written = (tmp_path / "models" / "releases" / "2-two" / "model.pkl").stat()
    publish(tmp_path, "2-two", files("two"))
    assert (tmp_path / "models" / "releases" / "2-two" / "model.pkl").stat() == written
    assert whole_releases(tmp_path) == ["1-one", "2-two"]
    assert before(tmp_path) == tmp_path / "models" / "releases" / "1-one"


def test_a_damaged_release_is_replaced_by_a_whole_one(tmp_path: Path) -> None:
    released = publish(tmp_path, "1-one", files("one"))
    (released / "model.pkl").write_bytes(b"cut sh")
    assert publish(tmp_path, "1-one", files("one")).name == "1-one.2"
    assert served(tmp_path) == files("one")


def test_a_folder_in_the_place_of_the_link_is_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "models" / "latest" / "mine"
    mine.mkdir(parents=True)
    with pytest.raises(OutputError, match="is not the link that a release makes"):
        publish(tmp_path, "1-one", files("one"))
    assert mine.is_dir()


def test_a_place_that_cannot_be_written_is_named_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file")
    with pytest.raises(OutputError, match="can't release in"):
        publish(tmp_path, "1-one", files("one"))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_kill_at_any_step_leaves_a_whole_old_release_or_a_whole_new_one(tmp_path: Path) -> None:
    for word in ("1-older", "2-old"):
        publish(tmp_path / "before", word, files(word))
    outcomes, dead, step = [], True, 0
    while dead:
        root = tmp_path / str(step)
        shutil.copytree(tmp_path / "before", root, symlinks=True)
        dead = publish_and_die(root, "3-new", step)
        found = served(root)
        assert found in (files("2-old"), files("3-new")), f"killed at step {step}"
        outcomes.append(found == files("3-new"))
        way_back = before(root)  # never to the release that was being written, nor to a folder that is going
        assert way_back
        assert way_back.name == ("2-old" if found == files("3-new") else "1-older"), f"killed at step {step}"
        assert set(NAMES) <= {path.relative_to(way_back).as_posix() for path in way_back.rglob("*")}
        publish(root, "4-next", files("4-next"))  # mends what was left, whatever it was
        assert served(root) == files("4-next")
        last = "3-new" if found == files("3-new") else "2-old"
        assert everything(root, "") == everything(root, "4-next", last) | {root / "models/releases/.before-4-next"}
        step += 1
    assert outcomes == sorted(outcomes)  # old at first, from one step on new
    assert outcomes.count(False) > len(NAMES)
    assert outcomes.count(True) > len(NAMES)  # the removal of the oldest was broken off at each of its steps, too


def everything(root: Path, *names: str) -> set[Path]:
    """What lies in these release folders, themselves included; in all of models/releases for ""."""
    releases = root / "models" / "releases"
    found = {path for name in names for path in (releases / name, *(releases / name).rglob("*"))}
    return found - {releases}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_first_release_that_is_killed_leaves_none_or_a_whole_one(tmp_path: Path) -> None:
    dead, step = True, 0
    while dead:
        root = tmp_path / str(step)
        dead = publish_and_die(root, "1-first", step)
        if serving(root):
            assert served(root) == files("1-first"), f"killed at step {step}"
        step += 1
    assert served(root) == files("1-first")


def test_a_release_without_a_training_says_so_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = f"sqlite:///{tmp_path / 'absent' / 'mlflow.db'}"
    assert release_job.main(["--tracking-uri", store, "--root", str(tmp_path)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "no complete training" in said.err
    assert list(tmp_path.iterdir()) == []
