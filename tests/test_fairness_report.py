"""What is told of fairness: tables, picture, and the command that writes them; and what the model is without a field."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from custom_threshold_model import CustomThresholdModel
from jobs import fairness
from scoring.cost import COSTS, Interval
from scoring.fairness import plots, without
from scoring.fairness.measures import measure
from scoring.fairness.text import removal_table, tables, verdict
from scoring.fairness.without import Removal, Trial, take_out
from scoring.fields import TARGET
from scoring.plotting import BLUE, GREY, ORANGE, new_figure
from scoring.synthetic import labelled_records, write_sample
from scoring.training.candidates import lightgbm
from scoring.training.clients import clients_of
from tests.test_architecture import imported, sources
from tests.test_fairness import fair, group

NOTHING = {"value": None, "low": None, "high": None}


def figure(value: float, spread: float = 0.01) -> dict[str, float]:
    return {"value": value, "low": value - spread, "high": value + spread}


def entry(name: str, clients: int, granted: float, ratio: float) -> dict[str, Any]:
    shares = {"approval_rate": granted, "true_positive_rate": 0.6, "false_positive_rate": 0.25, "mean_probability": 0.08}
    shares |= {"default_rate": 0.09, "calibration_gap": -0.01, "cost_per_client": 0.5, "approval_ratio": ratio}
    return {"group": name, "clients": clients} | {key: figure(value) for key, value in shares.items()}


def handful(name: str, clients: int) -> dict[str, Any]:
    return dict.fromkeys(entry("", 1, 1, 1), NOTHING) | {"group": name, "clients": clients}


MEASURED = {
    "threshold": 1 / 11,
    "clients": 2503,
    "level": 0.95,
    "attributes": {
        "sex": [entry("F", 1500, 0.8, 1.0), entry("M", 1000, 0.7, 0.875), handful("XNA", 3)],
        "family_status": [entry("Married", 1853, 0.5, 1.0), entry("Single", 500, 0.45, 0.9), entry("Widow", 150, 0.9, 1.8)],
        "age_band": [entry("25 and under", 503, 0.3, 0.37499), entry("over 65", 2000, 0.8, 1.0)],
    },
}


def test_the_tables_say_every_figure_with_its_interval() -> None:
    lines = tables(MEASURED).splitlines()
    assert lines[0] == (
        "2,503 clients, refused from a PD of 9.09%; in brackets, 95% intervals. The four-fifths rule is kept. "
        "Lowest ratios: 0.87 by sex, 0.90 by family status, 0.37 by age band (not checked)."
    )
    assert [line for line in lines if line.startswith("#")] == ["### Sex", "### Family status", "### Age band"]
    assert lines[7] == (
        "| M | 1,000 | 70.0 (69.0 to 71.0) | 0.875 (0.865 to 0.885) | 60.0 (59.0 to 61.0) | 25.0 (24.0 to 26.0) "
        "| 8.0 (7.0 to 9.0) | 9.0 (8.0 to 10.0) | -1.0 (-2.0 to +0.0) | 0.50 (0.49 to 0.51) |"
    )
    assert {line.count("|") for line in lines if line.startswith("|")} == {11}
    assert any("| 0.374 (0.364 to 0.384) |" in line for line in lines)  # 0.37499, down


def test_of_a_handful_the_tables_tell_the_number_alone_and_small_groups_are_marked() -> None:
    lines = tables(MEASURED).splitlines()
    assert "| XNA\\* | 3 | – | – | – | – | – | – | – | – |" in lines
    assert [line.split("|")[1].strip() for line in lines if "\\* |" in line] == ["XNA\\*", "Widow\\*"]
    assert sum(line.startswith("\\* Fewer than 200") for line in lines) == 2  # not of age, where every group is large


def test_the_verdict_names_what_breaks_the_rule_and_never_rounds_it_onto_the_line() -> None:
    sexes = [group("F", 500, 0.7999), group("M", 500, 1.0)]
    measured = fair(sex=sexes, family_status=[group("Married", 500, 1.0), group("Widow", 500, 0.8)])
    assert verdict(measured) == (
        "The four-fifths rule is broken: sex 'F' is granted 0.79 times as often as 'M'. "
        "Lowest ratios: 0.79 by sex, 0.80 by family status."
    )


def test_the_verdict_does_not_claim_that_a_rule_is_kept_which_nobody_could_check() -> None:
    why = "fewer than two groups of at least 200 clients, or nobody granted credit."
    assert verdict(fair()) == f"The four-fifths rule could not be checked: by sex and family status, {why}"
    sexes, alone = [group("F", 500, 0.9), group("M", 500, 1.0)], [group("Widow", 500, 1.0)]
    assert verdict(fair(sex=sexes, family_status=alone)) == (
        f"The four-fifths rule could not be checked: by family status, {why} Lowest ratios: 0.90 by sex."
    )
    sexes[0] = group("F", 500, 0.5)
    assert verdict(fair(sex=sexes, family_status=alone)) == (
        "The four-fifths rule is broken: sex 'F' is granted 0.50 times as often as 'M'. "
        f"It could not be checked: by family status, {why} Lowest ratios: 0.50 by sex."
    )


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """The figures that are made from here on."""
    made: list[Figure] = []

    def kept(height: float) -> Figure:
        made.append(new_figure(height))
        return made[-1]

    monkeypatch.setattr(plots, "new_figure", kept)
    return made


def test_the_picture_shows_every_group_that_may_be_told_and_the_line(tmp_path: Path, drawn: list[Figure]) -> None:
    plots.plot_fairness(MEASURED, tmp_path / "approval.png")
    assert (tmp_path / "approval.png").read_bytes().startswith(b"\x89PNG")
    sex, status, age = drawn[0].axes
    assert [label.get_text() for label in sex.get_yticklabels()] == ["F, 1,500 clients", "M, 1,000 clients"]
    assert [label.get_text() for label in status.get_yticklabels()] == [
        "Married, 1,853 clients",
        "Single, 500 clients",
        "Widow, 150 clients",
    ]
    lines = [line for line in status.lines if line.get_linestyle() == "--"]
    assert [line.get_xdata() for line in lines] == [pytest.approx([0.4, 0.4])]  # of the married: too few are widowed
    assert [[to_hex(line.get_color()).upper() for line in axes.lines if line.get_marker() == "o"] for axes in (status, age)] == [
        [BLUE, BLUE, GREY],
        [ORANGE, BLUE],
    ]
    assert "150 clients" in status.get_yticklabels()[2].get_text()
    assert any("too few to compare" in text.get_text() for text in status.texts)
    assert age.get_title(loc="left") == "Age band: reported, not checked"


def test_a_picture_of_what_is_refused_to_all_or_told_of_nobody_can_be_drawn(tmp_path: Path) -> None:
    groups = pd.DataFrame({"sex": ["F"] * 300 + ["M"] * 300, "family_status": "Married", "age_band": "over 65"})
    for bands in ("over 65", [str(one % 100) for one in range(600)]):  # of six clients each
        measured = measure(
            groups.assign(age_band=bands),
            probability=np.full(600, 0.9),
            target=np.ones(600),
            threshold=0.5,
            costs=COSTS,
            resamples=5,
        )
        plots.plot_fairness(measured, tmp_path / "refused.png")
        assert "could not be checked" in tables(measured)
    assert tables(measured).count("| – |") > 100


def release(folder: Path, **entries: Any) -> Path:
    (folder / "release").mkdir()
    (folder / "release" / "model.json").write_text(json.dumps(entries))
    return folder / "release"


def test_the_command_prints_what_the_release_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert fairness.main(["--release", str(release(tmp_path, fairness=MEASURED))]) == 0
    assert capsys.readouterr().out == tables(MEASURED)


def test_the_command_writes_between_the_marks_and_draws_beside_the_document(tmp_path: Path) -> None:
    document = tmp_path / "fairness.md"
    document.write_text("before\n<!-- fairness -->\nolder\n<!-- fairness -->\nafter\n")
    arguments = ["--release", str(release(tmp_path, fairness=MEASURED)), "--document", str(document)]
    assert fairness.main(arguments) == 0
    assert document.read_text() == f"before\n<!-- fairness -->\n{tables(MEASURED)}<!-- fairness -->\nafter\n"
    assert (tmp_path / "fairness" / "approval.png").read_bytes().startswith(b"\x89PNG")
    once = document.read_text()
    assert fairness.main(arguments) == 0
    assert document.read_text() == once


def test_a_document_without_marks_is_refused_and_nothing_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = tmp_path / "fairness.md"
    document.write_text("# no mark\n")
    assert fairness.main(["--release", str(release(tmp_path, fairness=MEASURED)), "--document", str(document)]) == 2
    assert capsys.readouterr().err == f"error: {document} has no two lines <!-- fairness --> to write between\n"
    assert not (tmp_path / "fairness").exists()


def test_a_release_from_before_fairness_was_measured_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = release(tmp_path, threshold=0.09)
    assert fairness.main(["--release", str(folder)]) == 2
    assert capsys.readouterr().err == f"error: {folder} holds no fairness: train and release again\n"


@pytest.mark.parametrize("entry", [None, {}, {"clients": 3}, [], "fair", MEASURED | {"attributes": {"sex": [{"group": "F"}]}}])
def test_a_malformed_fairness_is_one_line(entry: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = release(tmp_path, fairness=entry)
    assert fairness.main(["--release", str(folder)]) == 2
    told = f"error: {folder / 'model.json'} holds a fairness that is not one: train and release again\n"
    assert capsys.readouterr().err == told


def test_the_default_release_is_the_projects_wherever_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "models").mkdir()
    release(tmp_path, fairness=MEASURED).rename(tmp_path / "models" / "latest")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    monkeypatch.setattr(fairness, "ROOT", tmp_path)
    assert fairness.main([]) == 0
    assert capsys.readouterr().out == tables(MEASURED)


@pytest.mark.parametrize("content", [None, b"{", b"\xff", b"[]"])
def test_a_release_that_cannot_be_read_is_one_line(
    content: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        (tmp_path / "model.json").write_bytes(content)
    assert fairness.main(["--release", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--data", "x"], "--data and --without go together, and without --release"),
        (["--without", "DAYS_BIRTH"], "--data and --without go together, and without --release"),
        (["--data", "x", "--without", "DAYS_BIRTH", "--release", "y"], "--data and --without go together, and without --release"),
        (["--data", "x", "--without", "CODE_GENDER"], "--without CODE_GENDER: the model isn't given such a field"),
        (["--data", "x", "--without", "DAYS_BIRTH", "--seeds", "0"], "--seeds 0: it must be 1 or more"),
        (["--seeds", "2"], "--seeds goes with --data and --without"),
    ],
)
def test_arguments_that_make_no_sense_together_are_one_line(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fairness.main(arguments) == 2
    assert capsys.readouterr().err == f"error: {said}\n"


REMOVAL = Removal(
    "DAYS_BIRTH",
    pd.Series({"25 and under": 600, "26 to 35": 400, "over 65": 10}),
    Trial(np.array([0.78, 0.76]), pd.DataFrame({0: [0.4, 0.8, 1.0], 1: [0.5, 0.8, 1.0]}, index=[*"abc"]), np.array([0.0, 1.0])),
    Trial(np.array([0.77, 0.75]), pd.DataFrame({0: [0.2, 0.8, 1.0], 1: [0.3, 0.5, 1.0]}, index=[*"abc"]), np.array([0.0, 1.5])),
    Interval(-0.01, 0.51),
)


def test_what_taking_a_field_out_did_is_two_tables() -> None:
    assert removal_table(REMOVAL).splitlines() == [
        "1,010 clients out of fold, outside the report split, refused from a PD of 9.09%. Of 2 seeds the mean, in brackets the "
        "lowest and the highest.",
        "",
        "|  | as it is | without DAYS_BIRTH | change (95% interval) |",
        "|---|---|---|---|",
        "| AUC | 0.7700 (0.7600 to 0.7800) | 0.7600 (0.7500 to 0.7700) | -0.0100 |",
        "| cost per client | 0.5000 | 0.7500 | +0.2500 (-0.0100 to +0.5100) |",
        "",
        "| group | clients | granted as it is, % | without, % | ratio to the best as it is | without |",
        "|---|---|---|---|---|---|",
        # ratios to the second group: of the third there are too few
        "| 25 and under | 600 | 45.0 (40.0 to 50.0) | 25.0 (20.0 to 30.0) | 0.562 (0.500 to 0.625) | 0.425 (0.250 to 0.600) |",
        "| 26 to 35 | 400 | 80.0 (80.0 to 80.0) | 65.0 (50.0 to 80.0) | 1.000 (1.000 to 1.000) | 1.000 (1.000 to 1.000) |",
        "| over 65\\* | 10 | 100.0 (100.0 to 100.0) | 100.0 (100.0 to 100.0) | 1.250 (1.250 to 1.250) | 1.625 (1.250 to 2.000) |",
        "",
        "\\* Fewer than 200 clients: nobody is compared with them, nor are they held to the rule.",
    ]


def test_of_a_handful_the_table_of_a_field_taken_out_tells_the_number_alone() -> None:
    lines = removal_table(replace(REMOVAL, clients=pd.Series({"25 and under": 600, "26 to 35": 400, "over 65": 9}))).splitlines()
    assert "| over 65\\* | 9 | – | – | – | – |" in lines
    none_large = removal_table(replace(REMOVAL, clients=pd.Series({"25 and under": 199, "26 to 35": 40, "over 65": 9})))
    assert "| 26 to 35\\* | 40 | 80.0 (80.0 to 80.0) | 65.0 (50.0 to 80.0) | – | – |" in none_large


def test_a_field_that_tells_the_outcome_is_missed_and_what_is_made_of_it_goes_too() -> None:
    frame = labelled_records(800, seed=3)
    clients = clients_of(frame)
    y = frame[TARGET].to_numpy()
    X = clients.X.assign(DAYS_BIRTH=-15000.0 - 5000 * y, DAYS_EMPLOYED=-100.0, DAYS_ID_PUBLISH=-100.0, DAYS_REGISTRATION=-100.0)
    models: list[CustomThresholdModel] = []

    def small(seed: int) -> CustomThresholdModel:
        parameters = {"min_child_samples": 20, "reg_lambda": 1.0, "learning_rate": 0.2}
        models.append(lightgbm(seed, n_estimators=30, n_jobs=1, params=parameters))
        return models[-1]

    steps: list[str] = []
    groups = pd.Series(np.where(y == 1, "bad", "good"), index=X.index)
    removal = take_out("DAYS_BIRTH", X, y, groups, seeds=(0,), make=small, progress=steps.append)
    assert removal.clients.to_dict() == {"bad": y.sum(), "good": 800 - y.sum()}
    assert removal.whole.auc.min() > 0.95
    assert removal.other.auc.max() < 0.9  # the ratios would have told it too
    assert removal.whole.granted.loc["bad"].max() < 0.1 < 0.95 < removal.whole.granted.loc["good"].min()
    assert removal.other.granted.loc["bad"].min() > 0.1
    assert 0 < removal.interval.low < (removal.other.costs - removal.whole.costs).mean() < removal.interval.high
    assert len(steps) == len(models) == 2
    assert models[0].ratios != models[1].ratios
    assert not [ratio for ratio in models[1].ratios if "DAYS_BIRTH" in ratio[2]]


def test_the_command_writes_the_experiment_between_marks_of_the_field(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def answered(field: str, X: pd.DataFrame, y: Any, groups: pd.Series, **other: Any) -> Removal:
        asked.append((field, len(X), len(y), len(groups), groups.name, list(other["seeds"])))
        other["progress"]("one")
        return REMOVAL

    monkeypatch.setattr(without, "take_out", answered)
    write_sample(tmp_path, clients=1500, seed=0, format="csv", histories=False)
    document = tmp_path / "fairness.md"
    document.write_text("<!-- fairness -->\n<!-- fairness -->\n<!-- without DAYS_BIRTH -->\n<!-- without DAYS_BIRTH -->\nend\n")
    arguments = ["--data", str(tmp_path), "--without", "DAYS_BIRTH", "--seeds", "2", "--document", str(document)]
    assert fairness.main(arguments) == 0
    start, table, end = document.read_text().split("<!-- without DAYS_BIRTH -->\n")
    assert (start, table, end) == ("<!-- fairness -->\n<!-- fairness -->\n", removal_table(REMOVAL), "end\n")
    (told,) = asked
    assert told[0] == "DAYS_BIRTH"
    assert told[1] == told[2] == told[3] < 1300  # without the report split
    assert told[4:] == ("age_band", [0, 1])


def test_fairlearn_is_imported_in_one_place() -> None:
    importers = {path.name for path in sources() for name in imported(path) if name.split(".")[0] == "fairlearn"}
    assert importers == {"measures.py"}
