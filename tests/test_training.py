"""One training of a thousand generated clients in an MLflow store of its own, and what is released from it."""

import getpass
import hashlib
import json
import re
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression

from custom_threshold_model import CustomThresholdModel, fit_sigmoid
from model import Scorer
from scoring.cost import COSTS, client_costs
from scoring.errors import SettingError, TrainingError
from scoring.fairness.text import tables
from scoring.fields import BY_NAME
from scoring.inputs import LOCAL_MEANS, MODEL_FIELDS, RATIOS
from scoring.quiet_mlflow import environment, without_password
from scoring.releasing.choosing import choose, training
from scoring.releasing.release import Released, release
from scoring.synthetic import labelled_records
from scoring.tracking import Store, StoredRun
from scoring.training import candidates
from scoring.training.candidates import CANDIDATES, Candidate, lightgbm, resampled, with_trials
from scoring.training.fitting import cross_calibrated, fit, leaves
from scoring.training.resampling import undersampling
from scoring.training.splits import in_report_split, report_fingerprint
from scoring.training.train import count_fits, train
from scoring.training.trials import recipe
from tests.conftest import ROOT, demo_clients

CLIENTS, FIRST_ID = 1500, 73_000_001  # an id that is no amount of money
FIGURES = ["auc", "gini", "ks", "brier", "log_loss", "calibration_error", "cost_per_client", "approval_rate"]


def small(seed: int, **other: Any) -> CustomThresholdModel:
    """Our model with few trees; on one thread, because two wait for each other on a busy machine."""
    return lightgbm(seed, **other | {"n_estimators": 20, "n_jobs": 1})


SMALL = (
    CANDIDATES[0],
    CANDIDATES[1],
    Candidate("small", small),
    Candidate("weighted", lambda seed: small(seed, positive_weight="balanced")),
    Candidate("undersampled", partial(resampled, undersampling, {"n_estimators": 20, "min_child_samples": 20, "n_jobs": 1})),
    Candidate("tuned", small, trials=2),
)


@dataclass(frozen=True, slots=True)
class Trained:
    """A training, its store, and what was released of it."""

    frame: pd.DataFrame
    store: Store
    training_id: str
    root: Path
    released: Released

    def runs(self) -> dict[str, StoredRun]:
        return {run.tags["candidate"]: run for run in self.store.runs(self.training_id)}


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return labelled_records(CLIENTS, seed=3, first_id=FIRST_ID)


