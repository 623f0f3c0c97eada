"""The image of the API, built from the Dockerfile in a clean folder, and served from it with a root that nobody can write to."""

import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import requests
from sqlalchemy import make_url, select

from scoring.decision_log.database import Database
from scoring.decision_log.schema import decisions
from scoring.settings import Settings
from tests.conftest import demo_clients
from tests.databases import postgres
from tests.images import Image, builder
from tests.serving import KEY, free_port

ROOM = 6_000_000_000  # bytes
pytestmark = pytest.mark.faults  # it installs Debian and the packages anew: two minutes, and a network


@dataclass(frozen=True, slots=True)
class Deployed:
    """A database whose socket is shared with the container, and the container's environment."""

    shared: Path
    port: int
    variables: dict[str, str]
    database_url: str


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    # In memory, where there is enough of it: some gigabytes of small files.
    roomy = Path("/dev/shm").is_dir() and shutil.disk_usage("/dev/shm").free > ROOM
    with TemporaryDirectory(dir="/dev/shm" if roomy else None) as folder, builder(Path(folder)) as made:
        yield made.build("api")


@pytest.fixture(scope="module")
def deployed() -> Iterator[Deployed]:
    port = free_port()
    with postgres() as server:
        url = make_url(server.url)
        folder = Path(str(url.query["host"]))
        folder.chmod(0o711)  # the container's user isn't the server's
        address = url.set(drivername="postgresql", query={"host": "/mnt"}).render_as_string(hide_password=False)
        bind = f"--bind 127.0.0.1:{port}"  # a test listens to nobody else
        variables = {"API_KEY": KEY, "DATABASE_URL": address, "PORT": str(port), "GUNICORN_CMD_ARGS": bind}
        yield Deployed(folder, port, variables, server.url)


def test_the_image_holds_no_root_no_compiler_no_cache_and_nothing_that_the_service_does_not_need(image: Image) -> None:
    assert image.config["User"] == "10001"
    for name in ("usr/bin/gcc", "usr/bin/cc", "root/.cache", "app/.git", "app/.env", "app/tests", "app/docs", "app/dashboard"):
        assert not (image.files / name).exists(), name
    assert list((image.files / "var/lib/apt/lists").iterdir()) == []
    packages = {path.name for path in next((image.files / "venv/lib").glob("python3*/site-packages")).iterdir()}
    assert {"lightgbm", "gunicorn", "psycopg"} <= packages
    assert not {"mlflow", "pandas", "streamlit", "pytest"} & packages
    foreign = [path for path in (image.files / "app").rglob("*") if path.lstat().st_uid != 0]
    assert foreign == []  # its user can change none of it


def test_it_is_released_serves_and_is_healthy_with_a_root_that_cannot_be_written(image: Image, deployed: Deployed) -> None:
    code, said = image.run(["alembic", "upgrade", "head"], deployed.shared, **deployed.variables)
    assert code == 0, said
    url, headers = f"http://127.0.0.1:{deployed.port}", {"x-api-key": KEY}
    check = image.config["Healthcheck"]["Test"]
    assert check[0] == "CMD"
    with image.start(image.config["Cmd"], deployed.shared, **deployed.variables) as server:
        try:
            assert answers(f"{url}/health/ready"), server.communicate(timeout=10)
            answer = requests.post(f"{url}/predict", json=demo_clients()[0], headers=headers, timeout=30).json()
            assert answer["SK_ID_CURR"] == demo_clients()[0]["SK_ID_CURR"]
            assert requests.get(f"{url}/metrics", headers=headers, timeout=10).status_code == 200
            assert image.run(check[1:], deployed.shared, **deployed.variables) == (0, "")
        finally:
            server.terminate()
    code, said = image.run(check[1:], deployed.shared, **deployed.variables)
    assert (code, said.startswith("not ready: nothing answers")) == (1, True)
    assert server.returncode == 0
    address = Settings.from_env({"DATABASE_URL": deployed.database_url}).database_url
    with closing(Database(address, seconds=60)) as database, database.snapshot() as connection:
        assert list(connection.scalars(select(decisions.c.decision_id))) == [answer["decision_id"]]


def test_its_root_really_cannot_be_written(image: Image, deployed: Deployed) -> None:
    for name in ("/app/new", "/venv/new", "/new"):
        code, said = image.run(["touch", name], deployed.shared)
        assert (code, "Read-only file system" in said) == (1, True), said
    assert image.run(["touch", "/tmp/new", "/spool/new", "/dev/shm/credit-scoring-test"], deployed.shared) == (0, "")
    Path("/dev/shm/credit-scoring-test").unlink()


def answers(url: str) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            return requests.get(url, timeout=5).status_code == 200
        except requests.ConnectionError:
            time.sleep(0.2)
    return False
