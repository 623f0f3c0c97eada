"""Ours beside its peers on generated clients: how each is measured, what is said of it, and what the command leaves behind."""

import re
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from custom_threshold_model import CustomThresholdModel
from jobs import compare_models, document
from model import Scorer
from scoring.comparison.comparison import Lead, Measured, compare, fit_peer, leads
from scoring.comparison.document import About, draw, leads_of, verdict, written
from scoring.comparison.peers import PEERS, Peer
from scoring.comparison.runs import Runs
from scoring.comparison.style import distinct, styles
from scoring.cost import COSTS, Interval, cost_per_client
from scoring.errors import OutputError, SettingError
from scoring.inputs import MODEL_FIELDS, NUMBERS
from scoring.plotting import BLUE
from scoring.synthetic import labelled_records, write_sample
from scoring.tracking import Store, StoredRun
from scoring.training.candidates import Candidate, lightgbm
from scoring.training.clients import Clients, clients_of
from scoring.training.fitting import fit
from scoring.training.metrics import Sample, figures
from scoring.training.splits import folds
from tests.conftest import LATEST, skip_unless_required

FEW: dict[str, dict[str, Any]] = {
    "woe_scorecard": {"max_n_prebins": 2},
    "hist_gradient_boosting": {"max_iter": 5},
    "xgboost": {"n_estimators": 5, "n_jobs": 1},
    "catboost": {"iterations": 5, "thread_count": 1},
    "lightgbm_defaults": {"n_estimators": 5, "n_jobs": 1},
    "lightgbm_at_half": {"n_estimators": 5, "n_jobs": 1},
    "tuned_threshold": {"n_estimators": 5, "n_jobs": 1},
    "catboost_on_our_columns": {"iterations": 5, "thread_count": 1},
    "xgboost_tuned_on_our_columns": {"n_estimators": 5, "n_jobs": 1},
}
SMALL = tuple(replace(peer, make=partial(peer.make, **FEW.get(peer.name, {}))) for peer in PEERS)
HISTORIES = [name for name in NUMBERS if name.startswith(("BUREAU_", "PREVIOUS_", "POS_", "CARD_"))]
DROPPING = ("woe_scorecard", "hist_gradient_boosting")  # a field with no known value
OWN_LABELS = ("hist_gradient_boosting", "xgboost", "lightgbm_defaults")  # as pandas' categories


def ours(seed: int = 0) -> CustomThresholdModel:
    return lightgbm(seed, n_estimators=20, n_jobs=1)


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison, and the store that its runs are in."""

    clients: Clients
    found: list[Measured]
    store: Store
    comparison_id: str

    def model(self, name: str) -> Measured:
        return next(one for one in self.found if one.name == name)

    def runs(self) -> list[StoredRun]:
        return self.store.children("comparison_id", self.comparison_id)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Two wait for each other on a busy machine."""
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def libraries() -> None:
    if missing := [name for name in ("catboost", "optbinning", "xgboost") if find_spec(name) is None]:
        skip_unless_required(f"{', '.join(missing)} are not installed (make setup-compare)")


@pytest.fixture(scope="module")
def clients() -> Clients:
    return clients_of(labelled_records(1500, seed=3))


@pytest.fixture(scope="module")
def compared(
    libraries: None, clients: Clients, tmp_path_factory: pytest.TempPathFactory, new_mlflow: Callable[[Path], str]
) -> Compared:
    store = Store(new_mlflow(tmp_path_factory.mktemp("comparison")))
    runs = Runs(store, clients, fingerprint="f" * 64, release="7-abcdef", seed=0)
    found = compare(clients, ours(seed=5), SMALL, seed=0, done=runs.send)
    return Compared(clients, found, store, runs.comparison_id)


