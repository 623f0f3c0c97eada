"""Who is held out of what: the report split that no choice sees, and the folds of everything else."""

import zlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold

N_FOLDS = 5


def in_report_split(ids: Iterable[int]) -> NDArray[np.bool_]:
    """Which clients (n,) are in the report split: zlib.crc32(str(SK_ID_CURR).encode()) % 5 == 0.

    A property of the client alone: the same in every training, whatever the seed, the order or the other clients.
    """
    return np.fromiter((zlib.crc32(str(int(client)).encode()) % 5 == 0 for client in ids), dtype=np.bool_)


def folds(seed: int) -> StratifiedKFold:
    """The folds that every candidate is measured on; CustomThresholdModel makes the same ones of the same seed."""
    return StratifiedKFold(N_FOLDS, shuffle=True, random_state=seed)
