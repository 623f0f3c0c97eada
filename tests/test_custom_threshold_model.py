"""CustomThresholdModel through its public face: input step, calibration, threshold, and what its pickle needs."""

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.utils.estimator_checks import check_estimator

from custom_threshold_model import CustomThresholdModel, fit_sigmoid, least_cost_threshold
from tests.conftest import ROOT

CHECKS_SKIPPED = pytest.mark.filterwarnings("ignore:Skipping check")  # scikit-learn's own, where SCIPY_ARRAY_API isn't set


@CHECKS_SKIPPED
def test_scikit_learns_estimator_checks_pass_but_for_the_threshold() -> None:
    check_estimator(
        CustomThresholdModel(n_jobs=1), expected_failed_checks={"check_classifiers_train": "the threshold is not 0.5"}
    )


@CHECKS_SKIPPED
def test_with_equal_costs_the_estimator_checks_pass_without_exemption() -> None:
    check_estimator(CustomThresholdModel(cost_false_negative=1, cost_false_positive=1, n_jobs=1))


def clients(n: int, seed: int = 0) -> tuple[pd.DataFrame, pd.Series]:
    """n clients whose default depends on a score, a job and a ratio; a tenth of each value is unknown."""
    rng = np.random.default_rng(seed)
    job = rng.choice(["Baker", "Clerk", "Driver"], n)
    frame = pd.DataFrame(
        {
            "score": rng.uniform(0, 1, n),
            "job": job,
            "amount": rng.uniform(1e4, 1e6, n),
            "income": rng.uniform(1e4, 3e5, n),
            "days": np.where(rng.random(n) < 0.2, 365243.0, -rng.integers(1, 9000, n)),
        }
    )
    logit = -2 - 3 * (frame.score - 0.5) + (frame.job == "Driver") + 0.1 * frame.amount / frame.income
    target = (rng.random(n) < 1 / (1 + np.exp(-logit))).astype(int)
    frame = frame.mask(pd.DataFrame(rng.random(frame.shape) < 0.1, columns=frame.columns))
    return frame, target


def small_model(**changes: Any) -> CustomThresholdModel:
    settings: dict[str, Any] = {
        "categories": {"job": ("Clerk", "Baker", "Driver", "Astronaut")},
        "missing_codes": {"days": 365243},
        "ratios": (("amount_to_income", "ratio", ("amount", "income")), ("lowest", "min", ("amount", "income"))),
        "monotone": {"score": -1},
        "n_estimators": 60,
        "n_jobs": 1,
        "params": {"min_child_samples": 20},
    }
    return CustomThresholdModel(**{**settings, **changes})


@pytest.fixture(scope="module")
def fitted() -> CustomThresholdModel:
    return small_model().fit(*clients(3000))


def test_the_input_step_codes_labels_and_derives_ratios_as_worked_out_by_hand(fitted: CustomThresholdModel) -> None:
    nan = np.nan
    matrix = fitted.input_matrix(
        {
            "score": [0.5, None, 0.1],
            "job": ["Clerk", "Astronaut", None],
            "amount": [100.0, 100.0, None],
            "income": [50.0, 0.0, 4.0],
            "days": [365243, -10, None],
        }
    )
    assert fitted.columns_ == ["score", "job", "amount", "income", "days", "days_NONE", "amount_to_income", "lowest"]
    assert_array_equal(
        matrix,
        [
            [0.5, 0.0, 100.0, 50.0, nan, 1.0, 2.0, 50.0],
            [nan, nan, 100.0, 0.0, -10.0, 0.0, nan, 0.0],  # a label never seen is unknown; nothing divides by an income of 0
            [0.1, nan, nan, 4.0, nan, nan, nan, 4.0],  # an unknown number of days is neither "none" nor a number
        ],
    )


def test_categories_are_the_labels_seen_in_the_order_given(fitted: CustomThresholdModel) -> None:
    assert fitted.categories_ == {"job": ("Clerk", "Baker", "Driver")}


