"""The search for what turns a refusal, held against trying everything; the model stands in as functions of the loan."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from scoring.explaining.client import repeated
from scoring.explaining.loan import LEVERS, Loan, offers, populated_plans
from scoring.explaining.profile import Profile
from scoring.explaining.recourse import MOST_EVALUATIONS, Recourse, RecourseSearch
from tests.explained import profile

Floats = NDArray[np.float64]
Risk = Callable[[Floats, Floats], Floats]
CASH = {"AMT_CREDIT": 400_000.0, "AMT_ANNUITY": 25_000.0, "AMT_GOODS_PRICE": 360_000.0, "AMT_INCOME_TOTAL": 150_000.0}
PLANS = profile({"CREDIT_TO_ANNUITY": [12.0, 18.0, 24.0, 30.0, 36.0]})
RANGES = {"AMT_CREDIT": (45_000.0, 4e6), "AMT_ANNUITY": (1_600.0, 260_000.0)}
THRESHOLD = 0.1


class Model:
    """A PD of credit and plan (credit by annuity), and how many rows it was asked for."""

    def __init__(self, risk: Risk) -> None:
        self.risk = risk
        self.rows = 0

    def __call__(self, by_field: Mapping[str, Any]) -> Floats:
        credit, annuity = (np.asarray(by_field[name], dtype=np.float64) for name in ("AMT_CREDIT", "AMT_ANNUITY"))
        self.rows += len(credit)
        return self.risk(credit, credit / annuity)


def searched(risk: Risk, values: Mapping[str, Any] = CASH, known: Profile = PLANS) -> tuple[Recourse, Model]:
    model = Model(risk)
    return RecourseSearch(RANGES, THRESHOLD, known, model).of(values), model


def by_trying_everything(risk: Risk, values: Mapping[str, Any] = CASH) -> tuple[float | None, float]:
    """The size of the smallest offer that is granted with all its neighbours, and the best PD of any offer."""
    loan = Loan.of(values)
    assert loan
    every = offers(loan, populated_plans(PLANS), PLANS, RANGES)
    steady = [
        size
        for i, size in enumerate(every.size.tolist())
        for one, near in [(every.take([i]), every.take([i]).neighbours())]
        if max(*risk(one.credit, one.credit / one.annuity), *risk(near.credit, near.credit / near.annuity)) < THRESHOLD
    ]
    return min(steady, default=None), float(risk(every.credit, every.credit / every.annuity).min())


def size_of(to: Mapping[str, float], values: Mapping[str, Any] = CASH) -> float:
    return float(1 - min(to.get(name, values[name]) / values[name] for name in ("AMT_CREDIT", "AMT_ANNUITY")))


def test_a_longer_duration_is_found_where_the_plan_decides() -> None:
    found, _ = searched(lambda credit, plan: np.where(plan > 20, 0.05, 0.3))
    assert found == Recourse({"AMT_ANNUITY": 16_666.67}, ("longer_duration",), 0.05)  # 24 is the first plan above 20


def test_the_amount_just_below_is_found_where_the_amount_decides() -> None:
    found, _ = searched(lambda credit, plan: np.where(credit <= 330_000, 0.05, 0.3))
    assert found == Recourse({"AMT_CREDIT": 328_000.0, "AMT_ANNUITY": 20_500.0}, ("larger_down_payment",), 0.05)
    found, _ = searched(lambda credit, plan: np.where(credit <= 330_000, 0.05, 0.3), {**CASH, "AMT_GOODS_PRICE": None})
    assert found == Recourse({"AMT_CREDIT": 328_000.0, "AMT_ANNUITY": 20_500.0}, ("less_credit",), 0.05)


def test_two_levers_are_turned_where_one_isnt_enough() -> None:
    found, _ = searched(lambda credit, plan: np.where((credit <= 330_000) & (plan > 20), 0.05, 0.3))
    assert found.levers == ("larger_down_payment", "longer_duration")
    assert found.to == {"AMT_CREDIT": 320_000.0, "AMT_ANNUITY": 13_333.33}


def test_less_credit_takes_the_price_down_with_it() -> None:
    def of_the_price(by_field: Mapping[str, Any]) -> Floats:
        return np.where(np.asarray(by_field["AMT_GOODS_PRICE"]) <= 300_000, 0.05, 0.3)

    found = RecourseSearch(RANGES, THRESHOLD, PLANS, of_the_price).of(CASH)
    assert found.levers == ("less_credit",)
    assert found.to == {"AMT_CREDIT": 332_000.0, "AMT_ANNUITY": 20_750.0, "AMT_GOODS_PRICE": 298_800.0}


@pytest.mark.parametrize("beside", ["a plan", "an amount"])
def test_what_is_granted_by_accident_isnt_proposed(beside: str) -> None:
    def by_accident(credit: Floats, plan: Floats) -> Floats:
        accident = np.abs(plan - 24) < 0.01 if beside == "a plan" else (credit == 388_000)
        return np.where(accident, 0.05, 0.3)

    found, _ = searched(by_accident)
    assert found == Recourse({}, LEVERS, 0.05)  # below the threshold, yet nothing to propose: unsteady
    found, _ = searched(lambda credit, plan: np.where(credit <= 200_000, 0.08, by_accident(credit, plan)))
    assert found.to["AMT_CREDIT"] == 200_000
    assert found.probability == 0.08


def test_where_nothing_suffices_the_best_probability_is_told() -> None:
    found, _ = searched(lambda credit, plan: 0.1 + credit / 1e6)
    assert found.to == {}
    assert found.probability == pytest.approx(0.1 + 0.12)  # three tenths of 400,000


@pytest.mark.parametrize("loan", [{"AMT_CREDIT": None}, {"AMT_ANNUITY": 0}, {"AMT_CREDIT": 46_000.0, "AMT_ANNUITY": 1_000.0}])
def test_there_is_nothing_to_try_without_a_loan_or_outside_of_what_training_saw(loan: Mapping[str, Any]) -> None:
    found, model = searched(lambda credit, plan: credit * 0, {**CASH, **loan})
    assert (found, model.rows) == (Recourse({}, (), None), 0)


def test_never_are_more_rows_scored_than_allowed() -> None:
    plans = [10 + 0.3 * i for i in range(100)]
    many = Profile(PLANS.clients, [i / 100 for i in range(100)], profile({"CREDIT_TO_ANNUITY": plans}).columns)

    def on_the_plans_alone(credit: Floats, plan: Floats) -> Floats:
        steps = (plan - 10) / 0.3
        return np.where(np.abs(steps - np.round(steps)) < 0.02, 0.05, 0.3)  # the neighbours lie 0.02 / 0.3 of a step away

    model = Model(on_the_plans_alone)
    assert RecourseSearch(RANGES, THRESHOLD, many, model).of(CASH) == Recourse({}, LEVERS, 0.05)
    assert 1_900 < model.rows <= MOST_EVALUATIONS


@settings(max_examples=40)
@given(
    credit=st.floats(60_000, 2e6).map(round),
    plan=st.floats(9, 40),
    enough=st.floats(0.2, 1.0),
    long=st.floats(8, 40),
    jag=st.floats(0, 0.08),
    goods=st.booleans(),
)
def test_the_search_finds_what_trying_everything_finds(
    credit: int, plan: float, enough: float, long: float, jag: float, goods: bool
) -> None:
    def risk(asked: Floats, its_plan: Floats) -> Floats:
        safe = (asked <= enough * credit) & (its_plan >= long)
        return np.asarray(np.where(safe, 0.05, 0.15) + jag * np.sin(its_plan * 37 + asked / 1e4))

    values: dict[str, Any] = {"AMT_CREDIT": credit, "AMT_ANNUITY": round(credit / plan, 2)}
    values["AMT_GOODS_PRICE"] = 0.9 * credit if goods else None
    found, model = searched(risk, values)
    if found.probability is None:
        assert model.rows == 0  # nothing to try
        return
    smallest, best = by_trying_everything(risk, values)
    assert model.rows <= MOST_EVALUATIONS
    if not found.to:
        assert smallest is None
        assert found.probability == pytest.approx(best)
        return
    assert size_of(found.to, values) == pytest.approx(smallest)
    [probability] = model(repeated({**values, **found.to}, 1)).tolist()
    assert probability == found.probability
    assert probability < THRESHOLD
    assert all(found.to[name] < values[name] for name in found.to)
    assert all(RANGES[name][0] <= found.to[name] <= RANGES[name][1] for name in found.to if name in RANGES)
