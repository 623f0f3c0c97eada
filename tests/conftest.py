"""What several test files need: the real rows where they are, a folder of generated tables, and the rule for skips."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from hypothesis import settings

from model import Scorer
from scoring import quiet_mlflow
from scoring.tracking import Store

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parent.parent

settings.register_profile("untimed", deadline=None)  # what a busy machine makes slow is no failure
settings.load_profile("untimed")


def skip_unless_required(reason: str) -> NoReturn:
    """Skip with a reason; under REQUIRE_ALL=1 (CI) the same lack is a failure."""
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(f"REQUIRE_ALL=1, but {reason}")
    pytest.skip(reason)


_BACKEND = os.environ.get("MPLBACKEND")
_OF_MAKE = ("ARGS", "MAKEFLAGS", "MAKELEVEL", "MFLAGS")  # `make test ARGS=...` hands them on to a make that a test asks


@pytest.fixture(scope="module", autouse=True)
def own_environment() -> Iterator[None]:
    """What `make test`, MLflow and importing Streamlit leave in the environment (flags, an address, a backend) meets no test."""
    if _BACKEND is None:
        os.environ.pop("MPLBACKEND", None)
    for name in _OF_MAKE:
        os.environ.pop(name, None)
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="session")
def home_credit() -> Path:
    """The folder of real Home Credit rows, named by HOME_CREDIT_DATA or lying beside the project."""
    folder = Path(os.environ.get("HOME_CREDIT_DATA", ROOT.parent / "shared" / "home_credit"))
    if not (folder / "application_train.csv").is_file():
        skip_unless_required(f"no real rows in {folder} (set HOME_CREDIT_DATA)")
    return folder


LATEST = ROOT / "models" / "latest"


def demo_clients() -> list[dict[str, Any]]:
    """The 200 generated clients that ship with the project."""
    clients: list[dict[str, Any]] = json.loads((ROOT / "data" / "demo_clients.json").read_text())
    return clients


@pytest.fixture(scope="session")
def scorer() -> Scorer:
    """The released model."""
    return Scorer.load(LATEST)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL that tests share: TEST_DATABASE_URL, or a server of our own."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    from tests.databases import postgres

    with postgres() as server:
        yield server.url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'log' / 'decisions.db'}"
    from tests.databases import new_database

    return new_database(request.getfixturevalue("postgres_server"))


@pytest.fixture(scope="session")
def new_mlflow(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], str]:
    """Makes mlflow.db in a folder, empty, and gives its address: MLflow makes the tables once, which takes seconds."""
    tables = tmp_path_factory.mktemp("mlflow") / "mlflow.db"

    def new(folder: Path) -> str:
        if not tables.exists():
            quiet_mlflow.load().MlflowClient(f"sqlite:///{tables}").search_experiments()
        shutil.copy(tables, folder)
        return f"sqlite:///{folder / 'mlflow.db'}"

    return new


@pytest.fixture
def store(tmp_path: Path, new_mlflow: Callable[[Path], str]) -> Store:
    """An empty MLflow store in the test's own folder."""
    return Store(new_mlflow(tmp_path))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever opens a page is marked `browser`, so that a run may choose those tests, or leave them to another."""
    for item in items:
        if isinstance(item, pytest.Function) and "browser" in item.fixturenames:
            item.add_marker("browser")


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """Debian's Chromium, for a file's tests together."""
    from tests.browsing import chromium

    with chromium() as started:
        yield started
