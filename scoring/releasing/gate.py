"""The gate: a model that costs more than the champion on the same report split isn't released, unless somebody says why.

Neither training, nor tuning, nor the selection among a training's runs looks at the report split (splits.py). So its cost per
client is a fair comparison of two models, as long as both were measured on the same clients, with the same costs of an error.
The gate itself is a choice by it, if a coarse one: who releases run after run until one passes has selected on the report split,
and the figure of the one that passed is then too hopeful (docs/decisions/0006).
"""

import json
import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scoring.errors import SettingError
from scoring.tracking import StoredRun

LONGEST_REASON = 500  # characters
_NOT_IN_A_LINE = {"Cc", "Cs", "Zl", "Zp"}  # control characters, bytes that were no UTF-8, and what else ends a line


@dataclass(frozen=True, slots=True)
class Measured:
    """A model as the gate sees it; None where nobody knows.

    `report_cost`: per client of the report split. `costs`: of a false negative and a false positive, the units of that cost.
    `gate`: what its model.json says of its own release.
    """

    name: str
    run_id: str | None = None
    report_cost: float | None = None
    report_fingerprint: str | None = None
    costs: tuple[float, float] | None = None
    gate: Mapping[str, Any] | None = None


def measured_run(run: StoredRun, name: str) -> Measured:
    """A run of the store, as the gate sees it."""
    costs = [run.params.get(f"cost_{error}") for error in ("false_negative", "false_positive")]
    return Measured(
        name,
        run.run_id,
        run.metrics.get("report_cost_per_client"),
        run.tags.get("report_fingerprint"),
        (float(costs[0]), float(costs[1])) if costs[0] and costs[1] else None,
    )


def measured_release(folder: Path) -> Measured | None:
    """A release folder, as the gate sees it; None where its model.json can't be read."""
    try:
        described = json.loads((folder / "model.json").read_bytes())
        costs = described["costs"]
        return Measured(
            str(described["model_version"]),
            str(described["run_id"]),
            float(described["metrics"]["report_cost_per_client"]),
            described["data"].get("report_fingerprint"),
            (float(costs["false_negative"]), float(costs["false_positive"])),
            described.get("gate"),
        )
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def compared(candidate: Measured, champion: Measured | None, forced: str | None) -> tuple[dict[str, Any], str | None]:
    """What model.json keeps of the comparison, and why the candidate isn't to be released, if so.

    `forced` counts, and is kept, only where there is something to overrule.
    """
    objection = _objection(candidate, champion) if champion else None
    gate = {
        "champion": champion and champion.name,
        "champion_report_cost": champion and _cost(champion),
        "report_cost": _cost(candidate),
        "same_report_split": champion and _same_clients(candidate, champion),
        "forced": forced if objection else None,
    }
    return gate, None if forced else objection


def checked_reason(text: str | None) -> str | None:
    """The reason of --force, without spaces around it; SettingError unless it is one line of 1 to LONGEST_REASON characters."""
    if text is None:
        return None
    reason = text.strip()
    if not 0 < len(reason) <= LONGEST_REASON or any(unicodedata.category(sign) in _NOT_IN_A_LINE for sign in reason):
        raise SettingError(f"--force {reason[:40]!r}: give the reason, one line of 1 to {LONGEST_REASON} characters")
    return reason


def _objection(candidate: Measured, champion: Measured) -> str | None:
    if not _same_clients(candidate, champion):
        known = candidate.report_fingerprint and champion.report_fingerprint
        complaint = "it was measured on another report split than" if known else "nothing says that its report split is that of"
        return f"{complaint} the champion, {champion.name}: their costs can't be compared"
    if candidate.costs != champion.costs:
        return f"it was measured with other costs of an error than the champion, {champion.name}"
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
