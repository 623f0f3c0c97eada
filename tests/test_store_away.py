"""A tracking server that goes away, a stop, and how a training goes on: nothing that was trained is lost, or there twice."""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import requests

from scoring.errors import OutputError, TrainingError
from scoring.quiet_mlflow import environment
from scoring.synthetic import labelled_records
from scoring.tracking import OpenRun, Store
from scoring.training.candidates import CANDIDATES, Candidate, lightgbm
from scoring.training.outbox import Outbox
from scoring.training.outcome import Outcome
from scoring.training.train import train
from tests.conftest import ROOT, demo_clients
from tests.serving import free_port


def small(seed: int, **found: Any) -> Any:
    return lightgbm(seed, **found | {"n_estimators": 20, "n_jobs": 1})


SMALL = (CANDIDATES[0], Candidate("small", small), Candidate("tuned", small, trials=2))


@dataclass
class Server:
    """A real `mlflow server` over a database of its own, which can be killed and started again."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        options = ["--host", "127.0.0.1", "--port", str(self.port), "--workers", "1"]
        options += ["--backend-store-uri", f"sqlite:///{self.folder / 'mlflow.db'}"]
        options += ["--artifacts-destination", str(self.folder / "artifacts")]
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "mlflow", "server", *options],
                env=environment(os.environ),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait(self) -> None:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and self.process and self.process.poll() is None:
            try:
                if requests.get(f"{self.url}/health", timeout=5).ok:
                    return
            except requests.RequestException:
                time.sleep(0.1)
        raise AssertionError((self.folder / "server.log").read_text())

    def kill(self) -> None:
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@pytest.fixture
def server(tmp_path: Path, new_mlflow: Callable[[Path], str]) -> Iterator[Server]:
    folder = tmp_path / "server"
    folder.mkdir()
    new_mlflow(folder)
    server = Server(folder)
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return labelled_records(1500, seed=3)


def training(frame: pd.DataFrame, store: Store, kept: Path, **other: Any) -> str:
    given: dict[str, Any] = {"fingerprint": "f", "golden": demo_clients()[:2], "candidates": SMALL} | other
    return train(frame, store, kept=kept, **given)


def pickles(store: Store, training_id: str, into: Path) -> dict[str, str]:
    """The sha256 of each model of a training, by candidate and name."""
    found = {}
    for run in store.runs(training_id):
        for name in ("model", "report_model"):
            folder = store.download_model(run.run_id, name, into / run.run_id / name)
            found[f"{run.tags['candidate']} {name}"] = hashlib.sha256((folder / "model.pkl").read_bytes()).hexdigest()
    return found


def stored(store: Store) -> dict[str, str]:
    """Every run of the store, whatever became of it."""
    runs = [run for run in store.client.search_runs(["1"]) if "candidate" in run.data.tags]
    assert len({run.info.run_name for run in runs}) == len(runs)  # none is there twice
    return {run.info.run_name: run.info.status for run in runs}


def test_a_training_outlives_its_server(
    frame: pd.DataFrame, server: Server, store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    whole = training(frame, store, tmp_path / "whole")  # while the server starts
    server.wait()
    remote, kept, ids = Store(server.url), tmp_path / "kept", list[str]()

    def kill(step: str, fits: int) -> None:
        if step == "small: refitted on all clients":
            server.kill()

    with pytest.raises(TrainingError, match=re.escape(f"server at {server.url} can't be reached")):
        training(frame, remote, kept, begun=ids.append, progress=kill)
    retries = [record for record in caplog.records if record.name.startswith("urllib3") and "Retrying" in record.message]
    assert 0 < len(retries) <= 4  # two of what was asked and two of the run's end: nobody waits for minutes
    in_hand = kept / ids[0] / "small"
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=in_hand, check=True)
    assert (in_hand / "model.pkl").is_file()
    server.start()
    steps = []
    server.wait()
    training(frame, remote, kept, resume=ids[0], progress=lambda step, fits: steps.append(step))
    assert steps[:2] == ["grant_all: finished before", "small: fitted before"]
    assert stored(remote) == {"grant_all": "FINISHED", "small": "FINISHED", "tuned": "FINISHED"}
    assert [run.tags["candidate"] for run in remote.runs(ids[0])] == [one.name for one in SMALL]
    assert pickles(remote, ids[0], tmp_path / "a") == pickles(store, whole, tmp_path / "b")
    for there, here in zip(remote.runs(ids[0]), store.runs(whole), strict=True):
        assert (there.params, there.metrics) == (here.params, here.metrics)
    assert list(kept.iterdir()) == []


class StopAt:
    """Stops a training, as Ctrl-C does, at a step."""

    def __init__(self, step: str) -> None:
        self.step, self.steps = step, list[str]()

    def __call__(self, step: str, fits: int) -> None:
        self.steps.append(step)
        if step == self.step:
            raise KeyboardInterrupt


@pytest.fixture
def stopped(frame: pd.DataFrame, store: Store, tmp_path: Path) -> str:
    """A training of grant_all and small, stopped when grant_all was finished."""
    ids: list[str] = []
    step = StopAt("small: fitted outside the report split")
    with pytest.raises(KeyboardInterrupt):
        training(frame, store, tmp_path / "kept", candidates=SMALL[:2], begun=ids.append, progress=step)
    return ids[0]


def test_a_stopped_training_goes_on_only_as_it_was_begun(frame: pd.DataFrame, store: Store, stopped: str, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    begun = {"candidates": SMALL[:2], "resume": stopped}
    for other, complaint in (
        ({"fingerprint": "g"}, "fingerprint f and not g"),
        ({"seed": 1}, "seed 0 and not 1"),
        ({"candidates": SMALL}, "grant_all,small and not grant_all,small,tuned, trials 0 and not 2"),
        ({"resume": "20200101T000000Z-00000000"}, "neither in MLflow nor in"),
        ({"resume": "../' OR ''"}, "is no training's id"),
    ):
        with pytest.raises(TrainingError, match=complaint):
            training(frame, store, kept, **begun | other)
    assert stored(store) == {"grant_all": "FINISHED", "small": "KILLED"}
    assert training(frame, store, kept, **begun) == stopped
    assert stored(store) == {"grant_all": "FINISHED", "small": "FINISHED"}
    steps: list[str] = []
    training(frame, store, kept, **begun, progress=lambda step, fits: steps.append(step))
    assert steps == ["grant_all: finished before", "small: finished before"]


def test_a_training_goes_on_only_with_the_code_it_was_begun_with(
    frame: pd.DataFrame, store: Store, stopped: str, tmp_path: Path
) -> None:
    goes_on = {"candidates": SMALL[:2], "resume": stopped}
    plan = tmp_path / "kept" / stopped / "training.json"
    plan.write_text(json.dumps(json.loads(plan.read_text()) | {"recipe": "of other code"}))
    with pytest.raises(TrainingError, match=r"begun with other code, fields or versions of libraries: train anew$"):
        training(frame, store, tmp_path / "kept", **goes_on)
    shutil.rmtree(plan.parent)
    assert training(frame, store, tmp_path / "kept", **goes_on) == stopped
    (first, *_) = store.runs(stopped)
    store.client.delete_tag(first.run_id, "recipe")  # as a training of before there were recipes
    with pytest.raises(TrainingError, match=r"train anew$"):
        training(frame, store, tmp_path / "kept", **goes_on)
    assert list((tmp_path / "kept").iterdir()) == []  # nor is an empty folder left


def test_a_finished_run_is_never_written_again(store: Store) -> None:
    with store.run("one", {"candidate": "one"}):
        pass
    (run,) = store.runs()
    with pytest.raises(TrainingError, match=f"run {run.run_id} is finished"), store.run("one", {"candidate": "two"}, run.run_id):
        pass
    assert store.runs() == [run]


def test_a_disk_that_takes_no_outcome_is_not_taken_for_mlflow(frame: pd.DataFrame, store: Store, tmp_path: Path) -> None:
    def lose(step: str, fits: int) -> None:
        (files,) = tmp_path.glob("kept/*/.part-small/files")
        files.rmdir()

    with pytest.raises(OutputError, match=r"kept/\S+/\.part-small can't be written: ") as raised:
        training(frame, store, tmp_path / "kept", candidates=[SMALL[1]], progress=lose)
    assert "MLflow" not in raised.value.message
    assert stored(store) == {"small": "FAILED"}


class FullRun(OpenRun):
    """A run that takes figures, files and one model, and not the second."""

    def log_model(self, model: Any, name: str, *, numbers: Any, labels: Any) -> None:
        if name == "model":
            raise OSError("No space left on device")
        super().log_model(model, name, numbers=numbers, labels=labels)


class FullStore(Store):
    """A store whose runs take one model of two."""

    @contextmanager
    def run(self, name: str, tags: Mapping[str, str], again: str | None = None) -> Iterator[OpenRun]:
        with super().run(name, tags, again) as run:
            yield FullRun(run._mlflow)


def test_what_is_kept_is_sent_when_it_can_be_and_only_whole(
    frame: pd.DataFrame, store: Store, stopped: str, tmp_path: Path
) -> None:
    kept, goes_on = tmp_path / "kept", {"candidates": SMALL[:2], "resume": stopped}
    with pytest.raises(TrainingError, match="can't be used: No space left"):
        training(frame, FullStore(store.uri), kept, **goes_on)
    model = kept / stopped / "small" / "model.pkl"
    whole = model.read_bytes()
    for damaged in (whole[:-1], whole + b" ", b""):
        model.write_bytes(damaged)
        with pytest.raises(TrainingError, match=r"small is not what was kept there: remove it, and small is trained again"):
            training(frame, store, kept, **goes_on)
    assert stored(store) == {"grant_all": "FINISHED", "small": "FAILED"}
    model.write_bytes(whole)
    steps: list[str] = []
    training(frame, store, kept, **goes_on, progress=lambda step, fits: steps.append(step))
    assert steps == ["grant_all: finished before", "small: fitted before"]
    assert stored(store) == {"grant_all": "FINISHED", "small": "FINISHED"}
    assert len(store.client.search_logged_models(["1"])) == 4


def test_two_processes_do_not_work_at_one_training(frame: pd.DataFrame, store: Store, stopped: str, tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "kept" / stopped)
    for seed in (0, 1):  # with another seed too, as nothing is read before the folder is ours
        with outbox.open(), pytest.raises(TrainingError, match=f"training {stopped} is going on in another process"):
            training(frame, store, tmp_path / "kept", candidates=SMALL[:2], resume=stopped, seed=seed)
        outbox.folder.mkdir()


@pytest.mark.parametrize("content", ["[]", "{}", "null", '{"seed": 1}', "{", "\udcff"])
def test_a_plan_that_is_none_is_named(content: str, tmp_path: Path) -> None:
    (tmp_path / "training.json").write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(TrainingError, match=re.escape(f"{tmp_path / 'training.json'} ")):
        Outbox(tmp_path).plan()


def kept_outcome(folder: Path) -> Outcome:
    (folder / "release").mkdir()
    (folder / "release" / "model.json").write_text("{}")
    return Outcome({"tag": "a"}, {"param": 1}, {"metric": 0.5}, {"model": [1, 2]})


TRACED = """
import json, os, sys
from pathlib import Path
from scoring.training.outbox import Outbox
from tests.test_store_away import kept_outcome

