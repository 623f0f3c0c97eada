"""The README tells the truth: its example answers as it says, its figures are the release's, its settings and files are there."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import requests

from app import create_app
from model import Scorer
from scoring.fairness.text import tables
from scoring.settings import Settings
from tests.conftest import LATEST, ROOT, skip_unless_required
from tests.logs import MemoryLog
from tests.serving import KEY, serving

README = (ROOT / "README.md").read_text()
RELEASED = json.loads((LATEST / "model.json").read_text())


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_the_predict_example_gets_the_answer_that_stands_under_it(tmp_path: Path) -> None:
    if subprocess.run(["which", "curl"], capture_output=True).returncode:
        skip_unless_required("curl is not installed")
    example = next(block for block in blocks("sh") if "/predict" in block)
    expected = json.loads(next(block for block in blocks("json") if "decision_id" in block))
    with serving(tmp_path) as server:
        command = example.replace("http://127.0.0.1:8000", server.url)
        done = subprocess.run(["bash", "-c", command], env={**os.environ, "API_KEY": KEY}, capture_output=True, text=True)
    answer = json.loads(done.stdout)
    # exp may differ in its last bit between processors
    assert answer.pop("probability") == pytest.approx(expected.pop("probability"), rel=1e-14)
    assert {**answer, "decision_id": ""} == {**expected, "decision_id": ""}


def test_the_explanation_is_a_part_of_the_answer_to_the_example_in_the_docs(scorer: Scorer) -> None:
    told = json.loads(next(block for block in blocks("json") if '"recourse"' in block))
    [example] = re.findall(r"-d '(.*?)'", (ROOT / "docs" / "explanations.md").read_text(), flags=re.DOTALL)
    client = create_app(Settings.from_env({"API_KEY": "secret"}), scorer, MemoryLog()).test_client()
    headers = {"x-api-key": "secret", "content-type": "application/json"}
    assert is_part(told, client.post("/explain", data=example, headers=headers).json)


def is_part(told: Any, of: Any) -> bool:
    """Whether an answer says all that is told of it, a list from its beginning."""
    if isinstance(told, dict):
        return all(name in of and is_part(value, of[name]) for name, value in told.items())
    if isinstance(told, list):
        return all(map(is_part, told, of[: len(told)])) and len(told) <= len(of)
    return bool(told == (pytest.approx(of, rel=1e-12) if isinstance(of, float) else of))


@pytest.mark.parametrize(
    ("label", "metric", "digits"),
    [
        ("AUC", "auc", 4),
        ("KS", "ks", 4),
        ("Brier score", "brier", 4),
        ("calibration error", "calibration_error", 4),
        ("cost per client", "cost_per_client", 4),
        ("cost of granting to all", "cost_of_granting_all", 4),
    ],
)
def test_each_figure_is_that_of_the_released_run(label: str, metric: str, digits: int) -> None:
    row = next(line for line in README.splitlines() if line.startswith(f"| {label}"))
    told = [float(cell) for cell in row.strip("|").split("|")[1:]]
    assert told == [round(RELEASED["metrics"][f"{part}_{metric}"], digits) for part in ("oof", "report")]


def test_the_documents_that_commands_write_are_of_the_released_model() -> None:
    assert tables(RELEASED["fairness"]) in (ROOT / "docs" / "fairness.md").read_text(encoding="utf-8")
    for name in ("model-comparison.md", "features.md"):
        assert RELEASED["model_version"] in (ROOT / "docs" / name).read_text(encoding="utf-8"), name


def test_the_champion_is_called_by_its_name() -> None:
    assert f"candidate `{RELEASED['candidate']}`" in README


def test_the_error_example_is_what_the_service_answers(tmp_path: Path) -> None:
    expected = json.loads(next(block for block in blocks("json") if '"error"' in block))
    with serving(tmp_path) as server:
        body = {"SK_ID_CURR": 900001, "AMT_CREDT": 1}
        answer = requests.post(f"{server.url}/predict", json=body, headers={"x-api-key": KEY}, timeout=10)
    assert answer.status_code == 422
    assert {**answer.json()["error"], "request_id": ""} == {**expected["error"], "request_id": ""}


def test_the_rows_it_was_trained_on_are_counted_right() -> None:
    assert f"{RELEASED['data']['rows']:,} real applications" in README


def test_a_clone_is_deployed_in_under_ten_commands_the_database_before_the_push() -> None:
    [path] = [block for block in blocks("sh") if "git clone" in block]
    commands = [command for line in path.splitlines() for command in line.split("#")[0].split("&&") if command.strip()]
    assert len(commands) < 10
    order = [next(number for number, line in enumerate(commands) if words in line) for words in ("addons:create", "git push")]
    assert order == sorted(order)
    assert "make smoke-test URL=" in commands[-1]


def test_every_file_and_target_it_names_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"^make ([a-z-]+)", README, flags=re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target
    for link in re.findall(r"\]\((?!https://)([^)]+)\)", README):
        assert (ROOT / link).exists(), link
    for module in set(re.findall(r"-m (jobs\.[a-z_]+)", README)):
        assert (ROOT / f"{module.replace('.', '/')}.py").is_file(), module
