"""Which reasons a decision has: hand-made contributions, and a probability that says what each field's median would change."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from scoring.explaining.reasons import Reason, Reasons
from scoring.explaining.topics import TOPIC_OF, UNSAID
from scoring.inputs import MODEL_FIELDS, MONOTONE
from tests.explained import FIELDS, LABELS, around, client, codes, found, profile, someone, towards_the_median


def test_reasons_come_by_weight_against_and_in_favour() -> None:
    who = someone({"AMT_INCOME_TOTAL": 0.3, "DAYS_REGISTRATION": 0.9, "OWN_CAR_AGE": -0.2, "DAYS_ID_PUBLISH": -0.5})
    against, in_favour = found(
        who, {"AMT_INCOME_TOTAL": 0.1, "DAYS_REGISTRATION": 0.01, "OWN_CAR_AGE": -0.1, "DAYS_ID_PUBLISH": -0.1}
    )
    assert codes(against) == ["REGISTRATION", "INCOME"]
    assert codes(in_favour) == ["IDENTITY_DOCUMENT", "CAR"]
    assert against[0] == Reason("REGISTRATION", ("DAYS_REGISTRATION",), "DAYS_REGISTRATION", True)


def test_no_more_than_four_are_told() -> None:
    weights = {"AMT_INCOME_TOTAL": 0.1, "DAYS_REGISTRATION": 0.2, "OWN_CAR_AGE": 0.3, "DAYS_ID_PUBLISH": 0.4, "AMT_CREDIT": 0.5}
    against, in_favour = found(someone(weights), dict.fromkeys(weights, 0.1))
    assert codes(against) == ["LOAN", "IDENTITY_DOCUMENT", "CAR", "REGISTRATION"]
    assert in_favour == []
    _, in_favour = found(
        someone({name: -weight for name, weight in weights.items()}, refused=False), dict.fromkeys(weights, -0.1)
    )
    assert codes(in_favour) == ["LOAN", "IDENTITY_DOCUMENT", "CAR", "REGISTRATION"]


def test_fields_that_go_together_are_one_reason_by_their_sum() -> None:
    who = someone({"EXT_SOURCE_1": 0.9, "EXT_SOURCE_2": -0.5, "AMT_CREDIT": 0.2, "AMT_ANNUITY": 0.3})
    [loan, scores], _ = found(who, {"EXT_SOURCE_1": 0.1, "AMT_CREDIT": 0.1})
    assert (loan.code, loan.fields) == ("LOAN", ("AMT_ANNUITY", "AMT_CREDIT"))
    assert (scores.code, scores.fields) == ("EXTERNAL_SCORES", ("EXT_SOURCE_1", "EXT_SOURCE_2"))
    assert scores.column == "EXT_SOURCE_1"  # the other one speaks for the client


def test_only_what_contributed_is_held_against_the_median() -> None:
    against, _ = found(someone({"EXT_SOURCE_1": 0.5}, refused=False), {"EXT_SOURCE_1": 0.1, "EXT_SOURCE_2": -0.3})
    assert [reason.fields for reason in against] == [("EXT_SOURCE_1",)]
    assert codes(found(someone({"EXT_SOURCE_1": 0.5, "AMT_CREDIT": 0.1}), {"EXT_SOURCE_1": -0.1, "AMT_CREDIT": 0.1})[0]) == [
        "LOAN"
    ]


def test_what_hardly_contributes_is_no_reason() -> None:
    who = someone({"AMT_INCOME_TOTAL": 0.019, "DAYS_REGISTRATION": 0.02}, refused=False)
    assert codes(found(who, {"AMT_INCOME_TOTAL": 0.01, "DAYS_REGISTRATION": 0.01})[0]) == ["REGISTRATION"]


@pytest.mark.parametrize("risk", [-0.05, 0.0])
def test_a_reason_that_the_median_moves_the_other_way_or_not_at_all_is_dropped(risk: float) -> None:
    who = someone({"AMT_INCOME_TOTAL": 0.9, "DAYS_REGISTRATION": 0.3})
    assert codes(found(who, {"AMT_INCOME_TOTAL": risk, "DAYS_REGISTRATION": 0.1})[0]) == ["REGISTRATION"]
    who = someone({"AMT_INCOME_TOTAL": -0.9, "DAYS_REGISTRATION": -0.3}, refused=False)
    assert codes(found(who, {"AMT_INCOME_TOTAL": -risk, "DAYS_REGISTRATION": -0.1})[1]) == ["REGISTRATION"]


@pytest.mark.parametrize("group", ["granted", "all"])
def test_one_median_that_contradicts_a_reason_is_enough_to_drop_it(group: str) -> None:
    income = {"granted": around(200), "all": around(200), "refused": around(200)} | {group: around(999)}
    known = profile({"AMT_INCOME_TOTAL": income, "DAYS_REGISTRATION": around(-4000)})

    def riskier_from_999(by_field: Mapping[str, Any]) -> NDArray[np.float64]:
        income, registered = (np.asarray(by_field[name]) for name in ("AMT_INCOME_TOTAL", "DAYS_REGISTRATION"))
        return np.where(income == 999, 0.3, np.where(income == 200, 0.15, np.where(registered == 1, 0.2, 0.1)))

    who = someone({"AMT_INCOME_TOTAL": 0.9, "DAYS_REGISTRATION": 0.3})
    against, _ = Reasons(FIELDS, {}, known, riskier_from_999).of(who)
    assert codes(against) == ["REGISTRATION"]


def test_a_refusal_with_no_reason_left_names_the_heaviest_topic_that_isnt_age() -> None:
    who = someone({"DAYS_BIRTH": 3.0, "CNT_CHILDREN": 2.0, "AMT_INCOME_TOTAL": 0.4, "DAYS_REGISTRATION": 0.1})
    assert codes(found(who, {"DAYS_BIRTH": 0.1})[0]) == ["INCOME"]
    granted = someone({"DAYS_BIRTH": 3.0, "AMT_INCOME_TOTAL": 0.4}, refused=False)
    assert found(granted, {"DAYS_BIRTH": 0.1}) == ([], [])
    age_alone = someone({"DAYS_BIRTH": 3.0, "AMT_INCOME_TOTAL": -0.4, "OWN_CAR_AGE": 0.001})
    assert codes(found(age_alone, {})[0]) == ["CAR"]


CONTRIBUTIONS = st.dictionaries(st.sampled_from([name for name in MODEL_FIELDS if name not in LABELS]), st.floats(-3, 3))


@given(contributions=CONTRIBUTIONS, refused=st.booleans())
def test_whatever_contributes_nothing_unsaid_is_a_reason(contributions: Mapping[str, float], refused: bool) -> None:
    values = dict.fromkeys(MODEL_FIELDS, 1.0)
    who = client(values, contributions, refused=refused)
    risky = {name: 0.01 if weight > 0 else -0.01 for name, weight in contributions.items()}
    known = profile(dict.fromkeys(MODEL_FIELDS, around(5.0)))
    against, in_favour = Reasons(MODEL_FIELDS, MONOTONE, known, towards_the_median(risky or {"AMT_CREDIT": 0})).of(who)
    assert not refused or against
    assert not codes(against) or len({*codes(against), *codes(in_favour)}) == len(against) + len(in_favour)
    for reason in (*against, *in_favour):
        assert not {*reason.fields, reason.column} & set(UNSAID)
        assert {TOPIC_OF[name].code for name in reason.fields} == {reason.code}
