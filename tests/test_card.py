"""The model card: everything it says comes from the run, and what a release holds is named by its sha256."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from jinja2 import UndefinedError

from model import DOCUMENTS, OPTIONAL
from scoring.releasing.card import card
from scoring.releasing.content import CARD
from scoring.releasing.registry import shortened
from tests.conftest import LATEST
from tests.releases import Project, stored_runs

RELEASED: dict[str, Any] = json.loads((LATEST / "model.json").read_text(encoding="utf-8"))
IMPORTANCE: dict[str, Any] = json.loads((LATEST / "importance.json").read_text(encoding="utf-8"))


def written(**other: Any) -> str:
    return card({**RELEASED, **other}, IMPORTANCE, (LATEST / "model.pkl").stat().st_size)


def test_the_released_card_is_the_one_that_its_model_json_makes() -> None:
    assert (LATEST / CARD).read_text(encoding="utf-8") == written()


@pytest.mark.parametrize("sample", ["oof", "report"])
@pytest.mark.parametrize(("title", "name", "digits"), [("AUC", "auc", 3), ("share granted", "approval_rate", 3)])
def test_a_figure_stands_beside_its_interval(sample: str, title: str, name: str, digits: int) -> None:
    changed = written(
        metrics={**RELEASED["metrics"], f"{sample}_{name}": 0.123456},
        intervals={**RELEASED["intervals"], sample: {**RELEASED["intervals"][sample], name: [0.111, 0.134999]}},
    )
    [line] = re.findall(rf"^\| {title} \|(.*)\|$", changed, re.MULTILINE)
    assert line.split(" | ")[sample == "report"].strip() == "0.123 (0.111 to 0.135)"


def test_it_names_what_the_model_is_for_and_what_it_is_not_for() -> None:
    sections = re.findall(r"^## (.*)$", written(), re.MULTILINE)
    assert sections == [
        "What it is for",
        "What it must not be used for",
        "What it learnt from",
        "How good it is",
        "Threshold and cost",
        "Fairness",
        "What moves it",
    ]


def test_each_picture_that_it_shows_lies_beside_it() -> None:
    shown = re.findall(r"^!\[.+\]\((.*)\)$", written(), re.MULTILINE)
    assert shown == ["run/calibration.png", "run/cost_curve.png"]
    assert all((LATEST / path).read_bytes().startswith(b"\x89PNG") for path in shown)


def test_every_direction_stands_in_it_with_its_reason() -> None:
    text = written()
    for rule in RELEASED["monotone"]:
        verb = "lowers" if rule["sign"] > 0 else "raises"
        assert f"| {', '.join(rule['columns'])} | {verb} the probability | {rule['reason']} |" in text


def test_what_was_forced_or_accepted_is_said() -> None:
    by, reason = "Ada [L.](javascript:x)", "w`hy" + "y" * 490
    text = written(
        gate={**RELEASED["gate"], "champion": "1-x", "champion_report_cost": None, "forced": "the field is forbidden"},
        four_fifths={
            "breaches": ["sex 'F' is granted 0.77 times as often as 'M'"],
            "accepted": {"reason": reason, "by": by},
        },
    )
    assert 'It was forced: "the field is forbidden".' in text
    said = r'Accepted by Ada \[L.\](javascript:x): "w\`hyyy'
    assert f"It breaks the four-fifths rule: sex 'F' is granted 0.77 times as often as 'M'. {said}" in text
    assert said in shortened(text)  # however long the card is, the registry tells it
    assert "The champion before it, 1-x, costs – per client" in text
    kept = written(four_fifths={"breaches": [], "accepted": None}, gate={**RELEASED["gate"], "champion": None, "forced": None})
    assert "it keeps the four-fifths rule" in kept
    assert "It breaks" not in kept
    assert "forced" not in kept


def test_each_threshold_has_its_price_with_its_interval() -> None:
    choice = RELEASED["threshold_choice"]
    priced = {"cost_per_client": 0.51, "interval": {"low": 0.49, "high": 0.53}}
    changed = {
        **choice,
        "thresholds": {**choice["thresholds"], "optimum": 0.08},
        "report": {**choice["report"], "optimum": priced},
    }
    [line] = re.findall(r"^\| the cheapest out of fold, 8.00% \|(.*)\|$", written(threshold_choice=changed), re.MULTILINE)
    assert line.split(" | ")[1].strip() == "0.510 (0.490 to 0.530)"


def test_how_near_the_line_it_is_stands_in_it_with_the_interval() -> None:
    sexes = [
        {"group": "F", "clients": 900, "defaults": 90, "approval_ratio": {"value": 0.8059, "low": 0.7711, "high": 0.8422}},
        {"group": "M", "clients": 900, "defaults": 90, "approval_ratio": {"value": 1.0, "low": 1.0, "high": 1.0}},
        {"group": "XNA", "clients": 199, "defaults": 9, "approval_ratio": {"value": 0.1, "low": 0.05, "high": 0.2}},
    ]
    fairness = {**RELEASED["fairness"], "attributes": {**RELEASED["fairness"]["attributes"], "sex": sexes}}
    assert "of sex 'F', 0.805 (0.771 to 0.842);" in written(fairness=fairness)


def test_a_rule_that_nothing_could_be_held_to_is_not_said_to_be_kept() -> None:
    few = {"group": "F", "clients": 150, "approval_ratio": {"value": None, "low": None, "high": None}}
    none = {**RELEASED["fairness"], "attributes": {"sex": [few], "family_status": [few], "age_band": [few]}}
    text = written(fairness=none)
    assert "It could not be held to the four-fifths rule for sex and family status" in text
    assert "keeps the four-fifths rule" not in text
    assert "Lowest ratios" not in text


def test_a_threshold_that_is_the_chosen_one_is_priced_once() -> None:
    choice = RELEASED["threshold_choice"]
    same = {**choice, "thresholds": {**choice["thresholds"], "theory": choice["chosen"], "optimum": choice["chosen"]}}
    assert re.findall(r"^\| ([^|]*), \d+\.\d\d% \|", written(threshold_choice=same), re.MULTILINE) == [
        "the threshold used",
        "a half",
    ]


def test_a_group_too_small_for_a_figure_has_a_dash() -> None:
    nothing = {"value": None, "low": None, "high": None}
    few = {"group": "XNA", "clients": 3, "defaults": None, **dict.fromkeys(("approval_rate", "approval_ratio"), nothing)}
    fairness = {**RELEASED["fairness"], "attributes": {**RELEASED["fairness"]["attributes"], "sex": [few]}}
    assert "| sex: XNA | 3 | – | – | – | – | – / – |" in written(fairness=fairness)


def test_a_card_is_not_made_of_what_is_not_known() -> None:
    with pytest.raises(UndefinedError):
        card({name: value for name, value in RELEASED.items() if name != "four_fifths"}, IMPORTANCE, 1)


def test_a_release_says_the_sha256_of_each_document_beside_its_model(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    released = Project(stored_runs(tmp_path_factory.getbasetemp(), tmp_path), tmp_path).release("plain")
    said = json.loads((released.folder / "model.json").read_text())["files"]
    beside = (*DOCUMENTS, *OPTIONAL, CARD)
    assert said == {name: hashlib.sha256((released.folder / name).read_bytes()).hexdigest() for name in beside}
