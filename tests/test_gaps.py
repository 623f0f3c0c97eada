"""What a decision didn't know: how far the PD could go with it, as a hand-written PD says."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from scoring.explaining.client import Client
from scoring.explaining.gaps import Gap, Gaps
from tests.explained import client, profile

PROFILE = profile(
    {
        "EXT_SOURCE_1": [0.1, 0.3, 0.5, 0.7, 0.9],
        "EXT_SOURCE_2": [0.2, 0.3, 0.4, 0.5, 0.6],
        "AMT_INCOME_TOTAL": [100, 200, 300, 400, 500],
        "OWN_CAR_AGE": [1, 2, 3, 4, 5],
        "CARD_COUNT": [0, 0, 0, 10, 20],
        "CARD_LIMIT_MAX": [0, 100, 200, 300, 400],
        "DAYS_BIRTH": [-20000, -18000, -16000, -14000, -12000],
        "CNT_CHILDREN": [0, 0, 1, 2, 3],
        "DAYS_REGISTRATION": [-5, -4, -3, -2, -1],
        "DAYS_ID_PUBLISH": [-5, -4, -3, -2, -1],
        "NAME_HOUSING_TYPE": {"House / apartment": 0.9, "With parents": 0.06, "Office apartment": 0.04},
        "REGION_RATING_CLIENT": [],
    }
)
IMPORTANT = tuple(PROFILE.columns)
USUAL = {name: 0.0 for name in IMPORTANT if name != "NAME_HOUSING_TYPE"} | {"NAME_HOUSING_TYPE": "House / apartment"}

# What a unit of each adds to a PD of 0.08; what isn't known adds nothing.
RISK = {
    "EXT_SOURCE_1": 0.1,
    "EXT_SOURCE_2": 0.2,
    "AMT_INCOME_TOTAL": 0.0001,
    "OWN_CAR_AGE": 0.002,
    "CARD_COUNT": 0.001,
    "CARD_LIMIT_MAX": 0.0005,
    "DAYS_BIRTH": 0.001,
    "CNT_CHILDREN": 0.1,
    "DAYS_REGISTRATION": 0.001,
    "DAYS_ID_PUBLISH": 0.002,
}
HOUSED = {"With parents": 0.03, "Office apartment": 0.5}


def risky(by_field: Mapping[str, Any]) -> NDArray[np.float64]:
    housed = np.array([HOUSED.get(label, 0.0) for label in by_field["NAME_HOUSING_TYPE"]])
    added = [unit * np.nan_to_num(by_field[name]) for name, unit in RISK.items()]
    return np.asarray(housed + 0.08 + np.sum(added, axis=0))


def who_lacks(*fields: str, **other: Any) -> Client:
    return client({**USUAL, **dict.fromkeys(fields), **other}, probability=0.08, refused=False)


def gaps(*lacking: str, threshold: float = 0.5, **other: Any) -> list[Gap]:
    return Gaps(IMPORTANT, threshold, PROFILE, risky).of(who_lacks(*lacking, **other))


def told(found: list[Gap]) -> list[tuple[str, float, float]]:
    return [(gap.field, round(gap.probability[0], 6), round(gap.probability[1], 6)) for gap in found]


def test_the_range_is_that_of_the_plausible_values() -> None:
    assert told(gaps("EXT_SOURCE_1")) == [("EXT_SOURCE_1", 0.09, 0.17)]
    assert told(gaps("AMT_INCOME_TOTAL")) == [("AMT_INCOME_TOTAL", 0.09, 0.13)]


def test_a_range_takes_the_other_values_as_they_are() -> None:
    assert told(gaps("EXT_SOURCE_1", AMT_INCOME_TOTAL=1000)) == [("EXT_SOURCE_1", 0.19, 0.27)]


def test_nothing_is_missing_where_everything_is_known() -> None:
    assert gaps() == []


@pytest.mark.parametrize(("threshold", "decides"), [(0.05, False), (0.09, False), (0.0901, True), (0.17, True), (0.18, False)])
def test_a_gap_decides_where_its_values_lead_to_both_decisions(threshold: float, decides: bool) -> None:
    [gap] = gaps("EXT_SOURCE_1", threshold=threshold)
    assert gap.decides is decides


def test_each_topic_has_one_gap_that_of_its_most_important_field() -> None:
    assert [gap.field for gap in gaps("EXT_SOURCE_2", "EXT_SOURCE_1")] == ["EXT_SOURCE_1"]


def test_the_widest_come_first_and_three_are_told() -> None:
    # Widths 0.08, 0.04, 0.008 of the car, 0.02 of the card and 0.03 of the housing.
    found = gaps("CARD_COUNT", "OWN_CAR_AGE", "AMT_INCOME_TOTAL", "EXT_SOURCE_1", "NAME_HOUSING_TYPE", FLAG_OWN_CAR="Y")
    assert [gap.field for gap in found] == ["EXT_SOURCE_1", "AMT_INCOME_TOTAL", "NAME_HOUSING_TYPE"]


def test_no_more_than_the_five_most_important_are_tried() -> None:
    five = ("AMT_INCOME_TOTAL", "OWN_CAR_AGE", "CARD_COUNT", "DAYS_REGISTRATION", "DAYS_ID_PUBLISH")
    order = (*five, "EXT_SOURCE_1")
    found = Gaps(order, 0.5, PROFILE, risky).of(who_lacks(*order))
    assert [gap.field for gap in found] == ["AMT_INCOME_TOTAL", "CARD_COUNT", "OWN_CAR_AGE"]
    assert Gaps(order[1:], 0.5, PROFILE, risky).of(who_lacks(*order))[0].field == "EXT_SOURCE_1"


@pytest.mark.parametrize("field", ["DAYS_BIRTH", "CNT_CHILDREN"])
def test_age_and_family_are_never_asked_for(field: str) -> None:
    assert gaps(field) == []


def test_what_doesnt_apply_is_no_gap() -> None:
    assert gaps("OWN_CAR_AGE", FLAG_OWN_CAR="N") == []
    assert told(gaps("OWN_CAR_AGE", FLAG_OWN_CAR="Y")) == [("OWN_CAR_AGE", 0.082, 0.09)]
    assert gaps("CARD_LIMIT_MAX") == []  # 0 months of cards were found
    assert [gap.field for gap in gaps("CARD_LIMIT_MAX", CARD_COUNT=None)] == ["CARD_COUNT"]


def test_a_narrow_range_isnt_told_unless_it_decides() -> None:
    assert gaps("DAYS_REGISTRATION") == []  # 0.075 to 0.079
    assert told(gaps("DAYS_REGISTRATION", threshold=0.077)) == [("DAYS_REGISTRATION", 0.075, 0.079)]
    assert told(gaps("DAYS_ID_PUBLISH")) == [("DAYS_ID_PUBLISH", 0.07, 0.078)]


def test_of_labels_those_that_some_have_are_tried() -> None:
    assert told(gaps("NAME_HOUSING_TYPE")) == [("NAME_HOUSING_TYPE", 0.08, 0.11)]  # an office apartment is too rare


def test_a_field_of_which_training_knew_nothing_is_no_gap() -> None:
    assert gaps("REGION_RATING_CLIENT") == []
