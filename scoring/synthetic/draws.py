"""Random draws from the tables of marginals, whole columns at a time."""

import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from numpy.random import PCG64, Generator, SeedSequence
from scipy.special import ndtr

from scoring.synthetic.marginals import PROBABILITIES, Quantiles, Shares

Column = npt.NDArray[Any]
Columns = dict[str, Column]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Table = TypeVar("Table")

DAYS_A_YEAR = 365.25
DAYS_A_MONTH = 30.4375


def generator(seed: int, block: int, table: str) -> Generator:
    """The stream of one block of one table: streams don't disturb one another, so a table added later changes no other."""
    return Generator(PCG64(SeedSequence([seed, block, zlib.crc32(table.encode())])))


def labels(rng: Generator, shares: Shares, count: int) -> Column:
    """(count,) objects: labels, None where missing."""
    return labels_at(rng.random(count), shares)


def labels_by(rng: Generator, groups: Column, tables: Mapping[str, Shares]) -> Column:
    """(n,) objects: each client's label drawn from its group's table, or from the table "" where the group has none."""
    u = rng.random(len(groups))
    drawn = np.full(len(groups), None, dtype=object)
    for group in np.unique(groups.astype(str)):
        of_group = groups.astype(str) == group
        drawn[of_group] = labels_at(u[of_group], tables.get(group, tables.get("", {})))
    return drawn


def each(u: Floats, groups: Column, tables: Mapping[str, Table], read: Callable[[Floats, Table], Column]) -> Column:
    """(n,) objects: what `read` (labels_at, from_quantiles) makes of each u by its group's table, or by the table ""."""
    drawn = np.full(len(u), None, dtype=object)
    rest = np.ones(len(u), dtype=bool)
    for group, table in tables.items():
        of_group = (groups == group) if group else rest
        drawn[of_group] = read(u[of_group], table)
        rest = rest & ~of_group
    return drawn


def labels_at(u: Floats, shares: Shares) -> Column:
    """(n,) objects: the label of each uniform u, low u for the first ones of the table."""
    edges = np.cumsum(np.fromiter(shares.values(), float))
    names = np.array([*shares, None], dtype=object)[:-1]  # the last None makes NumPy keep objects, whatever the labels
    return names[np.searchsorted(edges[:-1] / edges[-1], u, side="right")]


def from_quantiles(u: Floats, quantiles: Quantiles) -> Floats:
    """(n,) values whose distribution has the quantiles at PROBABILITIES, straight lines between, for uniform u."""
    return np.interp(u, PROBABILITIES, quantiles)


def related(rng: Generator, strength: float, latent: Floats) -> Floats:
    """(n,) uniforms that rise with the standard normal `latent`; `strength` is the normals' correlation, -1 to 1."""
    return np.asarray(ndtr(strength * latent + np.sqrt(1 - strength**2) * rng.standard_normal(len(latent))))


def happens(rng: Generator, probability: float | Floats, count: int) -> Mask:
    """(count,) booleans."""
    return rng.random(count) < probability


def blank(values: Column, where: Mask) -> Floats:
    """The values as floats, NaN where said."""
    return np.where(where, np.nan, values.astype(float))


def unlabel(values: Column, where: Mask) -> Column:
    """The labels, None where said."""
    kept = values.astype(object)
    kept[where] = None
    return kept


def ranks(counts: Column) -> tuple[Column, Column]:
    """(sum of counts,) each: which of the n owners a row belongs to, and its place among that owner's rows, from 0."""
    owner = np.repeat(np.arange(len(counts)), counts)
    return owner, np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)


def steps(values: Floats, step: float | Floats, least: float, most: float) -> Floats:
    """Rounded to whole steps of money, kept within bounds that are whole steps themselves."""
    return np.asarray(np.clip(np.round(values / step) * step, least, most))


def total(table: Mapping[str, float], keys: Column) -> Floats:
    """(n,) the table's number of each key, 0 for a key that it lacks."""
    return np.array([table.get(key, 0.0) for key in keys])


def band(values: Floats, edges: Sequence[float]) -> Column:
    """(n,) strings: which band of the edges each value lies in, "0" below the first."""
    return np.searchsorted(edges, values, side="right").astype(str)
