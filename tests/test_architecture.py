"""The import rule: arrows point down, the leaf stands alone, and the dyno loads nothing it wasn't given."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

FLOORS = [{"custom_threshold_model"}, {"scoring"}, {"model"}, {"api"}, {"server"}, {"app", "jobs", "dashboard"}]
LEVEL = {name: level for level, names in enumerate(FLOORS) for name in names}
ONLY_ABOVE = {"flask", "werkzeug", "gunicorn", "streamlit"}


def sources() -> Iterator[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        if Path(name).parts[0].removesuffix(".py") in LEVEL and (ROOT / name).is_file():
            yield ROOT / name


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def imported_modules(path: Path) -> Iterator[str]:
    """The same, and of `from package import module` the module."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module == "scoring":
            yield from (f"scoring.{alias.name}" for alias in node.names)
    yield from (name for name in imported(path) if name != "scoring")


def floor_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def test_imports_point_down_only() -> None:
    upward = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sources()
        for name in imported(path)
        if LEVEL.get(name.split(".")[0], -1) > LEVEL[floor_of(path)]
    ]
    assert not upward


def test_nothing_is_imported_from_a_place_of_its_own() -> None:
    relative = [
        str(path.relative_to(ROOT))
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert not relative


def test_the_library_knows_nothing_of_http() -> None:
    below = [path for path in sources() if LEVEL[floor_of(path)] <= LEVEL["model"]]
    assert not [f"{path} imports {name}" for path in below for name in imported(path) if name.split(".")[0] in ONLY_ABOVE]


def test_features_can_run_where_no_model_is_trained() -> None:
    heavy = {"mlflow", "sqlalchemy", "sklearn"}
    assert not [
        f"{path} imports {name}"
        for path in (ROOT / "scoring" / "features").glob("*.py")
        for name in imported(path)
        if name.split(".")[0] in heavy
    ]


def test_evidently_is_imported_in_one_place() -> None:
    importers = {
        str(path.relative_to(ROOT)) for path in sources() for name in imported(path) if name.split(".")[0] == "evidently"
    }
    assert importers == {"scoring/drift/evidently_report.py"}


def test_the_dashboard_knows_clients_and_models_by_the_api_alone() -> None:
    """Of the library it takes words, the field table and the readers of what the API answers."""
    taken = {
        name
        for path in (ROOT / "dashboard").rglob("*.py")
        for name in imported_modules(path)
        if LEVEL.get(name.split(".")[0], LEVEL["dashboard"]) < LEVEL["dashboard"]
    }
    words = {"scoring.explaining.language", "scoring.explaining.kinds", "scoring.fields", "scoring.fields.field"}
    readers = {"scoring.explaining.importance", "scoring.explaining.profile"}
    assert taken <= {*words, *readers, "scoring.errors", "scoring.settings", "scoring.strict_json"}


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        # LightGBM itself imports pandas where it finds it.
        ("app", {"mlflow", "evidently", "fairlearn", "ibis", "duckdb", "pyarrow", "matplotlib", "requests", "tqdm"}),
        ("custom_threshold_model", {"scoring", "flask", "msgspec", "mlflow", "ibis"}),
    ],
)
def test_importing_a_module_loads_nothing_it_does_not_need(module: str, unwanted: set[str]) -> None:
    program = f"import sys; sys.modules['pandas'] = None; import {module}; print(*{{name.split('.')[0] for name in sys.modules}})"
    loaded = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert module in loaded
    assert not unwanted & set(loaded)


def test_importing_the_app_starts_nothing(tmp_path: Path) -> None:
    """No model is loaded, no file written, no setting needed: the import works in an empty environment and folder."""
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import app; print(callable(app.create_app))"
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, env={}, check=True)
    assert done.stdout == "True\n"
    assert not list(tmp_path.iterdir())
