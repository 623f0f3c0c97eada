"""Drift on the real rows: Kaggle's test applications are others than its train applications; the training is what it was."""

from pathlib import Path

import pytest

from model import Scorer
from scoring.drift.comparison import compare
from scoring.drift.settings import read_settings
from scoring.drift.side import remembered
from scoring.drift.sources import of_folder
from scoring.explaining.importance import read_importance
from scoring.explaining.profile import read_profile
from scoring.monitoring.scores import SCORES, read_scores
from tests.drifting import run

MOVED = {"AMT_REQ_CREDIT_BUREAU_QRT", "AMT_REQ_CREDIT_BUREAU_MON", "NAME_CONTRACT_TYPE", "AMT_CREDIT", "AMT_GOODS_PRICE"}
STILL = {"EXT_SOURCE_2", "EXT_SOURCE_3", "DAYS_BIRTH"}


def test_the_forms_of_train_and_test_drift_where_they_are_known_to(
    home_credit: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = run(capsys, tmp_path, "--reference", home_credit, "--current", home_credit)
    assert found.code == 1
    assert MOVED | {"EXT_SOURCE_1"} <= found.drifted()
    assert not STILL & found.drifted()
    by_itself, by_the_unknown = (found.field("EXT_SOURCE_1")[what] for what in ("moved", "gone"))
    assert by_itself["value"] < by_itself["limit"]
    assert by_the_unknown["value"] > 2 * by_the_unknown["limit"]


def test_the_training_is_what_the_release_remembers_of_it(home_credit: Path, scorer: Scorer) -> None:
    settings, said = read_settings(), list[str]()
    profile, scores = (scorer.documents[name].content for name in ("reference.json", SCORES))
    before = remembered(read_profile(profile), "release", settings.sample, settings.seed, read_scores(scores))
    now = of_folder(home_credit, "application_train", settings, lambda columns: scorer.score(columns).probability, said.append)
    assert now.rows == before.rows
    drift = compare(before, now, read_importance(scorer.documents["importance.json"].content).shares(), settings)
    assert len(drift.fields) > 100
    assert drift.drifted == ()
    assert [field.field for field in drift.fields if field.band != "stable"] == []
    assert drift.score
    assert drift.score.psi.value < 0.02
    assert not drift.alarm
