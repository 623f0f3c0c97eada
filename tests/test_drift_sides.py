"""The two kinds of side: clients as they are given, and those rebuilt from what a release remembers."""

import decimal
import json
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies

from scoring.drift.distances import of_numbers
from scoring.drift.field import unknown
from scoring.drift.side import remembered, side
from scoring.explaining.profile import Profile, read_profile
from scoring.fields import BY_NAME
from scoring.monitoring.scores import Scores
from scoring.training.reference import LEVELS

LEVEL = 1 / len(LEVELS)
NAN = float("nan")


def profile(clients: int = 1000, **columns: Any) -> Profile:
    """What a release remembers of these columns of all its clients."""
    document = {"clients": {"all": clients}, "levels": LEVELS.tolist(), "columns": {n: {"all": c} for n, c in columns.items()}}
    return read_profile(json.dumps(document).encode())


def quantiles(values: Any) -> list[float]:
    found: list[float] = np.quantile(values, LEVELS, method="inverted_cdf").tolist()
    return found


# --- clients as given


def test_six_clients_are_taken_as_the_model_takes_them() -> None:
    given = {
        "DAYS_EMPLOYED": (-100.0, 365243.0, None, 365243, NAN, 0),
        "AMT_CREDIT": (365243.0, 1, 2, 3, 4, None),  # here the code is an amount
        "FLAG_EMAIL": (0, 1, None, 1, 0, 1),
        "NAME_TYPE_SUITE": ("Family", None, "Family", "Children", None, "Family"),
    }
    made = side("a folder", 60, given)
    np.testing.assert_array_equal(made.columns["DAYS_EMPLOYED"], [-100, NAN, NAN, NAN, NAN, 0])
    np.testing.assert_array_equal(made.columns["AMT_CREDIT"], [365243, 1, 2, 3, 4, NAN])
    np.testing.assert_array_equal(made.columns["FLAG_EMAIL"], [0, 1, NAN, 1, 0, 1])
    assert made.columns["NAME_TYPE_SUITE"].tolist() == ["Family", None, "Family", "Children", None, "Family"]
    assert [unknown(values).sum() for values in made.columns.values()] == [4, 1, 1, 2]
    assert (made.source, made.rows, made.sampled, made.told_of, made.probability) == ("a folder", 60, 6, 1, None)


def test_what_is_given_stays_as_it_was() -> None:
    given = np.array([1.0, 365243.0])
    side("a folder", 2, {"DAYS_EMPLOYED": given})
    assert given.tolist() == [1.0, 365243.0]


@given(strategies.floats(-1e12, 1e12), strategies.integers(-9, 9))
def test_numbers_have_the_digits_that_a_release_remembers(number: float, power: int) -> None:
    value = round(number * 10.0**power, 15)
    [found] = side("a folder", 1, {"AMT_CREDIT": (value,)}).columns["AMT_CREDIT"]
    if decimal.Decimal(value).normalize(decimal.Context(prec=20)).as_tuple().digits[6:7] != (5,):  # a tie goes either way
        assert found == float(f"{value:.6g}")


def test_a_share_that_six_digits_do_not_tell_is_where_the_release_has_it() -> None:
    thirds = np.repeat([0.0, 1 / 3, 2 / 3, 1.0], 100)
    remembers = [float(f"{value:.6g}") for value in quantiles(thirds)]
    scores = Scores(400, LEVELS.tolist(), {"all": remembers}, None)
    before = remembered(profile(BUREAU_ACTIVE_SHARE={"missing": 0, "quantiles": remembers}), "training", 400, 0, scores)
    now = side("a folder", 400, {"BUREAU_ACTIVE_SHARE": thirds}, thirds)
    assert before.probability is not None
    assert now.probability is not None
    assert of_numbers(before.columns["BUREAU_ACTIVE_SHARE"], now.columns["BUREAU_ACTIVE_SHARE"]) <= LEVEL
    assert of_numbers(before.probability, now.probability) <= LEVEL


# --- clients as remembered


def test_the_unknown_have_their_share_and_each_client_of_the_sample_stands_for_some() -> None:
    columns = {"AMT_CREDIT": {"missing": 0.25, "quantiles": quantiles([1.0, 2.0])}, "EXT_SOURCE_1": {"missing": 1.0}}
    labels = {"NAME_TYPE_SUITE": {"missing": 0.1, "shares": {"Family": 1.0}}, "OCCUPATION_TYPE": {"missing": 1.0, "shares": {}}}
    made = remembered(profile(1000, **columns, **labels), "training", 400, 0, None)
    assert {name: unknown(values).sum() for name, values in made.columns.items()} == {
        "AMT_CREDIT": 100,
        "EXT_SOURCE_1": 400,
        "NAME_TYPE_SUITE": 40,
        "OCCUPATION_TYPE": 400,
    }
    assert (made.rows, made.clients, made.sampled, made.told_of) == (1000, 1000, 400, 2.5)


