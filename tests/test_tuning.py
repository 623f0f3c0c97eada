"""Tuning: what is tried next follows from what was tried, so that a tuning that was broken off ends as one that wasn't."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from scoring.synthetic import labelled_records
from scoring.tracking import Store
from scoring.training.candidates import REGULARISED, Candidate, lightgbm
from scoring.training.train import train
from scoring.training.trials import CODE, SHAPING_LIBRARIES, as_tags, digest, from_tags, recipe
from scoring.training.tuning import MOST_LEAVES, RECIPE, SPACE, Trial, arguments, suggestion, tune

TRIALS = 8
Y = np.arange(200) % 2


class Pretender:
    """A model whose scores depend on its parameters alone, at no cost; it notes each seed and argument it was made with."""

    made: list[tuple[int, dict[str, Any]]]

    def __init__(self, made: list[tuple[int, dict[str, Any]]]) -> None:
        self.made = made

    def __call__(self, seed: int, **given: Any) -> "Pretender":
        self.made.append((seed, given))
        return self

    def out_of_fold(self, X: pd.DataFrame, y: NDArray[np.int64]) -> NDArray[np.float64]:
        _, given = self.made[-1]
        noise = np.random.default_rng(0).normal(size=len(y))
        raw: NDArray[np.float64] = y + noise * (1 + abs(given["params"]["num_leaves"] - 11) + given["params"]["subsample"])
        return raw


def tuned(known: dict[int, Trial], trials: int = TRIALS, seed: int = 0) -> tuple[Trial, list[Trial], int]:
    """The best, all trials, and how many were computed."""
    pretender, tried = Pretender([]), list[Trial]()
    best = tune(Candidate("it", pretender, trials=trials), pd.DataFrame(), Y, seed=seed, known=known, tried=tried.append)
    return best, tried, len(pretender.made)


def test_a_tuning_that_goes_on_ends_as_one_that_was_never_stopped() -> None:
    best, whole, computed = tuned({})
    assert computed == TRIALS
    assert len({trial.value for trial in whole}) == TRIALS
    for stopped in range(TRIALS + 1):
        known = {trial.number: from_tags(as_tags(trial)) for trial in whole[:stopped]}
        assert tuned(known) == (best, whole, TRIALS - stopped)
    assert best == min(whole, key=lambda trial: trial.value)


def test_more_trials_begin_with_the_same_ones_and_another_seed_with_others() -> None:
    _, eight, _ = tuned({})
    _, five, _ = tuned({}, trials=5)
    assert five == eight[:5]
    _, others, _ = tuned({}, seed=1)
    assert others[0].parameters == eight[0].parameters
    assert others[1].parameters != eight[1].parameters


def test_a_trial_of_other_parameters_is_not_taken_for_ours() -> None:
    _, whole, _ = tuned({})
    strange = Trial(1, {**whole[1].parameters, "num_leaves": 5}, -1.0)
    assert tuned({1: strange})[:2] == tuned({})[:2]


def test_the_recipe_comes_first_and_the_best_of_equals_is_the_earliest() -> None:
    assert suggestion([], seed=5) == RECIPE
    assert {name: RECIPE[name] for name in REGULARISED} == REGULARISED
    constant = Candidate("constant", lambda seed, **given: Pretender([(0, arguments(RECIPE))]), trials=3)
    best = tune(constant, pd.DataFrame(), Y, seed=0, known={}, tried=lambda trial: None)
    assert best.number == 0


def test_every_suggestion_is_in_the_space_and_cheap_to_score() -> None:
    tried: list[Trial] = []
    for number in range(40):
        parameters = suggestion(tried, seed=1)
        assert all(SPACE[name]._contains(SPACE[name].to_internal_repr(value)) for name, value in parameters.items())
        given = arguments(parameters)
        assert given["n_estimators"] * given["params"]["num_leaves"] <= MOST_LEAVES
        assert given["params"].keys() == SPACE.keys() - {"n_estimators", "positive_weight"}
        tried.append(Trial(number, parameters, -parameters["num_leaves"]))
    assert tried[-1].parameters["num_leaves"] > 12  # it learns


def test_a_model_is_made_of_a_suggestion() -> None:
    model = lightgbm(3, **arguments(dict(RECIPE) | {"num_leaves": 16, "n_estimators": 800, "positive_weight": "balanced"}))
    assert (model.n_estimators, model.positive_weight, model.random_state) == (375, "balanced", 3)
    assert model.params is not None
    assert (model.params["num_leaves"], model.params["reg_lambda"]) == (16, REGULARISED["reg_lambda"])


def test_the_folds_of_the_trials_are_not_those_of_the_figures() -> None:
    pretender = Pretender([])
    tune(Candidate("it", pretender, trials=4), pd.DataFrame(), Y, seed=7, known={}, tried=lambda trial: None)
    (folds_seed,) = {seed for seed, _ in pretender.made}  # one for all: the trials are compared on the same folds
    assert folds_seed != 7


def test_a_trial_is_looked_for_under_all_that_its_value_rests_on() -> None:
    ours = Candidate("ours", lightgbm, trials=3)
    same = digest(ours, recipe="r", fingerprint="a", seed=0)
    assert digest(Candidate("of another name", lightgbm, trials=5), recipe="r", fingerprint="a", seed=0) == same
    smaller = Candidate("ours", lambda seed: lightgbm(seed, n_estimators=300))
    others = (
        digest(ours, recipe="r", fingerprint="b", seed=0),
        digest(ours, recipe="r", fingerprint="a", seed=1),
        digest(ours, recipe="s", fingerprint="a", seed=0),
        digest(smaller, recipe="r", fingerprint="a", seed=0),
    )
    assert len({same, *others}) == 5


def test_other_fields_code_or_libraries_are_another_recipe(tmp_path: Path) -> None:
    code = tmp_path / "code.py"
    code.write_text("A = 1")
    same = recipe(["AMT_CREDIT", "DAYS_BIRTH"], [code], ["numpy"])
    assert recipe(["AMT_CREDIT", "DAYS_BIRTH"], [code], ["numpy"]) == same
    others = {recipe(fields, [code], ["numpy"]) for fields in (["AMT_CREDIT"], ["DAYS_BIRTH", "AMT_CREDIT"])}
    others.add(recipe(["AMT_CREDIT", "DAYS_BIRTH"], [code], ["numpy", "scipy"]))
    code.write_text("A = 2")
    others.add(recipe(["AMT_CREDIT", "DAYS_BIRTH"], [code], ["numpy"]))
    assert len({same, *others}) == 5


def test_the_recipe_is_of_all_that_shapes_a_model() -> None:
    shaping = {"candidates.py", "clients.py", "fitting.py", "inputs.py", "resampling.py", "splits.py", "tuning.py"}
    assert {"custom_threshold_model.py", "cost.py"} | shaping <= {path.name for path in CODE}
    assert {"lightgbm", "scikit-learn", "numpy", "scipy", "imbalanced-learn", "optuna"} == set(SHAPING_LIBRARIES)


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return labelled_records(1500, seed=3)


class Stop:
    """Stops a training, as Ctrl-C does, after so many steps; and notes them."""

    def __init__(self, after: int) -> None:
        self.after, self.steps = after, list[str]()

    def __call__(self, step: str, fits: int) -> None:
        self.steps.append(step)
        if len(self.steps) == self.after:
            raise KeyboardInterrupt


def small(seed: int, **found: Any) -> Any:
    return lightgbm(seed, **found | {"n_estimators": 20, "n_jobs": 1})


def run_training(frame: pd.DataFrame, store: Store, kept: Path, progress: Stop, **other: Any) -> str:
    tuned = [Candidate("tuned", small, trials=3)]
    return train(frame, store, fingerprint="f", golden=[], candidates=tuned, kept=kept, progress=progress, **other)


def trial_runs(store: Store) -> Iterator[Any]:
    for run in store.client.search_runs(["1"]):
        if "trial" in run.data.tags:
            yield run


def test_trials_are_runs_below_the_candidates_and_no_candidates(frame: pd.DataFrame, store: Store, tmp_path: Path) -> None:
    ids: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        run_training(frame, store, tmp_path, Stop(after=2), begun=ids.append)
    assert len(list(trial_runs(store))) == 2
    goes_on = Stop(after=99)
    run_training(frame, store, tmp_path, goes_on, resume=ids[0])
    (run,) = store.runs()
    trials = {child.data.tags["trial"]: child for child in trial_runs(store)}
    assert sorted(trials) == ["0", "1", "2"]
    assert {child.data.tags["mlflow.parentRunId"] for child in trials.values()} == {run.run_id}
    best = min(trials.values(), key=lambda child: child.data.metrics["log_loss"])
    assert run.tags["best_trial"] == best.data.tags["trial"]
    for name in ("num_leaves", "min_child_samples", "reg_lambda", "positive_weight"):
        assert run.params[name] == best.data.params[name]
    again = Stop(after=99)
    run_training(frame, store, tmp_path, again)  # another training, which finds all trials
    assert again.steps == goes_on.steps
    assert len(list(trial_runs(store))) == 3
