"""What is kept in MLflow: a training's runs with their models. Nothing but this and releasing/registry.py talks to it."""

import hashlib
import platform
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import numpy as np

from scoring import quiet_mlflow
from scoring.errors import TrainingError
from scoring.quiet_mlflow import in_one_line

EXPERIMENT = "credit-scoring"
LIBRARIES = ("lightgbm", "scikit-learn", "numpy", "scipy")
"""What opens the pickle."""

PICKLE = "model.pkl"
"""Of a model in the store."""

_MODEL_CODE = Path(__file__).resolve().parent.parent / "custom_threshold_model.py"
_SQLITE = "sqlite:///"


def versions() -> dict[str, str]:
    """What opens a pickle that is made now."""
    return {"python": platform.python_version()} | {library: metadata.version(library) for library in LIBRARIES}


def digest_of(model: str) -> str:
    """The tag of a run that holds the sha256 of its model of that name."""
    return f"sha256_{model}"


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A finished run as the store gives it; `tags` are ours alone, without MLflow's user, host and paths."""

    run_id: str
    started: datetime
    tags: Mapping[str, str]
    params: Mapping[str, str]
    metrics: Mapping[str, float]


class OpenRun:
    """The run being written."""

    def __init__(self, mlflow: ModuleType) -> None:
        self._mlflow = mlflow

    def log(self, *, params: Mapping[str, Any], metrics: Mapping[str, float], tags: Mapping[str, str], artifacts: Path) -> None:
        """Params, metrics, tags, and everything in the folder `artifacts`."""
        self._mlflow.log_params(dict(params))
        self._mlflow.log_metrics(dict(metrics))
        self._mlflow.set_tags(dict(tags))
        self._mlflow.log_artifacts(str(artifacts))

    def log_child(self, name: str, *, tags: Mapping[str, str], params: Mapping[str, Any], metrics: Mapping[str, float]) -> None:
        """A finished run below this one. No candidate, so that no selection meets it."""
        experiment = self._mlflow.active_run().info.experiment_id
        with self._mlflow.start_run(experiment_id=experiment, run_name=name, nested=True, tags=dict(tags)):
            self._mlflow.log_params(dict(params))
            self._mlflow.log_metrics(dict(metrics))

    def log_model(self, model: Any, name: str, *, numbers: Sequence[str], labels: Sequence[str]) -> None:
        """A fitted classifier that takes these columns, in which any value may be missing, and gives probabilities (n, 2).

        The run keeps its pickle's sha256 as a tag, `digest_of(name)`: it is to be opened only where that holds.
        """
        from mlflow.models import ModelSignature
        from mlflow.types import ColSpec, Schema, TensorSpec

        types = dict.fromkeys(numbers, "double") | dict.fromkeys(labels, "string")
        logged = self._mlflow.sklearn.log_model(
            model,
            name=name,
            serialization_format="cloudpickle",  # the default, skops, refuses a class of ours
            code_paths=[str(_MODEL_CODE)],
            pip_requirements=[f"{library}=={metadata.version(library)}" for library in LIBRARIES],
            pyfunc_predict_fn="predict_proba",
            signature=ModelSignature(
                Schema([ColSpec(kind, column) for column, kind in types.items()]),
                Schema([TensorSpec(np.dtype("float64"), (-1, 2))]),
            ),
        )
        with TemporaryDirectory() as folder:
            kept = Path(self._mlflow.artifacts.download_artifacts(logged.model_uri, dst_path=folder)) / PICKLE
            self._mlflow.set_tag(digest_of(name), hashlib.sha256(kept.read_bytes()).hexdigest())