@pytest.fixture(scope="module")
def trained(frame: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    root = tmp_path_factory.mktemp("project")
    store, kept = Store(f"sqlite:///{root / 'mlflow.db'}"), root / "var"
    training_id = train(frame, store, fingerprint="f" * 64, golden=demo_clients()[:10], candidates=SMALL, kept=kept)
    return Trained(frame, store, training_id, root, release(store, root))


def predictions(trained: Trained, run: StoredRun, into: Path) -> pd.DataFrame:
    return pd.read_parquet(trained.store.download(run.run_id, "predictions.parquet", into))


def stored_model(trained: Trained, run: StoredRun, name: str, into: Path) -> Any:
    import mlflow

    return mlflow.sklearn.load_model(str(trained.store.download_model(run.run_id, name, into / name)))


def described(trained: Trained, name: str = "model.json") -> Any:
    return json.loads((trained.released.folder / name).read_text(encoding="utf-8"))


def test_the_report_split_is_the_same_for_ever() -> None:
    few = [client for client in range(100_001, 100_031) if in_report_split([client])[0]]
    assert few == [100001, 100003, 100005, 100007, 100011, 100012, 100021, 100022]
    assert in_report_split(reversed(range(100_001, 200_001))).mean() == pytest.approx(0.2, abs=0.005)


def test_each_candidate_is_a_run_of_the_training_with_its_figures(trained: Trained) -> None:
    runs = trained.runs()
    assert list(runs) == [candidate.name for candidate in SMALL]
    for run in runs.values():
        assert run.tags["training_id"] == trained.training_id
        assert run.tags["fingerprint"] == "f" * 64
        assert run.tags["git_commit"]
        assert run.tags["recipe"] == recipe(MODEL_FIELDS)
        for prefix in ("oof", "report"):
            assert {f"{prefix}_{name}" for name in FIGURES} <= run.metrics.keys()
    assert runs["grant_all"].metrics["oof_cost_per_client"] == runs["grant_all"].metrics["oof_cost_of_granting_all"]
    assert runs["small"].metrics["oof_auc"] > 0.6
    assert runs["small"].params["n_estimators"] == "20"
    assert runs["weighted"].params["positive_weight"] == "balanced"


def test_the_stored_predictions_are_what_the_figures_say(trained: Trained, tmp_path: Path) -> None:
    for run in trained.runs().values():
        found = predictions(trained, run, tmp_path)
        assert list(found.columns) == ["target", "report", "probability", "released", "sex", "family_status", "age_band"]
        assert (found["target"] == trained.frame["TARGET"]).all()
        assert (found["report"] == in_report_split(trained.frame["SK_ID_CURR"])).all()
        for prefix, part in (("oof", found[~found["report"]]), ("report", found[found["report"]])):
            costs = client_costs(
                probability=part["probability"], target=part["target"], threshold=run.metrics["threshold"], costs=COSTS
            )
            assert run.metrics[f"{prefix}_cost_per_client"] == costs.mean()


def test_a_run_holds_two_models_of_which_one_never_saw_the_report_split(trained: Trained, tmp_path: Path) -> None:
    X, y = trained.frame[list(MODEL_FIELDS)], trained.frame["TARGET"].to_numpy()
    report = in_report_split(trained.frame["SK_ID_CURR"])
    for name in ("logistic_regression", "small", "undersampled"):
        run = trained.runs()[name]
        candidate = next(one for one in SMALL if one.name == name)
        reported = predictions(trained, run, tmp_path)["probability"][report]
        outside, whole = (stored_model(trained, run, which, tmp_path / name) for which in ("report_model", "model"))
        np.testing.assert_array_equal(outside.predict_proba(X[report])[:, 1], reported)
        again = fit(candidate, X[~report], y[~report], seed=0).model
        np.testing.assert_allclose(outside.predict_proba(X)[:, 1], again.predict_proba(X)[:, 1], rtol=1e-12)
        again = fit(candidate, X, y, seed=0).model
        np.testing.assert_allclose(whole.predict_proba(X)[:, 1], again.predict_proba(X)[:, 1], rtol=1e-12)


class Recorder(DummyClassifier):  # type: ignore[misc]  # scikit-learn ships no types
    """A classifier that remembers whom each of its fits saw."""

    seen: ClassVar[list[set[int]]] = []

    def fit(self, X: pd.DataFrame, y: NDArray[np.int64]) -> "Recorder":
        self.seen.append(set(X.index))
        super().fit(X, y)
        return self


def test_no_fit_of_the_folds_sees_the_report_split(frame: pd.DataFrame, store: Store, tmp_path: Path) -> None:
    Recorder.seen.clear()
    train(
        frame,
        store,
        fingerprint="f",
        golden=[],
        candidates=[Candidate("recorder", lambda seed: Recorder())],
        kept=tmp_path,
    )
    report = set(np.flatnonzero(in_report_split(frame["SK_ID_CURR"])))
    first, then = Recorder.seen[:6], Recorder.seen[6:]  # five folds and the whole, outside the report split and with it
    assert len(then) == 6
    assert report
    assert not any(report & fold for fold in first)
    assert first[5] == set(range(CLIENTS)) - report
    assert then[5] == set(range(CLIENTS))


class Noting(CustomThresholdModel):
    """Our model, which notes whom each of its cross-validations saw."""

    seen: ClassVar[list[set[int]]] = []

    def out_of_fold(self, X: pd.DataFrame, y: Any) -> NDArray[np.float64]:
        self.seen.append(set(X.index))
        return super().out_of_fold(X, y)


def test_no_trial_sees_the_report_split(frame: pd.DataFrame, store: Store, tmp_path: Path) -> None:
    Noting.seen.clear()
    train(
        frame,
        store,
        fingerprint="f",
        golden=[],
        candidates=[Candidate("noting", lambda seed, **found: Noting(**small(seed, **found).get_params()), trials=2)],
        kept=tmp_path,
    )
    outside = set(range(CLIENTS)) - set(np.flatnonzero(in_report_split(frame["SK_ID_CURR"])))
    assert Noting.seen == [outside, outside, outside, set(range(CLIENTS))]  # two trials, and the candidate's own two


def test_the_same_data_and_seed_give_the_same_models_to_the_byte(trained: Trained, store: Store, tmp_path: Path) -> None:
    again = train(trained.frame, store, fingerprint="f" * 64, golden=demo_clients()[:10], candidates=SMALL, kept=tmp_path)
    other = {run.tags["candidate"]: run for run in store.runs(again)}
    for name, run in trained.runs().items():
        assert (other[name].metrics, other[name].params) == (run.metrics, run.params)
        one, two = (
            where.download_model(which.run_id, "model", tmp_path / folder / name) / "model.pkl"
            for folder, where, which in (("one", trained.store, run), ("two", store, other[name]))
        )
        assert hashlib.sha256(one.read_bytes()).hexdigest() == hashlib.sha256(two.read_bytes()).hexdigest(), name


def test_no_row_takes_part_in_its_own_calibration() -> None:
    rng = np.random.default_rng(0)
    raw = rng.normal(size=500)
    y = (rng.random(500) < 1 / (1 + np.exp(-raw))).astype(np.int64)
    before = cross_calibrated(raw, y, seed=0)
    raw[7] += 5
    moved = cross_calibrated(raw, y, seed=0) != before
    assert moved[7]
    assert moved.sum() == 401  # itself, and the four folds that it helps to calibrate
    a, b = fit_sigmoid(raw, y)
    assert np.abs(cross_calibrated(raw, y, seed=0) - 1 / (1 + np.exp(-a * raw - b))).max() < 0.1


def test_the_out_of_fold_figures_are_of_cross_calibrated_scores(trained: Trained, tmp_path: Path) -> None:
    outside = ~in_report_split(trained.frame["SK_ID_CURR"])
    X, y = trained.frame.loc[outside, list(MODEL_FIELDS)], trained.frame.loc[outside, "TARGET"].to_numpy()
    expected = cross_calibrated(small(0).out_of_fold(X, y), y, seed=0)
    found = predictions(trained, trained.runs()["small"], tmp_path)["probability"][outside]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_the_released_model_is_the_runs_byte_for_byte_and_serves(trained: Trained, tmp_path: Path) -> None:
    run = trained.released.run
    logged = (trained.store.download_model(run.run_id, "model", tmp_path) / "model.pkl").read_bytes()
    assert (trained.root / "models" / "latest" / "model.pkl").read_bytes() == logged
    scorer = Scorer.load(trained.root / "models" / "latest")  # checks the sha256 and the golden scores
    assert run.tags["sha256_model"] == hashlib.sha256(logged).hexdigest()
    assert scorer.model_version == trained.released.model_version == f"1-{described(trained)['sha256'][:8]}"


def test_model_json_says_what_the_model_is(trained: Trained, tmp_path: Path) -> None:
    found, run = described(trained), trained.released.run
    model = stored_model(trained, run, "model", tmp_path)
    assert found["registry"] == {"name": "credit", "version": 1}
    assert (found["run_id"], found["training_id"]) == (run.run_id, trained.training_id)
    assert found["fields"] == list(MODEL_FIELDS) == model.fields_
    assert found["columns"] == model.columns_
    assert {*found["columns"]} > {name for name, *_ in (*RATIOS, *LOCAL_MEANS)}
    assert found["threshold"] == model.threshold_
    assert (found["calibration"]["a"], found["calibration"]["b"]) == model.calibration_
    assert found["costs"] == {"false_negative": 10, "false_positive": 1}
    assert found["data"] == {
        "fingerprint": "f" * 64,
        "rows": CLIENTS,
        "defaults": int(trained.frame["TARGET"].sum()),
        "report_rows": int(in_report_split(trained.frame["SK_ID_CURR"]).sum()),
        "report_fingerprint": report_fingerprint(trained.frame["SK_ID_CURR"], trained.frame["TARGET"]),
    }
    assert found["metrics"] == run.metrics
    assert found["metrics"]["leaves"] == leaves(model) <= 20 * 8
    assert set(found["versions"]) == {"python", "lightgbm", "scikit-learn", "numpy", "scipy"}
    assert len(found["golden"]) == 10


def test_the_ranges_hold_every_client_of_the_training_and_little_more(trained: Trained) -> None:
    found = described(trained)["ranges"]
    assert {name for name in MODEL_FIELDS if BY_NAME[name].type != "label"} == set(found)
    assert found["DAYS_EMPLOYED"][1] <= 0  # 365243 is no number of days
    for name, (low, high) in found.items():
        values = trained.frame[name].where(trained.frame[name] != 365243)
        assert low <= values.min()
        assert values.max() <= high
        assert low == pytest.approx(values.min(), rel=0.01)
        assert high == pytest.approx(values.max(), rel=0.01)


def test_the_reference_profile_sums_up_all_granted_and_refused(trained: Trained) -> None:
    profile = described(trained, "reference.json")
    assert profile["clients"]["all"] == CLIENTS == profile["clients"]["granted"] + profile["clients"]["refused"]
    assert min(profile["clients"].values()) > 0
    assert len(profile["levels"]) == 200
    assert (profile["levels"][0], profile["levels"][-1]) == (0.001, 0.999)
    assert list(profile["columns"]) == described(trained)["columns"]
    credit = profile["columns"]["AMT_CREDIT"]["all"]
    assert credit["missing"] == 0
    assert np.interp(0.5, profile["levels"], credit["quantiles"]) == pytest.approx(trained.frame["AMT_CREDIT"].median(), rel=0.02)
    source = profile["columns"]["EXT_SOURCE_1"]["all"]
    assert source["missing"] == pytest.approx(trained.frame["EXT_SOURCE_1"].isna().mean(), rel=1e-5)
    assert source["quantiles"] == sorted(source["quantiles"])
    contract = profile["columns"]["NAME_CONTRACT_TYPE"]["all"]["shares"]
    assert contract == pytest.approx(trained.frame["NAME_CONTRACT_TYPE"].value_counts(normalize=True).to_dict(), rel=1e-5)
    better, worse = (profile["columns"]["EXT_SOURCE_MEAN"][group]["quantiles"][100] for group in ("granted", "refused"))
    assert better > worse


def test_nothing_released_names_a_client_or_a_place(trained: Trained) -> None:
    ids = {str(client) for client in trained.frame["SK_ID_CURR"]}
    released = [path for path in (trained.root / "models" / "latest").rglob("*") if path.is_file()]
    assert len(released) == 14
    for path in released:
        content = path.read_bytes()
        assert b"SK_ID_CURR" not in content, path
        if path.suffix in (".pkl", ".png"):
            continue
        text = content.decode()
        assert ids.isdisjoint(re.findall(r"\d{8,}", text)), path
        for place in (str(trained.root), str(ROOT), str(Path.home()) + "/", "file:", socket.gethostname(), sys.prefix):
            assert place not in text, (path, place)
        assert not re.search(r"[\"' ]/\w", text), path
    tags = described(trained, "run/tags.json")
    assert not [name for name in tags if name.startswith("mlflow.")]
    assert getpass.getuser() not in tags.values()


def test_the_reduced_run_says_what_the_run_said(trained: Trained) -> None:
    reduced, run = trained.root / "mlruns_reduced", trained.released.run
    assert sorted(path.name for path in reduced.iterdir()) == [
        "MLmodel",
        "best_threshold",
        "calibration.png",
        "columns.json",
        "cost_curve.png",
        "metrics.json",
        "params.json",
        "tags.json",
    ]
    assert float((reduced / "best_threshold").read_text()) == run.metrics["threshold"]
    assert described(trained, "run/metrics.json") == run.metrics
    assert described(trained, "run/params.json") == run.params
    assert f"run_id: {run.run_id}" in (reduced / "MLmodel").read_text()
    assert "artifact_path: model\n" in (reduced / "MLmodel").read_text()


def test_the_pickle_opens_with_nothing_of_ours_but_its_own_file(trained: Trained, tmp_path: Path) -> None:
    shutil.copy(ROOT / "custom_threshold_model.py", tmp_path)
    code = """
import json, pickle, sys
sys.path.insert(0, sys.argv[1])
sys.modules["scoring"] = sys.modules["mlflow"] = sys.modules["pandas"] = None
with open(sys.argv[2] + "/model.pkl", "rb") as file:
    model = pickle.load(file)
assert type(model).__module__ == "custom_threshold_model", type(model)
with open(sys.argv[2] + "/model.json", encoding="utf-8") as file:
    golden = json.load(file)["golden"]
columns = {name: [client["record"].get(name) for client in golden] for name in model.fields_}
assert model.raw_score(model.input_matrix(columns)).tolist() == [client["raw"] for client in golden]
"""
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, str(tmp_path), str(trained.released.folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_run_keeps_its_pictures(trained: Trained, tmp_path: Path) -> None:
    for name in ("cost_curve.png", "calibration.png", "importance.png", "fairness.png"):
        picture = trained.store.download(trained.released.run.run_id, name, tmp_path).read_bytes()
        assert picture.startswith(b"\x89PNG")
        assert len(picture) > 10_000


def test_the_run_tells_how_each_group_fares(trained: Trained, tmp_path: Path) -> None:
    run, fairness = trained.released.run, described(trained)["fairness"]
    assert trained.store.download(run.run_id, "fairness.md", tmp_path).read_text() == tables(fairness)
    for attribute in ("sex", "family_status", "age_band"):
        compared = [one for one in fairness["attributes"][attribute] if one["clients"] >= 200]
        lowest = min(one["approval_ratio"]["value"] for one in compared)
        assert run.metrics[f"fairness_{attribute}_lowest_ratio"] == lowest
        assert sum(one["clients"] for one in fairness["attributes"][attribute]) == CLIENTS


def test_releasing_a_run_again_is_the_same_version(trained: Trained) -> None:
    again = release(trained.store, trained.root, trained.training_id)
    assert again == trained.released
    assert [path.name for path in (trained.root / "models" / "releases").iterdir()] == [again.model_version]


def test_the_champion_of_the_registry_is_what_serves(trained: Trained) -> None:
    import mlflow

    mlflow.set_tracking_uri(trained.store.uri)
    champion = mlflow.sklearn.load_model("models:/credit@champion")
    assert isinstance(champion, CustomThresholdModel)
    assert champion.calibration_ == tuple(described(trained)["calibration"].values())


def test_only_models_of_ours_are_chosen(trained: Trained) -> None:
    assert choose(trained.store, training(trained.store)).tags["candidate"] in ("small", "weighted", "tuned")
    others = [run for name, run in trained.runs().items() if name in ("grant_all", "logistic_regression", "undersampled")]
    with pytest.raises(TrainingError, match="nothing to release"):
        choose(trained.store, others)


def test_a_stopped_training_is_killed_and_never_the_newest_complete_one(trained: Trained) -> None:
    import mlflow

    def stop(step: str, fits: int) -> None:
        if step.startswith("small"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(
            trained.frame,
            trained.store,
            fingerprint="f",
            golden=[],
            candidates=[SMALL[0], SMALL[2]],
            kept=trained.root / "var",
            progress=stop,
        )
    mlflow.set_tracking_uri(trained.store.uri)
    newest = mlflow.search_runs(experiment_names=["credit-scoring"], output_format="list", max_results=2)
    assert [(run.info.run_name, run.info.status) for run in newest] == [("small", "KILLED"), ("grant_all", "FINISHED")]
    assert mlflow.active_run() is None
    assert training(trained.store)[0].tags["training_id"] == trained.training_id
    with pytest.raises(TrainingError, match="not there, or not complete"):
        training(trained.store, newest[0].data.tags["training_id"])


def test_a_server_that_is_away_is_one_clear_line_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with pytest.raises(TrainingError, match=r"server at http://127\.0\.0\.1:9 can't be reached") as raised:
        Store("http://me:secret@127.0.0.1:9")
    assert "secret" not in raised.value.message
    assert "\n" not in raised.value.message
    with pytest.raises(TrainingError, match="MLflow at nonsense://x can't be used") as raised:
        Store("nonsense://me:secret@x")
    assert "secret" not in raised.value.message
    assert without_password("sqlite:////tmp/mlflow.db") == "sqlite:////tmp/mlflow.db"


def test_mlflow_never_reports_on_its_user() -> None:
    assert environment({"DO_NOT_TRACK": "false"})["DO_NOT_TRACK"] == "true"
    assert environment({"MLFLOW_DISABLE_TELEMETRY": "0"})["MLFLOW_DISABLE_TELEMETRY"] == "true"
    assert environment({"MLFLOW_HTTP_REQUEST_TIMEOUT": "5"})["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "5"


def test_rows_that_cannot_teach_are_refused_in_one_line(trained: Trained) -> None:
    few, unsorted = trained.frame.head(20), trained.frame.iloc[::-1]
    for rows, complaint in ((few, "training needs 10 of each outcome there"), (unsorted, "must be sorted by SK_ID_CURR")):
        with pytest.raises(TrainingError, match=complaint):
            train(rows, trained.store, fingerprint="f", golden=[], candidates=SMALL, kept=trained.root)


def test_every_candidate_is_made_anew_with_its_seed() -> None:
    assert [candidate.name for candidate in CANDIDATES] == [
        "grant_all",
        "logistic_regression",
        "lightgbm",
        "lightgbm_class_weighted",
        "lightgbm_undersampled",
        "lightgbm_smote",
        "lightgbm_tuned",
    ]
    plain, weighted = (candidate.make(7) for candidate in CANDIDATES[2:4])
    assert (plain.random_state, plain.positive_weight) == (7, 1.0)
    assert (weighted.random_state, weighted.positive_weight) == (7, "balanced")
    assert isinstance(candidates.logistic_regression(7)[-1], LogisticRegression)


def test_no_trials_of_a_tuned_candidate_alone_leave_nothing_to_train() -> None:
    with pytest.raises(SettingError, match="with 0 trials there is nothing to train of lightgbm_tuned: "):
        with_trials(0, CANDIDATES[-1:])


def test_no_trials_leave_the_tuned_candidate_out() -> None:
    assert [one.name for one in with_trials(0)] == [one.name for one in CANDIDATES[:-1]]
    assert [one.trials for one in with_trials(3)] == [0, 0, 0, 0, 0, 0, 3]
    assert count_fits(with_trials(3)) == count_fits(with_trials(0)) + 12 + 3 * 5
