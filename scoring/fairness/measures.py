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
from scoring.fairness.four_fifths import LEAST_CLIENTS, rounded_down
from scoring.fairness.groups import FEWEST
from scoring.fairness.ratios import UNKNOWN, approval_ratios

Floats = NDArray[np.float64]
Parts = Mapping[str, tuple[Floats, Floats]]
"""Each figure by name as the clients' parts of its numerator and of its denominator, (n,) each."""

LEVEL = 0.95
DIGITS = 3


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
    its label `group`, its number of `clients`, and as {"value", "low", "high"} with a 95% interval

    - approval_rate, and approval_ratio, that rate over the highest of a group of `least_clients`;
    - true_positive_rate and false_positive_rate: the refused among those who default, and among those who don't;
    - mean_probability, default_rate, calibration_gap (the first less the second), and cost_per_client.

    A figure that is of fewer than `fewest` clients, or of nobody, is null. Who is in a group of fewer, of any attribute, is left
    out of the figures of every attribute: what two attributes' figures differ by would tell of that client. For the same reason
    figures have three decimals; the ratio's are rounded down, so that none reaches the 0.8 that it misses. Intervals are the
    percentiles of `resamples` bootstraps of those not left out (Efron & Tibshirani, 1993), the ratio's is Katz's (see ratios).
    Raises ValueError where the lengths differ.
    """
    told = groups.assign(probability=np.asarray(probability, dtype=np.float64), target=np.asarray(target, dtype=np.float64))
    # The bootstrap draws clients by their place: sorted, so that the order they come in means nothing.
    told = told[_among_enough(groups, fewest)].sort_values(told.columns.to_list(), ignore_index=True)
    target, probability = told["target"].to_numpy(), told["probability"].to_numpy()
    parts = partial(_parts, threshold=threshold, costs=costs)
    attributes = {}
    for name in groups:
        sizes = groups[name].value_counts().sort_index()
        figures = _by_group(sizes.index, told[name], target, probability, parts, resamples, seed, fewest)
        counted = told[name].value_counts().reindex(sizes.index, fill_value=0)
        rates = [one["approval_rate"]["value"] for one in figures]
        ratios = approval_ratios(rates, counted.to_list(), (sizes >= least_clients).to_list())
        attributes[str(name)] = [
            {"group": str(group), "clients": int(clients)}
            | {figure: _ended(ends, _nearest) for figure, ends in one.items()}
            | {"approval_ratio": _ended(ratio, _down)}
            for (group, clients), one, ratio in zip(sizes.items(), figures, ratios, strict=True)
        ]
    return {"threshold": float(threshold), "clients": len(groups), "level": LEVEL, "attributes": attributes}


def _among_enough(groups: pd.DataFrame, fewest: int) -> NDArray[np.bool_]:
    """Which clients are in groups of `fewest` or more alone, and still are without those who aren't."""
    kept = np.ones(len(groups), dtype=bool)
    while True:
        sizes = groups[kept].apply(lambda labels: labels.map(labels.value_counts()))
        few = (sizes < fewest).any(axis=1).to_numpy()
        if not few.any():
            return kept
        kept[kept] = ~few


def _ended(figure: Mapping[str, float | None], rounded: Callable[[float], float]) -> dict[str, float | None]:
    return {end: None if value is None else rounded(value) for end, value in figure.items()}


def _nearest(value: float) -> float:
    return round(value, DIGITS) + 0.0  # no -0.0


def _down(ratio: float) -> float:
    return float(rounded_down(ratio, DIGITS))


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
    names: pd.Index,
    labels: pd.Series,
    target: Floats,
    probability: Floats,
    parts: Callable[..., Parts],
    resamples: int,
    seed: int,
    fewest: int,
) -> list[dict[str, dict[str, float | None]]]:
    """The figures but the ratio of every group of `names`, also of those that none of the `labels` (n,) is."""

    def metric(y: Floats, p: Floats, name: str) -> float:
        above, below = parts(y, p)[name]
        return float(above.sum() / below.sum()) if below.any() else float("nan")

    whole = parts(target, probability)
    metrics = {name: partial(metric, name=name) for name in whole}
    if labels.empty:
        return [{name: {**UNKNOWN} for name in whole} for _ in names]
    values = MetricFrame(metrics=metrics, y_true=target, y_pred=probability, sensitive_features=labels).by_group
    of, drawn = _resampled(names.get_indexer(pd.Index(labels)), len(names), whole, resamples, seed)
    found = []
    for code, group in enumerate(names):
        one: dict[str, dict[str, float | None]] = {}
        for place, name in enumerate(whole):
            known = of[code, place] >= max(fewest, 1)
            one[name] = _figure(values.loc[group, name], drawn[:, code, place]) if known else {**UNKNOWN}
        found.append(one)
    return found


def _resampled(codes: NDArray[np.intp], groups: int, parts: Parts, resamples: int, seed: int) -> tuple[Floats, Floats]:
    """Of how many clients each figure is (groups, figures), and what each resample makes of it (resamples, groups, figures).

    It is what MetricFrame does with n_boot, which takes a second a resample where this takes milliseconds: for every metric it
    makes a list of scalars of every column. tests/test_fairness.py holds the one to the other.
    """
    clients = len(codes)
    members = csr_array((np.ones(clients), (codes, np.arange(clients))), shape=(groups, clients))
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
