"""Whom the model treats how: the groups, the figures of each, and the four-fifths rule."""

import json
from functools import partial
from math import exp
from typing import Any

import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import MetricFrame, false_positive_rate, selection_rate, true_positive_rate
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.cost import COSTS, cost_per_client
from scoring.fairness.four_fifths import Breach, breaches, in_words, lowest_ratios, unchecked
from scoring.fairness.groups import AGE_BANDS, groups_of
from scoring.fairness.measures import measure

FIGURES = [
    "approval_rate",
    "true_positive_rate",
    "false_positive_rate",
    "mean_probability",
    "default_rate",
    "calibration_gap",
    "cost_per_client",
    "approval_ratio",
]
small = partial(measure, threshold=0.5, costs=COSTS, resamples=20, fewest=1, least_clients=2)

TWELVE = pd.DataFrame(
    {
        "team": ["a", "b"] * 6,
        "probability": [0.1, 0.1, 0.2, 0.6, 0.3, 0.7, 0.4, 0.8, 0.6, 0.2, 0.9, 0.3],
        "target": [0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0],
    }
)


def of(measured: dict[str, Any], attribute: str) -> dict[str, dict[str, Any]]:
    return {one["group"]: one for one in measured["attributes"][attribute]}


def values(one: dict[str, Any]) -> dict[str, float | None]:
    return {name: one[name]["value"] for name in FIGURES}


def of_teams(clients: pd.DataFrame, **other: Any) -> dict[str, dict[str, Any]]:
    found = small(clients[["team"]], probability=clients["probability"], target=clients["target"], **other)
    return of(found, "team")


def drawn(clients: int, seed: int = 0, groups: str = "ab") -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    probability = rng.random(clients)
    target = (rng.random(clients) < probability).astype(int)
    return pd.DataFrame({"team": rng.choice(list(groups), clients), "probability": probability, "target": target})


@pytest.mark.parametrize(
    ("days", "band"),
    [
        (-7000, "25 and under"),
        (-9496, "25 and under"),  # 26 years are 9496.5 days
        (-9497, "26 to 35"),
        (-13148, "26 to 35"),  # 36 years: 13149 days, reached on the day
        (-13149, "36 to 45"),
        (-16802, "46 to 55"),  # 46 years: 16801.5
        (-20454, "56 to 65"),  # 56 years: 20454
        (-24106, "56 to 65"),  # 66 years: 24106.5
        (-24107, "over 65"),
        (np.nan, "not known"),
    ],
)
def test_an_age_band_is_of_completed_years(days: float, band: str) -> None:
    frame = pd.DataFrame({"CODE_GENDER": ["F"], "NAME_FAMILY_STATUS": ["Widow"], "DAYS_BIRTH": [days]})
    assert groups_of(frame).to_dict("records") == [{"sex": "F", "family_status": "Widow", "age_band": band}]


def test_what_a_record_does_not_say_is_a_group_of_its_own() -> None:
    frame = pd.DataFrame({"CODE_GENDER": ["M", None], "NAME_FAMILY_STATUS": [None, "Married"], "DAYS_BIRTH": [None, -10000.0]})
    found = groups_of(frame.set_index(pd.Index([7, 3])))
    assert found.index.tolist() == [7, 3]
    assert found.to_numpy().tolist() == [["M", "not known", "not known"], ["not known", "Married", "26 to 35"]]


def test_what_is_missing_is_not_to_be_confused_with_the_label_unknown() -> None:
    frame = pd.DataFrame({"CODE_GENDER": "F", "NAME_FAMILY_STATUS": ["Unknown", None], "DAYS_BIRTH": -10000.0})
    assert groups_of(frame)["family_status"].str.lower().tolist() == ["unknown", "not known"]


def test_age_bands_stand_in_the_order_of_their_labels() -> None:
    assert list(AGE_BANDS) == sorted(AGE_BANDS)  # as measure gives the groups


