"""What is kept in MLflow: a training's runs with their models, and the registry. Nothing else talks to it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from scoring import quiet_mlflow
from scoring.errors import TrainingError
from scoring.quiet_mlflow import in_one_line

EXPERIMENT = "credit-scoring"
REGISTERED_MODEL = "credit"
CHAMPION = "champion"
LIBRARIES = ("lightgbm", "scikit-learn", "numpy", "scipy")
"""What opens the pickle."""

_MODEL_CODE = Path(__file__).resolve().parent.parent / "custom_threshold_model.py"
_SQLITE = "sqlite:///"


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

    def log_model(self, model: Any, name: str, *, numbers: Sequence[str], labels: Sequence[str]) -> None:
        """A fitted classifier that takes these columns, in which any value may be missing, and gives probabilities (n, 2)."""
        from mlflow.models import ModelSignature
        from mlflow.types import ColSpec, Schema, TensorSpec

        types = dict.fromkeys(numbers, "double") | dict.fromkeys(labels, "string")
        self._mlflow.sklearn.log_model(
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


class Store:
    """An MLflow tracking server, or the database that stands for one.

    Raises TrainingError in one line where it can't be reached, and, with `create=False`, where nothing was ever trained.
    """

    def __init__(self, uri: str, *, create: bool = True) -> None:
        self.uri = uri
        self._database = Path(uri.removeprefix(_SQLITE)).absolute() if uri.startswith(_SQLITE) else None
        if not create and self._database and not self._database.exists():
            raise self.nothing_trained()
        self._mlflow = quiet_mlflow.load()
        with in_one_line(uri):
            self._client = self._mlflow.MlflowClient(uri)
            self._experiment = self._open_experiment(create)

    def nothing_trained(self) -> TrainingError:
        """The error for a store that holds no training."""
        at = quiet_mlflow.without_password(self.uri)
        return TrainingError(f"there is no complete training in {at}: train first (make train DATA=...)")

    @contextmanager
    def run(self, name: str, tags: Mapping[str, str]) -> Iterator[OpenRun]:
        """A run that ends FINISHED, KILLED where it was stopped, FAILED where it broke off."""
        with in_one_line(self.uri):
            self._mlflow.set_tracking_uri(self.uri)  # log_model can't be told in another way
            run_id = self._mlflow.start_run(experiment_id=self._experiment, run_name=name, tags=dict(tags)).info.run_id
            try:
                yield OpenRun(self._mlflow)
            except BaseException as error:
                with suppress(self._mlflow.MlflowException):  # the server that failed us may not hear this either
                    self._mlflow.end_run("KILLED" if isinstance(error, KeyboardInterrupt) else "FAILED")
                    self._drop_unfinished_models(run_id)
                raise
            self._mlflow.end_run()

    def runs(self, training_id: str | None = None) -> list[StoredRun]:
        """The candidates' finished runs, of one training or of all, oldest first."""
        wanted = "attributes.status = 'FINISHED'" + (f" and tags.training_id = '{training_id}'" if training_id else "")
        with in_one_line(self.uri):
            self._mlflow.set_tracking_uri(self.uri)
            found = self._mlflow.search_runs([self._experiment], wanted, output_format="list")
        runs = [_stored(run) for run in found if "candidate" in run.data.tags]
        return sorted(runs, key=lambda run: (run.started, run.run_id))

    def download(self, run_id: str, path: str, into: Path) -> Path:
        """The artifact `path` of a run, copied below `into`."""
        with in_one_line(self.uri):
            return Path(self._client.download_artifacts(run_id, path, str(into)))

    def download_model(self, run_id: str, name: str, into: Path) -> Path:
        """The folder of the run's model `name`, with its MLmodel and model.pkl, copied below `into`."""
        with in_one_line(self.uri):
            uri = self._model_uri(run_id, name)
            return Path(self._mlflow.artifacts.download_artifacts(uri, dst_path=str(into), tracking_uri=self.uri))

    def register(self, run_id: str, name: str) -> int:
        """The number of the registered version that is the run's model `name`: a new one unless it has one already."""
        with in_one_line(self.uri):
            source = self._model_uri(run_id, name)
            if not self._client.search_registered_models(f"name = '{REGISTERED_MODEL}'"):
                self._client.create_registered_model(REGISTERED_MODEL)
            versions = self._client.search_model_versions(f"name = '{REGISTERED_MODEL}' and run_id = '{run_id}'")
            registered = [int(version.version) for version in versions if version.source == source]
            return min(registered) if registered else self._new_version(source, run_id)

    def set_champion(self, version: int) -> None:
        """Point the alias at a registered version."""
        with in_one_line(self.uri):
            self._client.set_registered_model_alias(REGISTERED_MODEL, CHAMPION, str(version))

    def _new_version(self, source: str, run_id: str) -> int:
        return int(self._client.create_model_version(REGISTERED_MODEL, source, run_id=run_id).version)

    def _open_experiment(self, create: bool) -> str:
        found = self._client.get_experiment_by_name(EXPERIMENT)
        if found:
            return str(found.experiment_id)
        if not create:
            raise self.nothing_trained()
        # Beside the database, not wherever the command was started; a server has a place of its own.
        artifacts = (self._database.parent / "mlruns").as_uri() if self._database else None
        return str(self._client.create_experiment(EXPERIMENT, artifact_location=artifacts))

    def _model_uri(self, run_id: str, name: str) -> str:
        models = self._models(f"source_run_id = '{run_id}' and name = '{name}'")
        if not models:
            raise TrainingError(f"run {run_id} holds no model named {name}: train again")
        return f"models:/{models[0].model_id}"

    def _models(self, condition: str) -> list[Any]:
        return list(self._client.search_logged_models([self._experiment], filter_string=condition))

    def _drop_unfinished_models(self, run_id: str) -> None:
        for model in self._models(f"source_run_id = '{run_id}'"):
            if model.status != "READY":
                self._client.delete_logged_model(model.model_id)


def _stored(run: Any) -> StoredRun:
    return StoredRun(
        run.info.run_id,
        datetime.fromtimestamp(run.info.start_time / 1000, UTC),
        {name: value for name, value in run.data.tags.items() if not name.startswith("mlflow.")},
        dict(run.data.params),
        dict(run.data.metrics),
    )
