"""The gate: a model that costs more than the champion on the same report split isn't released, unless somebody says why.

Neither training, nor tuning, nor the selection among a training's runs looks at the report split (splits.py). So its cost per
client is a fair comparison of two models, as long as both were measured on the same clients, with the same costs of an error.
The gate itself is a choice by it, if a coarse one: who releases run after run until one passes has selected on the report split,
and the figure of the one that passed is then too hopeful (docs/decisions/0006).

Two runs of one origin are one model with two cost matrices (jobs/set_costs.py): which of them is right is no question for a gate.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scoring.releasing.other_costs import ORIGIN, Pair, command, cost_at, shares_of_errors
from scoring.tracking import StoredRun

TOLD = ("gate", "four_fifths")
"""What a release adds to model.json: how it compared with the champion, and whom it treats less well."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A model as the gate sees it; None where nobody knows.

    `report_cost`: per client of the report split. `costs`: of a false negative and a false positive, the units of that cost.
    `told`: what its model.json says of its own release, by the names of TOLD. `origin`: the run that trained it. `errors`: the
    share of the report split's clients that are a false negative of it, and the share that are a false positive.
    """

    name: str
    run_id: str | None = None
    report_cost: float | None = None
    report_fingerprint: str | None = None
    costs: Pair | None = None
    told: Mapping[str, Any] = field(default_factory=dict)
    origin: str | None = None
    errors: Pair | None = None


def measured_run(run: StoredRun, name: str) -> Measured:
    """A run of the store, as the gate sees it."""
    given = [run.params.get(f"cost_{error}") for error in ("false_negative", "false_positive")]
    costs = (float(given[0]), float(given[1])) if given[0] and given[1] else None
    return Measured(
        name,
        run.run_id,
        run.metrics.get("report_cost_per_client"),
        run.tags.get("report_fingerprint"),
        costs,
        origin=run.tags.get(ORIGIN, run.run_id),
        errors=shares_of_errors(run.metrics, costs),
    )


def measured_release(folder: Path) -> Measured | None:
    """A release folder, as the gate sees it; None where its model.json can't be read."""
    try:
        described = json.loads((folder / "model.json").read_bytes())
        costs = float(described["costs"]["false_negative"]), float(described["costs"]["false_positive"])
        return Measured(
            str(described["model_version"]),
            str(described["run_id"]),
            float(described["metrics"]["report_cost_per_client"]),
            described["data"].get("report_fingerprint"),
            costs,
            {name: described[name] for name in TOLD if name in described},
            described.get("repriced", {}).get("origin", described["run_id"]),
            shares_of_errors(described["metrics"], costs),
        )
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def compared(candidate: Measured, champion: Measured | None, forced: str | None) -> tuple[dict[str, Any], str | None]:
    """What model.json keeps of the comparison, and why the candidate isn't to be released, if so.

    `forced` counts, and is kept, only where there is something to overrule.
    """
    changed = _costs_changed(candidate, champion) if champion else None
    objection = _objection(candidate, champion) if champion and not changed else None
    gate: dict[str, Any] = {
        "champion": champion and champion.name,
        "champion_report_cost": champion and _cost(champion),
        "report_cost": _cost(candidate),
        "same_report_split": champion and _same_clients(candidate, champion),
        "forced": forced if objection else None,
    }
    if changed:
        gate["costs_changed"] = changed
    return gate, None if forced else objection


def _costs_changed(candidate: Measured, champion: Measured) -> dict[str, Any] | None:
    """Of two runs of one origin with different costs: those before and now, and what the decisions of either cost now on the
    report split; None for any other two.
    """
    of_one = candidate.origin is not None and candidate.origin == champion.origin
    if not of_one or not candidate.costs or not champion.costs or candidate.costs == champion.costs:
        return None
    now = cost_at(candidate.costs, champion.errors) if champion.errors else None
    before, after = list(champion.costs), list(candidate.costs)
    return {"from": before, "to": after, "champion_report_cost": now, "report_cost": _cost(candidate)}


def _objection(candidate: Measured, champion: Measured) -> str | None:
    if not _same_clients(candidate, champion):
        known = candidate.report_fingerprint and champion.report_fingerprint
        complaint = "it was measured on another report split than" if known else "nothing says that its report split is that of"
        return f"{complaint} the champion, {champion.name}: their costs can't be compared"
    if candidate.costs != champion.costs:
        way = f": `{command(candidate.run_id, champion.costs)}` gives it these" if candidate.run_id and champion.costs else ""
        return f"it was measured with other costs of an error than the champion, {champion.name}{way}"
    cost, champion_cost = _cost(candidate), _cost(champion)
    if cost is None or champion_cost is None:
        return f"its report cost or that of the champion, {champion.name}, isn't known"
    if cost > champion_cost:
        return f"it costs {cost:.6f} per client of the report split, the champion, {champion.name}, {champion_cost:.6f}"
    return None


def _cost(model: Measured) -> float | None:
    """The report cost, None where it is no number: NaN is above nothing, and would pass."""
    return model.report_cost if model.report_cost is not None and math.isfinite(model.report_cost) else None


def _same_clients(candidate: Measured, champion: Measured) -> bool:
    return candidate.report_fingerprint is not None and candidate.report_fingerprint == champion.report_fingerprint
