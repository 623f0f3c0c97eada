"""The loan asked for, and the others that could be asked for in its place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.explaining.client import Floats
from scoring.explaining.profile import Profile

CREDIT, ANNUITY, GOODS, INCOME = "AMT_CREDIT", "AMT_ANNUITY", "AMT_GOODS_PRICE", "AMT_INCOME_TOTAL"
PLAN = "CREDIT_TO_ANNUITY"
REVOLVING, REVOLVING_PLAN = "Revolving loans", 20.0  # a card's annuity is a twentieth of its limit
LEVERS = LESS, LONGER, DOWN = "less_credit", "longer_duration", "larger_down_payment"

FINE = np.arange(99, 29, -1) / 100  # of the credit: one lever alone, in hundredths
COARSE = np.arange(95, 29, -5) / 100  # beside another plan, in twentieths
CREDIT_DIGITS = 3
NEAR_PLAN = 0.03  # about the reach of the plan score's smoothing
LEAST_ON_PLAN = 0.01
LEAST_LONGER = 1.05  # times the plan: what is nearer is the same duration, at another tariff
NEIGHBOURS: Sequence[tuple[float, float]] = ((0.99, 0.0), (0.98, 0.0), (1.0, -0.02), (1.0, 0.02))
"""(times the amounts, plus the plan): where an offer must be granted, too, so as not to be an accident of a few units."""


@dataclass(frozen=True, slots=True)
class Loan:
    """What a client asks for; `goods` and `income` are NaN where unknown or 0."""

    credit: float
    annuity: float
    goods: float
    income: float
    revolving: bool

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Loan | None":
        """The loan of a record's values; None where its amount or annuity isn't known, or is none."""
        credit, annuity = values.get(CREDIT), values.get(ANNUITY)
        if not credit or not annuity or credit < 0 or annuity < 0:
            return None
        goods, income = (float(values.get(name) or np.nan) for name in (GOODS, INCOME))
        return cls(float(credit), float(annuity), goods, income, values.get("NAME_CONTRACT_TYPE") == REVOLVING)


@dataclass(frozen=True, slots=True)
class Offers:
    """n loans in the place of one, each array (n,); `size`: the largest relative change of a field, `levers`: (n,) of tuples."""

    credit: Floats
    annuity: Floats
    goods: Floats
    size: Floats
    levers: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.credit)

    def take(self, which: Any) -> "Offers":
        """Those at these places."""
        return Offers(self.credit[which], self.annuity[which], self.goods[which], self.size[which], self.levers[which])

    def neighbours(self) -> "Offers":
        """Of each offer those of NEIGHBOURS, in turn."""
        times, plus = (np.tile(column, len(self)) for column in np.array(NEIGHBOURS).T)
        each = self.take(np.repeat(np.arange(len(self)), len(NEIGHBOURS)))
        annuity = each.credit * times / (each.credit / each.annuity + plus)
        in_proportion = np.array([LESS in levers for levers in each.levers], dtype=np.bool_)
        goods = np.where(in_proportion, each.goods * times, each.goods)
        return Offers(each.credit * times, annuity, goods, each.size, each.levers)


def populated_plans(profile: Profile) -> Floats:
    """Repayment plans (credit by annuity) near which at least LEAST_ON_PLAN of all clients lie, ascending; cards' left out.

    The PD is jagged between plans: a plan that hardly anybody took says nothing steady.
    """
    values = profile.plausible(PLAN, 0.0, 1.0)
    shares = {plan: profile.share_between(PLAN, plan - NEAR_PLAN, plan + NEAR_PLAN) for plan in values}
    chosen: list[float] = []
    for plan in sorted(values, key=lambda plan: -shares[plan]):
        if shares[plan] >= LEAST_ON_PLAN and all(abs(plan - other) > 2 * NEAR_PLAN for other in (*chosen, REVOLVING_PLAN)):
            chosen.append(plan)
    return np.array(sorted(chosen))


def offers(loan: Loan, plans: Floats, profile: Profile, ranges: Mapping[str, tuple[float, float]]) -> Offers:
    """What could be asked for instead, the smallest change first, inside what training saw of fields and their ratios."""
    with np.errstate(all="ignore"):  # absurd amounts give no offer: none of theirs lies inside
        parts = list(_levers(loan, plans[plans >= LEAST_LONGER * loan.credit / loan.annuity]))
        credit, annuity, goods = (np.concatenate([part[i] for part in parts]) for i in range(3))
        levers = np.concatenate([part[3] for part in parts])
        size = 1 - np.minimum(credit / loan.credit, annuity / loan.annuity)
        found = Offers(credit, annuity, goods, size, levers)
        found = found.take(_allowed(found, loan, profile, ranges))
    return found.take(np.argsort(found.size, kind="stable"))


def _levers(loan: Loan, longer: Floats) -> Iterator[tuple[Floats, Floats, Floats, NDArray[np.object_]]]:
    """Credit, annuity, goods and levers of the offers of each kind; of equal changes the earlier kind is the smaller one."""
    own = loan.credit / loan.annuity
    if not loan.revolving:
        yield _offered(loan, np.ones(len(longer)), longer, True, (LONGER,))
    beside = np.repeat(COARSE, len(longer)), np.tile(longer, len(COARSE))
    if not loan.revolving and loan.goods == loan.goods:
        yield _offered(loan, FINE, np.full(len(FINE), own), True, (DOWN,))
        yield _offered(loan, *beside, True, (DOWN, LONGER))
    yield _offered(loan, FINE, np.full(len(FINE), own), False, (LESS,))
    if not loan.revolving:
        yield _offered(loan, *beside, False, (LESS, LONGER))


def _offered(
    loan: Loan, factor: Floats, plan: Floats, same_goods: bool, levers: tuple[str, ...]
) -> tuple[Floats, Floats, Floats, NDArray[np.object_]]:
    credit = np.where(factor == 1, loan.credit, _rounded_down(factor * loan.credit))
    goods = np.full(len(factor), loan.goods) if same_goods else np.round(loan.goods * credit / loan.credit, 2)
    named = np.empty(len(factor), dtype=object)
    named[:] = [levers] * len(factor)
    return credit, np.round(credit / plan, 2), goods, named


def _allowed(found: Offers, loan: Loan, profile: Profile, ranges: Mapping[str, tuple[float, float]]) -> NDArray[np.bool_]:
    inside = (found.annuity < loan.annuity) & (found.annuity < found.credit)
    for name, values in ((CREDIT, found.credit), (ANNUITY, found.annuity), (GOODS, found.goods)):
        low, high = ranges.get(name, (-np.inf, np.inf))
        inside &= ~((values < low) | (values > high))  # an unknown price isn't outside
    ratios = {
        PLAN: (found.credit / found.annuity, loan.credit / loan.annuity),
        "ANNUITY_TO_INCOME": (found.annuity / loan.income, loan.annuity / loan.income),
        "CREDIT_TO_INCOME": (found.credit / loan.income, loan.credit / loan.income),
        "CREDIT_TO_GOODS": (found.credit / found.goods, loan.credit / loan.goods),
    }
    for name, (values, own) in ratios.items():
        low, high = profile.ends(name) or (-np.inf, np.inf)
        inside &= ~((values < min(low, own)) | (values > max(high, own)))  # a client who is outside stays no further out
    return inside


def _rounded_down(amounts: Floats) -> Floats:
    unit = 10.0 ** (np.floor(np.log10(amounts)) - (CREDIT_DIGITS - 1))
    return np.floor(amounts / unit) * unit
