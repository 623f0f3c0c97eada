"""All figures of the monitoring page, from a log, a release, and the access log where there is one."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection

from scoring.errors import SettingError
from scoring.monitoring.access_log import Requests, counted_requests, read_requests
from scoring.monitoring.costs import Price, expected_costs, realised_costs
from scoring.monitoring.counting import counts
from scoring.monitoring.decisions import Decisions
from scoring.monitoring.periods import Periods, periods
from scoring.monitoring.reading import Say, read_decisions
from scoring.monitoring.received import SAMPLE, Model, received
from scoring.monitoring.service import service

Progress = Callable[[str, int | None], AbstractContextManager[Say]]
"""What shows how far a step is: its name and, where it is known, how many there are."""


@dataclass(frozen=True, slots=True)
class Release:
    """The model that the page is about: what its errors cost, and what records are held against."""

    version: str
    sha256: str
    threshold: float
    price: Price
    model: Model


@dataclass(frozen=True, slots=True)
class Asked:
    """Of which time, [since, until) as the log writes times; what else is read; how many records are looked at."""

    since: str
    until: str | None = None
    access_log: Path | None = None
    sample: int = SAMPLE


def figures(connection: Connection, asked: Asked, release: Release, progress: Progress) -> dict[str, Any]:
    """What the page shows, as plain values: what --json writes.

    Raises SettingError where there are no decisions to show, or none of the release; LogRefused where the log is damaged.
    """
    requests = None
    if asked.access_log:
        with progress("lines of the access log", None) as say:
            requests = read_requests(asked.access_log, asked.since, asked.until, say)
    with progress("rows of the log", None) as say:
        decisions, simulations = read_decisions(connection, asked.since, asked.until, say=say)
    ours = _of_release(decisions, release)
    counted_by = _periods(decisions, requests)
    with progress("records", min(len(ours), asked.sample)) as say:
        came_in = received(connection, ours, counted_by, release.model, size=asked.sample, say=say)
    return {
        "log": {
            "since": asked.since,
            "until": asked.until,
            "first": str(decisions.time.min()),
            "last": str(decisions.time.max()),
            "decisions": len(decisions),
            "simulations_left_out": simulations,
            "unit": counted_by.unit,
        },
        "model": {
            "version": release.version,
            "threshold": release.threshold,
            "costs": dict(release.price.costs.as_dict),
            "calibration_covariance": release.price.covariance is not None,
        },
        "service": service(decisions, counted_by),
        "requests": counted_requests(requests, counted_by) if requests else None,
        "received": came_in,
        "expected": expected_costs(decisions, counted_by, release.price),
        "outcomes": realised_costs(decisions, release.price, release.sha256),
    }


def _of_release(decisions: Decisions, release: Release) -> Decisions:
    """The decisions that the release's model made: no other has its fields and ranges."""
    ours = decisions.by_model(release.sha256)
    if ours.any():
        return decisions.picked(ours)
    names = np.array([version.name for version in decisions.versions])[decisions.version]
    found = ", ".join(f"{name} ({number:,} decisions)" for name, number in counts(names).items())
    raise SettingError(
        f"none of these decisions was made by model {release.version}: they are of {found}; "
        "choose one with --model models/releases/NAME, or another --since"
    )


def _periods(decisions: Decisions, requests: Requests | None) -> Periods:
    """What all of both lies in: requests that are all refused leave no decision."""
    times = [decisions.time] + ([requests.time] if requests and len(requests) else [])
    return periods(min(time.min() for time in times), max(time.max() for time in times))
