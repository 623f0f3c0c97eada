"""Earlier applications: what was bought and where, how it was applied for, and the lender's names for all that."""

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator

from scoring.synthetic import draws
from scoring.synthetic.draws import Column, Columns, Mask
from scoring.synthetic.marginals import Quantiles, Shares

_CATEGORY: Shares = {
    "Mobile": 29.5, "Consumer Electronics": 17.4, "Computers": 14.1, "Audio/Video": 14, "Furniture": 8,
    "Construction Materials": 3.9, "Clothing and Accessories": 3.9, "Photo / Cinema Equipment": 3.3, "Auto Accessories": 1.1,
    "Jewelry": 0.9, "Homewares": 0.7, "Medical Supplies": 0.55, "Vehicles": 0.45, "Gardening": 0.45, "Sport and Leisure": 0.35,
    "Office Appliances": 0.3, "Other": 0.3, "Tourism": 0.25, "Medicine": 0.25, "Direct Sales": 0.07, "Fitness": 0.06,
}  # fmt: skip
_INDUSTRY: Mapping[str, Shares] = {
    "Mobile": {"Connectivity": 92, "Consumer electronics": 8},
    "Photo / Cinema Equipment": {"Connectivity": 46, "Consumer electronics": 54},
    "Computers": {"Connectivity": 13, "Consumer electronics": 87},
    "Furniture": {"Furniture": 94, "Consumer electronics": 4, "Construction": 2},
    "Construction Materials": {"Construction": 83, "Consumer electronics": 11, "Furniture": 6},
    "Homewares": {"Construction": 70, "Consumer electronics": 20, "Furniture": 10},
    "Gardening": {"Construction": 68, "Consumer electronics": 22, "Auto technology": 10},
    "Clothing and Accessories": {"Clothing": 94, "Furniture": 4, "Industry": 2},
    "Auto Accessories": {"Auto technology": 45, "Industry": 40, "Connectivity": 15},
    "Vehicles": {"Auto technology": 35, "Industry": 45, "Consumer electronics": 20},
    "Jewelry": {"Jewelry": 52, "Industry": 48},
    "Tourism": {"Tourism": 32, "Industry": 68},
    "Direct Sales": {"MLM partners": 80, "XNA": 20},
    "Audio/Video": {"Consumer electronics": 95, "Connectivity": 5},
    "Consumer Electronics": {"Consumer electronics": 97, "Furniture": 2, "Construction": 1},
    "Office Appliances": {"Consumer electronics": 97, "Connectivity": 3},
    "": {"Industry": 85, "Consumer electronics": 10, "Construction": 5},
}
_ASSORTMENT = {  # of the shop's industry; the other shops are "other"
    "Connectivity": "mobile", "Consumer electronics": "household", "Furniture": "industry", "Construction": "industry",
    "Clothing": "industry", "Industry": "industry", "XNA": "industry",
}  # fmt: skip
_OFFICES: Shares = {
    "Credit and cash offices": 78, "Country-wide": 7, "Contact center": 8, "AP+ (Cash loan)": 5, "Stone": 0.6,
    "Channel of corporate sales": 0.7, "Regional / Local": 0.5,
}  # fmt: skip
_CHANNEL: Mapping[str, Shares] = {
    "Consumer loans": {"Country-wide": 59, "Stone": 27, "Regional / Local": 14, "Car dealer": 0.04},
    "Revolving loans": {**_OFFICES, "Credit and cash offices": 66, "Country-wide": 14, "Regional / Local": 3.5, "Stone": 3},
    "": _OFFICES,
}
_SHOP_OF_CHANNEL: Mapping[str, Shares] = {
    "Country-wide": {"Consumer electronics": 57, "Connectivity": 38, "XNA": 5},
    "Regional / Local": {"Consumer electronics": 90, "Construction": 5, "Furniture": 5},
    "Stone": {"Consumer electronics": 63, "Furniture": 20, "Connectivity": 7, "Construction": 5, "Clothing": 3, "Industry": 2},
    "": {"XNA": 1},
}
_AREA: Mapping[str, Quantiles] = {
    "Country-wide": (-1, 15, 35, 100, 1370, 3130, 5000, 12000),
    "Regional / Local": (-1, 15, 72, 140, 300, 1430, 3000, 5000),
    "Stone": (-1, 10, 30, 71, 160, 840, 2000, 4000),
    "Car dealer": (150, 180, 870, 2070, 3940, 20000, 25000, 30000),
    "AP+ (Cash loan)": (-1, -1, 2, 4, 6, 50, 100, 300),
    "": (-1, -1, -1, -1, -1, 0, 30, 200),
}
_CLIENT_TYPE: Mapping[str, Shares] = {  # by how many applications came before
    "0": {"New": 79.7, "Refreshed": 7.4, "Repeater": 12.9},
    "1": {"New": 7.8, "Refreshed": 16.3, "Repeater": 75.8, "XNA": 0.1},
    "": {"New": 0.9, "Refreshed": 9, "Repeater": 90, "XNA": 0.15},
}
_WEEKDAY: Mapping[str, Shares] = {
    "Consumer loans": {"MONDAY": 12.7, "TUESDAY": 13.3, "WEDNESDAY": 13.1, "THURSDAY": 13.2, "FRIDAY": 14.2, "SATURDAY": 18.4,
                       "SUNDAY": 15.1},
    "": {"MONDAY": 16.8, "TUESDAY": 17.5, "WEDNESDAY": 16.7, "THURSDAY": 16, "FRIDAY": 16, "SATURDAY": 11.3, "SUNDAY": 5.7},
}  # fmt: skip
_COMPANY: Mapping[str, Shares] = {
    "Consumer loans": {None: 36, "Unaccompanied": 28, "Family": 22, "Spouse, partner": 7, "Children": 3.6, "Other_B": 2.1,
                       "Other_A": 1, "Group of people": 0.3},
    "": {None: 33, "Unaccompanied": 54, "Family": 8.3, "Spouse, partner": 2.7, "Children": 0.9, "Other_B": 0.6, "Other_A": 0.3,
         "Group of people": 0.1},
}  # fmt: skip
_PAYMENT: Shares = {
    "Cash through the bank": 87, "XNA": 12, "Non-cash from your account": 0.7, "Cashless from the account of the employer": 0.05,
}  # fmt: skip
_PURPOSE: Shares = {
    "XNA": 55, "Repairs": 14, "Other": 9, "Urgent needs": 5, "Buying a used car": 2.1, "Everyday expenses": 1.8,
    "Building a house or an annex": 1.6, "Payments on other loans": 1.5, "Medicine": 1.4, "Education": 1, "Buying a new car": 0.7,
    "Buying a holiday home / land": 0.6, "Car repairs": 0.6, "Journey": 0.6, "Purchase of electronic equipment": 0.6,
    "Buying a home": 0.5, "Furniture": 0.4, "Wedding / gift / holiday": 0.4, "Business development": 0.3,
    "Gasification / water supply": 0.1, "Hobby": 0.05, "Buying a garage": 0.03,
}  # fmt: skip