def made(name: str, probability: Sequence[float], target: Sequence[int], threshold: float = 0.5) -> Measured:
    """A model with these PDs in both samples."""
    sample = Sample("by hand", np.array(probability), np.array(target))
    found = figures(sample, threshold=threshold, costs=COSTS)
    sure = {figure: Interval(value, value) for figure, value in found.items()}
    return Measured(name, name.title(), threshold, (sample, sample), (found, found), (sure, sure), {}, 0.5, 1.0)


@pytest.mark.usefixtures("libraries")
@pytest.mark.parametrize("peer", SMALL, ids=lambda peer: peer.name)
def test_every_peer_has_a_probability_for_what_is_unknown_and_for_a_label_it_never_saw(peer: Peer, clients: Clients) -> None:
    model = peer.make(0).fit(clients.X[:400], clients.y[:400])
    known = clients.X[400:403]
    unseen, missing = (
        known.assign(ORGANIZATION_TYPE=pd.Series([label] * 3, known.index, dtype=object)) for label in ("New", None)
    )
    unknown = known.assign(**{name: np.nan if name in NUMBERS else None for name in MODEL_FIELDS})
    for rows in (known, unseen, missing, unknown):
        found = model.predict_proba(rows)
        assert found.shape == (3, 2)
        assert np.allclose(found.sum(axis=1), 1)
        assert ((found > 0) & (found < 1)).all()


@pytest.mark.usefixtures("libraries")
@pytest.mark.parametrize("peer", [peer for peer in SMALL if peer.name in OWN_LABELS], ids=lambda peer: peer.name)
def test_a_label_that_the_fit_never_saw_is_as_good_as_none(peer: Peer, clients: Clients) -> None:
    y = clients.y[:600]
    told = np.where(y == 1, "Military", "Bank").astype(object)
    told[::3] = None
    model = peer.make(0).fit(clients.X[:600].assign(ORGANIZATION_TYPE=told), y)
    client = clients.X[600:601]
    labels = ("Military", "Bank", None, "New")
    bad, good, missing, unseen = (
        model.predict_proba(client.assign(ORGANIZATION_TYPE=pd.Series([label], client.index, dtype=object)))[0, 1]
        for label in labels
    )
    assert good < bad
    assert good != missing == unseen != bad