opened, synced, fsync = [], [], os.fsync
sys.addaudithook(lambda event, about: opened.append(str(about[0])) if event == "open" else None)
os.fsync = lambda descriptor: (synced.append(os.readlink(f"/proc/self/fd/{descriptor}")), fsync(descriptor))
folder = Path(sys.argv[1])
outbox = Outbox(folder)
with outbox.open():
    outbox.keep("one", kept_outcome)
    written = [*synced]
    opened.clear(), synced.clear()
    assert outbox.kept("one").outcome.models == {"model": [1, 2]}
    read = [path for path in opened if Path(path).is_file() and path.startswith(str(folder))]
    print(json.dumps({"written": written, "read": read, "synced while read": synced}))
"""


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What a process syncs to the disk that keeps an outcome, and what it opens that reads it; paths from the outbox on."""
    folder = tmp_path_factory.mktemp("traced") / "outbox"
    done = subprocess.run([sys.executable, "-c", TRACED, str(folder)], cwd=ROOT, capture_output=True, text=True, check=True)
    return {what: [os.path.relpath(path, folder) for path in paths] for what, paths in json.loads(done.stdout).items()}


KEPT = ["SHA256SUMS", "files/release/model.json", "model.pkl", "outcome.json"]


def test_what_is_kept_outlasts_a_power_cut(traced: dict[str, list[str]]) -> None:
    folders = [".part-one", ".part-one/files", ".part-one/files/release"]
    assert {*folders, *(f".part-one/{name}" for name in KEPT)} <= set(traced["written"])
    assert traced["written"][-1] == "."  # the name, last


def test_what_is_checked_is_what_is_opened(traced: dict[str, list[str]]) -> None:
    assert sorted(traced["read"]) == [f"one/{name}" for name in KEPT]  # each once
    assert traced["synced while read"] == []
