"""Two sides compared: which fields drift, what that weighs, and what raises the alarm."""

import json
from pathlib import Path

import numpy as np
import pytest

from scoring.drift.comparison import compare
from scoring.drift.settings import read_settings
from scoring.drift.side import Side, side
from scoring.errors import TableError
from tests.sides import CLIENTS, clients, compared, moved, only, over, ramp, shares

PD = np.round(np.linspace(0.01, 0.4, CLIENTS), 4)


def test_the_same_clients_do_not_drift() -> None:
    usual = {"AMT_CREDIT": ramp(), "FLAG_EMAIL": ramp() % 2, "NAME_CONTRACT_TYPE": shares(**{"Cash loans": 1})}
    drift = compared(side("before", CLIENTS, usual, PD), side("after", CLIENTS, usual, PD))
    assert not drift.alarm
    assert drift.drifted == ()
    assert [field.moved and field.moved.value for field in drift.fields] == [0, 0, 0]
    assert drift.score
    assert (drift.score.moved, drift.score.psi.value, drift.score.means) == (0, 0, (PD.mean(),) * 2)
    assert drift.importance == 0


# --- which fields


def test_a_field_unknown_on_both_sides_is_left_out_and_named() -> None:
    drift = moved(EXT_SOURCE_1=(ramp(unknown=1), ramp(unknown=1)), AMT_CREDIT=(ramp(), ramp()))
    assert [field.field for field in drift.fields] == ["AMT_CREDIT"]
    assert drift.left_out == {"EXT_SOURCE_1": "unknown on both sides"}


def test_what_the_settings_leave_out_is_named_where_both_sides_have_it(tmp_path: Path) -> None:
    settings = over(tmp_path, "[left_out]\nAMT_CREDIT = 'raised'\nAMT_ANNUITY = 'too'\n")
    both = clients(AMT_CREDIT=ramp(), SK_ID_CURR=ramp(), DAYS_BIRTH=ramp())
    drift = compared(
        both, clients(AMT_CREDIT=ramp(moved=0.5), SK_ID_CURR=ramp(), DAYS_BIRTH=ramp(), AMT_ANNUITY=ramp()), settings
    )
    assert drift.left_out == {"AMT_CREDIT": "raised", "SK_ID_CURR": "names a client"}
    assert [field.field for field in drift.fields] == ["DAYS_BIRTH"]  # AMT_ANNUITY has nothing to be compared with


def test_fields_stand_by_their_weight_and_then_by_name() -> None:
    names = ["DAYS_BIRTH", "AMT_ANNUITY", "AMT_CREDIT", "EXT_SOURCE_1", "AMT_GOODS_PRICE"]
    drift = moved(**dict.fromkeys(names, (ramp(), ramp())))
    assert [(field.field, field.weight) for field in drift.fields] == [
        ("EXT_SOURCE_1", 0.3),
        ("AMT_CREDIT", 0.03),
        ("AMT_ANNUITY", 0.02),
        ("AMT_GOODS_PRICE", 0.0),
        ("DAYS_BIRTH", 0.0),
    ]


# --- the alarm


def test_a_field_that_the_model_does_not_use_drifts_without_alarm() -> None:
    drift = moved(DAYS_BIRTH=(ramp(), ramp(moved=1)))
    assert only(drift).drifted
    assert (drift.alarm, drift.importance, drift.reasons) == (False, 0, ())


def test_importance_adds_up_and_raises_the_alarm_at_its_limit() -> None:
    still, gone = (ramp(), ramp()), (ramp(), ramp(moved=0.5))
    for credit, annuity, importance in ((gone, still, 0.03), (still, gone, 0.02), (gone, gone, 0.05)):
        drift = moved(AMT_CREDIT=credit, AMT_ANNUITY=annuity, DAYS_BIRTH=gone, EXT_SOURCE_1=still)
        assert drift.importance == importance
        assert drift.alarm is (importance == 0.05)
    assert drift.reasons == ("fields with 5.0% of the model's importance drift, 5.0% is the limit: AMT_CREDIT, AMT_ANNUITY",)


