"""Ours and its peers, fitted and measured by the code that measures a training's candidates, on the same folds and clients."""

import pickle
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import clone

from custom_threshold_model import CustomThresholdModel
from scoring.comparison.peers import OURS, Peer
from scoring.cost import COSTS, Interval, client_costs, paired_difference
from scoring.training.candidates import Candidate
from scoring.training.clients import Clients
from scoring.training.fitting import Fitted, fit
from scoring.training.intervals import intervals, paired_auc_difference
from scoring.training.metrics import Sample, figures

Target = NDArray[np.int64]
Samples = tuple[Sample, Sample]
RESAMPLES = 1000


@dataclass(frozen=True, eq=False, slots=True)
class Measured:
    """A model measured out of fold and on the report split, in that order.

    `figures` and `intervals`: of each sample, by the names of metrics.figures and intervals.intervals. `megabytes` (10^6 bytes):
    of the pickled model. `seconds`: for the five folds, the fit and the threshold.
    """

    name: str
    title: str
    threshold: float
    samples: Samples
    figures: tuple[Mapping[str, float], ...]
    intervals: tuple[Mapping[str, Interval], ...]
    params: Mapping[str, Any]
    megabytes: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Lead:
    """By how much ours is better than a peer on the same clients, below 0 where it is worse, with its 95% interval."""

    by: float
    interval: Interval

    @property
    def ahead(self) -> bool:
        """Whether ours is better, beyond chance."""
        return self.interval.low > 0

    @property
    def behind(self) -> bool:
        """Whether ours is worse, beyond chance."""
        return self.interval.high < 0


def compare(
    clients: Clients,
    ours: CustomThresholdModel,
    peers: Sequence[Peer],
    *,
    seed: int,
    done: Callable[[Measured], object] = lambda measured: None,
) -> list[Measured]:
    """Ours, then each peer, fitted outside the report split at COSTS; `ours` is cloned, not changed, whatever its own costs.

    `done` is told of each when it is measured.
    """

    def make(seed: int) -> CustomThresholdModel:
        again: CustomThresholdModel = clone(ours).set_params(
            random_state=seed, cost_false_negative=COSTS.false_negative, cost_false_positive=COSTS.false_positive
        )
        return again

    found = []
    for one in (Peer(OURS, "ours", make), *peers):
        found.append(_measured(one, clients, seed))
        done(found[-1])
    return found


def leads(ours: Measured, peer: Measured, figure: str, *, seed: int) -> list[Lead]:
    """What ours is ahead by in "cost_per_client" or "auc", in each sample."""
    lead = _lead_in_cost if figure == "cost_per_client" else _lead_in_auc
    return [lead(ours, peer, place, seed) for place in range(len(ours.samples))]


def _measured(peer: Peer, clients: Clients, seed: int) -> Measured:
    begun = time.perf_counter()
    fitted = fit_peer(peer, clients.X[~clients.report], clients.y[~clients.report], seed=seed)
    seconds = time.perf_counter() - begun
    samples = (
        Sample("out of fold", fitted.probability, clients.y[~clients.report]),
        Sample("report split", fitted.model.predict_proba(clients.X[clients.report])[:, 1], clients.y[clients.report]),
    )
    given = fitted.model.get_params()
    return Measured(
        peer.name,
        peer.title,
        fitted.threshold,
        samples,
        tuple(figures(sample, threshold=fitted.threshold, costs=COSTS) for sample in samples),
        tuple(intervals(sample, threshold=fitted.threshold, costs=COSTS, seed=seed) for sample in samples),
        {name: value for name, value in given.items() if isinstance(value, str | int | float | bool)},
        len(pickle.dumps(fitted.model)) / 1e6,
        seconds,
    )


def fit_peer(peer: Peer, X: pd.DataFrame, y: Target, *, seed: int) -> Fitted:
    """Fit a peer on X (n, fields) and y (n,), 0 or 1, with out-of-fold PDs and its threshold; see fitting.fit."""
    if not peer.chooses:
        return fit(Candidate(peer.name, peer.make, peer.threshold), X, y, seed=seed)
    chosen = peer.make(seed).fit(X, y)
    # Its PDs are those of the classifier within, so the folds needn't choose again.
    within = fit(Candidate(peer.name, lambda _: clone(chosen.estimator), float(chosen.best_threshold_)), X, y, seed=seed)
    return replace(within, model=chosen)


def _lead_in_cost(ours: Measured, peer: Measured, place: int, seed: int) -> Lead:
    paid, reference = (
        client_costs(probability=sample.probability, target=sample.target, threshold=one.threshold, costs=COSTS)
        for one in (peer, ours)
        for sample in [one.samples[place]]
    )
    by = float(paid.mean() - reference.mean())
    return Lead(by, paired_difference(costs=paid, reference=reference, seed=seed))


def _lead_in_auc(ours: Measured, peer: Measured, place: int, seed: int) -> Lead:
    sample, other = ours.samples[place], peer.samples[place]
    by = ours.figures[place]["auc"] - peer.figures[place]["auc"]
    interval = paired_auc_difference(
        probability=sample.probability, reference=other.probability, target=sample.target, resamples=RESAMPLES, seed=seed
    )
    return Lead(by, interval)
