"""The registered champion, served by MLflow itself, gives the PD that our service gives, to the last bit."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import requests

from model import Scorer
from scoring.inputs import MODEL_FIELDS
from scoring.quiet_mlflow import environment
from tests.conftest import demo_clients
from tests.releases import Project, stored_runs
from tests.serving import PROGRAMS, free_port

CHAMPION = "models:/credit@champion"


@pytest.fixture
def project(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Project:
    project = Project(stored_runs(tmp_path_factory.getbasetemp(), tmp_path), tmp_path)
    project.release("plain")
    return project


def some_clients() -> list[dict[str, Any]]:
    """Demo clients as the model takes them, one of whom nothing is known but the credit, and one with a label never seen."""
    clients = [{name: client[name] for name in MODEL_FIELDS} for client in demo_clients()[:10]]
    assert any(value is None for client in clients for value in client.values())
    assert any(isinstance(value, str) for client in clients for value in client.values())
    bare = dict.fromkeys(MODEL_FIELDS) | {"AMT_CREDIT": 270000}
    return [*clients, bare, clients[0] | {"NAME_INCOME_TYPE": "Maternity leave"}]


def split(clients: Sequence[Mapping[str, Any]], names: Sequence[str]) -> dict[str, Any]:
    return {"columns": list(names), "data": [[client[name] for name in names] for client in clients]}


def expected(project: Project, clients: Sequence[Mapping[str, Any]]) -> list[float]:
    scorer = Scorer.load(project.root / "models" / "latest")
    probability: list[float] = scorer.score(
        {name: [client[name] for client in clients] for name in MODEL_FIELDS}
    ).probability.tolist()
    return probability


def test_the_champion_as_a_pyfunc_gives_our_probabilities_whatever_the_order_of_the_columns(project: Project) -> None:
    import mlflow

    mlflow.set_tracking_uri(project.store.uri)
    champion = mlflow.pyfunc.load_model(CHAMPION)
    clients = some_clients()
    for names in (MODEL_FIELDS, MODEL_FIELDS[::-1]):
        table = split(clients, names)
        found = champion.predict(pd.DataFrame(table["data"], columns=table["columns"]))
        assert found.shape == (len(clients), 2)
        assert found[:, 1].tolist() == expected(project, clients)
        assert found[:, 0].tolist() == [1 - probability for probability in expected(project, clients)]


@contextmanager
def mlflow_serves(project: Project) -> Iterator[str]:
    """`mlflow models serve` of the champion, with the process that it starts, until the block ends; gives its address."""
    port = free_port()
    command = [str(PROGRAMS / "mlflow"), "models", "serve", "-m", CHAMPION, "--env-manager", "local"]
    variables = environment(os.environ) | {
        "MLFLOW_TRACKING_URI": project.store.uri,
        "PATH": f"{PROGRAMS}{os.pathsep}{os.environ.get('PATH', '')}",  # it looks for uvicorn there
    }
    with (project.root / "server.log").open("w") as output:
        server = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port)],
            cwd=project.root,  # not where custom_threshold_model.py lies: the model has to bring its own
            env=variables,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        wait_until_it_answers(server, f"http://127.0.0.1:{port}", project.root / "server.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        for last in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(server.pid, last)
            server.wait(30)


def wait_until_it_answers(server: subprocess.Popen[bytes], url: str, output: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and server.poll() is None:
        try:
            if requests.get(f"{url}/ping", timeout=1).ok:
                return
        except requests.RequestException:
            time.sleep(0.2)
    raise AssertionError(f"mlflow did not serve:\n{output.read_text()}")


@pytest.mark.faults
@pytest.mark.skipif(os.name == "nt", reason="Windows has no process groups")
def test_mlflow_models_serve_gives_our_probabilities(project: Project) -> None:
    clients = some_clients()
    with mlflow_serves(project) as url:
        for names in (MODEL_FIELDS, MODEL_FIELDS[::-1]):
            answer = requests.post(f"{url}/invocations", json={"dataframe_split": split(clients, names)}, timeout=30)
            assert answer.ok, answer.text
            found = answer.json()["predictions"]
            assert [probability for _, probability in found] == expected(project, clients)
            assert all(len(pair) == 2 for pair in found)
        lacking = requests.post(f"{url}/invocations", json={"dataframe_split": split(clients, MODEL_FIELDS[1:])}, timeout=30)
        assert lacking.status_code == 400  # a column that isn't there is a mistake; null is what nobody knows
        assert MODEL_FIELDS[0] in lacking.text