def wares(rng: Generator, kind: Column, bare: Mask, place: Column) -> Columns:
    """What was bought where and how it was applied for, (n,) each, by the kind of contract; a `bare` application says little."""
    count = len(kind)
    consumer = kind == "Consumer loans"
    channel = draws.each(rng.random(count), kind, _CHANNEL, draws.labels_at)
    category = np.where(consumer, draws.labels(rng, _CATEGORY, count), "XNA")
    u = rng.random(count)
    industry = draws.each(u, category, _INDUSTRY, draws.labels_at)
    industry = np.where(consumer, industry, draws.each(u, channel, _SHOP_OF_CHANNEL, draws.labels_at))
    paid_how = np.where(~consumer & (bare | (kind == "Revolving loans")), "XNA", draws.labels(rng, _PAYMENT, count))
    hour = np.clip(np.round(rng.normal(np.where(consumer, 12.9, 12.1), 3.3)), 0, 23)
    return {
        "CHANNEL_TYPE": channel,
        "NAME_GOODS_CATEGORY": category,
        "NAME_SELLER_INDUSTRY": industry,
        "SELLERPLACE_AREA": draws.each(rng.random(count), channel, _AREA, draws.from_quantiles).astype(float).astype(int),
        "NAME_CLIENT_TYPE": draws.each(rng.random(count), place.astype(str), _CLIENT_TYPE, draws.labels_at),
        "WEEKDAY_APPR_PROCESS_START": draws.each(rng.random(count), kind, _WEEKDAY, draws.labels_at),
        "HOUR_APPR_PROCESS_START": hour.astype(int),
        "NAME_TYPE_SUITE": draws.unlabel(draws.each(rng.random(count), kind, _COMPANY, draws.labels_at), bare & ~consumer),
        "NAME_PAYMENT_TYPE": paid_how,
        "FLAG_LAST_APPL_PER_CONTRACT": np.where(draws.happens(rng, 0.0042, count), "N", "Y"),
        "NFLAG_LAST_APPL_IN_DAY": 1 - draws.happens(rng, 0.0033, count),
    }


def purpose(rng: Generator, kind: Column, walk_in: Mask) -> Column:
    """(n,) labels: what a cash loan is for, told where the client came by himself."""
    named = np.where(walk_in, draws.labels(rng, _PURPOSE, len(kind)), "XNA")
    return np.where(kind == "Cash loans", named, "XAP")


def assortment(industry: Column) -> Column:
    """(n,) objects: mobile, household, industry or other, the lender's word for what such a shop sells."""
    return np.array([_ASSORTMENT.get(name, "other") for name in industry], dtype=object)