def test_twelve_clients_have_the_figures_worked_out_by_hand() -> None:
    found = of_teams(TWELVE)
    a = values(found["a"])  # 0.6 and 0.9 are refused, 0.4 and 0.9 default
    assert a == dict(zip(FIGURES, [0.667, 0.5, 0.25, 0.417, 0.333, 0.083, 1.833, 1], strict=True))
    b = values(found["b"])  # 0.6, 0.7 and 0.8 are refused, 0.7 defaults
    assert b == dict(zip(FIGURES, [0.5, 1, 0.4, 0.45, 0.167, 0.283, 0.333, 0.75], strict=True))
    assert [one["clients"] for one in found.values()] == [6, 6]
    assert list(found["a"]) == ["group", "clients", *FIGURES]
    spread = exp(1.959964 * 0.5)  # Katz: 1/3 - 1/6 + 1/4 - 1/6 is the square of a half
    assert found["b"]["approval_ratio"] == pytest.approx({"value": 0.75, "low": 0.75 / spread, "high": 0.75 * spread}, abs=0.001)
    assert found["a"]["approval_ratio"] == {"value": 1, "low": 1, "high": 1}


def test_who_stands_at_the_threshold_is_refused() -> None:
    clients = pd.DataFrame({"team": ["a", "a"], "probability": [0.5, np.nextafter(0.5, 0)], "target": [0, 0]})
    assert of_teams(clients)["a"]["approval_rate"]["value"] == 0.5


def test_the_measurement_says_what_it_is_of() -> None:
    found = small(TWELVE[["team"]], probability=TWELVE["probability"], target=TWELVE["target"])
    assert {name: found[name] for name in ("threshold", "clients", "level")} == {"threshold": 0.5, "clients": 12, "level": 0.95}
    assert list(found) == ["threshold", "clients", "level", "attributes"]


def test_the_figures_are_those_of_fairlearn_and_of_our_costs() -> None:
    clients = drawn(400, groups="abc")
    found = of_teams(clients)
    theirs = MetricFrame(
        metrics={"refused": selection_rate, "true_positive_rate": true_positive_rate, "false_positive_rate": false_positive_rate},
        y_true=clients["target"],
        y_pred=clients["probability"] >= 0.5,
        sensitive_features=clients["team"],
    ).by_group
    for team, members in clients.groupby("team"):
        one = values(found[str(team)])
        assert one["approval_rate"] == pytest.approx(1 - theirs.loc[team, "refused"], abs=0.00051)
        for name in ("true_positive_rate", "false_positive_rate"):
            assert one[name] == pytest.approx(theirs.loc[team, name], abs=0.00051)
        cost = cost_per_client(probability=members["probability"], target=members["target"], threshold=0.5, costs=COSTS)
        assert one["cost_per_client"] == pytest.approx(cost, abs=0.00051)


def test_the_intervals_are_those_of_metricframes_own_bootstrap() -> None:
    clients = drawn(300)

    def granted(y: Any, p: Any) -> float:
        return float(np.mean(p < 0.5))

    def caught(y: Any, p: Any) -> float:
        return float(np.mean(p[y == 1] >= 0.5))

    theirs = MetricFrame(
        metrics={"approval_rate": granted, "true_positive_rate": caught},
        y_true=clients["target"],
        y_pred=clients["probability"],
        sensitive_features=clients["team"],
        n_boot=150,
        ci_quantiles=[0.025, 0.975],
        random_state=0,
    )
    ours = of_teams(clients, resamples=2000)
    for end, frame in zip(("low", "high"), theirs.by_group_ci, strict=True):
        for team, name in [("a", "approval_rate"), ("b", "approval_rate"), ("a", "true_positive_rate")]:
            assert ours[team][name][end] == pytest.approx(frame.loc[team, name], abs=0.02)  # each 0.16 wide
    assert ours["a"]["approval_rate"]["high"] - ours["a"]["approval_rate"]["low"] == pytest.approx(0.16, abs=0.02)


def test_a_group_is_compared_with_the_best_of_those_that_are_large_enough() -> None:
    clients = pd.DataFrame({"team": list("aaabbbbc"), "probability": [0.1, 0.1, 0.9, 0.1, 0.9, 0.9, 0.9, 0.1], "target": 0})
    found = of_teams(clients, least_clients=3)  # c is one client, granted
    assert [found[team]["approval_ratio"]["value"] for team in "abc"] == pytest.approx([1, 3 / 8, 1.5])