def test_of_many_fields_the_reason_names_those_that_weigh_most() -> None:
    names = [
        "AMT_CREDIT",
        "AMT_ANNUITY",
        "EXT_SOURCE_1",
        "EXT_SOURCE_2",
        "DAYS_BIRTH",
        "AMT_GOODS_PRICE",
        "OWN_CAR_AGE",
        "CNT_CHILDREN",
    ]
    before, after = (side("here", CLIENTS, dict.fromkeys(names, values)) for values in (ramp(), ramp(moved=0.5)))
    weights = {name: 0.1 - i / 1000 for i, name in enumerate(names)}
    [reason] = compare(before, after, weights, read_settings()).reasons
    assert reason.endswith(": AMT_CREDIT, AMT_ANNUITY, EXT_SOURCE_1, EXT_SOURCE_2, DAYS_BIRTH, AMT_GOODS_PRICE and 2 more")


def test_the_pds_psi_raises_the_alarm_by_itself() -> None:
    drift = compared(clients(probability=PD, AMT_CREDIT=ramp()), clients(probability=PD * 1.5, AMT_CREDIT=ramp()))
    assert drift.score
    assert drift.score.psi.drifted
    assert drift.score.means[1] == pytest.approx(1.5 * drift.score.means[0])
    assert drift.reasons == (f"the PSI of the PD is {drift.score.psi.value:.3f}, 0.100 is the limit",)
    assert compared(clients(probability=PD, AMT_CREDIT=ramp()), clients(AMT_CREDIT=ramp())).score is None


# --- the whole


def test_too_few_clients_are_told_and_not_compared() -> None:
    few = side("a small bank", 99, {"AMT_CREDIT": ramp()[:99]})
    for pair in ((few, clients(AMT_CREDIT=ramp())), (clients(AMT_CREDIT=ramp()), few)):
        with pytest.raises(TableError, match=r"^a small bank has 99 clients; drift means nothing under 100$"):
            compared(*pair)
    assert compared(side("a bank", 100, {"AMT_CREDIT": ramp()[:100]}), clients(AMT_CREDIT=ramp())).fields


def test_a_rebuilt_side_is_as_unsure_as_the_clients_that_it_tells_of() -> None:
    fields = {"EXT_SOURCE_1": ramp(), "NAME_CONTRACT_TYPE": shares(**{"Cash loans": 0.9, "Revolving loans": 0.1})}
    limits = []
    for told_of in (100, CLIENTS, 100_000):
        rebuilt = Side("what is remembered", told_of, fields, PD, clients=told_of)
        drift = compared(rebuilt, side("here", CLIENTS, fields, PD))
        assert drift.score
        assert drift.reference == {"source": "what is remembered", "clients": told_of, "sampled": CLIENTS, "rebuilt": True}
        limits.append([field.moved.limit for field in drift.fields if field.moved] + [drift.score.psi.limit])
    assert [limits[0][i] > limits[1][i] >= limits[2][i] for i in range(3)] == [True] * 3


def test_the_summary_is_json_and_says_the_same() -> None:
    fields = {"EXT_SOURCE_1": (ramp(), ramp(moved=0.5)), "AMT_CREDIT": (ramp(), ramp()), "OWN_CAR_AGE": (ramp(unknown=1),) * 2}
    reference, current = ({name: values[i] for name, values in fields.items()} for i in (0, 1))
    drift = compared(side("before", CLIENTS, reference, PD), side("after", CLIENTS, current, PD))
    summary = json.loads(json.dumps(drift.summary(), allow_nan=False))
    assert summary["alarm"] is drift.alarm is True
    assert summary["reasons"] == list(drift.reasons)
    assert summary["importance"] == drift.importance == 0.3
    assert summary["left_out"] == {"OWN_CAR_AGE": "unknown on both sides"}
    assert summary["current"] == {"source": "after", "clients": CLIENTS, "sampled": CLIENTS, "rebuilt": False}
    assert [(field["field"], field["drifted"]) for field in summary["fields"]] == [("EXT_SOURCE_1", True), ("AMT_CREDIT", False)]
    assert summary["fields"][0]["moved"]["value"] == 0.5
    assert summary["score"]["means"] == [PD.mean(), PD.mean()]
