"""Local means, the columns that the input step looks up, and the path that one row alone takes."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold

from custom_threshold_model import CustomThresholdModel

LOW, HIGH, STEP = 4.0, 46.0, 0.02
PLAN = ("plan_score", "plan", "score", (LOW, HIGH, STEP))


def loans(n: int, seed: int = 0) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """n loans on few plans, of which some default far more often, as their clients' mean score tells."""
    rng = np.random.default_rng(seed)
    plan = rng.choice([8.0, 12.4, 12.5, 20.44, 34.2], n)
    score = np.clip(rng.normal(0.5, 0.1, n) - 0.2 * (plan == 20.44), 0, 1)
    frame = pd.DataFrame({"credit": 1000.0 * plan, "annuity": np.full(n, 1000.0), "score": score})
    target = (rng.random(n) < np.where(plan == 20.44, 0.4, 0.1)).astype(np.int64)
    frame.loc[rng.random(n) < 0.1, "score"] = np.nan
    frame.loc[rng.random(n) < 0.05, "annuity"] = np.nan
    return frame, target


def model(**changes: Any) -> CustomThresholdModel:
    settings: dict[str, Any] = {
        "ratios": (("plan", "ratio", ("credit", "annuity")),),
        "local_means": (PLAN,),
        "n_estimators": 30,
        "n_jobs": 1,
        "params": {"min_child_samples": 20},
    }
    return CustomThresholdModel(**{**settings, **changes})


@pytest.fixture(scope="module")
def fitted() -> CustomThresholdModel:
    return model().fit(*loans(2000))


def looked_up(fitted: CustomThresholdModel, *plans: float | None) -> list[float]:
    n = len(plans)
    credit = [None if plan is None else 1000 * plan for plan in plans]
    matrix = fitted.input_matrix({"credit": credit, "annuity": [1000.0] * n, "score": [None] * n})
    found: list[float] = matrix[:, fitted.columns_.index("plan_score")].tolist()
    return found


def by_the_definition(plans: list[float], scores: list[float], at: float, leave_out: int | None = None) -> float:
    """(sum of w * score + 5 * mean) / (sum of w + 5), w = exp(-(bins apart / 1.5)^2 / 2), rows left out counting nothing."""
    overall = float(np.nanmean(scores))
    value, weight = 5 * overall, 5.0
    for i, (plan, score) in enumerate(zip(plans, scores, strict=True)):
        if i != leave_out:
            apart = round((min(plan, HIGH) - LOW) / STEP) - round((at - LOW) / STEP)
            near = np.exp(-0.5 * (apart / 1.5) ** 2)
            value, weight = value + near * (overall if np.isnan(score) else score), weight + near
    return value / weight


def test_the_table_is_what_its_definition_says_on_six_rows() -> None:
    plans, scores = [10.0, 10.0, 10.02, 30.0, 30.1, 60.0], [0.2, 0.4, np.nan, 0.9, 0.7, 0.5]
    frame = pd.DataFrame({"credit": np.array(plans) * 1000, "annuity": 1000.0, "score": scores})
    fitted = model(n_estimators=1).fit(frame, [0, 1, 0, 1, 0, 1])
    expected = [by_the_definition(plans, scores, at) for at in (10.0, 10.04, 30.04, 46.0)]
    assert_allclose(looked_up(fitted, 10.0, 10.04, 30.04, 46.0), expected, rtol=1e-9)
    # by hand: the rows of 10.0 weigh 1 each, the one of 10.02 exp(-2/9) = 0.8007 and counts as the mean 0.54
    assert looked_up(fitted, 10.0)[0] == pytest.approx((0.2 + 0.4 + 0.8007 * 0.54 + 5 * 0.54) / (2 + 0.8007 + 5), abs=1e-4)


def test_a_row_of_the_training_is_given_the_table_without_itself() -> None:
    plans, scores = [10.0, 10.0, 10.02, 30.0, 30.1, 30.12], [0.2, 0.4, np.nan, 0.9, 0.7, 0.5]
    frame = pd.DataFrame({"credit": np.array(plans) * 1000, "annuity": 1000.0, "score": scores})
    inputs = model(n_estimators=1).fit(frame, [0, 1, 0, 1, 0, 1]).inputs_
    own = inputs.fit({str(name): frame[name].to_numpy() for name in frame}, {})[:, inputs.columns.index("plan_score")]
    expected = [by_the_definition(plans, scores, at, leave_out=row) for row, at in enumerate(plans)]
    assert_allclose(own, expected, rtol=1e-9)