@pytest.mark.parametrize(("probability", "least_clients"), [(0.9, 2), (0.1, 100)], ids=["all are refused", "no group is large"])
def test_a_ratio_to_nothing_is_null(probability: float, least_clients: int) -> None:
    clients = TWELVE.assign(probability=probability)
    nothing = {"value": None, "low": None, "high": None}
    assert [one["approval_ratio"] for one in of_teams(clients, least_clients=least_clients).values()] == [nothing, nothing]


def test_a_group_that_is_granted_nothing_has_a_ratio_of_0_and_no_interval() -> None:
    clients = TWELVE.assign(probability=[0.1, 0.9] * 6)
    assert of_teams(clients)["b"]["approval_ratio"] == {"value": 0, "low": None, "high": None}


def test_of_fewer_clients_than_ten_nothing_is_said_but_how_many() -> None:
    clients = pd.concat([drawn(100, groups="ab"), drawn(9, groups="c")])
    found = of_teams(clients, fewest=10)
    assert found["c"]["clients"] == 9
    assert {found["c"][name][end] for name in FIGURES for end in ("value", "low", "high")} == {None}


def test_a_rate_among_fewer_defaulters_than_ten_is_null_and_the_others_are_not() -> None:
    clients = pd.DataFrame({"team": "a", "probability": np.linspace(0, 1, 30), "target": [1] * 9 + [0] * 21})
    found = of_teams(clients, fewest=10)["a"]
    assert [name for name in FIGURES if found[name]["value"] is None] == ["true_positive_rate"]


PEOPLE = pd.DataFrame({"sex": ["F", "M"] * 60 + ["XNA"], "family_status": ["Married"] * 50 + ["Widow"] * 71})


def told(groups: pd.DataFrame, probability: Any, target: Any, **other: Any) -> dict[str, Any]:
    return small(groups, **{"probability": probability, "target": target, "fewest": 10} | other)


def test_no_difference_between_attributes_tells_of_a_single_client() -> None:
    rng = np.random.default_rng(0)
    probability, target = rng.random(121), rng.integers(0, 2, 121)
    single = np.arange(121) == 120
    one, other = (
        told(PEOPLE, np.where(single, pd, probability), np.where(single, outcome, target))
        for pd, outcome in [(0.01, 0), (0.99, 1)]
    )
    assert one == other
    without = told(PEOPLE[~single], probability[~single], target[~single])["attributes"]
    assert [values(group) for group in one["attributes"]["family_status"]] == [
        values(group) for group in without["family_status"]
    ]
    assert [(group["group"], group["clients"]) for group in one["attributes"]["family_status"]] == [
        ("Married", 50),
        ("Widow", 71),
    ]
    assert (one["attributes"]["sex"][2]["clients"], one["clients"]) == (1, 121)


def test_a_group_that_is_too_few_without_the_left_out_is_left_out_too() -> None:
    groups = pd.DataFrame({"sex": ["F"] * 50 + ["M"] * 58 + ["XNA"] * 3, "family_status": ["Married"] * 100 + ["Widow"] * 11})
    eight = (groups["family_status"] == "Widow") & (groups["sex"] == "M")
    one, other = (told(groups, np.where(eight, pd, 0.2), np.where(eight, outcome, 0)) for pd, outcome in [(0.01, 0), (0.99, 1)])
    assert one == other
    widows = of(one, "family_status")["Widow"]
    assert (widows["clients"], set(values(widows).values())) == (11, {None})


