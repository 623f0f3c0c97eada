"""New costs of an error for a trained run: another threshold, the same model, a release that says so."""

import json
import shlex
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import pandas as pd
import pytest

from custom_threshold_model import CustomThresholdModel, least_cost_threshold
from jobs import release as release_job
from jobs import set_costs
from model import Scorer
from scoring.cost import COSTS, CostMatrix, cost_per_client
from scoring.fairness import four_fifths
from scoring.releasing.choosing import number, training
from scoring.releasing.gate import Measured, compared
from scoring.releasing.links import before, serving
from scoring.releasing.other_costs import command, cost_at, shares_of_errors
from scoring.releasing.registry import Registry
from scoring.releasing.sources import Source
from scoring.synthetic import labelled_records
from scoring.tracking import OpenRun, Store, StoredRun, digest_of
from scoring.training.candidates import Candidate, lightgbm
from scoring.training.predictions import PREDICTIONS, Predictions
from scoring.training.resuming import checked_id
from scoring.training.train import train
from tests.conftest import demo_clients
from tests.releases import Project

TREES = {"few": 4, "small": 20}
"""Candidate -> its trees: each the one run of a training on the same clients, the second of which costs less."""

ACCEPTED = ["--accept", "these clients are drawn by chance", "--by", "the tests"]
NEW = CostMatrix(8, 1)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, new_mlflow: Callable[[Path], str]) -> Path:
    """The folder of a store of two trainings of generated clients."""
    folder = Path(mkdtemp(dir=tmp_path_factory.getbasetemp()))
    store, frame = Store(new_mlflow(folder)), labelled_records(1000, seed=3, first_id=73_000_001)
    for name, trees in TREES.items():
        one = Candidate(name, lambda seed, trees=trees: lightgbm(seed, n_estimators=trees, n_jobs=1))
        train(frame, store, fingerprint="f" * 64, golden=demo_clients()[:10], candidates=[one], kept=folder / "var")
    return folder


@pytest.fixture
def project(trained: Path, tmp_path: Path) -> Project:
    """A project of its own with these trainings, in which `small` serves."""
    return serving_small(trained, tmp_path)


def serving_small(trained: Path, root: Path) -> Project:
    shutil.copy(trained / "mlflow.db", root)
    made = Project(Store(f"sqlite:///{root / 'mlflow.db'}"), root)
    assert job(release_job.main, made, "--run", made.runs["small"]) == 0
    return made


@dataclass(frozen=True, slots=True)
class At8:
    """A project whose model got costs of 8 and 1, only to be looked at: its run of before and now, and what was before."""

    project: Project
    source: StoredRun
    run: StoredRun
    folder: Path
    described: dict[str, Any]
    files: dict[str, bytes]


