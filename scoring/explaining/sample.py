"""A portfolio's clients seen from the fields' side: how much each field moved all of them, and a seeded sample of what it did."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from scoring.explaining.client import Client, Floats
from scoring.explaining.language import shown

MOST_CLIENTS = 2_000


@dataclass(frozen=True, slots=True)
class Moves:
    """What one field did to n clients, each array (n,): its contributions to the log-odds of the PD, and whether it was known.

    `rank`: where each value stands among the known ones as they are told, from 0 (the lowest) to 1 (the highest); NaN where it
    isn't known or, being a label, has no order.
    """

    field: str
    contribution: Floats
    rank: Floats
    known: NDArray[np.bool_]


class Sample:
    """At most MOST_CLIENTS of the `expected` clients of a portfolio, drawn by a seed, as they come by.

    `fields`: those that contributions are to, in the order of Client.by_field; `drawn`: how many clients it will hold.
    """

    def __init__(self, fields: Sequence[str], expected: int, seed: int = 0) -> None:
        self.fields = tuple(fields)
        self.expected = expected
        places = np.random.default_rng(seed).choice(expected, min(expected, MOST_CLIENTS), replace=False)
        self._places = frozenset(places.tolist())
        self.drawn = len(self._places)
        self._seen = 0
        self._absolute = np.zeros(len(self.fields))
        self._rows: list[Floats] = []
        self._values: list[list[Any]] = []

    def add(self, clients: Sequence[Client], given: Floats) -> None:
        """The next clients of the portfolio, with what their fields contributed, (n, fields)."""
        self._absolute += np.abs(given).sum(axis=0)
        for place, (client, row) in enumerate(zip(clients, given, strict=True), start=self._seen):
            if place in self._places:
                self._rows.append(row)
                self._values.append([client.said(name) for name in self.fields])
        self._seen += len(clients)

    def strongest(self, most: int) -> list[Moves]:
        """The fields with the largest mean absolute contribution over all clients, that one first."""
        return [self._moves(at) for at in self._by_strength()[:most]]

    def part(self, most: int) -> float:
        """Which part of all absolute contributions those fields have, from 0 to 1."""
        whole = float(self._absolute.sum())
        return float(self._absolute[self._by_strength()[:most]].sum()) / whole if whole else 0.0

    def _by_strength(self) -> list[int]:
        return [int(at) for at in np.argsort(-self._absolute, kind="stable")]

    def _moves(self, at: int) -> Moves:
        name, values = self.fields[at], [row[at] for row in self._values]
        numbers = np.array([np.nan if value is None or isinstance(value, str) else shown(name, value) for value in values])
        known = np.array([value is not None for value in values], dtype=bool)
        return Moves(name, np.array([row[at] for row in self._rows]), _ranked(numbers), known)


def _ranked(numbers: Floats) -> Floats:
    """(n,) ranks from 0 to 1 among the numbers that are there, equal ones in the middle of theirs; a half where all are equal."""
    ranks = np.full(len(numbers), np.nan)
    there = numbers == numbers
    if there.any():
        found = rankdata(numbers[there])
        span = np.ptp(found)
        ranks[there] = (found - found.min()) / span if span else 0.5
    return ranks
