"""Applications of clients who don't exist, in the columns and types of Kaggle's application_train."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scoring import fields
from scoring.errors import OutputError, SettingError
from scoring.synthetic import draws, risk
from scoring.synthetic.buildings import buildings
from scoring.synthetic.draws import Columns, Floats
from scoring.synthetic.loans import loans
from scoring.synthetic.people import people

FIRST_ID = 1_000_001
"""Above Kaggle's 100,001 to 456,255, so that no generated client is taken for one of theirs."""
BLOCK = 10_000
"""Clients generated at once: what bounds the memory. Another value gives other clients."""

_NO_BUREAU = 0.13
_WHOLE_NUMBERS = (  # Kaggle's other whole numbers (CNT_FAM_MEMBERS, OWN_CAR_AGE, ...) are floats in its files
    "CNT_CHILDREN",
    "DAYS_BIRTH",
    "DAYS_EMPLOYED",
    "DAYS_ID_PUBLISH",
    "REGION_RATING_CLIENT",
    "REGION_RATING_CLIENT_W_CITY",
    "HOUR_APPR_PROCESS_START",
)


@dataclass(frozen=True, slots=True)
class Block:
    """Clients generated together: the block's number, their applications (BLOCK, 122), and what no column shows.

    `trust` (BLOCK,) is the standard normal that says how careful a payer each is; the first `wanted` of them were asked for.
    """

    number: int
    frame: pd.DataFrame
    trust: Floats
    wanted: int

    @property
    def applications(self) -> pd.DataFrame:
        """(wanted, 122): those that were asked for."""
        return self.frame.head(self.wanted)


def applications(clients: int, seed: int, first_id: int = FIRST_ID) -> pd.DataFrame:
    """(clients, 122): SK_ID_CURR, TARGET, then the application's fields in their order, typed as Kaggle's CSV reads.

    The same seed gives the same clients, and the first of many are those that fewer would be.
    """
    return pd.concat([block.applications for block in blocks(clients, seed, first_id)], ignore_index=True)


def blocks(clients: int, seed: int, first_id: int = FIRST_ID) -> Iterator[Block]:
    """What `applications` gives, at most BLOCK clients at a time, each with its latent.

    Raises OutputError for fewer than one client, SettingError for a negative seed.
    """
    if clients < 1:
        raise OutputError(f"can't generate {clients} clients: ask for at least one")
    if seed < 0:
        raise SettingError(f"the seed is {seed}: it must be 0 or more")
    return (_block(seed, number, first_id, clients) for number in range(-(-clients // BLOCK)))


def _block(seed: int, number: int, first_id: int, clients: int) -> Block:
    rng = draws.generator(seed, number, "application")
    trust = rng.standard_normal(BLOCK)  # what scores, region, work and tariff have in common
    no_bureau = draws.happens(rng, _NO_BUREAU, BLOCK)
    person = people(rng, trust)
    scores = risk.external_scores(rng, trust, -person["DAYS_BIRTH"] / draws.DAYS_A_YEAR)
    client = person | loans(rng, person, trust, no_bureau) | buildings(rng, trust)
    target = draws.happens(rng, risk.default_probability(client, scores), BLOCK)
    client |= risk.hide_scores(rng, scores, no_bureau)
    start = number * BLOCK
    client |= {fields.ID: np.arange(first_id + start, first_id + start + BLOCK), fields.TARGET: target.astype(int)}
    return Block(number, _typed(client), trust, min(clients - start, BLOCK))


def _typed(client: Columns) -> pd.DataFrame:
    """The columns in Kaggle's order and types: the id, the outcome, then the field table's order."""
    order = [fields.ID, fields.TARGET, *(f.name for f in fields.APPLICATION if f.name != fields.ID)]
    return pd.DataFrame(client, columns=order).astype({name: _type(name) for name in order})


def _type(name: str) -> str:
    if name in (fields.ID, fields.TARGET, *_WHOLE_NUMBERS) or fields.BY_NAME[name].type == "flag":
        return "int64"
    return "str" if fields.BY_NAME[name].type == "label" else "float64"
