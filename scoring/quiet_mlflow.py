"""MLflow as a library that keeps quiet: no report about its user, no chatter in a job's output, one line where it fails."""

import logging
import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from urllib.parse import urlsplit

from scoring.errors import TrainingError

_NO_REPORTS = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
_UNLESS_SET = {
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",  # its own 7 keep a user waiting minutes for a server that is away
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
    "GIT_PYTHON_REFRESH": "quiet",
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",  # workers for evaluations that we don't run
}


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What MLflow is to find in its environment: `environ`, with these settings of ours."""
    return {**_UNLESS_SET, **environ, **_NO_REPORTS}


def load() -> ModuleType:
    """MLflow, imported in here because it reads its environment while it is imported."""
    os.environ.update(environment(os.environ))
    with warnings.catch_warnings(action="ignore"):  # of one library's use of another: nothing that our user could mend
        import mlflow
        import mlflow.pyfunc
        import mlflow.sklearn
        import mlflow.store.tracking.sqlalchemy_store

    logging.getLogger("mlflow").setLevel(logging.ERROR)
    return mlflow


@contextmanager
def in_one_line(uri: str) -> Iterator[None]:
    """Whatever MLflow, its server, its database's driver or its disk complains of becomes a TrainingError."""
    from alembic.util import CommandError  # a database of other tables, the decision log's for one
    from mlflow.exceptions import MlflowException

    try:
        yield
    except (MlflowException, CommandError, ImportError, OSError) as error:
        shown = without_password(uri)
        if _is_away(error):
            raise TrainingError(f"the MLflow server at {shown} can't be reached: is it running?") from error
        said = without_password(uri, " ".join(str(error).split()))
        raise TrainingError(f"MLflow at {shown} can't be used: {said[:200]}") from error


def _is_away(error: BaseException | None) -> bool:
    """Whether a connection is at the root of it; MLflow puts its own exception around requests'."""
    from requests import exceptions

    while error and not isinstance(error, exceptions.ConnectionError | exceptions.Timeout):
        error = error.__cause__ or error.__context__
    return error is not None


def without_password(uri: str, text: str | None = None) -> str:
    """A tracking address as it may be shown; or `text`, which may quote it, without its name and password."""
    login, at, _ = urlsplit(uri).netloc.rpartition("@")
    shown = uri if text is None else text
    return shown.replace(login + at, "") if login else shown