def test_numbers_that_come_as_objects_are_numbers() -> None:
    frame, target = clients(500)
    objects = frame.astype(object).where(frame.notna(), None)
    expected = small_model().fit(frame, target).predict_proba(frame)
    assert_array_equal(small_model().fit(objects, target).predict_proba(objects), expected)


def test_columns_are_matched_by_name_and_others_ignored(fitted: CustomThresholdModel) -> None:
    frame, _ = clients(200, seed=1)
    turned = frame[frame.columns[::-1]].assign(sex="F")
    assert_array_equal(fitted.predict_proba(turned), fitted.predict_proba(frame))


def test_a_missing_column_is_named(fitted: CustomThresholdModel) -> None:
    frame, _ = clients(5)
    with pytest.raises(ValueError, match="missing from the input: amount, days"):
        fitted.predict_proba(frame.drop(columns=["days", "amount"]))


def test_one_client_alone_gets_the_bits_that_it_gets_among_many(fitted: CustomThresholdModel) -> None:
    frame, _ = clients(300, seed=2)
    together = fitted.predict_proba(frame)
    alone = np.vstack([fitted.predict_proba(frame.iloc[[i]]) for i in range(len(frame))])
    assert_array_equal(alone, together)


def test_a_better_score_never_raises_the_probability(fitted: CustomThresholdModel) -> None:
    frame, _ = clients(50, seed=3)
    steps = [fitted.predict_proba(frame.assign(score=score))[:, 1] for score in np.linspace(0, 1, 41)]
    assert (np.diff(steps, axis=0) <= 0).all()


def test_the_label_is_1_exactly_where_the_probability_reaches_the_threshold(fitted: CustomThresholdModel) -> None:
    frame, _ = clients(500, seed=4)
    probability = fitted.predict_proba(frame)[:, 1]
    fitted = pickle.loads(pickle.dumps(fitted))
    fitted.threshold_ = probability[7]
    assert fitted.predict(frame)[7] == 1
    assert_array_equal(fitted.predict(frame), (probability >= probability[7]).astype(int))


def test_calibration_takes_the_class_weights_effect_on_the_probability_back_out() -> None:
    frame, target = clients(4000)
    mean = small_model(positive_weight="balanced").fit(frame, target).predict_proba(frame)[:, 1].mean()
    assert abs(mean - target.mean()) < 0.02


def test_out_of_fold_scores_do_not_know_their_own_row() -> None:
    """A field that names each row lets a booster learn it by heart; out of fold it must be worth nothing."""
    frame, _ = clients(1000)
    coin = np.random.default_rng(5).integers(0, 2, len(frame))
    told = frame.assign(score=coin + 0.0)
    told.loc[::2, "score"] = 0.5  # known of half the rows, so that the model has something to learn
    raw = small_model(monotone=None).out_of_fold(frame[["score", "job", "amount", "income", "days"]], coin)
    assert abs(np.corrcoef(raw, coin)[0, 1]) < 0.15
    raw = small_model(monotone=None).out_of_fold(told, coin)
    assert np.corrcoef(raw, coin)[0, 1] > 0.5


def test_a_label_met_only_in_the_held_out_fold_is_unknown_to_its_booster() -> None:
    frame, target = clients(400)
    frame["job"] = "Clerk"
    frame.loc[0, "job"] = "Driver"
    model = small_model()
    assert np.isfinite(model.out_of_fold(frame, target)).all()
    assert not hasattr(model, "booster_")


def test_out_of_fold_scores_given_are_used_as_they_are() -> None:
    frame, target = clients(1500)
    model = small_model()
    raw = model.out_of_fold(frame, target)
    given_, own = clone(model).fit(frame, target, raw), clone(model).fit(frame, target)
    assert given_.calibration_ == own.calibration_
    assert given_.threshold_ == own.threshold_
    assert clone(model).fit(frame, target, raw * 2).calibration_[0] == pytest.approx(own.calibration_[0] / 2)


