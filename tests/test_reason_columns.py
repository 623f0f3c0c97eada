"""By which of its columns a reason is told, and which reasons convince enough to be told in favour."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from scoring.explaining.reasons import Reason, Reasons
from tests.explained import FIELDS, around, client, codes, found, profile, someone

# The median of both is 200, and what is far from it only the granted have.
FAR = {"granted": [50, 180, 200, 220, 400], "refused": [200] * 5, "all": [200] * 5}


def in_favour(income: float | None, monotone: Mapping[str, int] | None = None, known: Mapping[str, Any] = FAR) -> list[Reason]:
    """What is told for a client with this income, whom the granted clients' 200 would make a refused one."""

    def riskier_at_the_median(by_field: Mapping[str, Any]) -> NDArray[np.float64]:
        return np.where(np.asarray(by_field["AMT_INCOME_TOTAL"]) == 200, 0.3, 0.05)

    who = someone({"AMT_INCOME_TOTAL": -0.5}, {"AMT_INCOME_TOTAL": income}, probability=0.05, refused=False)
    return Reasons(FIELDS, monotone or {}, profile({"AMT_INCOME_TOTAL": known}), riskier_at_the_median).of(who)[1]


@pytest.mark.parametrize(("income", "told"), [(189, True), (190, False), (210, False), (211, True)])
def test_what_is_near_the_median_doesnt_convince(income: float, told: bool) -> None:
    assert codes(in_favour(income)) == ["INCOME"] * told


@pytest.mark.parametrize("refused", [[50, 180, 200, 220, 400], [50, 60, 200, 300, 400]])
def test_what_the_refused_have_as_often_doesnt_convince(refused: list[float]) -> None:
    assert in_favour(50, known={**FAR, "refused": refused}) == []
    assert in_favour(300, known={**FAR, "refused": refused}) == []


def test_what_isnt_known_isnt_thanked_for() -> None:
    assert in_favour(None) == []


def test_what_a_direction_contradicts_doesnt_convince() -> None:
    assert codes(in_favour(300, {"AMT_INCOME_TOTAL": -1})) == ["INCOME"]
    assert in_favour(100, {"AMT_INCOME_TOTAL": -1}) == []
    assert codes(in_favour(100, {"AMT_INCOME_TOTAL": 1})) == ["INCOME"]


def test_what_speaks_against_a_client_is_told_though_it_doesnt_convince() -> None:
    for value in (199, None):
        who = someone({"AMT_INCOME_TOTAL": 0.5}, {"AMT_INCOME_TOTAL": value})
        [reason], _ = found(who, {"AMT_INCOME_TOTAL": 0.1})
        assert (reason.column, reason.convincing) == ("AMT_INCOME_TOTAL", False)


def test_a_reason_is_told_by_the_heaviest_column_that_lies_on_its_side() -> None:
    weights = {"EXT_SOURCE_1": 0.5, "EXT_SOURCE_2": 0.3}
    risky = {"EXT_SOURCE_1": 0.1}
    far = {"granted": around(0.5, 0.3, 0.7), "refused": [0.05, 0.1, 0.5, 0.9, 0.95], "all": around(0.5)}
    known = profile(dict.fromkeys(("EXT_SOURCE_1", "EXT_SOURCE_2", "EXT_SOURCE_MEAN"), far))
    columns = (*FIELDS, "EXT_SOURCE_MEAN")
    values = {"EXT_SOURCE_1": 0.9, "EXT_SOURCE_2": 0.1}  # the median of both is 0.5, and a low score is the worse
    monotone = dict.fromkeys(("EXT_SOURCE_1", "EXT_SOURCE_2", "EXT_SOURCE_MEAN"), -1)
    [reason], _ = found(someone(weights, values, derived={"EXT_SOURCE_MEAN": 0.5}), risky, columns, monotone, known)
    assert (reason.column, reason.convincing, reason.fields) == ("EXT_SOURCE_2", True, ("EXT_SOURCE_1", "EXT_SOURCE_2"))
    [reason], _ = found(someone(weights, values), risky, known=known)
    assert reason.column == "EXT_SOURCE_1"  # without a direction any side will do


def test_a_column_that_contributed_the_other_way_doesnt_convince() -> None:
    who = someone({"EXT_SOURCE_1": 0.9, "EXT_SOURCE_2": -0.1}, {"EXT_SOURCE_1": 0.5})
    [reason], _ = found(who, {"EXT_SOURCE_1": 0.1, "EXT_SOURCE_2": 0.1})
    assert (reason.column, reason.convincing) == ("EXT_SOURCE_1", False)


