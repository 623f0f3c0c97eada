"""What the drift report's page is made of: sentences, and columns of which no row is a client."""

from typing import Any

import numpy as np

from scoring.drift.comparison import SCORE
from scoring.drift.page import columns
from scoring.drift.side import Side
from scoring.drift.text import sentences
from tests.sides import CLIENTS, clients, compared, moved, ramp

PD = np.linspace(0.01, 0.4, CLIENTS)


def test_what_is_drawn_has_each_columns_values_and_nobodys_row() -> None:
    fields = ["AMT_CREDIT", "AMT_ANNUITY", "EXT_SOURCE_1", "DAYS_BIRTH"]
    one = Side("here", CLIENTS, dict.fromkeys(fields, ramp()), PD)  # whoever has the most of one has the most of all
    drawn = columns(one, [SCORE, *fields], seed=0)
    assert list(drawn) == [SCORE, *fields]
    np.testing.assert_array_equal(np.sort(drawn[SCORE]), PD)
    for name in fields:
        np.testing.assert_array_equal(np.sort(drawn[name]), ramp())
    together = np.corrcoef(list(drawn.values()))
    assert np.abs(together[~np.eye(5, dtype=bool)]).max() < 0.2


def test_the_same_seed_draws_the_same_and_flags_are_words() -> None:
    one = clients(FLAG_EMAIL=np.where(ramp() < 100, 1.0, np.where(ramp() < 150, np.nan, 0.0)))
    drawn = columns(one, ["FLAG_EMAIL"], seed=3)["FLAG_EMAIL"].tolist()
    assert drawn == columns(one, ["FLAG_EMAIL"], seed=3)["FLAG_EMAIL"].tolist()
    assert [drawn.count(word) for word in ("yes", None, "no")] == [100, 50, 450]


def told(drift: Any) -> str:
    return "\n".join(sentences(drift))


def test_a_quiet_comparison_says_who_was_compared_and_raises_nothing() -> None:
    text = told(moved(AMT_CREDIT=(ramp(), ramp()), OWN_CAR_AGE=(ramp(unknown=1), ramp(unknown=1))))
    assert text.startswith("Current: after, 600 clients (all looked at). Reference: before, 600 clients (all looked at).\n")
    assert "Alarm" not in text
    assert "Not compared: OWN_CAR_AGE (unknown on both sides)." in text


def test_an_alarm_stands_with_its_reason_and_what_the_model_does_not_use_is_told_apart() -> None:
    text = told(moved(EXT_SOURCE_1=(ramp(), ramp(moved=0.5)), DAYS_BIRTH=(ramp(), ramp(moved=0.5))))
    assert "\nAlarm: fields with 30.0% of the model's importance drift, 5.0% is the limit: EXT_SOURCE_1.\n" in text
    assert "\nThese drift, too, but the model doesn't use them: DAYS_BIRTH.\n" in text


def test_a_sample_and_a_rebuilt_side_are_told_as_what_they_are() -> None:
    fields = {"AMT_CREDIT": ramp()}
    drift = compared(Side("training", 9_000, fields, PD, clients=9_000), Side("today", 8_000, fields, PD))
    text = told(drift)
    assert "Current: today, 8,000 clients (600 looked at, drawn at random)." in text
    assert "Reference: training, 9,000 clients (rebuilt field by field from its quantiles and shares)." in text
    assert "The PD: PSI 0.000 (stable), mean 20.50% in the reference, 20.50% now." in text