@pytest.mark.usefixtures("libraries")
@pytest.mark.parametrize("peer", SMALL, ids=lambda peer: peer.name)
def test_every_peer_is_fitted_on_tables_without_histories(peer: Peer, clients: Clients) -> None:
    X, y = clients.X[:400].copy(), clients.y[:400]
    X[HISTORIES] = np.nan
    known = clients.X[400:403]
    first, again = (peer.make(0).fit(X, y).predict_proba(known) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert ((first > 0) & (first < 1)).all()


@pytest.mark.usefixtures("libraries")
@pytest.mark.parametrize("peer", [peer for peer in SMALL if peer.name in DROPPING], ids=lambda peer: peer.name)
def test_a_field_that_the_fit_saw_no_value_of_tells_nothing(peer: Peer, clients: Clients) -> None:
    X, y = clients.X[:400].assign(EXT_SOURCE_2=np.nan, ORGANIZATION_TYPE=None), clients.y[:400]
    model = peer.make(0).fit(X, y)
    rows = clients.X[400:410]
    unknown = rows.assign(EXT_SOURCE_2=np.nan, ORGANIZATION_TYPE=None)
    np.testing.assert_array_equal(model.predict_proba(rows), model.predict_proba(unknown))


@pytest.mark.parametrize("name", ["woe_scorecard", "catboost_on_our_columns", "xgboost_tuned_on_our_columns", "catboost"])
def test_an_out_of_fold_pd_is_what_a_fit_without_that_fold_says_of_the_client_alone(name: str, compared: Compared) -> None:
    X, y = compared.clients.X[~compared.clients.report], compared.clients.y[~compared.clients.report]
    seen, held_out = next(iter(folds(0).split(X, y)))
    peer = next(one for one in SMALL if one.name == name)
    model = peer.make(0).fit(X.iloc[seen], y[seen])
    measured = compared.model(name).samples[0].probability
    for client in held_out[:5]:
        assert model.predict_proba(X.iloc[[client]])[0, 1] == pytest.approx(measured[client], rel=1e-6)


def test_all_are_measured_on_the_same_clients_by_the_same_figures(compared: Compared) -> None:
    assert [one.name for one in compared.found] == ["ours", *(peer.name for peer in PEERS)]
    report = compared.clients.report
    for one in compared.found:
        for sample, part, found, sure in zip(one.samples, (~report, report), one.figures, one.intervals, strict=True):
            np.testing.assert_array_equal(sample.target, compared.clients.y[part])
            assert found == figures(sample, threshold=one.threshold, costs=COSTS)
            assert sure["auc"].low < found["auc"] < sure["auc"].high
        assert one.seconds > 0
        assert one.megabytes > 0


def test_ours_is_fitted_and_measured_as_a_training_does_it_with_the_seed_of_the_comparison(compared: Compared) -> None:
    outside = ~compared.clients.report
    expected = fit(Candidate("again", lambda seed: ours(seed)), compared.clients.X[outside], compared.clients.y[outside], seed=0)
    np.testing.assert_array_equal(compared.found[0].samples[0].probability, expected.probability)
    reported = expected.model.predict_proba(compared.clients.X[~outside])[:, 1]
    np.testing.assert_array_equal(compared.found[0].samples[1].probability, reported)
    assert compared.found[0].threshold == expected.threshold
    assert compared.found[0].params["random_state"] == 0


def test_ours_is_compared_at_the_costs_of_training_whatever_it_was_released_at(clients: Clients) -> None:
    cheap = ours().set_params(cost_false_negative=3.0, cost_false_positive=2.0)
    [expected], [found] = (compare(clients, model, (), seed=0) for model in (ours(), cheap))
    assert (found.params["cost_false_negative"], found.params["cost_false_positive"]) == (10, 1)
    assert found.threshold == expected.threshold
    assert found.figures == expected.figures
    assert cheap.cost_false_negative == 3


def test_a_peer_that_has_a_threshold_of_its_own_keeps_it(compared: Compared) -> None:
    plain, half, tuned = (compared.model(name) for name in ("lightgbm_defaults", "lightgbm_at_half", "tuned_threshold"))
    assert half.threshold == 0.5
    for other in (half, tuned):
        for sample, expected in zip(other.samples, plain.samples, strict=True):
            np.testing.assert_array_equal(sample.probability, expected.probability)
    assert half.figures[0]["cost_per_client"] == half.figures[0]["cost_of_granting_all"]  # nobody's PD is that high
    outside = ~compared.clients.report
    peer = next(one for one in SMALL if one.name == "tuned_threshold")
    model = fit_peer(peer, compared.clients.X[outside], compared.clients.y[outside], seed=0).model
    assert tuned.threshold == model.best_threshold_
    sample = tuned.samples[0]
    costs = [
        cost_per_client(probability=sample.probability, target=sample.target, threshold=threshold, costs=COSTS)
        for threshold in (tuned.threshold, 0.5, 0.0)
    ]
    assert costs[0] < min(costs[1:])


def test_a_lead_is_what_ours_is_better_by() -> None:
    target = [0, 0, 1, 1] * 25
    right, wrong = made("right", [0.1, 0.2, 0.7, 0.8] * 25, target), made("wrong", [0.7, 0.2, 0.1, 0.8] * 25, target)
    # Of every four the wrong one refuses a good client and grants to a defaulter, 11/4 a client. Of its pairs, 0.7 is above 0.1
    # and 0.2 is too: two of four are in order.
    [cost, again], [auc, _] = (leads(right, wrong, figure, seed=0) for figure in ("cost_per_client", "auc"))
    assert (cost.by, auc.by) == (11 / 4, 0.5)
    assert again == cost
    assert cost.ahead
    assert auc.ahead
    assert 1.5 < cost.interval.low < 11 / 4 < cost.interval.high < 4  # its standard error is 0.42
    [cost, _], [auc, _] = (leads(wrong, right, figure, seed=0) for figure in ("cost_per_client", "auc"))
    assert (cost.by, cost.behind, auc.behind) == (-11 / 4, True, True)
    [cost, _], [auc, _] = (leads(right, right, figure, seed=0) for figure in ("cost_per_client", "auc"))
    assert cost == auc == Lead(0.0, Interval(0.0, 0.0))
    assert not cost.ahead
    assert not cost.behind


MARKED = "<!-- comparison -->\nbefore\n<!-- comparison -->\n"
AHEAD, BEHIND = Lead(0.03, Interval(0.01, 0.05)), Lead(-0.02, Interval(-0.03, -0.01))
UNSURE = Lead(0.004, Interval(-0.001, 0.009))


def test_a_verdict_says_who_is_ahead_in_words() -> None:
    assert verdict(AHEAD) == "ours is ahead by 0.0300 (+0.0100 to +0.0500)"
    assert verdict(BEHIND) == "ours is behind by 0.0200 (-0.0300 to -0.0100)"
    assert verdict(UNSURE) == "can't be told apart (-0.0010 to +0.0090)"
    assert verdict(Lead(0.001, Interval(0.0, 0.002))).startswith("can't be told apart")


def test_the_findings_say_of_every_peer_who_is_ahead_and_what_ours_weighs(clients: Clients) -> None:
    found = [made(name, [0.1, 0.2, 0.3, 0.4], [0, 1, 0, 1]) for name in ("ours", "first", "second", "third")]
    costs = {"First": [AHEAD, UNSURE], "Second": [BEHIND, UNSURE], "Third": [UNSURE, AHEAD]}
    ahead = {"cost_per_client": costs, "auc": {title: [AHEAD, BEHIND] for title in costs}}
    text = written(found, ahead, About("7-abc", clients, 3))
    lines = text.splitlines()
    assert lines[0].startswith("- 1,500 clients, ")
    assert (
        "seed 3. Granting to a defaulter costs 10, refusing a good client 1. Ours is release 7-abc, fitted anew: one model of "
        "0.50 MB, under the 5 MB it may weigh." in lines[0]
    )
    assert lines[1:5] == [
        "- **cost per client, out of fold**: of 3 peers, ours is ahead of 1 (First), not to be told apart from 1 (Third), "
        "behind 1 (Second).",
        "- **AUC, out of fold**: of 3 peers, ours is ahead of 3 (First; Second; Third).",
        "- **cost per client, report split**: of 3 peers, ours is ahead of 1 (Third), not to be told apart from 2 "
        "(First; Second).",
        "- **AUC, report split**: of 3 peers, ours is behind 3 (First; Second; Third).",
    ]
    [second] = [line for line in lines if line.startswith("| Second | ours")]
    assert second.split(" | ")[1:] == [verdict(BEHIND), verdict(UNSURE), verdict(AHEAD), f"{verdict(BEHIND)} |"]
    assert len([line for line in lines if line.startswith("| Ours | 0.7500 (0.7500 to 0.7500) | 0.5000 | ")]) == 2
    headers = [line for line in lines if line.startswith(("| out of fold |", "| report split |"))]
    assert len(headers) == 2
    for header in headers:
        assert " | AUC (95% interval) | Gini | " in header
        assert " | calibration error (of a perfect model, by chance) | cost per client (95% interval) | " in header
    heavy = replace(found[0], megabytes=5.2)
    assert "5.20 MB, NOT under the 5 MB" in written([heavy], {"cost_per_client": {}, "auc": {}}, About("7-abc", clients, 3))


def test_one_that_only_refuses_from_another_threshold_is_drawn_once(compared: Compared) -> None:
    drawn = [one.name for one in distinct(compared.found)]
    assert "lightgbm_defaults" in drawn
    assert not {"lightgbm_at_half", "tuned_threshold"} & set(drawn)
    assert [name for name, style in styles(compared.found).items() if style["color"] == BLUE] == ["ours"]
    assert styles(compared.found)["woe_scorecard"]["linestyle"] == ":"


def test_every_model_is_a_run_that_no_release_selects_from(compared: Compared, tmp_path: Path) -> None:
    assert compared.store.runs() == []
    runs = compared.runs()
    assert [run.tags["peer"] for run in runs] == [one.name for one in compared.found]
    for run, one in zip(runs, compared.found, strict=True):
        assert run.tags["fingerprint"] == "f" * 64
        assert run.tags["report_fingerprint"] == compared.clients.report_fingerprint
        assert run.tags["git_commit"]
        assert run.tags["release"] == "7-abcdef"
        for prefix, found in zip(("oof", "report"), one.figures, strict=True):
            assert {name: run.metrics[f"{prefix}_{name}"] for name in found} == found
        assert run.metrics["threshold"] == one.threshold
        assert run.params["seed"] == "0"
        for picture in ("cost_curve.png", "calibration.png"):
            assert compared.store.holds(run.run_id, picture)
    kept = pd.read_parquet(compared.store.download(runs[0].run_id, "predictions.parquet", tmp_path))
    assert list(kept.columns) == ["target", "report", "probability"]
    np.testing.assert_array_equal(kept["probability"][~kept["report"]], compared.found[0].samples[0].probability)


def test_a_comparison_has_an_id_as_a_training_has(clients: Clients, monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    ids = [Runs(store, clients, fingerprint="f" * 64, release="7-abc", seed=0).comparison_id for _ in range(2)]
    assert ids[0] != ids[1]
    assert all(re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{8}", one) for one in ids)
    monkeypatch.setattr("scoring.comparison.runs.new_training_id", lambda: "a training's")
    assert Runs(store, clients, fingerprint="f" * 64, release="7-abc", seed=0).comparison_id == "a training's"


def test_the_pictures_are_drawn_anew_and_named_by_what_they_show(compared: Compared, tmp_path: Path) -> None:
    folder = tmp_path / "beside"
    folder.mkdir()
    (folder / "roc.png").write_bytes(b"of before")
    pictures = draw(compared.found, leads_of(compared.found, seed=0), folder)
    assert sorted(path.name for path in folder.iterdir()) == sorted(p.split("/")[-1].rstrip(")") for p in pictures)
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in folder.iterdir())
    costs = [one.figures[0]["cost_per_client"] for one in compared.found]
    [curves] = [picture for picture in pictures if "cost_curves.png" in picture]
    assert curves.startswith(f"![At its threshold ours costs {costs[0]:.3f} a client; the cheapest peer, ")
    assert f", {min(costs[1:]):.3f}](beside/cost_curves.png)" in curves


def test_the_command_writes_between_the_marks_and_leaves_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Scorer, "load", lambda _: SimpleNamespace(model=ours(), model_version="7-abcdef"))
    write_sample(tmp_path, clients=2000, seed=0, format="csv", histories=False)
    text = tmp_path / "comparison.md"
    text.write_text("before\n<!-- comparison -->\nan older table\n<!-- comparison -->\nafter\n")
    given = ["--data", str(tmp_path), "--peers", "logistic_regression", "--tracking-uri", f"sqlite:///{tmp_path / 'm.db'}"]
    assert compare_models.main([*given, "--document", str(text)]) == 0
    start, table, end = text.read_text().split("<!-- comparison -->\n")
    assert (start, end) == ("before\n", "after\n")
    assert "| logistic regression | " in table
    assert "| ours | " in table
    assert "an older table" not in table
    assert "Ours is release 7-abcdef" in table
    assert (tmp_path / "comparison" / "leads.png").is_file()
    assert capsys.readouterr().out == f"wrote the comparison into {text}\n"


def test_a_missing_library_is_one_line_that_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "catboost", None)
    monkeypatch.setitem(sys.modules, "optbinning", None)
    assert compare_models.main(["--data", str(tmp_path)]) == 2
    assert capsys.readouterr().err == "error: jobs.compare_models needs catboost, optbinning: make setup-compare\n"