class Store:
    """An MLflow tracking server, or the database that stands for one.

    Raises TrainingError in one line where it can't be reached, and, with `create=False`, where nothing was ever trained.
    """

    def __init__(self, uri: str, *, create: bool = True, experiment: str = EXPERIMENT) -> None:
        self.uri = uri
        self._database = Path(uri.removeprefix(_SQLITE)).absolute() if uri.startswith(_SQLITE) else None
        if not create and self._database and not self._database.exists():
            raise self.nothing_trained()
        self._mlflow = quiet_mlflow.load()
        with in_one_line(uri):
            self.client = self._mlflow.MlflowClient(uri)
            self._experiment = self._open_experiment(experiment, create)

    def nothing_trained(self) -> TrainingError:
        """The error for a store that holds no training."""
        at = quiet_mlflow.without_password(self.uri)
        return TrainingError(f"there is no complete training in {at}: train first (make train DATA=...)")

    @contextmanager
    def run(self, name: str, tags: Mapping[str, str], again: str | None = None) -> Iterator[OpenRun]:
        """A run that ends FINISHED, KILLED where it was stopped, FAILED where it broke off.

        again: the id of one that didn't finish, to be written anew; TrainingError for one that did.
        """
        with in_one_line(self.uri):
            self._mlflow.set_tracking_uri(self.uri)  # log_model can't be told in another way
            if again:
                if self.client.get_run(again).info.status == "FINISHED":
                    raise TrainingError(f"run {again} is finished, and stays as it is")
                self._drop_models(again, "PENDING", "FAILED", "READY")
            opened = self._mlflow.start_run(again, experiment_id=self._experiment, run_name=name, tags=dict(tags))
            run_id = opened.info.run_id
            try:
                yield OpenRun(self._mlflow)
            except BaseException as error:
                with suppress(self._mlflow.MlflowException):  # the server that failed us may not hear this either
                    self._mlflow.end_run("KILLED" if isinstance(error, KeyboardInterrupt) else "FAILED")
                    self._drop_models(run_id, "PENDING", "FAILED")
                raise
            self._mlflow.end_run()

    def runs(self, training_id: str | None = None) -> list[StoredRun]:
        """The candidates' finished runs, of one training or of all, oldest first."""
        found = self._search(
            "attributes.status = 'FINISHED'" + (f" and tags.training_id = '{training_id}'" if training_id else "")
        )
        return [run for run in found if "candidate" in run.tags]

    def unfinished(self, training_id: str) -> list[StoredRun]:
        """The runs of a training's candidates that were broken off, or are being written."""
        found = self._search(f"attributes.status != 'FINISHED' and tags.training_id = '{training_id}'")
        return [run for run in found if "candidate" in run.tags]

    def children(self, tag: str, value: str) -> list[StoredRun]:
        """The finished runs below candidates' that have this tag, whichever training they were made in."""
        found = self._search(f"attributes.status = 'FINISHED' and tags.{tag} = '{value}'")
        return [run for run in found if "candidate" not in run.tags]

    def find(self, run_id: str) -> StoredRun | None:
        """The candidate's finished run of that id, if it is there."""
        return next((run for run in self.runs() if run.run_id == run_id), None)

    def holds(self, run_id: str, path: str) -> bool:
        """Whether a run has the artifact `path`, at the top of its folder."""
        with in_one_line(self.uri):
            return any(artifact.path == path for artifact in self.client.list_artifacts(run_id))

    def download(self, run_id: str, path: str, into: Path) -> Path:
        """The artifact `path` of a run, copied below `into`."""
        with in_one_line(self.uri):
            return Path(self.client.download_artifacts(run_id, path, str(into)))

    def download_model(self, run_id: str, name: str, into: Path) -> Path:
        """The folder of the run's model `name`, with its MLmodel and model.pkl, copied below `into`."""
        with in_one_line(self.uri):
            uri = self.model_uri(run_id, name)
            self._mlflow.set_tracking_uri(self.uri)  # by which MLflow looks for models:/, whatever it is told below
            return Path(self._mlflow.artifacts.download_artifacts(uri, dst_path=str(into), tracking_uri=self.uri))

    def model_uri(self, run_id: str, name: str) -> str:
        """The address of the run's model `name`; TrainingError where it holds none."""
        with in_one_line(self.uri):
            models = self._models(f"source_run_id = '{run_id}' and name = '{name}'")
        if not models:
            raise TrainingError(f"run {run_id} holds no model named {name}: train again")
        return f"models:/{models[0].model_id}"

    def _search(self, condition: str) -> list[StoredRun]:
        with in_one_line(self.uri):
            self._mlflow.set_tracking_uri(self.uri)
            found = self._mlflow.search_runs([self._experiment], condition, output_format="list")
        return sorted(map(_stored, found), key=lambda run: (run.started, run.run_id))

    def _open_experiment(self, name: str, create: bool) -> str:
        found = self.client.get_experiment_by_name(name)
        if found:
            return str(found.experiment_id)
        if not create:
            raise self.nothing_trained()
        # Beside the database, not wherever the command was started; a server has a place of its own.
        artifacts = (self._database.parent / "mlruns").as_uri() if self._database else None
        return str(self.client.create_experiment(name, artifact_location=artifacts))

    def _models(self, condition: str) -> list[Any]:
        return list(self.client.search_logged_models([self._experiment], filter_string=condition))

    def _drop_models(self, run_id: str, *states: str) -> None:
        for model in self._models(f"source_run_id = '{run_id}'"):
            if model.status in states:
                self.client.delete_logged_model(model.model_id)


def pickle_of(run: StoredRun, name: str, folder: Path) -> bytes:
    """The pickle of the run's model `name`, downloaded to `folder`; TrainingError where it isn't the one that was logged."""
    content = (folder / PICKLE).read_bytes()
    if digest_of(name) not in run.tags:
        raise TrainingError(f"run {run.run_id} is of before runs told the sha256 of their models: train again")
    if hashlib.sha256(content).hexdigest() != run.tags.get(digest_of(name)):
        raise TrainingError(f"the {PICKLE} of run {run.run_id}, {name}, is not the one that was trained: train again")
    return content


def _stored(run: Any) -> StoredRun:
    return StoredRun(
        run.info.run_id,
        datetime.fromtimestamp(run.info.start_time / 1000, UTC),
        {name: value for name, value in run.data.tags.items() if not name.startswith("mlflow.")},
        dict(run.data.params),
        dict(run.data.metrics),
    )
