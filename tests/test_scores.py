"""scores.json: what a release says of its training's PDs, who is in it, and that a release without one serves all the same."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from model import Scorer
from scoring.errors import ModelError, TrainingError
from scoring.monitoring.calibration import log_odds
from scoring.monitoring.scores import SCORES, Scores, read_scores
from scoring.releasing.content import release_files
from scoring.releasing.scores import score_profile
from scoring.training.predictions import PREDICTIONS, Predictions
from scoring.training.reference import LEVELS
from scoring.training.run_files import RELEASE
from tests.conftest import LATEST
from tests.releases import Project, stored_runs

PLAIN: dict[str, Any] = {
    "clients": 3,
    "levels": [0.1, 0.9],
    "quantiles": {"all": [0.01, 0.5]},
    "calibration_covariance": [[0.04, 0.01], [0.01, 0.02]],
}


def predictions(probability: Any, report: Any = False) -> Predictions:
    """Predictions of clients of whom nobody's outcome counts here."""
    told = np.asarray(probability, dtype=np.float64)
    nobody = np.zeros(len(told), dtype=np.int64)
    return Predictions(nobody, np.broadcast_to(report, len(told)), told, 1 - told, pd.DataFrame(index=range(len(told))))


def read(profile: dict[str, Any]) -> Scores:
    return read_scores(json.dumps(profile).encode())


def test_the_quantiles_are_pds_that_occur_and_the_threshold_parts_the_groups() -> None:
    told = np.arange(1, 1001) / 1000
    scores = read(score_profile(predictions(told), threshold=0.3))
    assert scores.clients == 1000
    assert scores.levels == pytest.approx(LEVELS, abs=1e-6)
    assert len(scores.levels) == 200
    assert {group: (values[0], values[-1]) for group, values in scores.quantiles.items()} == {
        "all": (0.001, 0.999),
        "granted": (0.001, 0.299),
        "refused": (0.3, 1.0),  # a client at the threshold is refused
    }
    assert set(scores.quantiles["all"]) <= set(told)


def test_a_group_of_fewer_than_fifty_clients_has_no_quantiles() -> None:
    scores = read(score_profile(predictions([0.1] * 60 + [0.5] * 49), threshold=0.3))
    assert scores.quantiles.keys() == {"all", "granted"}
    assert scores.clients == 109


def test_the_covariance_is_that_of_a_regression_on_the_clients_outside_the_report_split() -> None:
    rng = np.random.default_rng(0)
    told = rng.uniform(0.02, 0.6, 400)
    report = np.arange(400) >= 300
    found = np.array(read(score_profile(predictions(told, report), threshold=0.1)).calibration_covariance)
    design = np.column_stack([np.ones(300), np.log(told[:300] / (1 - told[:300]))])
    information = sum(p * (1 - p) * np.outer(row, row) for p, row in zip(told[:300], design, strict=True))
    np.testing.assert_allclose(found @ information, np.eye(2), atol=1e-4)  # it is rounded to six digits


def test_the_covariance_is_how_far_recalibrations_of_outcomes_drawn_from_the_pds_scatter() -> None:
    rng = np.random.default_rng(1)
    told = rng.uniform(0.02, 0.4, 2000)
    odds = log_odds(told)[:, None]
    lines = []
    for _ in range(300):
        fitted = LogisticRegression(C=np.inf, solver="newton-cholesky").fit(odds, rng.random(2000) < told)
        lines.append([fitted.intercept_[0], fitted.coef_[0, 0]])
    found = np.array(read(score_profile(predictions(told), threshold=0.1)).calibration_covariance)
    np.testing.assert_allclose(np.cov(np.array(lines).T), found, rtol=0.25)


def test_equal_pds_tell_no_covariance() -> None:
    assert read(score_profile(predictions([0.1] * 100), threshold=0.3)).calibration_covariance is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"clients": "three"}, "Expected `int`"),
        ({"calibration_covariance": [[1.0]]}, "calibration_covariance"),
        ({"quantiles": {"all": [0.1, 0.2], "refused": [0.5]}}, "not a quantile for each level of refused"),
    ],
)
def test_another_document_is_refused_in_one_line(change: dict[str, Any], words: str) -> None:
    assert read(PLAIN).clients == 3
    with pytest.raises(ModelError, match=words) as one:
        read(PLAIN | change)
    assert "\n" not in one.value.message


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Path]:
    """A project with a small release."""
    root = tmp_path_factory.mktemp("project")
    project = Project(stored_runs(tmp_path_factory.getbasetemp(), root), root)
    return project, project.release("plain").folder


def test_a_release_sums_up_the_predictions_of_its_run(released: tuple[Project, Path], tmp_path: Path) -> None:
    project, folder = released
    kept = Predictions.read(project.store.download(project.runs["plain"], PREDICTIONS, tmp_path))
    scorer = Scorer.load(folder)
    assert scorer.documents[SCORES].sha256 == hashlib.sha256((folder / SCORES).read_bytes()).hexdigest()
    assert json.loads(scorer.documents[SCORES].content) == score_profile(kept, scorer.threshold)


def test_a_run_without_predictions_is_not_released(released: tuple[Project, Path], tmp_path: Path) -> None:
    project, _ = released
    run = project.store.find(project.runs["plain"])
    assert run
    model = project.store.download_model(run.run_id, "model", tmp_path)
    project.store.download(run.run_id, RELEASE, tmp_path)
    with pytest.raises(TrainingError, match=rf"run {run.run_id} kept no predictions\.parquet: train again"):
        release_files(run, 1, model, tmp_path, {})


def copy_of(folder: Path, to: Path) -> Path:
    return Path(shutil.copytree(folder, to / "copy"))


def test_scores_that_were_altered_or_are_gone_stop_the_start(released: tuple[Project, Path], tmp_path: Path) -> None:
    folder = copy_of(released[1], tmp_path)
    (folder / SCORES).write_bytes((folder / SCORES).read_bytes() + b" ")
    with pytest.raises(ModelError, match=r"scores\.json has sha256 .*, model\.json says"):
        Scorer.load(folder)
    (folder / SCORES).unlink()
    with pytest.raises(ModelError, match=r"scores\.json can't be read \(No such file or directory\): run `make release`"):
        Scorer.load(folder)


def test_a_release_that_names_no_scores_serves_without_them(released: tuple[Project, Path], tmp_path: Path) -> None:
    folder = copy_of(released[1], tmp_path)
    described = json.loads((folder / "model.json").read_text())
    del described["files"][SCORES]
    (folder / "model.json").write_text(json.dumps(described))
    assert Scorer.load(folder).documents.get(SCORES) is None  # nothing vouches for the one that lies there


def test_the_champion_s_scores_are_those_of_its_clients(scorer: Scorer) -> None:
    described = json.loads((LATEST / "model.json").read_text())
    scores = read_scores(scorer.documents[SCORES].content)
    assert scores.clients == described["data"]["rows"]
    assert scores.quantiles["granted"][-1] < scorer.threshold <= scores.quantiles["refused"][0]
    assert all(values == sorted(values) for values in scores.quantiles.values())
    granted = np.searchsorted(scores.quantiles["all"], scorer.threshold) / len(scores.levels)
    assert granted == pytest.approx(described["metrics"]["oof_approval_rate"], abs=0.01)
    covariance = np.array(scores.calibration_covariance)
    assert (np.linalg.eigvalsh(covariance) > 0).all()