def test_a_release_that_is_not_what_its_model_json_says_is_not_opened(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(LATEST.resolve(), tmp_path / "release")
    (tmp_path / "release" / "model.pkl").write_bytes(b"something else")
    given = ["--data", str(tmp_path), "--peers", "logistic_regression", "--release", str(tmp_path / "release")]
    assert compare_models.main(given) == 2
    assert "model.pkl has sha256" in capsys.readouterr().err


def test_a_peer_that_is_none_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compare_models.main(["--data", str(tmp_path), "--peers", "catboost,magic"]) == 2
    assert capsys.readouterr().err.startswith("error: there is no peer 'magic'; there are woe_scorecard, ")


def test_a_document_without_its_marks_is_refused_before_anything_is_fitted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "comparison.md"
    text.write_text("<!-- comparison -->\n")
    assert compare_models.main(["--data", str(tmp_path), "--document", str(text)]) == 2
    assert capsys.readouterr().err == f"error: {text} has no two lines <!-- comparison --> to write between\n"


def test_a_document_without_a_suffix_is_refused_before_anything_is_fitted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "comparison"
    text.write_text(MARKED)
    assert compare_models.main(["--data", str(tmp_path), "--document", str(text)]) == 2
    said = f"error: --document {text}: name a file.md, for the pictures go into the folder `file`\n"
    assert capsys.readouterr().err == said
    assert text.read_text() == MARKED


@pytest.mark.parametrize("picture", [".", "leads.png", "scores.png"])
def test_pictures_that_cant_be_written_are_one_line_and_the_findings_are_printed(
    picture: str, clients: Clients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = [made(name, [0.1, 0.2, 0.3, 0.4] * 9, [0, 1, 0, 1] * 9) for name in ("ours", "first", "second")]
    found[2] = made("second", [0.2, 0.1, 0.4, 0.4] * 9, [0, 1, 0, 1] * 9)
    monkeypatch.setattr(compare_models, "_compared", lambda *_: (found, About("7-abc", clients, 0)))
    text, folder = tmp_path / "comparison.md", tmp_path / "comparison"
    text.write_text(MARKED)
    if picture == ".":
        folder.write_text("a file")
    else:
        (folder / picture).mkdir(parents=True)
    given = ["--data", str(tmp_path), "--peers", "logistic_regression", "--document", str(text)]
    assert compare_models.main(given) == 2
    out, err = capsys.readouterr()
    assert "Ours is release 7-abc, fitted anew" in out
    assert re.fullmatch(f"error: {re.escape(str(folder / picture))} can't be written: [^\n]+\n", err)
    assert text.read_text() == MARKED


def test_the_release_compared_is_the_one_that_serves_wherever_the_command_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened = []

    def load(folder: Path) -> None:
        opened.append(folder)
        raise SettingError("enough")

    monkeypatch.setattr(Scorer, "load", load)
    monkeypatch.chdir(tmp_path)
    assert compare_models.main(["--data", str(tmp_path), "--peers", "logistic_regression"]) == 2
    assert capsys.readouterr().err == "error: enough\n"
    assert opened == [LATEST]


def test_a_document_is_written_as_it_is_at_the_end_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    text = tmp_path / "some.md"
    text.write_text("a\n<!-- x -->\n<!-- x -->\nb\n")
    document.check(text, "<!-- x -->")
    text.write_text("edited\n<!-- x -->\nold\n<!-- x -->\n")
    document.write_between(text, "<!-- x -->", "new\n")
    assert text.read_text() == "edited\n<!-- x -->\nnew\n<!-- x -->\n"
    with pytest.raises(OutputError, match="has no two lines <!-- y --> to write between"):
        document.write_between(text, "<!-- y -->", "new\n")
    assert [path.name for path in tmp_path.iterdir()] == ["some.md"]
