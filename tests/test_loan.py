"""The loan asked for and those that could be asked for instead, by hand and for any loan."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scoring.explaining.loan import Loan, Offers, offers, populated_plans
from tests.explained import profile

CASH = {"AMT_CREDIT": 400_000.0, "AMT_ANNUITY": 25_000.0, "AMT_GOODS_PRICE": 360_000.0, "AMT_INCOME_TOTAL": 150_000.0}
CARD = {**CASH, "NAME_CONTRACT_TYPE": "Revolving loans", "AMT_ANNUITY": 20_000.0}
RANGES = {"AMT_CREDIT": (200_000.0, 2e6), "AMT_ANNUITY": (10_000.0, 200_000.0), "AMT_GOODS_PRICE": (100_000.0, 2e6)}
WIDE: Mapping[str, tuple[float, float]] = {}
PLANS = np.array([12.0, 18.0, 24.0])
KNOWN = profile({})
LEVERS = [
    ("larger_down_payment",),
    ("larger_down_payment", "longer_duration"),
    ("less_credit",),
    ("less_credit", "longer_duration"),
    ("longer_duration",),
]


def offered(values: Mapping[str, Any], ranges: Mapping[str, tuple[float, float]] = WIDE, known: Any = KNOWN) -> Offers:
    loan = Loan.of(values)
    assert loan
    return offers(loan, PLANS, known, ranges)


def turned(found: Offers, *levers: str) -> Offers:
    return found.take([i for i, its in enumerate(found.levers) if its == levers])


@pytest.mark.parametrize("name", ["AMT_CREDIT", "AMT_ANNUITY"])
@pytest.mark.parametrize("value", [None, 0, 0.0, -1.0])
def test_there_is_no_loan_without_an_amount_and_an_annuity(name: str, value: float | None) -> None:
    assert Loan.of({**CASH, name: value}) is None
    assert Loan.of({key: known for key, known in CASH.items() if key != name}) is None


def test_a_loan_is_what_the_record_says() -> None:
    assert Loan.of(CASH) == Loan(400_000, 25_000, 360_000, 150_000, revolving=False)
    card = Loan.of({**CARD, "AMT_GOODS_PRICE": None})
    assert card
    assert card.revolving
    assert np.isnan(card.goods)
    free = Loan.of({**CASH, "AMT_GOODS_PRICE": 0, "AMT_INCOME_TOTAL": 0.0})
    assert free
    assert np.isnan([free.goods, free.income]).all()


def test_plans_that_many_took_are_populated_and_a_cards_plan_isnt_one() -> None:
    # Of 200 clients 60 are near 10, 60 at a card's 20, 1 at 25, 78 near 30 and 1 at 40.
    known = profile({"CREDIT_TO_ANNUITY": []})
    taken = [*[10.0] * 40, *[10.02] * 20, *[20.0] * 60, 25.0, *[30.0] * 78, 40.0]
    levels = [i / 200 for i in range(200)]
    known = type(known)(known.clients, levels, profile({"CREDIT_TO_ANNUITY": taken}).columns)
    assert populated_plans(known).tolist() == [10.0, 30.0]


def test_offers_come_by_size_the_largest_relative_change_of_a_field() -> None:
    found = offered(CASH)
    assert sorted(set(found.levers)) == LEVERS
    assert (np.diff(found.size) >= 0).all()
    np.testing.assert_allclose(found.size, 1 - np.minimum(found.credit / 400_000, found.annuity / 25_000))


def test_a_longer_duration_leaves_the_amounts_and_takes_a_populated_plan() -> None:
    found = turned(offered(CASH), "longer_duration")
    assert (found.credit.tolist(), found.goods.tolist()) == ([400_000.0] * 2, [360_000.0] * 2)
    assert found.annuity.tolist() == [22_222.22, 16_666.67]  # 18 and 24; the client's own is 16
    beside = turned(offered({**CASH, "AMT_ANNUITY": 400_000 / 17.15}), "longer_duration")
    assert beside.annuity.tolist() == [16_666.67]  # 18 is 5 % more than 17.14


@pytest.mark.parametrize(("lever", "goods"), [("larger_down_payment", 360_000.0), ("less_credit", 356_400.0)])
def test_less_is_borrowed_on_the_same_plan(lever: str, goods: float) -> None:
    found = turned(offered(CASH), lever)
    assert (found.credit[0], found.annuity[0], found.goods[0]) == (396_000.0, 24_750.0, goods)
    assert (len(found), found.credit[-1]) == (70, 120_000.0)


def test_an_amount_is_rounded_down_to_three_digits() -> None:
    found = turned(offered({**CASH, "AMT_CREDIT": 412_345.0}), "less_credit")
    assert found.credit[:3].tolist() == [408_000.0, 404_000.0, 399_000.0]
    assert found.goods[0] == round(408_000 * 360_000 / 412_345, 2)
    assert (offered({"AMT_CREDIT": 1.0, "AMT_ANNUITY": 0.05}).annuity < 0.05).all()  # where a cent is more than the change


@pytest.mark.parametrize(("credit", "annuity"), [(1e300, 1e-300), (1e-300, 1e300), (5e-324, 5e-324), (1.7e308, 1.7e308)])
def test_absurd_amounts_give_no_offer(credit: float, annuity: float) -> None:
    assert not offered({**CASH, "AMT_CREDIT": credit, "AMT_ANNUITY": annuity}, RANGES)


def test_offers_lie_inside_what_training_saw_of_fields() -> None:
    assert len(offered(CASH)) > len(found := offered(CASH, RANGES))
    assert (found.credit.min(), found.annuity.min() >= 10_000, found.goods.min() >= 100_000) == (200_000.0, True, True)
    assert not offered({**CASH, "AMT_GOODS_PRICE": 1.0}, RANGES)


def test_offers_lie_inside_what_training_saw_of_ratios_or_no_further_out_than_the_client() -> None:
    ends = {"CREDIT_TO_GOODS": [0.9, 1, 1, 1, 1.2], "CREDIT_TO_INCOME": [2.0, 3, 3, 3, 9]}
    found = offered(CASH, known=profile(ends))
    assert set(turned(found, "larger_down_payment").credit) == {396_000.0 - 4_000 * i for i in range(19)}  # 324,000 is 0.9
    assert found.credit.min() == 300_000  # twice the income
    assert {1.0 * CASH["AMT_CREDIT"], 396_000.0} <= set(
        offered({**CASH, "AMT_GOODS_PRICE": 500_000.0}, known=profile(ends)).credit
    )
    assert not len(turned(offered({**CASH, "AMT_GOODS_PRICE": 500_000.0}, known=profile(ends)), "larger_down_payment"))


def test_a_card_is_offered_with_less_credit_only() -> None:
    found = offered(CARD)
    assert set(found.levers) == {("less_credit",)}
    np.testing.assert_allclose(found.credit / found.annuity, 20)


def test_without_a_price_there_is_nothing_to_pay_down() -> None:
    found = offered({**CASH, "AMT_GOODS_PRICE": None})
    assert sorted(set(found.levers)) == LEVERS[2:]
    assert np.isnan(found.goods).all()


def test_the_neighbours_of_an_offer_are_a_little_less_of_it_and_plans_beside_it() -> None:
    named = np.empty(2, dtype=object)
    named[:] = [("less_credit",), ("larger_down_payment",)]
    credit, annuity, goods, size = (np.full(2, value) for value in (300_000.0, 15_000.0, 270_000.0, 0.4))
    near = Offers(credit, annuity, goods, size, named).neighbours()
    assert near.credit.tolist() == [297_000.0, 294_000.0, 300_000.0, 300_000.0] * 2
    np.testing.assert_allclose(near.annuity, [14_850, 14_700, 300_000 / 19.98, 300_000 / 20.02] * 2)
    assert near.goods.tolist() == [267_300.0, 264_600.0, 270_000.0, 270_000.0] + [270_000.0] * 4


AMOUNTS = st.floats(20_000, 4e6).map(lambda amount: round(amount, 2))


@given(credit=AMOUNTS, plan=st.floats(8, 45), goods=st.none() | AMOUNTS, income=st.none() | AMOUNTS, card=st.booleans())
def test_no_offer_asks_for_more(credit: float, plan: float, goods: float | None, income: float | None, card: bool) -> None:
    annuity = round(credit / plan, 2)
    values = {"AMT_CREDIT": credit, "AMT_ANNUITY": annuity, "AMT_GOODS_PRICE": goods, "AMT_INCOME_TOTAL": income}
    found = offered({**values, "NAME_CONTRACT_TYPE": "Revolving loans" if card else "Cash loans"}, RANGES)
    assume(len(found))
    assert (found.credit <= credit).all()
    assert (found.annuity < annuity).all()
    for name, asked in (("AMT_CREDIT", found.credit), ("AMT_ANNUITY", found.annuity), ("AMT_GOODS_PRICE", found.goods)):
        assert not ((asked < RANGES[name][0]) | (asked > RANGES[name][1])).any()
    for lever in ("less_credit", "larger_down_payment"):
        alone = turned(found, lever)
        np.testing.assert_allclose(alone.credit / alone.annuity, credit / annuity, rtol=1e-4)
    less = found.take([i for i, its in enumerate(found.levers) if "less_credit" in its])
    if goods:
        np.testing.assert_allclose(less.goods / less.credit, goods / credit, rtol=1e-4)
