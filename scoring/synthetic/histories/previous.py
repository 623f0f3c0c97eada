"""Earlier applications of the clients with this lender: what became of them and when."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from scoring.synthetic import draws
from scoring.synthetic.draws import Column, Columns, Floats, Mask
from scoring.synthetic.histories.clients import IDS_EACH, Clients
from scoring.synthetic.histories.offers import amounts, tariff
from scoring.synthetic.histories.repayment import dates, repayment
from scoring.synthetic.histories.wares import assortment, purpose, wares
from scoring.synthetic.marginals import Shares

_NONE = 0.045
_EACH = (1, 1, 2, 4, 7, 13, 20, 32)
_AGE_DAYS = (2, 90, 300, 570, 1260, 2550, 2850, 2922)
_KINDS = ("Cash loans", "Consumer loans", "Revolving loans", "XNA")
_KIND: Mapping[str, Shares] = {  # by how many applications came before
    place: dict(zip(_KINDS, shares, strict=True))
    for place, shares in {
        "0": (9, 85.5, 5.5, 0), "1": (32, 54, 14, 0.02), "2": (44, 40, 16, 0.03), "3": (54, 31, 15, 0.05),
        "4": (61, 25, 14, 0.05), "": (71, 16, 13, 0.05),
    }.items()
}  # fmt: skip
_STATUSES = ("Approved", "Unused offer", "Canceled", "Refused")
_STATUS: Mapping[str, Shares] = {  # by kind, and by whether that was this year (0), last year (1) or before (2)
    key: dict(zip(_STATUSES, shares, strict=True))
    for key, shares in {
        "Cash loans 0": (15, 0, 62, 23), "Cash loans 1": (40, 0, 35, 25), "Cash loans 2": (82, 0.2, 0.1, 18),
        "Consumer loans 0": (86, 5.5, 0.3, 8), "Consumer loans 1": (85, 4.5, 0.5, 10), "Consumer loans 2": (86, 3, 0, 11),
        "Revolving loans 0": (36, 0, 41, 23), "Revolving loans 1": (49, 0, 28, 23), "Revolving loans 2": (74, 0, 0, 26),
        "": (0, 0, 93, 7),
    }.items()
}  # fmt: skip
_BARE = {  # the share of applications that say little
    "Cash loans Canceled": 0.966, "Cash loans Refused": 0.171, "Cash loans Unused offer": 1, "Consumer loans Refused": 0.171,
    "Consumer loans Unused offer": 0.982, "Consumer loans Canceled": 0.84, "Revolving loans Canceled": 0.99,
    "Revolving loans Refused": 0.05, "XNA Canceled": 1, "XNA Refused": 1,
}  # fmt: skip
_REASON: Mapping[str, Shares] = {
    "Consumer loans": {"LIMIT": 42, "HC": 29, "SCO": 25, "XNA": 2.6, "VERIF": 1, "SCOFR": 0.7},
    "": {"HC": 74, "LIMIT": 11.5, "SCO": 6.6, "SCOFR": 5.4, "VERIF": 1.4, "XNA": 1.2, "SYSTEM": 0.1},
}
_PORTFOLIO = {"Cash loans": "Cash", "Consumer loans": "POS", "Revolving loans": "Cards"}


@dataclass(frozen=True, slots=True)
class Contracts:
    """The table's columns, and of each row what none of them says.

    `care`: how carefully it is paid, about standard normal; `rate`: interest a year; `paid`: instalments paid by now.
    """

    columns: Columns
    care: Floats
    rate: Floats
    paid: Floats


def previous(rng: Generator, clients: Clients) -> Contracts:
    """The earlier applications, oldest first for each client: the careful are refused less, and pay better."""
    each = draws.from_quantiles(rng.random(len(clients.ids)), _EACH).astype(int)
    owner, place = draws.ranks(np.where(draws.happens(rng, _NONE, len(clients.ids)), 0, each))
    care = 0.75 * clients.care[owner] + 0.65 * rng.standard_normal(len(owner))
    age = np.minimum(draws.from_quantiles(draws.related(rng, 0.1, care), _AGE_DAYS), clients.adult_days[owner])
    age = np.floor(age[np.lexsort((-age, owner))])
    kind = draws.each(rng.random(len(owner)), place.astype(str), _KIND, draws.labels_at)
    years = draws.band(age, (365, 730)).astype(object)
    status = draws.each(draws.related(rng, -0.3, care), kind + " " + years, _STATUS, draws.labels_at)
    bare = draws.happens(rng, draws.total(_BARE, kind + " " + status), len(owner))
    columns = wares(rng, kind, bare, place) | {
        "SK_ID_PREV": clients.ids[owner] * IDS_EACH + place,
        "SK_ID_CURR": clients.ids[owner],
        "NAME_CONTRACT_TYPE": kind,
        "NAME_CONTRACT_STATUS": status,
        "DAYS_DECISION": -age.astype(int),
        "CODE_REJECT_REASON": _reason(rng, kind, status),
    }
    goods = np.where(kind == "Consumer loans", assortment(columns["NAME_SELLER_INDUSTRY"]), "")
    size = 0.35 * clients.wealth[owner] + 0.93 * rng.standard_normal(len(owner))
    size += np.where(kind == "Cash loans", np.where(status == "Approved", -0.35, 0.5), 0)  # who asks for much is refused more
    columns |= amounts(rng, kind, goods, size, bare)
    terms = tariff(rng, kind, goods, care, size)
    columns |= _named(rng, kind, goods, terms["group"], bare) | repayment(columns, terms, bare)
    when, paid = dates(rng, columns, terms["months"], care)
    return Contracts(columns | when, care, terms["rate"], paid)


def _reason(rng: Generator, kind: Column, status: Column) -> Column:
    reason = draws.each(rng.random(len(kind)), kind, _REASON, draws.labels_at)
    return np.where(status == "Refused", reason, np.where(status == "Unused offer", "CLIENT", "XAP"))


def _named(rng: Generator, kind: Column, goods: Column, group: Column, bare: Mask) -> Columns:
    """The lender's names for the product."""
    count, cash, consumer, card = len(kind), *(kind == name for name in _KINDS[:3])
    walk_in = draws.happens(rng, np.where(cash, 0.2, 0.35), count)
    free = consumer & draws.happens(rng, draws.total({"low_action": 0.83, "low_normal": 0.18, "middle": 0.02}, group), count)
    other = np.where((goods == "other") & free, "others", goods)
    sold = np.where(consumer, "POS " + other + np.where(free, " without", " with").astype(object) + " interest", "Cash")
    dearness = np.where(np.isin(group.astype(str), ("low_action", "low_normal")), "low", group)
    sold = np.where(cash & ~bare, np.where(walk_in, "Cash Street: ", "Cash X-Sell: ").astype(object) + dearness, sold)
    sold = np.where(card, np.where(walk_in | bare, "Card Street", "Card X-Sell"), sold)
    unnamed = bare | consumer | (kind == "XNA")
    portfolio = np.array([_PORTFOLIO.get(name, "XNA") for name in kind], dtype=object)
    return {
        "PRODUCT_COMBINATION": draws.unlabel(sold, kind == "XNA"),
        "NAME_PORTFOLIO": np.where(bare, "XNA", portfolio),
        "NAME_PRODUCT_TYPE": np.where(unnamed, "XNA", np.where(walk_in, "walk-in", "x-sell")),
        "NAME_YIELD_GROUP": np.where(bare | card | (kind == "XNA"), "XNA", group),
        "NAME_CASH_LOAN_PURPOSE": purpose(rng, kind, walk_in & ~bare),
    }
