"""The groups that a model's treatment is measured by."""

from itertools import pairwise

import numpy as np
import pandas as pd

FEWEST = 10
"""Clients that a figure is of: what is said of fewer would be said of people."""
NOT_KNOWN = "not known"
"""What is missing: not the data's own family status "Unknown"."""
DAYS_A_YEAR = 365.25
_OLDEST = (25, 35, 45, 55, 65)  # of each band but the last, in completed years
AGE_BANDS = ("25 and under", *(f"{before + 1} to {oldest}" for before, oldest in pairwise(_OLDEST)), "over 65")


def groups_of(frame: pd.DataFrame) -> pd.DataFrame:
    """The groups of n clients, each a str, "not known" where it is missing: columns sex, family_status and age_band, (n, 3).

    `frame`: records with CODE_GENDER, NAME_FAMILY_STATUS and DAYS_BIRTH (negative days); its index is kept. The age is in
    completed years of 365.25 days.
    """
    years = np.floor(frame["DAYS_BIRTH"].astype(np.float64) / -DAYS_A_YEAR)
    bands = pd.cut(years, [-np.inf, *_OLDEST, np.inf], labels=list(AGE_BANDS))
    groups = pd.DataFrame({"sex": frame["CODE_GENDER"], "family_status": frame["NAME_FAMILY_STATUS"], "age_band": bands})
    return groups.astype(object).where(groups.notna(), NOT_KNOWN)
