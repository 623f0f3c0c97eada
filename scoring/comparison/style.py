"""How the pictures of a comparison tell models apart: a few by colour, dash and name, the rest in grey."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from scoring.comparison.comparison import Measured
from scoring.plotting import BLUE, GREEN, ORANGE, PURPLE

LIGHT = "#B5B5B5"
_NAMED: tuple[dict[str, Any], ...] = (
    {"color": ORANGE, "linestyle": "--"},
    {"color": GREEN, "linestyle": "-."},
    {"color": PURPLE, "linestyle": ":"},
)


def distinct(found: Sequence[Measured]) -> list[Measured]:
    """The models whose PDs differ: one that only refuses from another threshold has the pictures of the first."""
    kept: list[Measured] = []
    for one in found:
        if not any(np.array_equal(one.samples[0].probability, other.samples[0].probability) for other in kept):
            kept.append(one)
    return kept


def styles(found: Sequence[Measured]) -> Mapping[str, Mapping[str, Any]]:
    """Ours blue, the cheapest peers and the scorecard in a colour and a dash of their own, the others grey; the last on top."""
    ours, *peers = distinct(found)
    by_cost = sorted(peers, key=lambda one: one.figures[0]["cost_per_client"])
    scorecard = [one for one in peers if one.name == "woe_scorecard"]
    named = [*[one for one in by_cost if one not in scorecard][: len(_NAMED) - len(scorecard)], *scorecard]
    style: dict[str, Mapping[str, Any]] = {one.name: {"color": LIGHT, "linewidth": 1} for one in by_cost if one not in named}
    style |= {one.name: {**line, "linewidth": 1.8} for one, line in zip(named, _NAMED, strict=False)}
    return style | {ours.name: {"color": BLUE, "linewidth": 2.4}}


def in_order(found: Sequence[Measured]) -> list[tuple[Measured, Mapping[str, Any]]]:
    """Each model that has a line of its own with its style, the ones to be drawn on top last."""
    by_name = {one.name: one for one in found}
    return [(by_name[name], style) for name, style in styles(found).items()]


def titled(figure: Figure, title: str, path: Path) -> str:
    """Write the figure under its title, and give the title."""
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    figure.savefig(path)
    return title
