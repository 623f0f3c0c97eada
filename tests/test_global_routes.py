"""GET /importance and GET /reference: the release's own bytes, kept by the caller until another release serves."""

import hashlib
import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app import ROUTES, create_app
from model import DOCUMENTS, Scorer
from scoring.errors import ModelError, TrainingError
from scoring.releasing import content
from scoring.settings import Settings
from scoring.tracking import StoredRun
from tests.conftest import LATEST
from tests.logs import MemoryLog

KEY = {"x-api-key": "secret"}
FILES = {"/importance": "importance.json", "/reference": "reference.json"}
IMPORTANCE = '{"clients": 5000, "unit": "log-odds", "columns": [], "fields": [], "note": "élevé"}\n'


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """A copy of the release with an importance.json of its own, which a test may spoil."""
    folder = Path(shutil.copytree(LATEST, tmp_path / "release"))
    (folder / "importance.json").write_text(IMPORTANCE, encoding="utf-8")
    describe(folder, lambda files: files | {name: digest(folder / name) for name in DOCUMENTS})
    return folder


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def describe(folder: Path, change: Callable[[dict[str, str]], dict[str, str]]) -> None:
    """Change what model.json says of the files beside the model."""
    described = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    described["files"] = change(described.get("files", {}))
    (folder / "model.json").write_text(json.dumps(described), encoding="utf-8")


def serve(folder: Path) -> FlaskClient:
    return create_app(Settings.from_env({"API_KEY": "secret"}), Scorer.load(folder), MemoryLog()).test_client()


@pytest.fixture
def client(release: Path) -> FlaskClient:
    return serve(release)


@pytest.mark.parametrize("path", FILES)
def test_the_files_bytes_are_the_answer(client: FlaskClient, release: Path, path: str) -> None:
    answer = client.get(path, headers=KEY)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.data == (release / FILES[path]).read_bytes()
    assert answer.headers["ETag"] == f'"{digest(release / FILES[path])}"'
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["x-request-id"]


@pytest.mark.parametrize("path", FILES)
def test_a_caller_who_has_the_file_gets_304_and_no_byte(client: FlaskClient, path: str) -> None:
    etag = client.get(path, headers=KEY).headers["ETag"]
    for asked in (etag, f'"another", W/{etag}', "*"):
        answer = client.get(path, headers={**KEY, "If-None-Match": asked})
        assert (answer.status_code, answer.data) == (304, b"")
        assert (answer.headers["ETag"], answer.headers["Cache-Control"]) == (etag, "private, no-cache")
        assert "Content-Type" not in answer.headers
    assert client.get(path, headers={**KEY, "If-None-Match": '"another"'}).status_code == 200
    assert all(client.get(path, headers={**KEY, "If-Match": wanted}).status_code == 200 for wanted in (etag, "*"))


@pytest.mark.parametrize("path", FILES)
def test_both_need_a_key_even_of_a_caller_who_has_the_file(client: FlaskClient, path: str) -> None:
    etag = client.get(path, headers=KEY).headers["ETag"]
    for headers in ({}, {"x-api-key": "wrong"}, {"If-None-Match": etag}):
        answer = client.get(path, headers=headers)
        assert (answer.status_code, (answer.json or {})["error"]["code"]) == (401, "unauthenticated")
        assert "ETag" not in answer.headers


@pytest.mark.parametrize("path", FILES)
def test_errors_keep_the_one_shape(client: FlaskClient, path: str) -> None:
    wrong_method = client.post(path, headers=KEY)
    unmet = client.get(path, headers={**KEY, "If-Match": '"another"'})
    assert (wrong_method.status_code, unmet.status_code) == (405, 412)
    for answer in (wrong_method, unmet):
        assert set(answer.json or {}) == {"error"}
        assert set((answer.json or {})["error"]) == {"code", "message", "details", "request_id"}


def test_the_welcome_page_names_both(client: FlaskClient) -> None:
    assert {f"GET {path}" for path in FILES} <= ROUTES.keys() == (client.get("/").json or {})["routes"].keys()


def test_another_release_has_another_etag(client: FlaskClient, release: Path) -> None:
    before = client.get("/importance", headers=KEY).headers["ETag"]
    other = (release / "importance.json").read_bytes() + b"\n"
    (release / "importance.json").write_bytes(other)
    assert client.get("/importance", headers=KEY).headers["ETag"] == before  # read once, at the start
    describe(release, lambda files: files | {"importance.json": digest(release / "importance.json")})
    answer = serve(release).get("/importance", headers={**KEY, "If-None-Match": before})
    assert (answer.status_code, answer.data) == (200, other)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_that_explains_nothing_stops_the_start_in_one_line(release: Path, name: str) -> None:
    (release / name).write_text("{}\n")
    describe(release, lambda files: files | {name: digest(release / name)})
    with pytest.raises(ModelError, match="don't explain its model: Object missing required field") as one:
        serve(release)
    assert "\n" not in one.value.message


@pytest.mark.parametrize("name", DOCUMENTS)
def test_an_altered_file_does_not_load(release: Path, name: str) -> None:
    altered = (release / name).read_bytes().replace(b'"', b"'", 1)
    (release / name).write_bytes(altered)
    with pytest.raises(
        ModelError, match=rf"{name} has sha256 {hashlib.sha256(altered).hexdigest()[:12]}.*, model\.json says"
    ) as one:
        Scorer.load(release)
    assert "\n" not in one.value.message


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_missing_file_does_not_load(release: Path, name: str) -> None:
    (release / name).unlink()
    with pytest.raises(ModelError, match=rf"{name} can't be read \(No such file or directory\): run `make release`"):
        Scorer.load(release)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_file_without_its_sha256_does_not_load(release: Path, name: str) -> None:
    describe(release, lambda files: {other: sha256 for other, sha256 in files.items() if other != name})
    with pytest.raises(ModelError, match=rf"model\.json gives no sha256 of {name}: run `make release`"):
        Scorer.load(release)


def stored_parts(folder: Path) -> tuple[StoredRun, Path, Path]:
    """A run, its logged model and the folder of its files, as MLflow would hand them out."""
    model, parts = folder / "model", folder / "release"
    model.mkdir()
    parts.mkdir()
    (model / "model.pkl").write_bytes(b"a pickle")
    (model / "MLmodel").write_text("artifact_path: models/me\n")
    (parts / "model.json").write_text('{"threshold": 0.1, "fields": [], "columns": []}')
    for name in content.DOCUMENTS:
        (parts / name).write_text(f'{{"name": "{name}"}}\n')
    tags = {"sha256_model": hashlib.sha256(b"a pickle").hexdigest()}
    return StoredRun("0123", datetime(2026, 1, 1, tzinfo=UTC), tags, {}, {}), model, folder


def test_a_run_of_before_is_told_to_be_trained_again(tmp_path: Path) -> None:
    run, model, parts = stored_parts(tmp_path)
    (parts / "release" / "importance.json").unlink()
    with pytest.raises(TrainingError, match=r"run 0123 kept no importance\.json: train again"):
        content.release_files(run, 1, model, parts, {})


def test_a_pickle_that_is_not_the_one_that_was_trained_is_not_released(tmp_path: Path) -> None:
    run, model, parts = stored_parts(tmp_path)
    (model / "model.pkl").write_bytes(b"another pickle")
    with pytest.raises(TrainingError, match=r"the model\.pkl of run 0123, model, is not the one that was trained"):
        content.release_files(run, 1, model, parts, {})
