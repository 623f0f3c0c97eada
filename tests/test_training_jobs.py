"""The commands around a training: make train, make release, make mlflow-ui."""

import argparse
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from threadpoolctl import threadpool_limits

from jobs import mlflow_ui, release, train
from model import Scorer
from scoring.errors import Problem, TrainingError
from scoring.synthetic import write_sample
from scoring.tracking import Store
from scoring.training.candidates import CANDIDATES, named
from scoring.training.tuning import RANDOM_TRIALS
from tests.conftest import ROOT


def test_tables_become_a_released_model_by_two_commands_one_of_which_was_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'mlflow.db'}")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # several threads wait for each other on a busy machine
    write_sample(tmp_path / "the tables", clients=1000, seed=0, format="csv")
    given = ["--data", str(tmp_path / "the tables"), "--seed", "1", "--trials", "0", "--kept", str(tmp_path / "kept")]
    resume = stopped(given, tmp_path)
    in_hand = tmp_path / "kept" / resume[-1] / "lightgbm"
    in_hand.mkdir()
    assert train.main(resume) == 2
    said = capsys.readouterr().err
    assert said.startswith(
        f"error: {in_hand} is not what was kept there: remove it, and lightgbm is trained again; what is trained"
    )
    assert said.endswith(f" {shlex.join(resume)}\n")
    assert said.count("\n") == 1
    in_hand.rmdir()
    with threadpool_limits(1):
        assert train.main(resume) == 0
    said_then = capsys.readouterr()
    header, *lines = said_then.out.splitlines()[1:8]
    assert header.split()[:3] == ["candidate", "AUC", "Gini"]
    assert [line.split()[0] for line in lines] == [candidate.name for candidate in CANDIDATES[:-1]]
    (chosen,) = (line.split()[0] for line in lines if line.endswith("*"))
    assert f"would release {chosen}, run" in said_then.out
    assert said_then.err == ""  # nobody watches: no progress bar, all tables are there, and MLflow has nothing to say
    assert list((tmp_path / "kept").iterdir()) == []
    assert train.main([*resume, "--trials", "1"]) == 2
    said = capsys.readouterr().err
    assert "trials 0 and not 1" in said
    assert "what is trained is kept" not in said
    assert release.main(["--root", str(tmp_path)]) == 0
    released = capsys.readouterr().out
    assert released.startswith("released 1-")
    assert f": {chosen}, run" in released
    assert Scorer.load(tmp_path / "models" / "latest").release.run_id in released


def stopped(given: Sequence[str], folder: Path) -> list[str]:
    """Start a training, stop it while it fits lightgbm, and give the arguments with which it says that it goes on."""
    process = subprocess.Popen([sys.executable, "-m", "jobs.train", *given], cwd=ROOT, stderr=subprocess.PIPE, text=True)
    while process.poll() is None and not list(folder.glob("kept/*/.part-lightgbm")):
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    said = process.communicate()[1]
    assert process.returncode == 130
    (training,) = (folder / "kept").iterdir()
    resume = [*given, "--resume", training.name]
    assert said == f"stopped: what is trained is kept, go on with: python -m jobs.train {shlex.join(resume)}\n"
    return resume


def test_a_candidate_that_does_not_exist_is_named_before_anything_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = f"sqlite:///{tmp_path / 'mlflow.db'}"
    assert train.main(["--data", str(tmp_path), "--candidates", "lightgbm,lightgmb", "--tracking-uri", store]) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: there is no candidate 'lightgmb'; there are grant_all, logistic_regression, lightgbm, ")
    assert said.count("\n") == 1


def test_nothing_to_train_is_said_before_anything_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = f"sqlite:///{tmp_path / 'mlflow.db'}"
    given = ["--data", str(tmp_path / "nowhere"), "--candidates", "lightgbm_tuned", "--trials", "0", "--tracking-uri", store]
    assert train.main(given) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: with 0 trials there is nothing to train of lightgbm_tuned: ")
    assert said.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_candidates_none_of_which_can_be_released_are_trained_and_shown(
    tmp_path: Path, new_mlflow: Callable[[Path], str], capsys: pytest.CaptureFixture[str]
) -> None:
    write_sample(tmp_path / "tables", clients=1000, seed=0, format="csv")
    given = ["--data", str(tmp_path / "tables"), "--candidates", "logistic_regression", "--kept", str(tmp_path / "kept")]
    with threadpool_limits(1):
        assert train.main([*given, "--tracking-uri", new_mlflow(tmp_path)]) == 0
    said = capsys.readouterr()
    first, header, *lines = said.out.splitlines()
    assert (first.split()[0], header.split()[0]) == ("training", "candidate")
    assert [line.split()[0] for line in lines] == ["logistic_regression"]
    assert not lines[0].endswith("*")
    assert said.err == ""


def test_an_error_keeps_its_details_and_is_not_its_own_cause() -> None:
    arguments = argparse.Namespace(data=Path("tables"), seed=0, trials=1, candidates=None, kept=None, tracking_uri=None)
    problem = Problem(1, "AMT_CREDIT", "is negative")
    for begun, ends in (((), "it failed"), (("the-id",), "--trials 1 --resume the-id")):
        error = TrainingError("it failed", [problem])
        with pytest.raises(TrainingError) as raised, train.resumable(arguments, begun):
            raise error
        assert raised.value.message.endswith(ends)
        assert raised.value.details == (problem,)
        assert raised.value.__cause__ is (error if begun else None)


def test_some_candidates_can_be_trained_alone() -> None:
    assert [one.name for one in named("lightgbm, grant_all")] == ["grant_all", "lightgbm"]
    assert named(None) == CANDIDATES


def test_the_command_has_as_many_trials_as_the_candidate() -> None:
    assert train.TRIALS == CANDIDATES[-1].trials > RANDOM_TRIALS


def test_the_pages_are_not_started_where_nothing_was_trained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert mlflow_ui.main(["--tracking-uri", f"sqlite:///{tmp_path / 'mlflow.db'}"]) == 2
    assert "no complete training" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_pages_of_a_server_are_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert mlflow_ui.main(["--tracking-uri", "https://me:secret@mlflow.example"]) == 2
    assert capsys.readouterr().err == "error: the runs are on a server with pages of its own: open https://mlflow.example\n"


def test_a_busy_port_is_said_in_one_line(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = str(busy.getsockname()[1])
        assert mlflow_ui.main(["--tracking-uri", store.uri, "--port", port]) == 2
    said = capsys.readouterr().err
    assert f"port {port} can't be used" in said
    assert said.count("\n") == 1
