"""The notebook is the API's test interface: executed here against a live server, committed without its outputs."""

import os
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from tests.conftest import ROOT
from tests.serving import KEY, serving

NOTEBOOK = ROOT / "notebooks" / "api_test.ipynb"


def read() -> Any:
    return nbformat.read(NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]


def code_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_the_notebook_is_committed_without_outputs() -> None:
    cells = code_cells(read())
    assert len(cells) == 5
    assert not [cell for cell in cells if cell.outputs or cell.execution_count]


def test_every_cell_runs_against_a_live_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(tmp_path) as server:
        monkeypatch.setitem(os.environ, "API_URL", server.url)
        monkeypatch.setitem(os.environ, "API_KEY", KEY)
        notebook = read()
        NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(NOTEBOOK.parent)}}).execute()
        decided = server.logged("purpose")
    text = "\n".join(str(output) for cell in code_cells(notebook) for output in cell.outputs)
    for expected in ("refuses from a PD of", "half of it", "422 the request is not valid", "the closest known one is"):
        assert expected in text
    assert any("image/png" in str(output) for cell in code_cells(notebook) for output in cell.outputs)
    assert decided == ["simulation"] * (1 + 200 + 2)
