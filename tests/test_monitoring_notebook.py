"""The monitoring notebook: executed here on a small log, committed without its outputs, and saying nothing of a client."""

from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from model import Scorer
from scoring.decision_log.entries import SIMULATION, Outcome
from scoring.decision_log.log import SqlLog
from scoring.decision_log.spool import Spool
from tests.conftest import ROOT, demo_clients
from tests.databases import upgraded
from tests.written_logs import entries

NOTEBOOK = ROOT / "notebooks" / "monitoring.ipynb"
WEEKS = tuple(f"2025-03-{day}T12:00:00.000+00:00" for day in ("03", "10", "17", "24"))


def read() -> Any:
    return nbformat.read(NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]


def code_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.fixture(scope="module")
def log_url(tmp_path_factory: pytest.TempPathFactory, scorer: Scorer) -> str:
    """A log of 600 decisions and 200 simulations; of the first week every loan's end is known, each tenth a default."""
    folder = tmp_path_factory.mktemp("log")
    url = f"sqlite:///{folder / 'log.db'}"
    database = upgraded(url)
    log = SqlLog(database, Spool(folder / "spool"))
    for week, time in enumerate(WEEKS):
        made = entries(scorer, demo_clients(), time, **({"purpose": SIMULATION} if week == len(WEEKS) - 1 else {}))
        log.append(made)
        if week == 0:
            ends = ("defaulted" if i % 10 == 0 else "repaid" for i in range(len(made)))
            told = [Outcome(one.decision_id, end, "2025-11-01") for one, end in zip(made, ends, strict=True)]
            log.record_outcomes(told, "key 1")
    database.close()
    return url


def executed(url: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What each cell says."""
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("SINCE", "2025-03-01")
    notebook = read()
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(NOTEBOOK.parent)}}).execute()
    return ["\n".join(map(str, cell.outputs)) for cell in code_cells(notebook)]


def test_the_notebook_is_committed_without_outputs() -> None:
    cells = code_cells(read())
    assert len(cells) == 7
    assert not [cell for cell in cells if cell.outputs or cell.execution_count]


def test_every_cell_runs_and_says_what_the_log_holds(log_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said = executed(log_url, monkeypatch)
    assert "600 decisions, 200 simulations left out; outcomes are known of 200" in said[1]
    assert "2025-03-10" in said[1]
    assert [place for place, text in enumerate(said) if "image/png" in text] == [2, 3, 6]
    assert "2025-03" in said[4]
    assert "Alarm: fields with" in said[5]
    assert "25,234 clients (rebuilt field by field" in said[5]


def test_it_names_no_client_and_no_decision() -> None:
    source = "\n".join(cell.source for cell in read().cells)
    assert "SK_ID_CURR" not in source
    assert "decision_id" not in source
