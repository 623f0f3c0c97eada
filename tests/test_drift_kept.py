"""What the drift report leaves: a page that opens with no network, and a run in MLflow; and what it keeps to itself."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from model import Scorer
from scoring.synthetic import applications
from scoring.tracking import Store
from tests.drifting import Reported, start, two_tables

PSI = "[fields]\nOWN_CAR_AGE = {test = 'psi', limit = 0.25}\nDAYS_BIRTH = {test = 'psi', limit = 0.25}\n"
PATIENCE = 30_000


@dataclass(frozen=True, slots=True)
class Kept:
    """A run against what the release remembers: what it said, its page, and the store it wrote to."""

    reported: Reported
    page: Path
    uri: str


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return two_tables(applications(1_000, seed=5), tmp_path_factory.mktemp("tables") / "both")


@pytest.fixture(scope="module")
def kept(both: Path, tmp_path_factory: pytest.TempPathFactory, new_mlflow: Callable[[Path], str]) -> Kept:
    out = tmp_path_factory.mktemp("out")
    (out / "own.toml").write_text(PSI)
    uri = new_mlflow(out)
    arguments = ["--current", both, "--html", out / "drift.html", "--settings", out / "own.toml", "--tracking-uri", uri]
    return Kept(start(*arguments, json_file=out / "drift.json"), out / "drift.html", uri)


def test_a_run_of_its_own_ends_with_1_where_there_is_drift_and_says_it_in_a_line(kept: Kept, scorer: Scorer) -> None:
    assert kept.reported.code == 1, kept.reported.err
    assert kept.reported.err == ""
    [line] = kept.reported.out.splitlines()
    assert f" fields drift from training of {scorer.model_version} to " in line
    assert line.endswith(f"; see {kept.page}")
    assert "OWN_CAR_AGE" in kept.reported.drifted()  # known on one side alone: by its PSI, and not drawn


def test_the_page_asks_nobody_for_anything_and_shows_verdict_and_fields(kept: Kept, browser: Browser, tmp_path: Path) -> None:
    alone = shutil.copy(kept.page, tmp_path / "alone.html")
    asked, complaints = list[str](), list[str]()
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"file://{alone}")
    page.get_by_text("Drift: somebody has to look").wait_for()
    page.get_by_text("All fields, those first that the model leans on most").wait_for()
    drawn = kept.reported.summary["fields"][:5]
    for field in drawn:
        page.get_by_text(field["field"]).first.wait_for(state="attached")
    by_psi = kept.reported.field("DAYS_BIRTH")
    assert f"DAYS_BIRTH: {'drifts' if by_psi['drifted'] else 'no drift'}, PSI {by_psi['psi']:.3f}" in page.inner_text("body")
    for reason in kept.reported.summary["reasons"]:
        assert reason in page.inner_text("body")
    page.locator(".js-plotly-plot").first.wait_for()
    drawings = page.locator(".js-plotly-plot").count()
    page.close()
    assert drawings == 12  # as many as drift.toml has drawn
    assert [url for url in asked if not url.startswith(("file://", "data:", "blob:"))] == []
    assert complaints == []


def test_the_page_is_small_and_names_every_field(kept: Kept) -> None:
    text = kept.page.read_text()
    assert len(text.encode()) < 5 * 1024**2
    assert [field["field"] for field in kept.reported.summary["fields"] if field["field"] not in text] == []


def test_a_comparison_is_a_run_in_mlflow(kept: Kept, scorer: Scorer, tmp_path: Path) -> None:
    store = Store(kept.uri, create=False, experiment="credit-drift")
    [stored] = store.client.search_runs([store.client.get_experiment_by_name("credit-drift").experiment_id])
    assert stored.info.status == "FINISHED"
    metrics, summary = stored.data.metrics, kept.reported.summary
    assert (metrics["alarm"], metrics["clients"]) == (1, 500)
    assert metrics["fields_drifted"] == len(kept.reported.drifted())
    assert metrics["importance_drifted"] == pytest.approx(summary["importance"])
    assert metrics["moved_EXT_SOURCE_2"] == pytest.approx(kept.reported.field("EXT_SOURCE_2")["moved"]["value"])
    assert stored.data.tags["model_version"] == scorer.model_version
    file = store.download(stored.info.run_id, "drift.json", tmp_path)
    assert json.loads(file.read_text()) == summary


def test_a_store_that_is_away_is_a_note_and_the_verdict_stands(both: Path, tmp_path: Path) -> None:
    found = start("--current", both, "--tracking-uri", "http://127.0.0.1:9", json_file=tmp_path / "drift.json")
    assert (found.code, found.summary["alarm"]) == (1, True)
    assert found.err == (
        "note: the report stands, but not in MLflow: the MLflow server at http://127.0.0.1:9 can't be reached: is it running?\n"
    )