def test_where_everybody_is_in_some_small_group_nothing_is_said() -> None:
    found = told(PEOPLE.assign(age_band=[str(n // 9) for n in range(121)]), np.full(121, 0.1), np.zeros(121))
    assert {value for groups in found["attributes"].values() for one in groups for value in values(one).values()} == {None}
    assert [one["clients"] for one in found["attributes"]["sex"]] == [60, 60, 1]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("FFFFMX"), st.sampled_from("abbbbc")), min_size=1, max_size=40), st.integers(0, 9))
def test_nothing_told_depends_on_who_is_in_a_small_group(people: list[tuple[str, str]], seed: int) -> None:
    groups, rng = pd.DataFrame(people, columns=["sex", "family_status"]), np.random.default_rng(seed)
    few = (groups.apply(lambda labels: labels.map(labels.value_counts())) < 4).any(axis=1)
    n = len(groups)
    probability, target = rng.random(n), rng.integers(0, 2, n)
    others = np.where(few, rng.random(n), probability), np.where(few, rng.integers(0, 2, n), target)
    assert told(groups, probability, target, fewest=4) == told(groups, *others, fewest=4)


def test_every_figure_has_three_decimals_at_most() -> None:
    clients = drawn(700, groups="abc")
    for one in of_teams(clients).values():
        ends = [end for name in FIGURES for end in one[name].values()]
        assert ends == [round(end, 3) for end in ends]


@pytest.mark.parametrize(("granted", "ratio"), [(7999, 0.799), (8000, 0.8), (8009, 0.8)])
def test_a_ratio_is_rounded_down_so_that_the_line_decides_as_before(granted: int, ratio: float) -> None:
    groups = pd.DataFrame({"sex": ["F"] * 10_000 + ["M"] * 10_000, "family_status": "Widow"})
    probability = np.where(np.arange(20_000) < granted, 0.1, np.where(groups["sex"] == "M", 0.1, 0.9))
    measured = told(groups, probability, np.zeros(20_000), least_clients=200)
    assert of(measured, "sex")["F"]["approval_ratio"]["value"] == ratio
    assert [breach.ratio for breach in breaches(measured)] == ([ratio] if ratio < 0.8 else [])


def test_a_group_without_a_defaulter_is_json_without_nan() -> None:
    clients = TWELVE.assign(target=[0, 1] * 6)
    found = of_teams(clients)
    assert found["a"]["true_positive_rate"] == {"value": None, "low": None, "high": None}
    assert found["a"]["false_positive_rate"]["value"] == 0.333
    json.dumps(found, allow_nan=False)


def test_the_same_seed_gives_the_same_intervals_and_another_seed_others() -> None:
    first, again, other = (of_teams(drawn(200), seed=seed) for seed in (0, 0, 1))
    assert first == again
    assert first["a"]["approval_rate"]["value"] == other["a"]["approval_rate"]["value"]
    assert first["a"]["mean_probability"]["low"] != other["a"]["mean_probability"]["low"]


def test_clients_of_another_number_are_refused() -> None:
    with pytest.raises(ValueError):
        small(TWELVE[["team"]], probability=TWELVE["probability"][:5], target=TWELVE["target"])


@st.composite
def clients_of_groups(draw: st.DrawFn) -> pd.DataFrame:
    n = draw(st.integers(3, 40))
    column = partial(st.lists, min_size=n, max_size=n)
    return pd.DataFrame(
        {
            "team": draw(column(st.sampled_from("abc"))),
            "probability": draw(column(st.floats(0, 1))),
            "target": draw(column(st.integers(0, 1))),
        }
    )


@settings(max_examples=15, deadline=None)
@given(clients_of_groups(), st.randoms(use_true_random=False))
def test_what_holds_of_any_clients(clients: pd.DataFrame, random: Any) -> None:
    found = of_teams(clients)
    json.dumps(found, allow_nan=False)
    assert sum(one["clients"] for one in found.values()) == len(clients)
    for one in found.values():
        for name in FIGURES[:5]:
            figure = [end for end in one[name].values() if end is not None]
            assert all(0 <= end <= 1 for end in figure)
            assert not figure or figure[1] <= figure[2]
    ratios = [one["approval_ratio"]["value"] for one in found.values() if one["clients"] >= 2]
    if any(ratios):
        assert max(ratio for ratio in ratios if ratio is not None) == 1
    order = random.sample(range(len(clients)), len(clients))
    assert of_teams(clients.iloc[order]) == found
    renamed = of_teams(clients.assign(team=clients["team"].map({"a": "z", "b": "y", "c": "x"})))
    for old, new in zip("abc", "zyx", strict=True):
        assert (old in found) == (new in renamed)
        assert old not in found or values(found[old]) == pytest.approx(values(renamed[new]))


def group(name: str, clients: int, ratio: float | None) -> dict[str, Any]:
    return {"group": name, "clients": clients, "approval_ratio": {"value": ratio, "low": None, "high": None}}


def fair(**attributes: list[dict[str, Any]]) -> dict[str, Any]:
    return {"attributes": {"sex": [], "family_status": [], "age_band": []} | attributes}


def test_what_lies_below_four_fifths_of_the_best_breaks_the_rule() -> None:
    status = [group("Widow", 300, 1.0), group("Single", 200, 0.7999), group("Married", 900, 0.8), group("Other", 199, 0.3)]
    measured = fair(family_status=status, sex=[group("F", 500, 0.5), group("M", 500, 1.0), group("XNA", 5, None)])
    assert breaches(measured) == [Breach("sex", "F", 0.5, "M"), Breach("family_status", "Single", 0.7999, "Widow")]
    assert lowest_ratios(measured) == {"sex": 0.5, "family_status": 0.7999}


def test_a_group_too_small_to_be_compared_is_nobodys_best() -> None:
    measured = fair(sex=[group("XNA", 199, 1.4), group("F", 500, 0.7), group("M", 500, 1.0)])
    assert breaches(measured) == [Breach("sex", "F", 0.7, "M")]


def test_age_is_reported_and_not_checked() -> None:
    measured = fair(age_band=[group("25 and under", 500, 0.5), group("over 65", 400, 1.0)])
    assert breaches(measured) == []
    assert lowest_ratios(measured) == {"age_band": 0.5}


def test_nobody_large_enough_is_no_breach() -> None:
    assert breaches(fair(sex=[group("F", 100, 0.5), group("M", 300, None)])) == []


def test_an_attribute_without_two_groups_to_compare_is_unchecked() -> None:
    two = [group("F", 500, 0.5), group("M", 500, 1.0)]
    assert unchecked(fair(sex=two, family_status=two)) == []
    assert unchecked(fair(sex=two, family_status=[group("Widow", 500, 1.0), group("Single", 199, 0.5)])) == ["family_status"]
    assert unchecked(fair(age_band=two)) == ["sex", "family_status"]


def test_where_everybody_is_refused_nothing_is_checked() -> None:
    groups = pd.DataFrame({"sex": ["F", "M"] * 300, "family_status": ["Widow", "Married"] * 300})
    measured = measure(groups, probability=np.full(600, 0.9), target=np.zeros(600), threshold=0.5, costs=COSTS, resamples=5)
    assert breaches(measured) == []
    assert unchecked(measured) == ["sex", "family_status"]


def test_exactly_four_fifths_of_whole_numbers_keep_the_rule() -> None:
    clients = pd.DataFrame({"sex": ["F"] * 200 + ["M"] * 200, "family_status": "Widow"})
    probability = np.where(np.arange(400) % 200 < np.where(clients["sex"] == "F", 120, 150), 0.1, 0.9)  # 0.6 / 0.75 < 0.8
    measured = measure(clients, probability=probability, target=np.zeros(400), threshold=0.5, costs=COSTS, resamples=5)
    assert lowest_ratios(measured)["sex"] == 0.8
    assert breaches(measured) == []
    one_less = measure(
        clients, probability=np.where(np.arange(400) == 0, 0.9, probability), target=np.zeros(400), threshold=0.5, costs=COSTS
    )
    assert breaches(one_less) == [Breach("sex", "F", 0.793, "M")]


@pytest.mark.parametrize(("ratio", "said"), [(0.7949, "0.79"), (0.7999, "0.79"), (0.5, "0.50"), (0.0, "0.00")])
def test_a_breach_is_said_in_one_clause_that_never_rounds_up_to_the_line(ratio: float, said: str) -> None:
    clause = in_words(Breach("family_status", "Civil marriage", ratio, "Widow"))
    assert clause == f"family status 'Civil marriage' is granted {said} times as often as 'Widow'"