def test_labels_come_back_to_the_nearest_client_by_largest_remainders() -> None:
    of_six = {"Family": 0.45, "Children": 0.35, "Group of people": 0.2}  # 2.7, 2.1 and 1.2 of six: the one left goes to Family
    made = remembered(profile(NAME_TYPE_SUITE={"missing": 0, "shares": of_six}), "training", 6, 0, None)
    assert Counter(made.columns["NAME_TYPE_SUITE"]) == {"Family": 3, "Children": 2, "Group of people": 1}


@given(
    strategies.lists(strategies.floats(0.001, 1), min_size=1, max_size=7),
    strategies.integers(1, 500),
    strategies.floats(0, 0.9),
)
def test_however_many_labels_there_are_their_shares_are_met_to_a_client(parts: list[float], sample: int, missing: float) -> None:
    labels = BY_NAME["NAME_TYPE_SUITE"].allowed[: len(parts)]
    shares = {label: part / sum(parts) for label, part in zip(labels, parts, strict=True)}
    made = remembered(profile(NAME_TYPE_SUITE={"missing": missing, "shares": shares}), "training", sample, 0, None)
    counts = Counter(made.columns["NAME_TYPE_SUITE"])
    known = sample - counts[None]
    assert counts[None] == round(missing * sample)
    assert sum(counts.values()) == sample
    assert all(abs(counts[label] - share * known) <= 1 for label, share in shares.items())


@pytest.mark.parametrize("shape", ["even", "skewed", "tied"])
def test_numbers_come_back_within_a_level(shape: str) -> None:
    rng = np.random.default_rng(4)
    drawn = {"even": rng.random(5000), "skewed": rng.lognormal(0, 2, 5000), "tied": np.append(np.zeros(3000), rng.random(2000))}
    values = drawn[shape]
    made = remembered(profile(AMT_CREDIT={"missing": 0, "quantiles": quantiles(values)}), "training", 4000, 0, None)
    rebuilt = made.columns["AMT_CREDIT"]
    gaps = [abs((values <= value).mean() - (rebuilt <= value).mean()) for value in np.unique(values)]
    assert max(gaps) <= LEVEL


def test_whole_numbers_come_back_as_ones_that_occurred() -> None:
    values = np.repeat([0.0, 1.0, 5.0, 20.0], [60, 30, 8, 2])
    made = remembered(profile(CNT_CHILDREN={"missing": 0, "quantiles": quantiles(values)}), "training", 1000, 0, None)
    counts = Counter(made.columns["CNT_CHILDREN"].tolist())
    assert counts.keys() == {0, 1, 5, 20}
    assert all(abs(counts[value] - 10 * (values == value).sum()) <= 1000 * LEVEL for value in counts)


def test_pds_come_from_the_releases_scores_and_a_seed_makes_the_same_sample() -> None:
    pds = np.random.default_rng(1).beta(1, 9, 5000)
    scores = Scores(5000, LEVELS.tolist(), {"all": quantiles(pds)}, None)
    columns: Any = {name: {"missing": 0.2, "quantiles": quantiles(pds)} for name in ("AMT_CREDIT", "EXT_SOURCE_1")}
    one, same, other = (remembered(profile(**columns), "training", 2000, seed, scores) for seed in (0, 0, 1))
    assert one.probability is not None
    assert one.probability.mean() == pytest.approx(pds.mean(), abs=0.003)
    for a, b, c in zip(one.columns.values(), same.columns.values(), other.columns.values(), strict=True):
        np.testing.assert_array_equal(a, b)
        assert not np.array_equal(a, c, equal_nan=True)
    np.testing.assert_array_equal(one.probability, same.probability)
    # Each in an order of its own: whose values they would be isn't known.
    credit, score = one.columns["AMT_CREDIT"], one.columns["EXT_SOURCE_1"]
    both = ~(np.isnan(credit) | np.isnan(score))
    assert abs(np.corrcoef(credit[both], score[both])[0, 1]) < 0.1


def test_only_fields_are_rebuilt_and_none_that_the_model_does_not_use() -> None:
    flat = {"missing": 0, "quantiles": quantiles([1.0])}
    made = remembered(profile(AMT_CREDIT=flat, CREDIT_TO_INCOME=flat), "training", 10, 0, None)
    assert list(made.columns) == ["AMT_CREDIT"]  # a ratio is no field