@pytest.fixture(scope="module")
def at_8(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> At8:
    project = serving_small(trained, tmp_path_factory.mktemp("at_8"))
    source, folder, described = run_of(project, "small"), serving(project.root), project.described()
    assert folder
    files = kept_files(project, source)
    return At8(project, source, repriced(project, "8", "1"), folder, described, files)


def job(main: Callable[[list[str]], int], project: Project, *arguments: str, accepted: bool = True) -> int:
    given = ["--root", str(project.root), "--tracking-uri", project.store.uri, *arguments]
    return main(given + ACCEPTED * accepted)


def repriced(project: Project, negative: str, positive: str, *arguments: str) -> StoredRun:
    """The run that serves once the command has set these costs."""
    assert job(set_costs.main, project, "--fn", negative, "--fp", positive, *arguments) == 0
    found = project.store.find(project.described()["run_id"])
    assert found
    return found


def run_of(project: Project, candidate: str) -> StoredRun:
    found = project.store.find(project.runs[candidate])
    assert found
    return found


def predictions(project: Project, run: StoredRun) -> Predictions:
    return Predictions.read(project.store.download(run.run_id, PREDICTIONS, Path(mkdtemp(dir=project.root))))


def pickled(project: Project, run: StoredRun, name: str) -> CustomThresholdModel:
    import mlflow

    folder = project.store.download_model(run.run_id, name, Path(mkdtemp(dir=project.root)))
    model = mlflow.sklearn.load_model(str(folder))
    assert isinstance(model, CustomThresholdModel)
    return model


def state(project: Project) -> tuple[object, ...]:
    """All that a refused command must leave as it was."""
    latest = {path.name: path.read_bytes() for path in (project.root / "models" / "latest").iterdir() if path.is_file()}
    return latest, serving(project.root), Registry(project.store).aliases(), [run.run_id for run in project.store.runs()]


def refusal(project: Project, capsys: pytest.CaptureFixture[str], *arguments: str, accepted: bool = True) -> str:
    """The one line in which a command is refused that changes nothing."""
    was = state(project)
    assert job(set_costs.main, project, *arguments, accepted=accepted) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("error: ")
    assert said.err.count("\n") == 1
    assert state(project) == was
    return said.err


def test_costs_of_8_and_1_move_the_threshold_to_a_ninth_and_nothing_else_of_the_model(at_8: At8) -> None:
    clients = demo_clients()
    for name in ("model", "report_model"):
        was, now = (pickled(at_8.project, run, name) for run in (at_8.source, at_8.run))
        assert (was.threshold_, now.threshold_) == (1 / 11, 1 / 9)
        assert (now.cost_false_negative, now.cost_false_positive) == (8, 1)
        assert now.calibration_ == was.calibration_
        columns = {field: [client.get(field) for client in clients] for field in was.fields_}
        np.testing.assert_array_equal(now.raw_score(now.input_matrix(columns)), was.raw_score(was.input_matrix(columns)))
    scorer = Scorer.load(at_8.project.root / "models" / "latest")
    assert scorer.release.threshold == 1 / 9
    assert scorer.release.costs == NEW
    assert scorer.release.run_id == at_8.run.run_id


def test_the_released_version_says_what_it_was_made_of(at_8: At8) -> None:
    found, was = at_8.project.described(), at_8.described
    assert found["repriced"].pop("at").endswith("Z")
    assert found["repriced"] == {
        "origin": at_8.source.run_id,
        "from_run": at_8.source.run_id,
        "from_version": was["model_version"],
        "costs_before": {"false_negative": 10, "false_positive": 1},
        "threshold_before": 1 / 11,
        "threshold": 1 / 9,
        "reference_threshold": 1 / 11,
    }
    assert found["registry"]["version"] == 2
    assert found["costs"] == {"false_negative": 8, "false_positive": 1}
    assert found["threshold"] == found["threshold_choice"]["chosen"] == found["fairness"]["threshold"] == 1 / 9
    assert found["threshold_choice"]["costs"] == found["costs"]
    assert found["metrics"] == at_8.run.metrics
    assert found["training_id"] == at_8.run.tags["training_id"] != was["training_id"]
    for name in ("fields", "columns", "categories", "ranges", "calibration", "golden", "data", "candidate", "trained_at"):
        assert found[name] == was[name], name


def test_what_served_is_the_way_back_and_the_documents_are_its_own(at_8: At8) -> None:
    assert before(at_8.project.root) == at_8.folder
    assert Registry(at_8.project.store).aliases() == {"champion": 2}
    for name in ("reference.json", "importance.json"):
        assert (at_8.project.root / "models" / "latest" / name).read_bytes() == (at_8.folder / name).read_bytes()


def test_the_new_run_is_a_training_of_its_own(at_8: At8) -> None:
    source, run = at_8.source, at_8.run
    changed = {"training_id", "repriced_from", digest_of("model"), digest_of("report_model")}
    was, now = ({name: value for name, value in one.tags.items() if name not in changed} for one in (source, run))
    assert now == was
    assert run.tags["repriced_from"] == source.run_id
    assert checked_id(run.tags["training_id"]) != source.tags["training_id"]
    assert training(at_8.project.store, run.tags["training_id"]) == [run]  # complete
    assert training(at_8.project.store) == [source]  # `make release` takes the newest that fitted something
    assert run.params == {**source.params, "cost_false_negative": "8", "cost_false_positive": "1"}


def test_the_new_run_s_figures_and_files_are_at_the_new_costs(at_8: At8) -> None:
    project, source, run = at_8.project, at_8.source, at_8.run
    assert run.metrics.keys() == source.metrics.keys()
    assert (run.metrics["oof_auc"], run.metrics["leaves"]) == (source.metrics["oof_auc"], source.metrics["leaves"])
    kept = predictions(project, run)
    for prefix, sample in zip(("oof", "report"), kept.samples, strict=True):
        figures: dict[str, Any] = {"probability": sample.probability, "target": sample.target, "costs": NEW}
        assert run.metrics[f"{prefix}_cost_per_client"] == cost_per_client(**figures, threshold=1 / 9)
        assert run.metrics[f"{prefix}_approval_rate"] == np.mean(sample.probability < 1 / 9)
        assert run.metrics[f"{prefix}_cost_at_half"] == cost_per_client(**figures, threshold=0.5)
    files = kept_files(project, run)
    assert files.keys() == at_8.files.keys()
    same = {name for name, content in files.items() if content == at_8.files[name]}
    assert files.keys() - same == {"cost_curve.png", "release/model.json"}


def test_the_run_that_it_is_made_of_stays_as_it_was(at_8: At8) -> None:
    assert run_of(at_8.project, "small") == at_8.source
    assert kept_files(at_8.project, at_8.source) == at_8.files


def test_the_threshold_is_the_rule_s_by_the_run_s_seed_outside_the_report_split_even_where_the_data_deny_theory() -> None:
    """PDs told half too high deny 1/9: by this seed; not by seed 0. Those of the report split, which would, aren't asked."""
    rng = np.random.default_rng(0)
    true, report = np.append(rng.beta(1, 10, 4000), np.full(9000, 0.5)), np.arange(13_000) >= 4000
    target = (np.append(rng.random(4000), np.full(9000, 0.9)) < true).astype(np.int64)
    told = np.minimum(1.5 * true, 1)
    run = StoredRun("run", datetime.now(UTC), {}, {"seed": "7"}, {})
    found = Source(run, {}, Predictions(target, report, told, told, pd.DataFrame()), {}, Path(), None).threshold(NEW)
    costs: dict[str, Any] = {"cost_false_negative": 8, "cost_false_positive": 1}
    assert found == least_cost_threshold(told[~report], target[~report], **costs, random_state=7) > 1 / 9
    assert least_cost_threshold(told[~report], target[~report], **costs, random_state=0) == 1 / 9
    assert least_cost_threshold(told, target, **costs, random_state=7) != found


def kept_files(project: Project, run: StoredRun) -> dict[str, bytes]:
    folder = Path(mkdtemp(dir=project.root))
    for name in (PREDICTIONS, "release", "cost_curve.png", "calibration.png", "importance.png"):
        project.store.download(run.run_id, name, folder)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_back_at_the_old_costs_all_is_as_it_was_trained_and_the_trained_run_is_still_the_origin(project: Project) -> None:
    source, was = run_of(project, "small"), project.described()
    second = repriced(project, "8", "1")
    third = repriced(project, "10", "1")
    found = project.described()
    assert third.metrics == source.metrics
    assert third.tags["repriced_from"] == source.run_id
    assert third.params == source.params
    assert found["threshold"] == was["threshold"]
    assert (found["fairness"], found["threshold_choice"]) == (was["fairness"], was["threshold_choice"])
    told = found["repriced"]
    assert (told["origin"], told["from_run"], told["from_version"][:2]) == (source.run_id, second.run_id, "2-")
    assert (told["threshold_before"], told["reference_threshold"]) == (1 / 9, 1 / 11)


def test_the_gate_lets_a_change_of_costs_through_and_prices_the_old_decisions_at_the_new_ones(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    source, champion = run_of(project, "small"), project.described()["model_version"]
    _, report = predictions(project, source).samples
    given: dict[str, Any] = {"probability": report.probability, "target": report.target}
    run = repriced(project, "20", "1")  # at which the model costs more than the champion does at 10 and 1
    assert run.metrics["report_cost_per_client"] > source.metrics["report_cost_per_client"]
    gate = project.described()["gate"]
    now, old = (cost_per_client(**given, threshold=t, costs=CostMatrix(20, 1)) for t in (1 / 21, 1 / 11))
    assert gate["costs_changed"] == {
        "from": [10, 1],
        "to": [20, 1],
        "champion_report_cost": pytest.approx(old),
        "report_cost": pytest.approx(now),
    }
    assert (gate["forced"], gate["same_report_split"]) == (None, True)
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2] == f"report split, at the new costs: {now:.4f} per client; the decisions of {champion}: {old:.4f}"
    assert lines[-1] == (
        f"released {project.described()['model_version']}: threshold 0.0909 -> 0.0476, approval rate out of fold "
        f"{source.metrics['oof_approval_rate']:.2%} -> {run.metrics['oof_approval_rate']:.2%}"
    )


def test_the_trained_run_itself_is_let_back_in_by_the_gate(project: Project) -> None:
    repriced(project, "20", "1")
    repriced(project, "8", "1")  # in which the champion's errors are told by its model.json
    assert job(release_job.main, project, "--run", project.runs["small"]) == 0
    assert project.described()["run_id"] == project.runs["small"]
    assert project.described()["gate"]["costs_changed"]["from"] == [8, 1]
    assert project.described()["gate"]["costs_changed"]["to"] == [10, 1]


def test_a_run_of_another_training_is_told_the_way_to_the_champion_s_costs_and_passes_the_gate_by_it(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    repriced(project, "8.5", "1")
    capsys.readouterr()
    assert job(release_job.main, project, "--run", project.runs["few"]) == 2
    said = capsys.readouterr().err
    way = f"python -m jobs.set_costs --run {project.runs['few']} --fn 8.5 --fp 1"
    assert (
        f"with other costs of an error than the champion, 2-{project.described()['sha256'][:8]}: `{way}` gives it these" in said
    )
    assert job(set_costs.main, project, *shlex.split(way)[3:]) == 2  # now it can be compared, and is refused for what it costs
    said = capsys.readouterr().err
    assert "per client of the report split, the champion, 2-" in said
    (run,) = (run for run in project.store.runs() if run.tags.get("repriced_from") == project.runs["few"])
    assert f"the run with the new costs is {run.run_id}, for `python -m jobs.release --run {run.run_id}`" in said
    assert said.count("\n") == 1
    assert job(release_job.main, project, "--run", run.run_id, "--force", "to see it served") == 0
    found = project.described()
    assert (found["run_id"], found["costs"]) == (run.run_id, {"false_negative": 8.5, "false_positive": 1})
    assert "costs_changed" not in found["gate"]
    assert found["gate"]["report_cost"] == run.metrics["report_cost_per_client"] > found["gate"]["champion_report_cost"]


def test_a_cheaper_run_of_another_training_takes_the_champion_s_place_at_its_costs(project: Project) -> None:
    assert job(release_job.main, project, "--run", project.runs["few"], "--force", "to be replaced") == 0
    repriced(project, "8", "1")
    run = repriced(project, "8", "1", "--run", project.runs["small"])
    gate = project.described()["gate"]
    assert run.tags["repriced_from"] == project.runs["small"]
    assert gate["forced"] is None
    assert gate["report_cost"] < gate["champion_report_cost"]


def test_the_costs_that_it_has_are_nothing_to_do(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    said = refusal(project, capsys, "--fn", "10.0", "--fp", "1")
    assert said == "error: the costs are already 10 and 1: nothing to do\n"


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "1e309", "eight", "", "1e-9", "1000001"])
@pytest.mark.parametrize("option", ["--fn", "--fp"])
def test_a_cost_is_a_finite_number_above_nothing(option: str, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    other = {"--fn": "--fp", "--fp": "--fn"}[option]
    assert set_costs.main([f"{option}={text}", other, "1"]) == 2
    assert capsys.readouterr().err == (f"error: {option} {text!r}: give a finite number above 0, from 0.000001 to 1000000\n")


def test_a_cost_is_written_as_it_was_typed() -> None:
    costs = [number(set_costs.checked_cost("--fn", text)) for text in ("8", "8.0", "2.5", "1e6", "1e-6")]
    assert [repr(cost) for cost in costs] == ["8", "8", "2.5", "1000000", "1e-06"]


def test_a_store_that_does_not_hold_the_run_is_named_in_one_line(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["--fn", "8", "--fp", "1"]
    assert "run nonsense is not in this store" in refusal(project, capsys, *given, "--run", "nonsense")
    described = project.root / "models" / "latest" / "model.json"
    described.write_text(json.dumps({**project.described(), "run_id": "of another store"}))
    assert refusal(project, capsys, *given) == (
        f"error: run of another store is not in this store, {project.store.uri}, or not a finished run of a training: "
        "name the store by --tracking-uri, or a run of it by --run\n"
    )


def test_where_nothing_is_released_a_run_is_to_be_named(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    (project.root / "models" / "latest" / "model.json").write_text("{")
    assert "model.json doesn't say which run it is of: name one by --run" in refusal(project, capsys, "--fn", "8", "--fp", "1")
    shutil.rmtree(project.root / "models")
    assert job(set_costs.main, project, "--fn", "8", "--fp", "1") == 2
    assert capsys.readouterr().err == f"error: nothing is released in {project.root}: name a run by --run\n"
    run = repriced(project, "8", "1", "--run", project.runs["small"])
    assert project.described()["repriced"]["from_version"].startswith("1-")  # released once, as the registry knows
    assert run.metrics["threshold"] == 1 / 9


def test_a_model_without_costs_is_named_in_one_line(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    with project.store.run("other", {"candidate": "other", "model_class": "Pipeline"}) as run:
        run.log(
            params={"cost_false_negative": 10, "cost_false_positive": 1}, metrics={}, tags={}, artifacts=project.root / "models"
        )
    (other,) = (run.run_id for run in project.store.runs() if run.tags["candidate"] == "other")
    said = refusal(project, capsys, "--fn", "8", "--fp", "1", "--run", other)
    assert said == f"error: run {other} holds a Pipeline, which has no costs to change: name another run\n"


OTHERS: dict[str, Callable[[Predictions], Predictions]] = {
    "PDs of the released model three times too high": lambda found: replace(found, released=np.minimum(3 * found.released, 1)),
    "PDs of the measured model in another order": lambda found: replace(found, probability=found.probability[::-1].copy()),
    "other outcomes": lambda found: replace(found, target=np.roll(found.target, 1)),
    "another report split": lambda found: replace(found, report=np.roll(found.report, 1)),
}


@pytest.mark.parametrize("other", OTHERS)
def test_predictions_that_are_not_the_models_are_refused(
    other: str, project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    download = Store.download

    def exchanged(store: Store, run_id: str, path: str, into: Path) -> Path:
        found = download(store, run_id, path, into)
        if path == PREDICTIONS:
            OTHERS[other](Predictions.read(found)).write(into)
        return found

    monkeypatch.setattr(Store, "download", exchanged)
    said = refusal(project, capsys, "--fn", "8", "--fp", "1")
    assert said == f"error: the predictions of run {project.runs['small']} are not those of its models: train again\n"


def test_predictions_of_before_the_released_model_s_own_were_kept_are_refused(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    read = pd.read_parquet
    monkeypatch.setattr(pd, "read_parquet", lambda path: read(path).drop(columns="released"))
    said = refusal(project, capsys, "--fn", "8", "--fp", "1")
    assert said == "error: predictions.parquet of the run is of before predictions held 'released': train again\n"


def test_a_model_that_scores_otherwise_than_when_it_was_trained_is_refused(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    score = CustomThresholdModel.raw_score
    monkeypatch.setattr(CustomThresholdModel, "raw_score", lambda model, matrix: np.nextafter(score(model, matrix), 9))
    assert "no longer scores as it did when it was trained" in refusal(project, capsys, "--fn", "8", "--fp", "1")


def test_a_breach_of_the_four_fifths_rule_is_met_before_a_run_is_made_and_accepted_by_name(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(four_fifths, "LEAST_RATIO", 1.01)  # which the best-treated group breaks, too
    assert "it breaks the four-fifths rule" in refusal(project, capsys, "--fn", "8", "--fp", "1", accepted=False)
    repriced(project, "8", "1")
    assert project.described()["four_fifths"]["accepted"] == {"reason": ACCEPTED[1], "by": ACCEPTED[3]}


def test_a_reason_without_a_name_is_refused(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    said = refusal(project, capsys, "--fn", "8", "--fp", "1", "--accept", "because", accepted=False)
    assert "--accept" in said
    assert "--by" in said


@pytest.mark.parametrize("sent", [0, 1])
def test_a_stop_while_the_run_is_written_leaves_at_most_a_run_that_counts_for_nothing(
    sent: int, project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    was, log_model, left = state(project), OpenRun.log_model, [None] * sent

    def stopped(run: OpenRun, *arguments: Any, **named: Any) -> None:
        if not left:
            raise KeyboardInterrupt
        left.pop()
        log_model(run, *arguments, **named)

    with monkeypatch.context() as patched:
        patched.setattr(OpenRun, "log_model", stopped)
        assert job(set_costs.main, project, "--fn", "8", "--fp", "1") == 130
    assert state(project) == was
    assert capsys.readouterr().err.count("\n") == 1
    assert repriced(project, "8", "1").metrics["threshold"] == 1 / 9


def test_nothing_of_a_client_and_no_place_stands_in_what_is_released(at_8: At8) -> None:
    for path in (at_8.project.root / "models" / "latest").rglob("*.json"):
        text = path.read_text()
        assert "SK_ID_CURR" not in text
        assert str(at_8.project.root) not in text
        assert "file:" not in text


# Of ten clients three default; at .5 two of the defaulters are granted credit, and one of the good clients is refused.
TEN: dict[str, Any] = {
    "probability": np.array([0.1] * 6 + [0.6] + [0.2, 0.3, 0.9]),
    "target": np.array([0] * 7 + [1] * 3),
    "threshold": 0.5,
}


def test_the_errors_follow_from_figures_that_every_run_has() -> None:
    metrics = {"report_cost_per_client": 2.1, "report_approval_rate": 0.8, "report_cost_of_granting_all": 3.0}
    shares = shares_of_errors(metrics, (10.0, 1.0))
    assert shares == pytest.approx((0.2, 0.1))
    assert cost_per_client(**TEN, costs=COSTS) == pytest.approx(2.1)
    assert cost_at((8.0, 3.0), (0.2, 0.1)) == pytest.approx(cost_per_client(**TEN, costs=CostMatrix(8, 3)))
    assert shares_of_errors(metrics, None) is None
    assert shares_of_errors(metrics, (0.0, 1.0)) is None
    assert shares_of_errors({"report_cost_per_client": 2.1}, (10.0, 1.0)) is None


def test_only_one_model_at_two_costs_is_let_through() -> None:
    old = Measured("1-a", "run a", 0.5, "split", (10.0, 1.0), origin="run a", errors=(0.04, 0.1))
    new = Measured("run b", "run b", 0.7, "split", (8.0, 1.0), origin="run a")
    gate, objection = compared(new, old, None)
    assert objection is None
    assert gate["costs_changed"] == {
        "from": [10, 1],
        "to": [8, 1],
        "champion_report_cost": pytest.approx(0.42),
        "report_cost": 0.7,
    }
    assert compared(new, replace(old, errors=None), None)[0]["costs_changed"]["champion_report_cost"] is None
    for other, said in (
        (replace(new, origin="run c"), "other costs of an error"),
        (replace(new, costs=None), "other costs of an error"),
        (replace(new, costs=(10.0, 1.0)), "it costs 0.7"),
    ):
        gate, objection = compared(other, old, None)
        assert said in str(objection)
        assert "costs_changed" not in gate
    unknown = replace(old, costs=None, origin=None)
    assert "jobs.set_costs" not in str(compared(replace(new, origin=None), unknown, None)[1])
    assert json.dumps(gate, allow_nan=False)


def test_the_command_names_the_costs_to_the_last_digit() -> None:
    assert command("r", (8.0, 1 / 3)) == f"python -m jobs.set_costs --run r --fn 8 --fp {1 / 3!r}"
