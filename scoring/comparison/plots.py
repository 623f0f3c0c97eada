"""The pictures of a comparison; each says what it shows in its title, and gives that title as its alternative text."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray
from sklearn.metrics import roc_curve

from scoring.comparison.comparison import Measured
from scoring.comparison.style import LIGHT, in_order, titled
from scoring.cost import COSTS, cost_curve, cost_of_granting_all
from scoring.plotting import GREY, frame, new_axes

Floats = NDArray[np.float64]

HIGHEST_THRESHOLD = 0.25


def plot_cost_curves(found: Sequence[Measured], path: Path) -> str:
    """What a client costs out of fold at each threshold, by model, beside granting to all; a PNG."""
    figure, axes = new_axes()
    thresholds = np.linspace(0.02, HIGHEST_THRESHOLD, 231)
    ends: list[tuple[float, str, str]] = []
    for one, style in in_order(found):
        sample = one.samples[0]
        values = cost_curve(probability=sample.probability, target=sample.target, thresholds=thresholds, costs=COSTS)
        axes.plot(thresholds, values, **style)
        if style["color"] != LIGHT:
            ends.append((float(values[-1]), one.title, str(style["color"])))
    theory = COSTS.threshold
    all_granted = cost_of_granting_all(target=found[0].samples[0].target, costs=COSTS)
    axes.axhline(all_granted, color=GREY, linestyle=(0, (1, 3)))
    axes.annotate(
        "granting to all", (HIGHEST_THRESHOLD, all_granted), (-4, -12), textcoords="offset points", ha="right", color=GREY
    )
    axes.axvline(theory, color=GREY, linewidth=1, linestyle=(0, (4, 4)))
    axes.annotate(f"{theory:.2%}, by the costs", (theory, all_granted), (4, -12), textcoords="offset points", color=GREY)
    axes.set_xlim(thresholds[0], HIGHEST_THRESHOLD)
    axes.set_ylim(top=all_granted * 1.04)
    _label_ends(axes, ends)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.set_xlabel("threshold: credit is refused from this probability of default (other peers in grey)")
    axes.set_ylabel("cost per client out of fold (1 = one good client refused)")
    frame(axes)
    ours, best = found[0], min(found[1:], key=lambda one: one.figures[0]["cost_per_client"])
    a, b = (one.figures[0]["cost_per_client"] for one in (ours, best))
    return titled(figure, f"At its threshold ours costs {a:.3f} a client; the cheapest peer, {best.title}, {b:.3f}", path)


def plot_roc(found: Sequence[Measured], path: Path) -> str:
    """Defaulters refused against good clients refused, on the report split; a PNG."""
    figure, axes = new_axes()
    refused = np.linspace(0, 1, 401)
    reached = {}
    for one, style in in_order(found):
        sample = one.samples[1]
        good, bad, _ = roc_curve(sample.target, sample.probability)
        caught = np.interp(refused, good, bad)
        reached[one.name] = float(np.interp(0.2, good, bad))
        label = f"{one.title}, AUC {one.figures[1]['auc']:.3f}" if style["color"] != LIGHT else None
        axes.plot(refused, caught, label=label, **style)
    named = sorted(zip(*axes.get_legend_handles_labels(), strict=True), key=lambda line: -float(line[1][-5:]))
    others = axes.plot([], [], color=LIGHT, linewidth=1) + axes.plot([0, 1], [0, 1], color=GREY, linestyle=(0, (1, 3)))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_xlabel("good clients refused, share of them")
    axes.set_ylabel("defaulters refused, share of them, report split")
    handles, labels = zip(*named, *zip(others, ("other peers", "by lot"), strict=True), strict=True)
    axes.legend(handles, labels, frameon=False, loc="lower right")
    frame(axes)
    least, most = (pick(value for name, value in reached.items() if name != found[0].name) for pick in (min, max))
    ours = reached[found[0].name]
    title = f"Refusing 20% of good clients, ours refuses {ours:.0%} of defaulters, the peers {least:.0%} to {most:.0%}"
    return titled(figure, title, path)


def _label_ends(axes: Axes, ends: Sequence[tuple[float, str, str]]) -> None:
    """The names of lines beside their right ends, moved apart where they would cover each other."""
    low, high = axes.get_ylim()
    lowest = -np.inf
    for value, text, colour in sorted(ends):
        lowest = max(value, lowest + (high - low) * 0.045)
        axes.annotate(
            text, (1, lowest), (4, 0), xycoords=("axes fraction", "data"), textcoords="offset points", color=colour, va="center"
        )
