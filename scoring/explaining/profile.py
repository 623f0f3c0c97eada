"""The reference profile as a release holds it, asked for what is usual among its clients."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from typing import Any

import msgspec

ALL, GRANTED, REFUSED = "all", "granted", "refused"
HALF = 0.5


class _Column(msgspec.Struct, frozen=True):
    missing: float
    quantiles: list[float] = []
    shares: dict[str, float] = {}


class Profile(msgspec.Struct, frozen=True):
    """What reference.json says (scoring/training/reference.py writes it): per column and group the quantiles or label shares."""

    clients: dict[str, int]
    levels: list[float]
    columns: dict[str, dict[str, _Column]]

    def typical(self, column: str, group: str = GRANTED) -> float | str | None:
        """The median of a number, the most frequent of the labels; None where the group is too small or nothing is known."""
        found = self._of(column, group)
        if found.shares:
            return max(found.shares, key=lambda label: found.shares[label])
        return found.quantiles[bisect_left(self.levels, HALF)] if found.quantiles else None

    def holds(self, group: str) -> bool:
        """Whether a group was large enough to be summed up, not only counted."""
        return any(group in of for of in self.columns.values())

    def share(self, column: str, value: float | str, group: str = GRANTED) -> float:
        """How many of those of whom the column is known have this value, from 0 to 1: exact of labels, to 1/200 of numbers."""
        if isinstance(value, str):
            return self._of(column, group).shares.get(value, 0.0)
        return self.share_between(column, value, value, group)

    def share_between(self, column: str, low: float, high: float, group: str = ALL) -> float:
        """How many of those of whom a number is known lie between these bounds, to 1/200."""
        quantiles = self._of(column, group).quantiles
        return (bisect_right(quantiles, high) - bisect_left(quantiles, low)) / len(self.levels)

    def known(self, column: str, group: str = GRANTED) -> float:
        """Of how many the column is known, from 0 to 1."""
        return 1 - self._of(column, group).missing

    def plausible(self, column: str, low: float, high: float, group: str = ALL) -> list[Any]:
        """Values that occur: a number's quantiles from level `low` to `high`, each once; labels that at least `low` have."""
        found = self._of(column, group)
        if found.shares:
            return [label for label, share in found.shares.items() if share >= low]
        return sorted({value for level, value in zip(self.levels, found.quantiles, strict=False) if low <= level <= high})

    def ends(self, column: str) -> tuple[float, float] | None:
        """The lowest and the highest quantile of all clients; None where nothing is known."""
        quantiles = self._of(column, ALL).quantiles
        return (quantiles[0], quantiles[-1]) if quantiles else None

    def _of(self, column: str, group: str) -> _Column:
        return self.columns.get(column, _NOTHING).get(group, _UNKNOWN)


_UNKNOWN = _Column(missing=1.0)
_NOTHING: Mapping[str, _Column] = {}


def read_profile(content: bytes) -> Profile:
    """The profile of a release's reference.json, whose sha256 the Scorer has checked."""
    return msgspec.json.decode(content, type=Profile)
