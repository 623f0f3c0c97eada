"""One field of two sides: how far it moved, how much of it is unknown, and where that is drift."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scoring.drift.field import Check
from tests.sides import moved, only, over, ramp, shares


def test_a_check_drifts_from_its_limit_on() -> None:
    assert [Check(value, 0.05).drifted for value in (0.0499, 0.05, 0.06)] == [False, True, True]


def test_a_number_moves_by_the_share_of_clients_that_changed() -> None:
    for share, drifts in ((0.08, False), (0.1, True)):
        field = only(moved(AMT_CREDIT=(ramp(), ramp(moved=share))))
        assert field.moved
        assert field.moved.value == pytest.approx(share)
        assert field.drifted is drifts  # 600 clients a side are 9% apart by chance
    assert field.typical == ("median 299.5; 10.0% up to 59", "median 359.5; 0.0% up to 59")


def test_a_label_and_a_flag_move_by_the_share_of_clients_that_changed() -> None:
    labels = [shares(Family=0.5, Children=0.5), shares(Family=0.3, Children=0.4, Group=0.3)]
    flags = [(ramp() < count).astype(float) for count in (60, 180)]
    label, flag = moved(NAME_TYPE_SUITE=(labels[0], labels[1]), FLAG_EMAIL=(flags[0], flags[1])).fields[::-1]
    assert label.moved
    assert flag.moved
    assert label.moved.value == pytest.approx(0.3)
    assert label.typical == ("Group 0.0%", "Group 30.0%")  # what moved most
    assert flag.moved.value == pytest.approx(0.2)
    assert flag.typical == ("yes 10.0%", "yes 30.0%")
    assert label.drifted
    assert flag.drifted


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [("EXT_SOURCE_1", ramp(), ramp(unknown=1)), ("NAME_TYPE_SUITE", shares(Family=1), shares(unknown=1))],
)
def test_a_field_that_turns_unknown_drifts_either_way(name: str, before: Any, after: Any) -> None:
    for pair, told in (((before, after), ("known", "all unknown")), ((after, before), ("all unknown", "known"))):
        field = only(moved(**{name: pair}))
        assert field.moved is None
        assert field.gone
        assert field.gone.value == 1
        assert field.drifted
        assert field.typical == told


def test_a_field_of_which_less_is_known_drifts_though_what_is_known_stays() -> None:
    field = only(moved(EXT_SOURCE_1=(np.round(ramp(unknown=0.2), -2), np.round(ramp(unknown=0.4), -2))))
    assert field.unknown == pytest.approx((0.2, 0.4))
    assert field.gone
    assert field.gone.value == pytest.approx(0.2)
    assert field.drifted


def test_chance_moves_the_few_that_are_known_further_than_the_limit() -> None:
    few = only(moved(EXT_SOURCE_1=(ramp(unknown=0.9), ramp(unknown=0.9, moved=0.25))))
    many = only(moved(EXT_SOURCE_1=(ramp(), ramp(moved=0.25))))
    assert few.moved
    assert many.moved
    assert few.moved.limit == pytest.approx(np.sqrt(-np.log(0.01 / 2) / 2 * (2 / 60)))
    assert few.moved.value == many.moved.value == pytest.approx(0.25)
    assert (few.drifted, many.drifted) == (False, True)


def test_a_psi_rule_measures_a_field_by_it_and_the_unknown_are_a_bin_of_it(tmp_path: Path) -> None:
    text = "[fields.EXT_SOURCE_1]\ntest = 'psi'\nlimit = 0.25\n"
    for share, drifts in ((0.05, False), (0.5, True), (1, True)):
        field = only(moved(over(tmp_path, text), EXT_SOURCE_1=(ramp(), ramp(unknown=share))))
        assert field.moved
        assert (field.test, field.moved.value, field.moved.limit) == ("psi", field.psi, 0.25)
        assert field.gone is None
        assert field.drifted is drifts
    assert field.band == "major"
