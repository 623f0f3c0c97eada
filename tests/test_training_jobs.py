"""The commands around a training: make train, make release, make mlflow-ui."""

import socket
from pathlib import Path

import pytest

from jobs import mlflow_ui, release, train
from model import Scorer
from scoring.synthetic import write_sample
from scoring.tracking import Store


def test_tables_become_a_released_model_by_two_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_sample(tmp_path / "tables", clients=1000, seed=0, format="csv")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'mlflow.db'}")
    assert train.main(["--data", str(tmp_path / "tables"), "--seed", "1"]) == 0
    said = capsys.readouterr()
    header, *lines = said.out.splitlines()[1:6]
    assert header.split()[:3] == ["candidate", "AUC", "Gini"]
    assert [line.split()[0] for line in lines] == ["grant_all", "logistic_regression", "lightgbm", "lightgbm_class_weighted"]
    (chosen,) = (line.split()[0] for line in lines if line.endswith("*"))
    assert f"would release {chosen}, run" in said.out
    assert said.err == ""  # nobody watches: no progress bar, and MLflow has nothing to say
    assert release.main(["--root", str(tmp_path)]) == 0
    released = capsys.readouterr().out
    assert released.startswith("released 1-")
    assert f": {chosen}, run" in released
    assert Scorer.load(tmp_path / "models" / "latest").release.run_id in released


def test_the_pages_are_not_started_where_nothing_was_trained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert mlflow_ui.main(["--tracking-uri", f"sqlite:///{tmp_path / 'mlflow.db'}"]) == 2
    assert "no complete training" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_pages_of_a_server_are_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert mlflow_ui.main(["--tracking-uri", "https://me:secret@mlflow.example"]) == 2
    assert capsys.readouterr().err == "error: the runs are on a server with pages of its own: open https://mlflow.example\n"


def test_a_busy_port_is_said_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = Store(f"sqlite:///{tmp_path / 'mlflow.db'}")
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = str(busy.getsockname()[1])
        assert mlflow_ui.main(["--tracking-uri", store.uri, "--port", port]) == 2
    said = capsys.readouterr().err
    assert f"port {port} can't be used" in said
    assert said.count("\n") == 1
