"""Who is held out of what: the report split that no choice sees, and the folds of everything else."""

import hashlib
import zlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.model_selection import StratifiedKFold

N_FOLDS = 5


def in_report_split(ids: Iterable[int]) -> NDArray[np.bool_]:
    """Which clients (n,) are in the report split: zlib.crc32(str(SK_ID_CURR).encode()) % 5 == 0.

    A property of the client alone: the same in every training, whatever the seed, the order or the other clients.
    """
    return np.fromiter((zlib.crc32(str(int(client)).encode()) % 5 == 0 for client in ids), dtype=np.bool_)


def report_fingerprint(ids: ArrayLike, y: ArrayLike) -> str:
    """The sha256 of the report split: its clients and their outcomes, 0 or 1, in the order of the clients' numbers.

    ids (n,) and y (n,): any clients in any order; those outside the report split don't count, and no feature does. Two models
    measured on the same report split may be compared, whatever they were given.
    """
    clients = np.column_stack([np.asarray(ids, dtype="<i8"), np.asarray(y, dtype="<i8")])
    clients = clients[in_report_split(clients[:, 0])]
    return hashlib.sha256(clients[np.argsort(clients[:, 0])].tobytes()).hexdigest()


def folds(seed: int) -> StratifiedKFold:
    """The folds that every candidate is measured on; CustomThresholdModel makes the same ones of the same seed."""
    return StratifiedKFold(N_FOLDS, shuffle=True, random_state=seed)
