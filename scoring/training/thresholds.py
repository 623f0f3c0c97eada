"""The choice of the threshold, with its grounds: what theory and the data each propose, and what either would cost."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from custom_threshold_model import optimum_interval
from scoring.cost import CostMatrix, Interval, client_costs, cost_band, paired_difference
from scoring.training.metrics import Sample

HALF = 0.5
"""What a classifier's predict goes by that knows no costs."""


@dataclass(frozen=True, slots=True)
class Priced:
    """What a threshold costs in a sample: per client, its 95% interval, and how much more than the chosen threshold."""

    cost_per_client: float
    interval: Interval
    more_than_chosen: float
    more_interval: Interval


@dataclass(frozen=True, slots=True)
class ThresholdStudy:
    """The thresholds that were open to choice, and what each costs per client.

    `theory`: c_fp / (c_fp + c_fn). `optimum` and its 95% `interval`: of the costs out of fold. `chosen`: the one in use, and by
    what `rule`, in words. `out_of_fold` and `report`: "theory", "optimum", "chosen" and "half" -> what it costs there.
    """

    costs: CostMatrix
    theory: float
    optimum: float
    interval: Interval
    chosen: float
    rule: str
    out_of_fold: Mapping[str, Priced]
    report: Mapping[str, Priced]

    def as_dict(self) -> dict[str, Any]:
        """model.json's entry "threshold_choice"."""
        return asdict(self) | {"costs": dict(self.costs.as_dict), "thresholds": self.thresholds()}

    def thresholds(self) -> dict[str, float]:
        """The thresholds that are compared, by name."""
        return {"theory": self.theory, "optimum": self.optimum, "chosen": self.chosen, "half": HALF}

    def metrics(self) -> dict[str, float]:
        """What MLflow shows of it; the cost at the chosen threshold is among the run's figures already."""
        found = {"oof_optimum": self.optimum, "oof_optimum_low": self.interval.low, "oof_optimum_high": self.interval.high}
        for prefix, priced in (("oof", self.out_of_fold), ("report", self.report)):
            found |= {f"{prefix}_cost_at_{name}": one.cost_per_client for name, one in priced.items() if name != "chosen"}
        return found


def study(outside: Sample, report: Sample, *, chosen: float, costs: CostMatrix, seed: int) -> ThresholdStudy:
    """The thresholds that the costs and the out-of-fold PDs propose, beside the chosen one, each priced on both samples.

    seed: of the fit whose threshold it is: the interval is that of the same resamples by which `least_cost_threshold` chose.
    """
    (low, high), optimum = optimum_interval(
        outside.probability,
        outside.target,
        cost_false_negative=costs.false_negative,
        cost_false_positive=costs.false_positive,
        random_state=seed,
    )
    theory, interval = costs.threshold, Interval(low, high)
    compared = {"theory": theory, "optimum": optimum, "chosen": chosen, "half": HALF}
    out_of_fold, on_report = (_priced(sample, compared, costs, seed) for sample in (outside, report))
    rule = _rule(theory, interval, optimum, chosen)
    return ThresholdStudy(costs, theory, optimum, interval, chosen, rule, out_of_fold, on_report)


def _rule(theory: float, interval: Interval, optimum: float, chosen: float) -> str:
    within = f"the 95% interval of the empirical optimum, {interval.low:.4f} to {interval.high:.4f}"
    if interval.low <= theory <= interval.high:
        ruled, grounds = theory, f"c_fp / (c_fp + c_fn) = {theory:.4f}, which lies inside {within}"
    else:
        ruled, grounds = (
            optimum,
            f"the empirical optimum, {optimum:.4f}: c_fp / (c_fp + c_fn) = {theory:.4f} lies outside {within}",
        )
    return grounds if chosen == ruled else f"the model's own, {chosen:.4f}, where these clients would give {grounds}"


def _priced(sample: Sample, thresholds: Mapping[str, float], costs: CostMatrix, seed: int) -> dict[str, Priced]:
    clients: dict[str, Any] = {"probability": sample.probability, "target": sample.target, "costs": costs}
    lows, highs = cost_band(**clients, thresholds=list(thresholds.values()), seed=seed)
    of_chosen = client_costs(**clients, threshold=thresholds["chosen"])
    priced = {}
    for (name, threshold), low, high in zip(thresholds.items(), lows, highs, strict=True):
        paid = client_costs(**clients, threshold=threshold)
        more = paired_difference(costs=paid, reference=of_chosen, seed=seed)
        interval = Interval(float(low), float(high))
        priced[name] = Priced(float(paid.mean()), interval, float(np.mean(paid - of_chosen)), more)
    return priced