def test_the_same_data_gives_the_same_bytes() -> None:
    frame, target = clients(800)
    assert pickle.dumps(small_model().fit(frame, target)) == pickle.dumps(small_model().fit(frame, target))


def test_the_pickle_opens_where_only_the_class_and_its_libraries_are(fitted: CustomThresholdModel, tmp_path: Path) -> None:
    frame, _ = clients(3)
    (tmp_path / "custom_threshold_model.py").write_bytes((ROOT / "custom_threshold_model.py").read_bytes())
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(fitted))
    columns = {name: frame[name].astype(object).where(frame[name].notna(), None).tolist() for name in frame}
    program = (
        "import pickle, sys; sys.modules.update(pandas=None, mlflow=None, scoring=None); "
        f"m = pickle.load(open('model.pkl', 'rb')); print(*m.raw_score(m.input_matrix({columns!r})).tolist())"
    )
    told = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert [float(text) for text in told.split()] == fitted.raw_score(
        fitted.input_matrix({str(name): frame[name] for name in frame})
    ).tolist()


def test_the_threshold_is_theorys_where_the_data_do_not_deny_it() -> None:
    rng = np.random.default_rng(0)
    probability = rng.beta(1, 10, 20_000)
    target = (rng.random(20_000) < probability).astype(np.int64)
    assert least_cost_threshold(probability, target, cost_false_negative=10, cost_false_positive=1) == 1 / 11
    # Told three times too high, the same probabilities cost least at about three times 1/11, and 1/11 is denied.
    moved = least_cost_threshold(np.minimum(3 * probability, 1), target, cost_false_negative=10, cost_false_positive=1)
    assert 0.2 < moved < 0.34


def test_the_empirical_optimum_is_the_middle_of_the_cheapest_interval() -> None:
    """Six clients, costs 10 and 1: granting the three at .1 to .3 costs 0 + refusing none but the defaulters at .6 to .8."""
    probability, target = np.array([0.1, 0.2, 0.3, 0.6, 0.7, 0.8]), np.array([0, 0, 0, 1, 1, 1])
    threshold = least_cost_threshold(probability, target, cost_false_negative=10, cost_false_positive=1, resamples=1)
    assert 0.3 < threshold <= 0.6


@given(a=st.floats(0.2, 5), b=st.floats(-3, 3))
def test_calibration_finds_the_sigmoid_that_made_the_targets(a: float, b: float) -> None:
    raw = np.linspace(-4, 4, 200)
    expected = 1 / (1 + np.exp(-(a * raw + b)))
    rows = np.repeat(raw, 50)
    target = (np.tile((np.arange(50) + 0.5) / 50, len(raw)) < np.repeat(expected, 50)).astype(np.int64)
    if 5 < target.sum() < len(target) - 5:
        found = fit_sigmoid(rows, target)
        oracle = LogisticRegression(C=np.inf).fit(rows[:, None], target)
        assert found[0] == pytest.approx(oracle.coef_[0, 0], rel=0.02)
        assert found[1] == pytest.approx(oracle.intercept_[0], abs=0.05)


def test_calibration_never_turns_the_order_round() -> None:
    raw = np.linspace(-1, 1, 100)
    assert fit_sigmoid(raw, (raw < 0).astype(np.int64)) == (1.0, 0.0)
    assert fit_sigmoid(raw, (raw > 0).astype(np.int64))[0] > 1


def test_one_class_or_three_are_refused_by_name() -> None:
    frame, _ = clients(30)
    with pytest.raises(ValueError, match="one class"):
        small_model().fit(frame, np.zeros(30))
    with pytest.raises(ValueError, match="Only binary classification is supported"):
        small_model().fit(frame, np.arange(30) % 3)
