"""How a model treats each group of clients: the only importer of Fairlearn, whose MetricFrame gives the figures by group."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from fairlearn.metrics import MetricFrame
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from scoring.cost import CostMatrix, client_costs
from scoring.fairness.four_fifths import LEAST_CLIENTS
from scoring.fairness.ratios import UNKNOWN, approval_ratios

Floats = NDArray[np.float64]
Parts = Mapping[str, tuple[Floats, Floats]]
"""Each figure by name as the clients' parts of its numerator and of its denominator, (n,) each."""

LEVEL = 0.95
FEWEST = 10
"""Clients that a figure is of: what is said of fewer would be said of people."""


def measure(
    groups: pd.DataFrame,
    *,
    probability: ArrayLike,
    target: ArrayLike,
    threshold: float,
    costs: CostMatrix,
    seed: int = 0,
    resamples: int = 200,
    fewest: int = FEWEST,
    least_clients: int = LEAST_CLIENTS,
) -> dict[str, Any]:
    """What each group meets, for JSON: threshold, clients, level and attributes: {column of `groups`: [one dict a group]}.

    groups (n, attributes) of str; probability (n,) and target (n,) 0 or 1 of the same clients, in any order. Of each group:
    its label `group`, `clients`, `defaults`, and as {"value", "low", "high"} with a 95% interval

    - approval_rate, and approval_ratio, that rate over the highest of a group of `least_clients`;
    - true_positive_rate and false_positive_rate: the refused among those who default, and among those who don't;
    - mean_probability, default_rate, calibration_gap (the first less the second), and cost_per_client.

    A figure that is of fewer than `fewest` clients, or of nobody, is null, as are the defaults of so small a group. Intervals are
    the percentiles of `resamples` bootstraps of the n clients (Efron & Tibshirani, 1993), the ratio's is Katz's (see ratios).
    Raises ValueError where the lengths differ.
    """
    told = groups.assign(probability=np.asarray(probability, dtype=np.float64), target=np.asarray(target, dtype=np.float64))
    # The bootstrap draws clients by their place: sorted, so that the order they come in means nothing.
    told = told.sort_values(told.columns.to_list(), ignore_index=True)
    target, probability = told["target"].to_numpy(), told["probability"].to_numpy()
    parts = partial(_parts, threshold=threshold, costs=costs)
    attributes = {}
    for name in groups:
        found = _by_group(told[name], target, probability, parts, resamples, seed, fewest)
        for one, ratio in zip(found, approval_ratios(found, least_clients=least_clients), strict=True):
            one["approval_ratio"] = ratio
        attributes[str(name)] = found
    return {"threshold": float(threshold), "clients": len(told), "level": LEVEL, "attributes": attributes}


def _parts(target: Floats, probability: Floats, *, threshold: float, costs: CostMatrix) -> Parts:
    refused, defaulted, everyone = probability >= threshold, target == 1, np.ones(len(target))
    return {
        "approval_rate": (1.0 - refused, everyone),
        "true_positive_rate": (1.0 * (refused & defaulted), 1.0 * defaulted),
        "false_positive_rate": (1.0 * (refused & ~defaulted), 1.0 * ~defaulted),
        "mean_probability": (probability, everyone),
        "default_rate": (target, everyone),
        "calibration_gap": (probability - target, everyone),
        "cost_per_client": (client_costs(probability=probability, target=target, threshold=threshold, costs=costs), everyone),
    }


def _by_group(
    labels: pd.Series, target: Floats, probability: Floats, parts: Callable[..., Parts], resamples: int, seed: int, fewest: int
) -> list[dict[str, Any]]:
    """Every group's counts and figures but the ratio, by label."""

    def metric(y: Floats, p: Floats, name: str) -> float:
        above, below = parts(y, p)[name]
        return float(above.sum() / below.sum()) if below.any() else float("nan")

    whole = parts(target, probability)
    metrics = {name: partial(metric, name=name) for name in whole}
    values = MetricFrame(metrics=metrics, y_true=target, y_pred=probability, sensitive_features=labels).by_group
    codes, names = pd.factorize(labels, sort=True)
    of, drawn = _resampled(codes, whole, resamples, seed)
    found = []
    for code, group in enumerate(names):
        clients, defaults = int((codes == code).sum()), int(target[codes == code].sum())
        one: dict[str, Any] = {"group": str(group), "clients": clients, "defaults": defaults if clients >= fewest else None}
        for place, name in enumerate(whole):
            known = of[code, place] >= max(fewest, 1)
            one[name] = _figure(values.loc[group, name], drawn[:, code, place]) if known else {**UNKNOWN}
        found.append(one)
    return found


def _resampled(codes: NDArray[np.intp], parts: Parts, resamples: int, seed: int) -> tuple[Floats, Floats]:
    """Of how many clients each figure is (groups, figures), and what each resample makes of it (resamples, groups, figures).

    It is what MetricFrame does with n_boot, which takes a second a resample where this takes milliseconds: for every metric it
    makes a list of scalars of every column. tests/test_fairness.py holds the one to the other.
    """
    clients = len(codes)
    members = csr_array((np.ones(clients), (codes, np.arange(clients))))
    above, below = (np.column_stack([part[side] for part in parts.values()]) for side in (0, 1))
    rng, drawn = np.random.default_rng(seed), []
    for _ in range(resamples):
        times = np.bincount(rng.integers(0, clients, clients), minlength=clients)[:, None]
        with np.errstate(invalid="ignore"):  # of a group that nobody was drawn of
            drawn.append((members @ (times * above)) / (members @ (times * below)))
    return members @ below, np.array(drawn)


def _figure(value: float, drawn: Floats) -> dict[str, float | None]:
    low, high = np.nanquantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return {"value": float(value), "low": float(low), "high": float(high)}