def test_a_table_of_a_few_bins_is_the_same_thing() -> None:
    plans, scores = [1.0, 1.0, 2.0, 4.0, 5.0, 9.0], [0.2, 0.4, 0.6, 0.9, 0.7, 0.5]
    frame = pd.DataFrame({"credit": np.array(plans) * 1000, "annuity": 1000.0, "score": scores})
    fitted = model(n_estimators=1, local_means=(("plan_score", "plan", "score", (1.0, 5.0, 1.0)),)).fit(frame, [0, 1] * 3)
    near = np.exp(-0.5 * ((np.arange(5)[:, None] - np.array([0, 0, 1, 3, 4, 4])) / 1.5) ** 2)
    expected = (near @ scores + 5 * np.mean(scores)) / (near.sum(axis=1) + 5)
    assert_allclose(looked_up(fitted, 1.0, 2.0, 3.0, 4.0, 5.0), expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"ratios": (("plan", "ratio", ("credit", "anuity")),)}, "plan is to be made of anuity, which is not there"),
        ({"ratios": (("best", "max", ("score",)), ("plan", "ratio", ("credit", "best")))}, "plan is to be made of best, which"),
        ({"local_means": (("m", "plan", "scores", (0, 1, 1)),)}, "m is to be made of scores, which"),
        ({"local_means": (PLAN, ("m", "plan_score", "score", (0, 1, 1)))}, "m is to be made of plan_score, which"),
    ],
)
def test_what_is_to_be_made_of_nothing_is_refused_by_name(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        model(**settings).fit(*loans(100))


def test_a_plan_that_nobody_had_gets_the_overall_mean(fitted: CustomThresholdModel) -> None:
    scores = loans(2000)[0]["score"]
    assert looked_up(fitted, 27.0)[0] == pytest.approx(scores.mean(), abs=1e-9)


def test_beyond_the_ends_the_last_bin_answers_and_the_unknown_stays_unknown(fitted: CustomThresholdModel) -> None:
    assert looked_up(fitted, 1e9, -5.0) == looked_up(fitted, HIGH, LOW)
    assert np.isnan(looked_up(fitted, None)).all()


def test_a_row_of_the_training_does_not_see_its_own_score() -> None:
    frame, target = loans(400)
    frame["score"] = frame["score"].fillna(0.5)  # the overall mean must not move with the one score
    seen = []
    for own in (0.1, 0.9):
        changed = frame.copy()
        changed.loc[0, "score"], changed.loc[1, "score"] = own, 1.0 - own
        changed.loc[[0, 1], "credit"], changed.loc[[0, 1], "annuity"] = [8000.0, 34200.0], 1000.0
        inputs = model().fit(changed, target).inputs_
        matrix = inputs.fit({str(name): changed[name].to_numpy() for name in changed}, {})
        seen.append(matrix[:2, inputs.columns.index("plan_score")])
    assert_allclose(seen[0], seen[1], rtol=1e-12)


def test_the_mean_score_of_a_plan_tells_the_plans_apart(fitted: CustomThresholdModel) -> None:
    cheap, dear = looked_up(fitted, 12.5, 20.44)
    assert cheap == pytest.approx(0.5, abs=0.05)
    assert dear == pytest.approx(0.3, abs=0.05)


def test_a_fold_learns_its_means_without_the_rows_held_out() -> None:
    frame, target = loans(600)
    raw = model().out_of_fold(frame, target)
    for seen, held_out in StratifiedKFold(5, shuffle=True, random_state=0).split(frame, target):
        fold = model().fit(frame.iloc[seen], target[seen], np.zeros(len(seen)))
        assert_array_equal(raw[held_out], fold.raw_score(fold.input_matrix(frame.iloc[held_out])))


def test_one_row_gets_the_same_bits_alone_and_among_others_from_every_thread(fitted: CustomThresholdModel) -> None:
    frame, _ = loans(300, seed=5)
    columns = {str(name): frame[name].to_numpy() for name in frame}
    matrix = fitted.input_matrix(columns)
    together = fitted.raw_score(matrix)

    def alone(i: int) -> float:
        one = fitted.input_matrix({name: (None if np.isnan(v[i]) else float(v[i]),) for name, v in columns.items()})
        assert_array_equal(one[0], matrix[i])
        return float(fitted.raw_score(one)[0])

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(alone, list(range(300)) * 5))
    assert found == together.tolist() * 5


def test_a_row_of_another_layout_gets_the_same_score_and_one_of_another_length_none(fitted: CustomThresholdModel) -> None:
    frame, _ = loans(9)
    matrix = fitted.input_matrix({str(name): frame[name].to_numpy() for name in frame})
    expected = fitted.raw_score(matrix[3:4])
    assert_array_equal(fitted.raw_score(np.asfortranarray(matrix)[3:4]), expected)
    assert_array_equal(fitted.raw_score(matrix[3:4].astype(np.float32)), fitted.raw_score(matrix.astype(np.float32))[3:4])
    with pytest.raises(ValueError, match=f"takes {matrix.shape[1]} columns, not 2"):
        fitted.raw_score(matrix[3:4, :2])


def test_a_model_that_has_scored_is_pickled_to_the_same_bytes(fitted: CustomThresholdModel) -> None:
    fresh = pickle.dumps(model().fit(*loans(2000)))
    fitted.predict_proba(loans(1)[0])
    assert pickle.dumps(fitted) == fresh
    again = pickle.loads(fresh)
    assert_array_equal(again.predict_proba(loans(1)[0]), fitted.predict_proba(loans(1)[0]))
