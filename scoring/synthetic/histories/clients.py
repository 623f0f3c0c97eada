"""What the histories need to know of the clients that they belong to."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.random import Generator

from scoring import fields
from scoring.synthetic import draws
from scoring.synthetic.applications import Block
from scoring.synthetic.draws import Floats, Mask

IDS_EACH = 100
"""Ids of credits, and of previous applications, that each client has: SK_ID_CURR * 100 and on, above all of Kaggle's."""

_ADULT_DAYS = 18 * draws.DAYS_A_YEAR


@dataclass(frozen=True, slots=True)
class Clients:
    """Clients of one part of a block, (n,) each.

    `care`: how carefully they pay, and `wealth`: what they earn, both about standard normal; `adult_days`: since they were 18;
    `looked_up`: whether the bureau was asked about them.
    """

    ids: npt.NDArray[np.int64]
    care: Floats
    wealth: Floats
    adult_days: Floats
    looked_up: Mask


def clients_of(rng: Generator, block: Block, part: slice) -> Clients:
    """Some clients of a block. Care is trust, and a strain that no application shows and that has its part in the outcome."""
    frame = block.frame.iloc[part]
    strain = 0.6 * rng.standard_normal(len(frame)) + 0.8 * (frame[fields.TARGET].to_numpy() - 0.08)
    return Clients(
        ids=frame[fields.ID].to_numpy(),
        care=0.8 * block.trust[part] - strain,
        wealth=(np.log(frame["AMT_INCOME_TOTAL"].to_numpy()) - 11.95) / 0.5,
        adult_days=np.maximum(-frame["DAYS_BIRTH"].to_numpy() - _ADULT_DAYS, 30.0),
        looked_up=frame["AMT_REQ_CREDIT_BUREAU_YEAR"].notna().to_numpy(),
    )