def test_a_derived_column_tells_a_reason_where_it_weighs_most() -> None:
    plans = {"granted": around(10), "refused": [30] * 5, "all": around(10)}
    known = profile({"AMT_CREDIT": around(500), "AMT_ANNUITY": around(50), "CREDIT_TO_ANNUITY": plans})
    columns = ("AMT_CREDIT", "AMT_ANNUITY", "CREDIT_TO_ANNUITY")

    def lower_at_the_median(by_field: Mapping[str, Any]) -> NDArray[np.float64]:
        return np.where(np.asarray(by_field["AMT_CREDIT"]) == 500, 0.05, 0.2)

    who = someone(
        {"AMT_CREDIT": 0.3, "AMT_ANNUITY": 0.2},
        given={"AMT_CREDIT": 0.1, "AMT_ANNUITY": 0.0, "CREDIT_TO_ANNUITY": 0.4},
        derived={"CREDIT_TO_ANNUITY": 30.0},
    )
    [reason], _ = Reasons(columns, {}, known, lower_at_the_median).of(who)
    assert reason == Reason("LOAN", ("AMT_CREDIT", "AMT_ANNUITY"), "CREDIT_TO_ANNUITY", True)


def test_a_known_column_tells_a_reason_before_one_that_isnt() -> None:
    for score, convincing in ((1.0, True), (0.5, False)):
        who = someone({"EXT_SOURCE_1": 0.9, "EXT_SOURCE_2": 0.1}, {"EXT_SOURCE_1": None, "EXT_SOURCE_2": score})
        [reason], _ = found(who, {"EXT_SOURCE_1": 0.1, "EXT_SOURCE_2": 0.1})
        assert reason == Reason("EXTERNAL_SCORES", ("EXT_SOURCE_1", "EXT_SOURCE_2"), "EXT_SOURCE_2", convincing)


# Of the granted 50 % work and 40 % are pensioners, of the refused 60 % and 10 %.
@pytest.mark.parametrize(
    ("label", "sign", "convincing"), [("Working", 1, True), ("Pensioner", 1, False), ("Pensioner", -1, True)]
)
def test_a_label_convinces_where_it_is_frequent_on_its_side(label: str, sign: int, convincing: bool) -> None:
    weights = {"NAME_INCOME_TYPE": sign * 0.5, "DAYS_EMPLOYED": sign * 0.01}
    who = someone(weights, {"NAME_INCOME_TYPE": label, "DAYS_EMPLOYED": None}, refused=sign > 0)
    both = found(who, {"DAYS_EMPLOYED": sign * 0.1})
    assert [(reason.column, reason.convincing) for reason in both[sign < 0]] == [("NAME_INCOME_TYPE", convincing)]


def test_maternity_leave_is_never_said() -> None:
    weights = {"NAME_INCOME_TYPE": 0.9, "DAYS_EMPLOYED": 0.1}
    for days in (-100.0, None, -2000.0):
        who = someone(weights, {"NAME_INCOME_TYPE": "Maternity leave", "DAYS_EMPLOYED": days})
        [reason], _ = found(who, {"DAYS_EMPLOYED": 0.1})
        assert (reason.code, reason.column) == ("EMPLOYMENT", "DAYS_EMPLOYED")
    [reason], _ = found(someone(weights, {"NAME_INCOME_TYPE": "Working"}), {"DAYS_EMPLOYED": 0.1})
    assert reason.column == "NAME_INCOME_TYPE"


def test_a_topic_of_which_nothing_may_be_said_is_no_reason() -> None:
    weights = {"NAME_INCOME_TYPE": 0.9, "AMT_CREDIT": 0.1}
    who = someone(weights, {"NAME_INCOME_TYPE": "Maternity leave"})
    [reason], _ = found(who, {"AMT_CREDIT": 0.1}, columns=("AMT_CREDIT", "NAME_INCOME_TYPE"))
    assert reason.code == "LOAN"


def test_a_group_too_small_to_have_a_median_has_no_say() -> None:
    alone = {"all": around(500)}
    known = profile({"AMT_CREDIT": alone})
    assert (known.holds("all"), known.holds("granted")) == (True, False)
    [reason], _ = found(someone({"AMT_CREDIT": 0.5, "AMT_INCOME_TOTAL": 0.9}), {"AMT_CREDIT": 0.1}, known=known)
    assert reason.code == "LOAN"


def test_a_client_is_not_measured_by_what_the_one_in_the_middle_does_not_have() -> None:
    ages = {"all": around(9), "granted": around(9), "refused": around(9)}
    known = profile({"FLAG_OWN_CAR": {"N": 0.65, "Y": 0.35}, "OWN_CAR_AGE": ages}, missing={"OWN_CAR_AGE": 0.65})

    def lower_with_a_car_of_nine(by_field: Mapping[str, Any]) -> NDArray[np.float64]:
        return np.where(np.asarray(by_field["OWN_CAR_AGE"]) == 9, 0.05, 0.2)

    who = client({"FLAG_OWN_CAR": "N", "OWN_CAR_AGE": None, "AMT_CREDIT": 1.0}, {"OWN_CAR_AGE": 0.5, "AMT_CREDIT": 0.1})
    columns = ("FLAG_OWN_CAR", "OWN_CAR_AGE", "AMT_CREDIT")
    against, _ = Reasons(columns, {}, known, lower_with_a_car_of_nine).of(who)
    assert [reason.code for reason in against] == ["CAR"]  # the fallback of a refusal: nothing else is left
    granted = client(dict(who.values), dict(who.by_field), refused=False)
    assert Reasons(columns, {}, known, lower_with_a_car_of_nine).of(granted) == ([], [])
